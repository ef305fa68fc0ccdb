"""The forms of an address by a regulation's templates: each part taken from a name and put together in order."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from ansible_collections.thucongvu.mail.plugins.module_utils.names import (
    AgencyName,
    Word,
    agency_name,
    person_syllables,
    unit_name,
    words,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import (
        AddressRule,
        AgencyKind,
        Part,
        Regulation,
        TableEntry,
        Template,
    )

# RFC 5321, 4.5.3.1.1
LONGEST_LOCAL_PART = 64
_LOCAL_PART = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")


def valid_local_part(text: str) -> bool:
    """Tell whether an address is small letters, digits and single signs ``. - _`` between, of at most 64 characters."""
    return len(text) <= LONGEST_LOCAL_PART and _LOCAL_PART.fullmatch(text) is not None


class Numbering(NamedTuple):
    """Where an ordinal stands in a form: what is in front of it and behind it, its first number and fewest digits."""

    front: str
    behind: str
    start: int
    width: int

    def address(self, number: int) -> str:
        """Return the address with a number."""
        return f"{self.front}{number:0{self.width}d}{self.behind}"

    def number(self, address: str) -> int:
        """Return the number that an address has."""
        return int(address[len(self.front) : len(address) - len(self.behind)])

    def found_in(self, address: str) -> int | None:
        """Return the number of an address that may be of this form, None when it is of another one."""
        digits = address.removeprefix(self.front).removesuffix(self.behind)
        if not (digits.isascii() and digits.isdigit()):
            return None
        number = int(digits)
        return number if number >= self.start and self.address(number) == address else None


@dataclass(frozen=True, slots=True)
class Candidate:
    """One address that a name may have.

    Attributes:
        address: The local part; of a form with an ordinal, with its first number.
        template: The form as the regulation says it.
        step: Which form it is, from 1.
        numbering: Where the ordinal stands, None without one.
    """

    address: str
    template: Template
    step: int
    numbering: Numbering | None = None

    @property
    def clause(self) -> str | None:
        """Return the clause that gives this form, None where the regulation is silent."""
        return self.template.clause

    @property
    def why(self) -> str | None:
        """Return the reason where the regulation is silent."""
        return self.template.why

    @property
    def on_request(self) -> bool:
        """Tell whether it is never issued by itself."""
        return self.template.on_request

    @property
    def when_taken_by(self) -> frozenset[str]:
        """Return who must have a form in front of it; empty means that it does not matter."""
        return self.template.when_taken_by

    def numbered(self, numbering: Numbering, number: int) -> Candidate:
        """Return the same form with another number.

        Args:
            numbering: Where the ordinal stands: its own, or an equal one that many share.
            number: The number.
        """
        return Candidate(numbering.address(number), self.template, self.step, numbering)


@dataclass(frozen=True, slots=True)
class Above:
    """The agency above another one, as far as an address needs it."""

    kind: str
    name: str
    address: str


class Workplace(NamedTuple):
    """What a person's address may need besides the name; empty where it is not known.

    Attributes:
        agency: The agency's issued address.
        unit: The unit's issued address.
        district: The issued address of the agency above.
        born: The date of birth or its year, as ``YYYY-MM-DD``, ``YYYY-MM`` or ``YYYY``.
        identity: The identity number, or its last digits.
    """

    agency: str = ""
    unit: str = ""
    district: str = ""
    born: str = ""
    identity: str = ""


# Nothing but the name is known.
NOWHERE = Workplace()


def initials(found: Iterable[Word]) -> str:
    """Return the first letters of words; acronyms and numbers stay whole, minor words (``và``) are left out."""
    return "".join(word.letters if word.whole else word.letters[0] for word in found if not word.minor)


def full(found: Iterable[Word]) -> str:
    """Return all words, joined."""
    return "".join(word.letters for word in found)


def short(found: tuple[Word, ...], up_to: int) -> str:
    """Return a name of up to so many words in full, and a longer one by initials (vanphong, vpubnd; CB-7.3a)."""
    return full(found) if sum(word.counts for word in found) <= up_to else initials(found)


def _born(text: str, transform: str) -> str | None:
    """Return a birth year, or month and year (``031990``), as far as the register has it."""
    year, _dash, rest = text.partition("-")
    if not year:
        return None
    if transform == "year":
        return year
    month = rest[:2]
    return month + year if month else None


class AddressForms:
    """The forms of one regulation, made ready for many names."""

    def __init__(self, regulation: Regulation) -> None:
        """Take over a regulation's rules."""
        self.regulation = regulation
        self.rules = regulation.names
        self.families = self.rules.family_names.value
        self._agency_table = self._table(self.rules.agency_table)
        self._unit_table = self._table(self.rules.unit_table)

    def _table(self, entries: tuple[TableEntry, ...]) -> dict[tuple[str, str], str]:
        """Return the fixed short forms by kind of agency and full letters; the first of two entries holds."""
        found: dict[tuple[str, str], str] = {}
        for entry in entries:
            letters = full(words(entry.name, self.rules))
            for kind in entry.kinds:
                found.setdefault((kind, letters), entry.short.value)
        return found

    def _name_texts(self, of: str, name: AgencyName, fixed: str | None, up_to: int) -> dict[str, str | None]:
        """Return every way to write a name taken apart; a fixed short form goes before initials."""
        type_of = "type" if of == "name" else f"{of}_type"
        return {
            f"{type_of} full": full(name.type_words),
            f"{type_of} initials": initials(name.type_words),
            f"{type_of} short": name.type_short,
            f"{of} full": full(name.words),
            f"{of} initials": initials(name.words) if fixed is None else fixed,
            f"{of} short": short(name.words, up_to) if fixed is None else fixed,
            f"{of} table": fixed,
        }

    def _agency_texts(self, of: str, kind: AgencyKind, name: str) -> dict[str, str | None]:
        parsed = agency_name(name, kind, self.rules)
        up_to = (kind.short_up_to or self.rules.short_up_to).value
        return self._name_texts(of, parsed, self._agency_table.get((kind.id, full(parsed.words))), up_to)

    def short_name(self, kind: str, name: str, transform: Literal["short", "initials"]) -> str:
        """Return an agency's name as its kind shortens it, without its type and the province's name (CB-7.3a).

        Args:
            kind: The kind of agency.
            name: The name, with or without the words of its type.
            transform: Whether short names stay in full.

        Raises:
            CoreError: The name is refused.
            KeyError: The regulation has no such kind.
        """
        agency_kind = replace(self.regulation.kinds[kind], type_required=False)
        found = self._agency_texts("name", agency_kind, name)[f"name {transform}"]
        # A name that is nothing but a type is called by it.
        return found or full(words(name, self.rules))

    def agency(self, kind: str, name: str, above: Above | None = None) -> Iterator[Candidate]:
        """Yield an agency's candidates, in the order in which they are tried (CT-4.2a, CB-7.3a, BP-4.1c).

        Raises:
            CoreError: The name is refused, or does not begin as names of its kind do.
            KeyError: The regulation has no such kind.
        """
        texts: dict[str, str | None] = self._agency_texts("name", self.regulation.kinds[kind], name)
        if above is not None:
            texts["parent issued"] = above.address or None
            # A name that is kept with an address of before may not fit its kind: forms made from it are left out.
            with suppress(CoreError, KeyError):
                texts |= self._agency_texts("parent", self.regulation.kinds[above.kind], above.name)
        return _candidates(self.regulation.agency_rules[kind], lambda part: texts.get(f"{part.of} {part.transform}"))

    def unit(self, agency_kind: str, name: str, agency_address: str) -> Iterator[Candidate]:
        """Yield a unit's candidates, in the order in which they are tried (CT-4.2b, CB-7.3a).

        Raises:
            CoreError: The name is refused.
        """
        parsed = unit_name(name, self.rules)
        whole = full((*parsed.type_words, *parsed.words))
        fixed = self._unit_table.get((agency_kind, whole))
        if fixed is not None:
            parsed = AgencyName((), "", (*parsed.type_words, *parsed.words))
        texts = self._name_texts("name", parsed, fixed, self.rules.short_up_to.value)
        texts["agency issued"] = agency_address or None
        return _candidates(self.regulation.unit_rule, lambda part: texts.get(f"{part.of} {part.transform}"))

    def person(self, full_name: str, workplace: Workplace = NOWHERE) -> Iterator[Candidate]:
        """Yield a person's candidates, in the order in which they are tried (CT-4.2c, CT-4.2d, CB-7.3b, QT-4.3a).

        Raises:
            CoreError: The name is refused.
        """
        syllables = person_syllables(full_name, self.families)

        def text(part: Part) -> str | None:
            found = syllables.get(part.of)
            if found is not None:
                return "".join(found) if part.transform == "full" else "".join([syllable[0] for syllable in found])
            match part.of:
                case "born":
                    return _born(workplace.born, part.transform)
                case "identity":
                    digits = workplace.identity[-part.digits :]
                    return digits if len(digits) == part.digits else None
            return getattr(workplace, part.of) or None

        return _candidates(self.regulation.person_rule, text)


