"""A YAML file as the core reads it: whatever stands in it is read or refused with its line."""

from pathlib import Path

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import parse_yaml

PATH = Path("x.yml")


NINE_FOLD = "- &a0 [x]\n" + "".join(f"- &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]\n" for number in range(1, 12))
CHAIN = "- &a0 [x]\n" + "".join(f"- &a{number} [*a{number - 1}]\n" for number in range(1, 70))


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("- &a [*a]\n", "yaml.circle", 1),
        ("- x\n- &a [*a, *a]\n", "yaml.circle", 2),
        ("b: 1\na: &a\n  b: {c: [*a]}\n", "yaml.circle", 2),
        (NINE_FOLD, "yaml.too_many", 7),
        (CHAIN, "yaml.too_deep", 65),
        ("a:\n  " + "[" * 70 + "]" * 70, "yaml.too_deep", 2),
        ("a: 1\nb: " + "[" * 100_000, "yaml.too_deep", 2),
        ("- " * 100_000 + "x", "yaml.too_deep", 1),
        ("{a:\n" * 30_000, "yaml.too_deep", 65),
    ],
)
def test_what_has_no_end_or_too_much_inside_is_refused_with_its_line(text, key, line):
    with pytest.raises(ProblemsError) as caught:
        parse_yaml(PATH, text)
    (problem,) = caught.value.problems
    assert (problem.key, problem.line) == (key, line)


def test_an_alias_repeats_what_stands_above_it():
    text = "a: &a {b: [1]}\nc: [*a, *a]\nd: " + "[" * 62 + "x" + "]" * 62
    assert parse_yaml(PATH, text).data["c"] == [{"b": [1]}, {"b": [1]}]
    many = "".join(f"- {{a: {number}}}\n" for number in range(12_000))
    assert len(parse_yaml(PATH, many).data) == 12_000


@pytest.mark.parametrize("sign", ["\0", "\x1b"])
def test_a_sign_that_yaml_does_not_allow_is_refused_with_its_line(sign):
    with pytest.raises(ProblemsError, match=r"x.yml:2\n.*U\+00") as caught:
        parse_yaml(PATH, f"a: 1\nb: x{sign}\nc: 2\n")
    assert [(problem.key, problem.line) for problem in caught.value.problems] == [("yaml.syntax", 2)]


@pytest.mark.parametrize("value", ["!!bool x", "9" * 5000, "!!int ''", "!!float ''", "!!timestamp x", "0b_"])
def test_a_value_that_its_tag_cannot_mean_is_refused_with_its_line(value):
    with pytest.raises(ProblemsError) as caught:
        parse_yaml(PATH, f"# first\na: {value}\n")
    (problem,) = caught.value.problems
    assert (problem.key, problem.line) == ("yaml.syntax", 2)


def test_a_key_may_replace_one_that_is_merged_in_and_no_other():
    assert parse_yaml(PATH, "a: &a {b: 1, c: 1}\nd: {<<: *a, b: 2}\n").data["d"] == {"b": 2, "c": 1}
    with pytest.raises(ProblemsError, match="The key b stands twice"):
        parse_yaml(PATH, "a: &a {b: 1}\nd: {<<: *a, b: 2, b: 3}\n")
