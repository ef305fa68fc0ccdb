"""Every sentence that the tools say stands in messages/, in both languages, with the same places to fill."""

import re
import string
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FILES = ["bench", "check", "demo", "testhost"]
SPOKEN = re.compile(r"""\b(?:Trouble|text|both)\(\s*"(\w+)",\s*"([\w-]+)"[,)]""")


def messages(file: str) -> dict[str, dict[str, str]]:
    return yaml.safe_load((ROOT / "messages" / f"{file}.yml").read_text(encoding="utf-8"))


def places(sentence: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


@pytest.mark.parametrize("file", FILES)
def test_both_languages_say_the_same(file: str):
    for key, sentence in messages(file).items():
        assert set(sentence) == {"vi", "en"}, key
        # A detail that both would repeat may stand in the Vietnamese sentence alone.
        assert places(sentence["en"]) <= places(sentence["vi"]), key


def test_every_key_that_is_said_exists():
    said = {
        found
        for source in (ROOT / "tools/tcv").rglob("*.py")
        for found in SPOKEN.findall(source.read_text(encoding="utf-8"))
    }
    assert len(said) > 20
    assert [(file, key) for file, key in sorted(said) if key not in messages(file)] == []


def test_what_bootstrap_says_exists_in_both_languages():
    lines = (ROOT / "messages/bootstrap.txt").read_text(encoding="utf-8").splitlines()
    sentences = {line.split("|")[0]: line.split("|")[1:] for line in lines if not line.startswith("#")}
    assert all(len(languages) == 2 for languages in sentences.values())
    assert all(one.count("{}") == two.count("{}") for one, two in sentences.values())
    scripts = [ROOT / "tools" / name for name in ("bench", "bootstrap", "env.sh", "run")]
    code = [line.partition("# ")[0] for script in scripts for line in script.read_text(encoding="utf-8").splitlines()]
    said = {found for line in code for found in re.findall(r"\b(?:say|fail) '?([a-z][a-z-]*)", line)}
    assert said == set(sentences)
