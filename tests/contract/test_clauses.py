"""Each clause that the system enforces has a test that names it, and each that a regulation cites is enforced or said not to be yet."""

import re
from pathlib import Path

import pytest
import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_check import clauses

PROJECT = Path(__file__).resolve().parents[2]
LISTED = yaml.safe_load(Path(__file__).with_name("clauses.yml").read_text(encoding="utf-8"))
REGULATIONS = sorted((PROJECT / "regulations").glob("*.yml"))
TESTS = "\n".join(
    path.read_text(encoding="utf-8") for path in sorted((PROJECT / "tests").rglob("*.py")) if path != Path(__file__)
)


def named(clause: str, text: str) -> bool:
    """Whether a text names a clause: CT-4.1b, or test_ct_4_1b… as the name of a test."""
    words = re.escape(clause) + r"(?![0-9a-zđ-]|\.[0-9])"
    code, _dash, place = clause.partition("-")
    function = code.lower() + re.escape(f"_{place}".replace(".", "_") if place else "_") + r"(?![0-9a-zđ])"
    return bool(re.search(words, text) or re.search(function, text))


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("CT-4.1b", True),
        ("(CT-4.1b).", True),
        ("def test_ct_4_1b_a_unit():", True),
        ("CT-4.1", False),
        ("CT-4.1bc", False),
        ("CT-4.1b.2", False),
        ("ct_4_1", False),
    ],
)
def test_what_counts_as_named(text, answer):
    assert named("CT-4.1b", text) is answer


@pytest.mark.parametrize("clause", LISTED["enforced"])
def test_an_enforced_clause_is_named_by_a_test(clause):
    assert LISTED["enforced"][clause].strip()
    assert named(clause, TESTS)


@pytest.mark.parametrize("path", REGULATIONS, ids=lambda path: path.stem)
def test_every_cited_clause_is_enforced_or_said_not_to_be_yet(path):
    cited = {clause for _place, clause in clauses(yaml.safe_load(path.read_text(encoding="utf-8")))}
    assert len(cited) > 10
    assert cited - set(LISTED["enforced"]) - set(LISTED["not_yet"]) == set()
    assert set(LISTED["enforced"]).isdisjoint(LISTED["not_yet"])
    assert all(why.strip() for why in LISTED["not_yet"].values())
