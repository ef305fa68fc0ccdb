"""The one name space that agencies, units, people, functions and reserved addresses share.

An address here is the local part, without the domain. An issued address never changes; whoever comes later takes the
next candidate (CT-4.2a, CT-4.2d).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import valid_local_part

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import Candidate, Numbering
    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Person
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation

type HolderKind = Literal["agency", "unit", "person", "list", "function", "reserved"]
# A person has what a holder has: of a million people nothing is held twice.
type AnyHolder = Holder | Person
type Passed = tuple[tuple[Candidate, AnyHolder], ...]


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has an address.

    Attributes:
        agency_kind: Of an agency its kind by the regulation.
    """

    kind: HolderKind
    id: str
    name: str
    file: Path | None = None
    line: int | None = None
    agency_kind: str | None = None


@dataclass(slots=True)
class AddressBook:
    """Who has which address; nothing is ever taken out.

    Attributes:
        holders: By address.
        numbers: By where an ordinal stands: the same, as one object for all who share it, and the next number to try, since
            those before it are taken for good.
    """

    holders: dict[str, AnyHolder] = field(default_factory=dict)
    numbers: dict[Numbering, tuple[Numbering, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, regulation: Regulation) -> AddressBook:
        """Return a name space in which the regulation's functions and reserved addresses are taken."""
        book = cls()
        for address in regulation.functions:
            book.holders[address] = Holder("function", address, address, regulation.path)
        for address in regulation.reserved:
            book.holders[address] = Holder("reserved", address, address, regulation.path)
        return book

    def claim(self, address: str, holder: AnyHolder) -> AnyHolder | None:
        """Give an address to a holder; return who has it already, None when it was free."""
        present = self.holders.setdefault(address, holder)
        return None if present is holder else present

    def first_free(
        self, candidates: Iterable[Candidate], rival: AnyHolder | None = None
    ) -> tuple[Candidate | None, Passed]:
        """Return the first free candidate, None when there is none, and those in front of it with who has them.

        Of a form with an ordinal the numbers that are taken count as passed: the first and the last of them are returned.
        Numbers end where the address would be too long.

        Args:
            candidates: The forms in their order; those on request are left out.
            rival: Who has the same first form, where then both take the next one (BP-4.1e).
        """
        passed: list[tuple[Candidate, AnyHolder]] = []
        for candidate, holder in self._tried(candidates, rival):
            if holder is None:
                return candidate, tuple(passed)
            passed.append((candidate, holder))
        return None, tuple(passed)

    def passed(self, candidates: Iterable[Candidate], issued: Candidate | None) -> Passed:
        """Return the candidates that :meth:`first_free` passed when it issued one, or none at all, without a rival.

        It can be asked at any time later: nothing is ever taken out, so whoever stood in front stands there still.

        Args:
            candidates: The same forms.
            issued: What was issued of them.
        """
        passed: list[tuple[Candidate, AnyHolder]] = []
        for candidate, holder in self._tried(candidates):
            if holder is None or (issued is not None and candidate.address == issued.address):
                break
            passed.append((candidate, holder))
            if issued is not None and issued.step == candidate.step and issued.numbering is not None:
                before = issued.numbered(issued.numbering, issued.numbering.number(issued.address) - 1)
                if before.address != candidate.address:
                    passed.append((before, self.holders[before.address]))
                break
        return tuple(passed)

    def _tried(
        self, candidates: Iterable[Candidate], rival: AnyHolder | None = None
    ) -> Iterator[tuple[Candidate, AnyHolder | None]]:
        """Yield the candidates that count, each with who has it; one that is free is the last."""
        first = True
        met: set[str | None] = set()
        for candidate in candidates:
            if candidate.on_request or (candidate.when_taken_by and not candidate.when_taken_by & met):
                continue
            holder = self.holders.get(candidate.address) or (rival if first else None)
            yield candidate, holder
            if holder is None:
                return
            if candidate.numbering is not None:
                yield from self._numbers(candidate, candidate.numbering)
                return
            met.update((holder.kind, holder.agency_kind))
            first = False

    def _numbers(self, candidate: Candidate, numbering: Numbering) -> Iterator[tuple[Candidate, AnyHolder | None]]:
        """Yield the last number that is taken behind a form's first, and the one that is free.

        Each number is looked at once for all who ask.
        """
        numbering, number = self.numbers.get(numbering) or (numbering, numbering.start + 1)
        while numbering.address(number) in self.holders:
            number += 1
        self.numbers[numbering] = numbering, number
        if number > numbering.start + 1:
            last = candidate.numbered(numbering, number - 1)
            yield last, self.holders[last.address]
        found = candidate.numbered(numbering, number)
        if valid_local_part(found.address):
            yield found, None
