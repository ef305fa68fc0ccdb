"""Words and phrases of a regulation that are looked for in names: each must read as a name does, or it is never found.

One that folds to nothing would be found everywhere, and one in an old encoding would be reported at every agency.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.names import phrase
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_layers import Layers
    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys

_LETTERS = re.compile(r"[a-z0-9]+")


def _types(keys: Keys, types: list[dict[str, Any]]) -> Iterator[tuple[Keys, str]]:
    for index, entry in enumerate(types):
        for number, name in enumerate(entry["names"]):
            yield (*keys, index, "names", number), name


def _phrases(data: dict[str, Any]) -> Iterator[tuple[Keys, str]]:
    """Yield every phrase with its place."""
    for kind, entry in data["kinds"].items():
        yield from _types(("kinds", kind, "types"), entry["types"])
        for index, text in enumerate(entry.get("endings", {}).get("value", ())):
            yield ("kinds", kind, "endings", "value", index), text
    names = data["names"]
    yield from _types(("names", "unit_types", "value"), names["unit_types"]["value"])
    yield from _types(("names", "abbreviations"), names["abbreviations"])
    for key in ("endings", "family_names"):
        for index, text in enumerate(names[key]["value"]):
            yield ("names", key, "value", index), text
    for table in ("agency_table", "unit_table"):
        for index, entry in enumerate(names[table]):
            yield ("names", table, index, "name"), entry["name"]


def _single_words(data: dict[str, Any]) -> Iterator[tuple[Keys, str]]:
    """Yield what is looked for as one word, or stands for one, with its place."""
    names = data["names"]
    for key in ("minor_words", "whole_words"):
        for index, text in enumerate(names[key]["value"]):
            yield ("names", key, "value", index), text
    for index, entry in enumerate(names["abbreviations"]):
        yield ("names", "abbreviations", index, "short"), entry["short"]


def word_problems(layers: Layers) -> Iterator[Problem]:
    """Yield phrases without a letter, in another encoding, or of several words where one is looked for.

    Args:
        layers: The regulation, with what it amends and the national defaults.
    """
    single = list(_single_words(layers.data))
    for keys, text in [*_phrases(layers.data), *single]:
        try:
            found = phrase(text)
        except CoreError as error:
            yield layers.problem(error.key, keys, text, **error.values)
            continue
        if (keys, text) in single and (len(found) != 1 or _LETTERS.fullmatch(found[0]) is None):
            yield layers.problem("regulation.one_word", keys, text)
    for kind, entry in layers.data["kinds"].items():
        if entry["type_required"] and not entry["types"]:
            yield layers.problem("regulation.no_types", ("kinds", kind, "types"), "[]")
