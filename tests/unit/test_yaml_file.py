"""A YAML file as the core reads it: whatever stands in it is read or refused with its line."""

from pathlib import Path

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import parse_yaml

PATH = Path("x.yml")


@pytest.mark.parametrize("text", ["- &a [*a]\n", "- &a [*a, *a]\n", "a: &a {b: *a}\n"])
def test_what_repeats_itself_has_an_end(text):
    file = parse_yaml(PATH, text)
    assert file.line((0, 0, 0, "b")) == 1


def test_what_an_alias_repeats_is_looked_at_once():
    rows = "".join(f"- &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]\n" for number in range(1, 12))
    assert len(parse_yaml(PATH, "- &a0 [x]\n" + rows).lines) < 200


@pytest.mark.parametrize("value", ["!!bool x", "!!int ''", "!!float ''", "!!timestamp x", "0b_"])
def test_a_value_that_its_tag_cannot_mean_is_refused_with_its_line(value):
    with pytest.raises(ProblemsError) as caught:
        parse_yaml(PATH, f"# first\na: {value}\n")
    (problem,) = caught.value.problems
    assert (problem.key, problem.line) == ("yaml.syntax", 2)


def test_a_key_may_replace_one_that_is_merged_in_and_no_other():
    assert parse_yaml(PATH, "a: &a {b: 1, c: 1}\nd: {<<: *a, b: 2}\n").data["d"] == {"b": 2, "c": 1}
    with pytest.raises(ProblemsError, match="The key b stands twice"):
        parse_yaml(PATH, "a: &a {b: 1}\nd: {<<: *a, b: 2, b: 3}\n")
