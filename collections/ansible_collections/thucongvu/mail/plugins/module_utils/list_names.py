"""Names in a list against those in the register: equal by a rule, or different; near is never enough.

Capitals, the place of a tone mark (Hòa, Hoà) and what the regulation takes for one name (UBND, Ủy ban nhân dân) make no
difference; every other mark does, also where it would vanish in an address (Thạnh An, Thành An).
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.names import agency_name, words
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.text import normal, unaccented

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Agency, Unit
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation

_TONES = "\u0300\u0301\u0303\u0309\u0323"
# A syllable has one tone, and letters and tone are all of it. Old and new spelling put the tone on different letters in
# three cases only, all at the end of a syllable: oa, oe, uy. So these two spellings are one syllable.
_TONE_MOVES = re.compile(rf"(?P<before>.*)(?P<first>[ou])(?P<old>[{_TONES}]?)(?P<second>[aey])(?P<new>[{_TONES}]?)")
_TWO_PLACES = frozenset({"oa", "oe", "uy"})
_BETWEEN_WORDS = re.compile(r"[^\w']+")

type Key = tuple[str, ...]


@lru_cache(maxsize=65536)
def _syllable(text: str) -> str:
    """Return a syllable, small, with its tone in the place of the new spelling."""
    marks = unicodedata.normalize("NFD", text.casefold())
    moves = _TONE_MOVES.fullmatch(marks)
    if moves and moves["first"] + moves["second"] in _TWO_PLACES and not (moves["old"] and moves["new"]):
        marks = moves["before"] + moves["first"] + moves["second"] + moves["old"] + moves["new"]
    return unicodedata.normalize("NFC", marks)


def same_name(text: str) -> Key:
    """Return what two spellings of one person's name have in common, and two people's names do not."""
    return tuple(_syllable(part) for part in normal(text).split(" ") if part)


@lru_cache(maxsize=65536)
def _spelling(text: str) -> tuple[Key, Key]:
    """Return a name's words without marks and as they are written, so that marks can be compared word by word."""
    parts = [part for part in _BETWEEN_WORDS.split(normal(text)) if part]
    return tuple(unaccented(part).lower() for part in parts), tuple(map(_syllable, parts))


def _spelt_alike(one: str, other: str) -> bool:
    """Tell whether the words that two names share have the same marks; an acronym and its words share none."""
    (first, written), (second, read) = _spelling(one), _spelling(other)
    shared = SequenceMatcher(None, first, second, autojunk=False).get_matching_blocks()
    return all(written[block.a : block.a + block.size] == read[block.b : block.b + block.size] for block in shared)


class NameIndex:
    """Finds agencies and units by the names that lists give them."""

    def __init__(self, agencies: Iterable[Agency], regulation: Regulation) -> None:
        """Take the register's agencies apart once."""
        self.regulation = regulation
        self._agencies: defaultdict[tuple[str, str, Key], list[Agency]] = defaultdict(list)
        self._units: defaultdict[tuple[str, Key], list[Unit]] = defaultdict(list)
        self._found: dict[str, tuple[Agency, ...]] = {}
        # The first and last word of what each is called beside its kind, and the kinds with one that is called by its kind
        # alone (Thành ủy): most names of a list are people's, which need not be taken apart by every kind.
        self._ends: set[Key] = set()
        self._bare: set[str] = set()
        for agency in agencies:
            key = self._key(agency.name, agency.kind)
            self._agencies[key].append(agency)
            if key[2]:
                self._ends.add((key[2][0], key[2][-1]))
            else:
                self._bare.add(agency.kind)
            for unit in agency.units:
                self._units[agency.id, self._words(unit.name)].append(unit)

    def _words(self, name: str) -> Key:
        return tuple(word.letters for word in words(name, self.regulation.names))

    def _key(self, name: str, kind: str) -> tuple[str, str, Key]:
        """Return under what a name of a kind is found; without the words of its kind, under all its words."""
        try:
            parsed = agency_name(name, self.regulation.kinds[kind], self.regulation.names)
        except CoreError:
            return kind, "", self._words(name)
        return kind, parsed.type_short, tuple(word.letters for word in parsed.words)

    def _exactly(self, agency: Agency, name: str) -> bool:
        """Tell whether a name has all the words of an agency's, the province's own name at the end included."""
        return self._words(agency.name) == self._words(name)

    def agencies(self, name: str) -> tuple[Agency, ...]:
        """Return the agencies that a name means: those that have all its words, where there are any.

        Raises:
            CoreError: The text is not Vietnamese in Unicode, or has no letter.
        """
        if name not in self._found:
            letters = self._words(name)
            all_kinds = not self._ends.isdisjoint(product(letters, letters))
            kinds = (kind for kind in self.regulation.kinds if all_kinds or kind in self._bare)
            keys = [self._key(name, kind) for kind in kinds]
            near = [agency for key in keys for agency in self._agencies.get(key, ()) if _spelt_alike(name, agency.name)]
            self._found[name] = tuple(agency for agency in near if self._exactly(agency, name)) or tuple(near)
        return self._found[name]

    def units(self, agency: Agency, name: str) -> tuple[Unit, ...]:
        """Return the units of an agency that a name means.

        Raises:
            CoreError: As :meth:`agencies`.
        """
        near = self._units.get((agency.id, self._words(name)), ())
        return tuple(unit for unit in near if _spelt_alike(name, unit.name))

    def either(self, agency: Agency | None, name: str) -> tuple[Agency | Unit, ...]:
        """Return what a name means below an agency: its units, and any agency.

        A unit's name is all its words, so an agency whose name has more of them is not meant beside it (Thanh tra below a
        department, Thanh tra thành phố).

        Raises:
            CoreError: As :meth:`agencies`.
        """
        units = self.units(agency, name) if agency is not None else ()
        agencies = self.agencies(name)
        return (*units, *(found for found in agencies if not units or self._exactly(found, name)))