def form_of(candidates: Iterable[Candidate], address: str) -> Candidate | None:
    """Return the candidate that an address is, whatever number it has; None when it is on no form."""
    for candidate in candidates:
        if candidate.address == address:
            return candidate
        numbering = candidate.numbering
        number = numbering.found_in(address) if numbering is not None else None
        if numbering is not None and number is not None:
            return candidate.numbered(numbering, number)
    return None


def _candidates(rule: AddressRule, text: Callable[[Part], str | None]) -> Iterator[Candidate]:
    """Yield the forms of a rule that are to be had, valid and not there before."""
    seen: set[str] = set()
    for step, template in enumerate(rule.templates, 1):
        candidate = _assemble(template, step, text)
        if candidate is not None and candidate.address not in seen and valid_local_part(candidate.address):
            # One that may be passed over does not stand in the way of the same address behind it.
            if not candidate.on_request and not candidate.when_taken_by:
                seen.add(candidate.address)
            yield candidate


def _assemble(template: Template, step: int, text: Callable[[Part], str | None]) -> Candidate | None:
    """Return a template's candidate, None when a part of it is not to be had."""
    address = ""
    ordinal: tuple[str, Part] | None = None
    for part in template.parts:
        if part.of == "ordinal":
            ordinal = address + (part.before if address else ""), part
            address = ""
            continue
        found = text(part)
        if found is None:
            return None
        if found:
            address += (part.before if address or ordinal else "") + found
    if ordinal is None:
        return Candidate(address, template, step)
    front, part = ordinal
    numbering = Numbering(front, address, part.start, part.width)
    return Candidate(numbering.address(part.start), template, step, numbering)
