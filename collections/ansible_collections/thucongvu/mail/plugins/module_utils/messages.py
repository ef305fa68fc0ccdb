"""Every sentence for people, by key: Vietnamese first, English beside it (messages/*.yml)."""

from __future__ import annotations

import string
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.project import MESSAGES

if TYPE_CHECKING:
    from pathlib import Path

LANGUAGES = ("vi", "en")


def placeholders(sentence: str) -> frozenset[str]:
    """Return the names that stand in braces in a sentence."""
    return frozenset(name for _text, name, _format, _conversion in string.Formatter().parse(sentence) if name)


@cache
def catalogue(folder: Path = MESSAGES) -> dict[str, dict[str, str]]:
    """Load all messages of a folder.

    Returns:
        ``<file's stem>.<key>`` to the sentence in each language.

    That each key has both languages with equal placeholders is shown by a test, so that one unfinished sentence never
    keeps the others from an operator.
    """
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.yml")):
        entries = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
        for key, sentences in entries.items():
            found[f"{path.stem}.{key}"] = {language: str(sentences[language]).strip() for language in LANGUAGES}
    return found


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words by key that stand in a sentence in its language, and by themselves in both.

    Attributes:
        key: The message, which has no placeholders.
    """

    key: str

    def __str__(self) -> str:
        """Return the words in both languages, on one line."""
        return " / ".join(sentence(self.key, language) for language in LANGUAGES)


def _seen(value: object, language: str) -> object:
    """Return what stands for a placeholder; of text from a file, what would move the cursor or cannot be seen by its code."""
    if isinstance(value, Phrase):
        return sentence(value.key, language)
    if not isinstance(value, str) or value.isprintable():
        return value
    return "".join(letter if letter.isprintable() or letter == "\n" else ascii(letter)[1:-1] for letter in value)


def sentence(key: str, language: str, **values: object) -> str:
    """Return one sentence in one language.

    Raises:
        KeyError: No such message, or a placeholder without a value.
    """
    return catalogue()[key][language].format_map({name: _seen(value, language) for name, value in values.items()})


def say(key: str, **values: object) -> str:
    """Return a message for people: the Vietnamese sentence, and the English one indented below it.

    Raises:
        KeyError: No such message, or a placeholder without a value.
    """
    return "\n  ".join(sentence(key, language, **values) for language in LANGUAGES)
