"""Names taken apart as a regulation reads them: the type and the name of an agency, the parts of a person's name."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.text import (
    HYPHENS,
    LONGEST_NAME,
    name_syllables,
    normal,
    unaccented,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import (
        AgencyKind,
        NameRules,
        NameType,
    )

_BETWEEN_WORDS = re.compile(rf"[\s{re.escape(HYPHENS)},;:/&+().\"_\[\]!?*#%=<>@|\\^`~{{}}$“”…]+")
_ACRONYM_LENGTH = 2


@dataclass(frozen=True, slots=True)
class Word:
    """One word of an agency's or unit's name.

    Attributes:
        letters: Small and unaccented, as it stands in an address.
        whole: Whether initials keep all of it: an acronym, a number, or a word that the regulation keeps whole.
        minor: Whether initials leave it out (``và``).
        counts: Whether it counts when a name's length decides if it is abbreviated (CB-7.3a).
        spelling: Small with its marks, in one order wherever the tone is written (Hoà, Hòa): tells Hải Đường from Hải Dương.
    """

    letters: str
    whole: bool
    minor: bool
    counts: bool = True
    spelling: str = ""


@dataclass(frozen=True, slots=True)
class AgencyName:
    """An agency's name taken apart: the type's words, its short letters, and what the agency itself is called.

    Attributes:
        type: The type that the words are one way to write; two types may have the same letters (Tỉnh ủy, Thành ủy).
    """

    type_words: tuple[Word, ...]
    type_short: str
    words: tuple[Word, ...]
    type: NameType | None = None


@dataclass(frozen=True, slots=True)
class PersonName:
    """A person's name taken apart, as people write it.

    Attributes:
        family: The family name, empty when the name has one syllable.
        middle: What stands between family and given name.
        given: The last syllable.
    """

    family: str
    middle: str
    given: str


def _pieces(text: str) -> list[str]:
    """Return the words of a name as they are written; a hyphen ends a word (Chính trị-Xã hội)."""
    return [piece for piece in _BETWEEN_WORDS.split(normal(text)) if piece]


def _letters(piece: str) -> str:
    return unaccented(piece).replace("'", "").lower()


def _spelling(piece: str) -> str:
    parts = unicodedata.normalize("NFD", piece.lower())
    marks = sorted(filter(unicodedata.combining, parts))
    return "".join([part for part in parts if not unicodedata.combining(part)] + marks)


@lru_cache(maxsize=1024)
def _folded(text: str) -> tuple[str, ...]:
    """Return the words of a phrase of the regulation, to be found again in names."""
    return tuple(filter(None, (_letters(piece) for piece in _pieces(text))))


def phrase(text: str) -> tuple[str, ...]:
    """Return the words of a regulation's phrase as they are looked for in names: small and unaccented.

    Raises:
        CoreError: The text is not Vietnamese in Unicode, or has no letter (``text.empty``).
    """
    found = _folded(text)
    if not found:
        raise CoreError("text.empty")
    return found


def _find(letters: Sequence[str], phrase: Sequence[str]) -> int:
    """Return where a phrase begins among words, -1 when nowhere."""
    width = len(phrase)
    for start in range(len(letters) - width + 1):
        if tuple(letters[start : start + width]) == tuple(phrase):
            return start
    return -1


def words(text: str, rules: NameRules) -> tuple[Word, ...]:
    """Return the words of an agency's or unit's name; phrases that have an acronym become it (Ủy ban nhân dân, UBND).

    Args:
        text: The name as the agency writes it.
        rules: The regulation's rules on names.

    Raises:
        CoreError: The text is not Vietnamese in Unicode, or has no letter.
    """
    if len(text) > LONGEST_NAME:
        raise CoreError("text.too_long", found=len(text), most=LONGEST_NAME)
    pieces = [piece for piece in _pieces(text) if _letters(piece)]
    if not pieces:
        raise CoreError("text.empty")
    # A name written in capitals throughout has no acronyms that could be told from its words.
    capitals = len(pieces) > 1 and all(piece.upper() == piece for piece in pieces)
    letters = [_letters(piece) for piece in pieces]
    spellings = [_spelling(piece) for piece in pieces]
    acronyms = [
        rules.acronyms_whole.value and not capitals and piece.isupper() and len(piece) >= _ACRONYM_LENGTH
        for piece in pieces
    ]
    for abbreviation in rules.abbreviations:
        short = _letters(abbreviation.short.value)
        for name in (*abbreviation.names, abbreviation.short.value):
            phrase = _folded(name)
            while (start := _find(letters, phrase)) >= 0 and not (len(phrase) == 1 and acronyms[start]):
                letters[start : start + len(phrase)] = [short]
                spellings[start : start + len(phrase)] = [short]
                acronyms[start : start + len(phrase)] = [True]
    minor = _single_words(rules.minor_words.value)
    kept = _single_words(rules.whole_words.value)
    return tuple(
        Word(word, acronym or word.isdigit() or word in kept, word in minor, word not in kept, spelling)
        for word, acronym, spelling in zip(letters, acronyms, spellings, strict=True)
    )


@lru_cache(maxsize=64)
def _single_words(phrases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(phrase[0] for phrase in map(_folded, phrases) if len(phrase) == 1)


def _without_ending(found: tuple[Word, ...], endings: tuple[str, ...], least: int) -> tuple[Word, ...]:
    """Return words without the province's name at their end, as long as `least` words stay."""
    letters = tuple(word.letters for word in found)
    for ending in sorted(map(_folded, endings), key=len, reverse=True):
        stays = len(letters) - len(ending)
        if stays >= least and letters[stays:] == ending:
            return found[:stays]
    return found


