"""Addresses by a regulation: what is valid, which candidates a name has, and the one name space that all share.

An address here is the local part, without the domain. An issued address never changes; whoever comes later takes the
next candidate (CT-4.2a, CT-4.2d).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.names import (
    AgencyName,
    Word,
    agency_name,
    person_syllables,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import (
        AddressRule,
        NameRules,
        Part,
        Regulation,
        Template,
    )

type HolderKind = Literal["agency", "unit", "person", "function", "reserved"]

# RFC 5321, 4.5.3.1.1
LONGEST_LOCAL_PART = 64
_LOCAL_PART = re.compile(r"[a-z0-9]+(?:\.[a-z0-9]+)*")


def valid_local_part(text: str) -> bool:
    """Tell whether an address is small letters, digits and single dots between them, of at most 64 characters."""
    return len(text) <= LONGEST_LOCAL_PART and _LOCAL_PART.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One address that a name may have.

    Attributes:
        address: The local part.
        clause: The clause that gives this form, None where the regulation is silent.
        why: The reason where it is silent.
        step: Which form it is, from 1.
    """

    address: str
    clause: str | None
    why: str | None
    step: int


def initials(found: Iterable[Word]) -> str:
    """Return the first letters of words; acronyms and numbers stay whole, minor words (``và``) are left out."""
    return "".join(word.letters if word.whole else word.letters[0] for word in found if not word.minor)


def full(found: Iterable[Word]) -> str:
    """Return all words, joined."""
    return "".join(word.letters for word in found)


def short(found: tuple[Word, ...], rules: NameRules) -> str:
    """Return up to so many words in full as the regulation says, and a longer name by initials (vanphong, vpubnd)."""
    return full(found) if len(found) <= rules.short_up_to.value else initials(found)


def _assemble(template: Template, step: int, texts: Mapping[str, str | None], taken: set[str]) -> Candidate | None:
    """Return a template's candidate, None when a part of it is not to be had, or it came up before, or is not valid."""
    address = ""
    for part in template.parts:
        text = texts[f"{part.of} {part.transform}"]
        if text is None:
            return None
        if text:
            address += (part.before if address else "") + text
    if address in taken or not valid_local_part(address):
        return None
    taken.add(address)
    return Candidate(address, template.clause, template.why, step)


def _candidates(rule: AddressRule, texts: Mapping[str, str | None]) -> Iterator[Candidate]:
    taken: set[str] = set()
    for step, template in enumerate(rule.templates, 1):
        candidate = _assemble(template, step, texts, taken)
        if candidate is not None:
            yield candidate


def agency_candidates(
    regulation: Regulation, kind: str, name: str, parent_address: str | None = None
) -> list[Candidate]:
    """Return an agency's candidates, in the order in which they are tried (CT-4.2a).

    Args:
        regulation: The regulation.
        kind: One of its kinds of agency.
        name: The agency's name.
        parent_address: The issued address of the agency above it; forms that need it are left out without it.

    Raises:
        CoreError: The name is refused, or does not begin as names of its kind do.
        KeyError: The regulation has no such kind.
    """
    rules = regulation.names
    parsed: AgencyName = agency_name(name, regulation.kinds[kind], rules)
    texts: dict[str, str | None] = {
        "type full": full(parsed.type_words),
        "type initials": initials(parsed.type_words),
        "type short": parsed.type_short,
        "name full": full(parsed.words),
        "name initials": initials(parsed.words),
        "name short": short(parsed.words, rules),
        "name table": None,
        "parent issued": parent_address or None,
    }
    return list(_candidates(regulation.agency_rules[kind], texts))


def unit_candidates(regulation: Regulation, agency_kind: str, name: str, agency_address: str) -> list[Candidate]:
    """Return a unit's candidates, in the order in which they are tried (CT-4.2b).

    Args:
        regulation: The regulation.
        agency_kind: The kind of the agency that the unit belongs to.
        name: The unit's name.
        agency_address: That agency's issued address.

    Raises:
        CoreError: The name is refused.
    """
    rules = regulation.names
    found = words(name, rules)
    letters = full(found)
    fixed = [
        entry.short.value
        for entry in rules.unit_table
        if agency_kind in entry.kinds and full(words(entry.name, rules)) == letters
    ]
    texts: dict[str, str | None] = {
        "name full": letters,
        "name initials": initials(found),
        "name short": short(found, rules),
        "name table": fixed[0] if fixed else None,
        "agency issued": agency_address,
    }
    return list(_candidates(regulation.unit_rule, texts))


def _person_part(part: Part, syllables: Mapping[str, tuple[str, ...]]) -> str:
    found = syllables[part.of]
    return "".join(found) if part.transform == "full" else "".join(syllable[0] for syllable in found)


def person_candidates(regulation: Regulation, full_name: str) -> list[Candidate]:
    """Return a person's candidates, in the order in which they are tried (CT-4.2c, CT-4.2d).

    Args:
        regulation: The regulation.
        full_name: The person's name.

    Raises:
        CoreError: The name is refused.
    """
    syllables = person_syllables(full_name, regulation)
    rule = regulation.person_rule
    texts = {
        f"{part.of} {part.transform}": _person_part(part, syllables)
        for template in rule.templates
        for part in template.parts
    }
    return list(_candidates(rule, texts))


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has an address."""

    kind: HolderKind
    id: str
    name: str
    file: Path | None = None
    line: int | None = None


@dataclass(slots=True)
class AddressBook:
    """The one name space of agencies, units, people, functions and reserved addresses; nothing is ever taken out."""

    holders: dict[str, Holder] = field(default_factory=dict)

    @classmethod
    def of(cls, regulation: Regulation) -> AddressBook:
        """Return a name space in which the regulation's functions and reserved addresses are taken."""
        book = cls()
        for address in regulation.functions:
            book.holders[address] = Holder("function", address, address, regulation.path)
        for address in regulation.reserved:
            book.holders[address] = Holder("reserved", address, address, regulation.path)
        return book

    def claim(self, address: str, holder: Holder) -> Holder | None:
        """Give an address to a holder; return who has it already, None when it was free."""
        present = self.holders.setdefault(address, holder)
        return None if present is holder else present

    def first_free(
        self, candidates: Iterable[Candidate]
    ) -> tuple[Candidate | None, tuple[tuple[Candidate, Holder], ...]]:
        """Return the first free candidate, None when there is none, and those in front of it with who has them."""
        passed: list[tuple[Candidate, Holder]] = []
        for candidate in candidates:
            holder = self.holders.get(candidate.address)
            if holder is None:
                return candidate, tuple(passed)
            passed.append((candidate, holder))
        return None, tuple(passed)
