"""The words with which agencies head and total their lists, kept as data; a heading is known or unknown, never nearly known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import dotted, joined, nearest
from ansible_collections.thucongvu.mail.plugins.module_utils.text import normal, unaccented
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import load_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys, YamlFile

# What a column may hold, in the order of the register.
FIELDS = (
    "number",
    "id",
    "full_name",
    "family_name",
    "given_name",
    "agency",
    "unit",
    "workplace",
    "position",
    "phone",
    "registered",
    "address",
)
_LISTS = ("totals", "total_units", "titles")
_BETWEEN_WORDS = re.compile(r"[\W_]+")

type Phrase = tuple[str, ...]


def phrase(text: str) -> Phrase:
    """Return a heading's words, small and unaccented; none where the text is not Vietnamese in Unicode."""
    try:
        return tuple(filter(None, _BETWEEN_WORDS.split(unaccented(text).lower())))
    except CoreError:
        return ()


def _written(text: str) -> Phrase:
    """Return a text's words, small, with their marks."""
    return tuple(filter(None, _BETWEEN_WORDS.split(normal(text).lower())))


@dataclass(frozen=True, slots=True)
class Headings:
    """What is known.

    Attributes:
        fields: The field of each heading.
        known: The headings of each field as they are written.
        totals: With what a row begins that adds up.
        total_units: What may stand behind its number.
        titles: What stands in front of a name and is no part of it.
    """

    fields: Mapping[Phrase, str]
    known: Mapping[str, tuple[str, ...]]
    totals: frozenset[Phrase]
    total_units: frozenset[Phrase]
    titles: frozenset[Phrase]

    def field(self, text: str) -> str | None:
        """Return the field that a heading names, None where it is unknown."""
        return self.fields.get(phrase(text))

    def is_total(self, text: str) -> bool:
        """Tell whether a text adds up: one of the beginnings, then numbers and units alone."""
        found = phrase(text)
        for size in range(len(found), 0, -1):
            if found[:size] in self.totals:
                rest = tuple(word for word in found[size:] if not word.isdigit())
                return not rest or rest in self.total_units
        return False

    def has_title(self, name: str) -> bool:
        """Tell whether a name begins with a title; its marks count (Bà is one, Bá is a family name)."""
        found = _written(name)
        return any(found[: len(title)] == title and len(found) > len(title) for title in self.titles)


def _texts(file: YamlFile, keys: Keys, value: Any) -> list[str]:  # noqa: ANN401  # any YAML value
    """Return a list of texts.

    Raises:
        ProblemsError: It is none.
    """
    if not isinstance(value, list):
        raise ProblemsError([Problem("inventory.type", {"allowed": "list"}, file.path, file.line(keys), dotted(keys))])
    for index, text in enumerate(value):
        if not isinstance(text, str) or not phrase(text):
            place = (*keys, index)
            values = {"allowed": "str"}
            raise ProblemsError(
                [Problem("inventory.type", values, file.path, file.line(place), dotted(place), str(text))]
            )
    return value


def _unknown(file: YamlFile, keys: Keys, name: str, known: tuple[str, ...]) -> ProblemsError:
    values = {"near": nearest(name, known), "allowed": joined(known)}
    return ProblemsError([Problem("schema.unknown_key", values, file.path, file.line(keys), dotted(keys))])


def load_headings(path: Path) -> Headings:
    """Load the words.

    Raises:
        ProblemsError: The file has another form, or a heading stands for two fields.
    """
    file = load_yaml(path)
    data = file.data if isinstance(file.data, dict) else {}
    columns: Any = data.get("columns")
    if not isinstance(columns, dict):
        values = {"allowed": "dict"}
        raise ProblemsError([Problem("inventory.type", values, path, file.line(("columns",)), "columns")])
    for name in data:
        if name not in ("columns", *_LISTS):
            raise _unknown(file, (name,), name, ("columns", *_LISTS))
    fields: dict[Phrase, str] = {}
    known: dict[str, tuple[str, ...]] = {}
    for field, texts in columns.items():
        if field not in FIELDS:
            raise _unknown(file, ("columns", field), field, FIELDS)
        known[field] = tuple(_texts(file, ("columns", field), texts))
        for index, text in enumerate(known[field]):
            if fields.setdefault(phrase(text), field) != field:
                values = {"first": fields[phrase(text)], "second": field}
                keys: Keys = ("columns", field, index)
                problem = Problem("import.heading_twice", values, path, file.line(keys), dotted(keys), text)
                raise ProblemsError([problem])
    lists = {name: frozenset(map(phrase, _texts(file, (name,), data.get(name, [])))) for name in _LISTS}
    titles = frozenset(map(_written, data.get("titles", [])))
    return Headings(fields, known, lists["totals"], lists["total_units"], titles)