def agency_name(name: str, kind: AgencyKind, rules: NameRules) -> AgencyName:
    """Take an agency's name apart.

    ``Xã Minh Hưng``, ``UBND xã Minh Hưng`` and ``Ủy ban nhân dân xã Minh Hưng`` are one name where the regulation lists
    these words as one type.

    Args:
        name: The name as the agency writes it.
        kind: Its kind.
        rules: The regulation's rules on names.

    Raises:
        CoreError: The text is refused, or the kind's names begin with a type that is not there (``register.type``).
    """
    all_words = words(name, rules)
    endings = (kind.endings or rules.endings).value
    length, name_type = _type_of(all_words, kind.types, rules)
    if name_type is None:
        if kind.type_required:
            allowed = ", ".join(text for name_type in kind.types for text in name_type.names)
            raise CoreError("register.type", kind=kind.id, allowed=allowed)
        return AgencyName((), "", _without_ending(all_words, endings, 1))
    rest = _without_ending(all_words[length:], endings, 1 if kind.type_required else 0)
    if not rest and kind.type_required:
        raise CoreError("register.only_type")
    return AgencyName(all_words[:length], name_type.short, rest, name_type)


def _type_of(all_words: tuple[Word, ...], types: Iterable[NameType], rules: NameRules) -> tuple[int, NameType | None]:
    """Return how many words at the beginning are a type, and which one; 0 and None where none is. The longest wins."""
    letters = tuple(word.letters for word in all_words)
    best: tuple[int, NameType | None] = (0, None)
    for name_type in types:
        for text in name_type.names:
            beginning = tuple(word.letters for word in words(text, rules))
            if len(beginning) > best[0] and letters[: len(beginning)] == beginning:
                best = (len(beginning), name_type)
    return best


def unit_name(name: str, rules: NameRules) -> AgencyName:
    """Take a unit's name apart; the type is one of the regulation's types of unit, or none.

    Args:
        name: The name as the agency writes it.
        rules: The regulation's rules on names.

    Raises:
        CoreError: The text is refused.
    """
    all_words = words(name, rules)
    length, name_type = _type_of(all_words, rules.unit_types.value, rules)
    if name_type is None or length == len(all_words):
        return AgencyName((), "", all_words)
    return AgencyName(all_words[:length], name_type.short, all_words[length:], name_type)


def person_name(full_name: str, families: Iterable[str] = ()) -> PersonName:
    """Take a person's name apart: family, middle, given; the given name is the last syllable.

    Args:
        full_name: The name as people write it.
        families: Family names of more than one syllable; every other one is the first syllable.

    Raises:
        CoreError: The text is refused or has no letter.
    """
    name_syllables(full_name)
    parts = normal(full_name).split(" ")
    size = _family_size(tuple(_folded_syllable(part) for part in parts), families)
    return PersonName(" ".join(parts[:size]), " ".join(parts[size:-1]), parts[-1])


@lru_cache(maxsize=65536)
def _folded_syllable(part: str) -> str:
    return unaccented(part).replace("'", "").replace("-", "").lower()


def _family_size(syllables: Sequence[str], families: Iterable[str]) -> int:
    """Return how many syllables the family name has; none where the whole name is one syllable."""
    for phrase in _families_by_first(tuple(families)).get(syllables[0], ()):
        if len(syllables) > len(phrase) and tuple(syllables[: len(phrase)]) == phrase:
            return len(phrase)
    return min(1, len(syllables) - 1)


@lru_cache(maxsize=64)
def _families_by_first(families: tuple[str, ...]) -> dict[str, list[tuple[str, ...]]]:
    """Return family names of more than one syllable by their first, since few names begin with one."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for phrase in map(_folded, families):
        found.setdefault(phrase[0], []).append(phrase)
    return found


def person_syllables(full_name: str, families: Iterable[str] = ()) -> dict[str, tuple[str, ...]]:
    """Return the syllables of a person's family, middle and given name as they stand in addresses.

    Args:
        full_name: The name as people write it.
        families: Family names of more than one syllable.

    Raises:
        CoreError: The text is refused or has no letter.
    """
    syllables = name_syllables(full_name)
    size = _family_size(syllables, families)
    return {"family": syllables[:size], "middle": syllables[size:-1], "given": syllables[-1:]}
