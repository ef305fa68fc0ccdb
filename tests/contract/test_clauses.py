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


# The national defaults cite no clause, and what is not known of a text that is not at hand cannot be cited either.
SILENT = "binhphuoc_2021"


def in_a_function(clause, text):
    """Whether a test function has a clause in its name: test_ct_4_1b… for CT-4.1b, test_nb_… for NB."""
    words = clause.lower().replace("-", "_").replace(".", "_")
    return bool(re.search(rf"\bdef test_(?:[^\W_]+_)*{words}(?![^\W_])(?!_[0-9])", text))


def named(clause, text):
    """Whether a text names a clause, in words or in a function's name."""
    words = rf"(?<![\w-]){re.escape(clause)}(?![0-9a-zđ-]|\.[0-9])"
    return bool(re.search(words, text)) or in_a_function(clause, text)


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("CT-4.1b", True),
        ("(CT-4.1b).", True),
        ("def test_ct_4_1b_a_unit():", True),
        ("def test_ct_4_1a_ct_4_1b():", True),
        ("def test_ct_4_1bc_a_unit():", False),
        ("def ct_4_1b_a_unit():", False),
        ("CT-4.1", False),
        ("CT-4.1bc", False),
        ("CT-4.1b.2", False),
        ("ct_4_1", False),
    ],
)
def test_what_counts_as_named(text, answer):
    assert named("CT-4.1b", text) is answer


@pytest.mark.parametrize(
    ("clause", "text", "answer"),
    [
        ("NB", "def test_nb_a_person():", True),
        ("NB", "(NB)", True),
        ("NB", "NB-1", False),
        ("NB", "def test_nb_1():", False),
        ("NB", "def test_nbs():", False),
        ("CT-4.2đ", "def test_ct_4_2đ_the_name():", True),
        ("CT-4.2d", "def test_ct_4_2đ_the_name():", False),
        ("BD-5", "def test_bd_5_3_x():", False),
    ],
)
def test_what_counts_as_named_by_code_alone_or_with_a_letter_of_vietnamese(clause, text, answer):
    assert named(clause, text) is answer


@pytest.mark.parametrize("clause", LISTED["must"])
def test_a_clause_on_names_or_passwords_has_a_test_of_its_name(clause):
    assert in_a_function(clause, TESTS)
    assert clause in LISTED["enforced"] or clause in LISTED["not_yet"]


@pytest.mark.parametrize("clause", LISTED["enforced"])
def test_an_enforced_clause_is_named_by_a_test(clause):
    assert LISTED["enforced"][clause].strip()
    assert named(clause, TESTS)


@pytest.mark.parametrize("path", REGULATIONS, ids=lambda path: path.stem)
def test_every_cited_clause_is_enforced_or_said_not_to_be_yet(path):
    cited = {clause for _place, clause in clauses(yaml.safe_load(path.read_text(encoding="utf-8")))}
    assert bool(cited) is (path.stem != SILENT)
    assert cited - set(LISTED["enforced"]) - set(LISTED["not_yet"]) == set()


def test_what_is_listed_stands_once_with_its_reason_and_what_waits_is_cited():
    assert set(LISTED["enforced"]).isdisjoint(LISTED["not_yet"])
    assert all(why.strip() for why in LISTED["not_yet"].values())
    cited = {
        clause for path in REGULATIONS for _place, clause in clauses(yaml.safe_load(path.read_text(encoding="utf-8")))
    }
    assert set(LISTED["not_yet"]) <= cited
