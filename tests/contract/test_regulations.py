"""Every regulation's file: its schema, and where each value comes from."""

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from ansible_collections.thucongvu.mail.plugins.module_utils import regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

PROJECT = Path(__file__).resolve().parents[2]
REGULATIONS = sorted((PROJECT / "regulations").glob("*.yml"))
# The code alone cites a decision whose articles are not known by number.
CLAUSE = re.compile(r"[A-Z]{2,3}(?:-(?:App)?\d+(?:\.\d+)?[a-zđ]?)?")


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def entries(data):
    """Every mapping of a file that cites a clause."""
    if isinstance(data, dict):
        if "clause" in data:
            yield data
        for value in data.values():
            yield from entries(value)
    elif isinstance(data, list):
        for value in data:
            yield from entries(value)


def test_the_schema_is_a_schema():
    Draft202012Validator.check_schema(json.loads((PROJECT / "regulations/schema.json").read_text()))


@pytest.mark.parametrize("path", REGULATIONS, ids=lambda path: path.stem)
def test_a_regulation_is_called_as_its_file_and_loads(path):
    assert load_regulation(path).id == path.stem


@pytest.mark.parametrize("path", REGULATIONS, ids=lambda path: path.stem)
def test_each_value_cites_a_clause_of_its_regulation_or_says_why_there_is_none(path):
    data = load(path)
    assert list(entries(data))
    for entry in entries(data):
        if entry["clause"] is None:
            assert entry["why"].strip()
        else:
            assert CLAUSE.fullmatch(entry["clause"])
            assert entry["clause"].partition("-")[0] == data["code"]


def test_a_code_belongs_to_one_province():
    codes = {}
    for path in [*REGULATIONS, PROJECT / "regulations/national/vietnam.yml"]:
        codes.setdefault(load(path)["code"], []).append(path.stem)
    assert [stems for stems in codes.values() if len(stems) > 1] == [["binhphuoc", "binhphuoc_2021"]]


def test_an_id_that_is_not_the_files_name_is_refused(monkeypatch, tmp_path):
    text = (PROJECT / "regulations/cantho.yml").read_text(encoding="utf-8")
    (tmp_path / "cantoh.yml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(regulation, "REGULATIONS", tmp_path.resolve())
    with pytest.raises(ProblemsError) as caught:
        regulation.load_regulation(tmp_path / "cantoh.yml")
    (problem,) = caught.value.problems
    assert (problem.key, problem.field, problem.value) == ("regulation.id_differs", "id", "cantho")
    assert problem.line == text.splitlines().index("id: cantho") + 1
