"""The one name space that agencies, units, people, functions and reserved addresses share.

An address here is the local part, without the domain. An issued address never changes; whoever comes later takes the
next candidate (CT-4.2a, CT-4.2d).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import valid_local_part

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import Candidate, Numbering
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation

type HolderKind = Literal["agency", "unit", "person", "function", "reserved"]
type Passed = tuple[tuple[Candidate, Holder], ...]


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
        numbers: The next number to try, by where an ordinal stands: those before it are taken for good.
    """

    holders: dict[str, Holder] = field(default_factory=dict)
    numbers: dict[Numbering, int] = field(default_factory=dict)

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
        self, candidates: Iterable[Candidate], rival: Holder | None = None
    ) -> tuple[Candidate | None, Passed]:
        """Return the first free candidate, None when there is none, and those in front of it with who has them.

        Of a form with an ordinal the numbers that are taken count as passed: the first and the last of them are returned.
        Numbers end where the address would be too long.

        Args:
            candidates: The forms in their order; those on request are left out.
            rival: Who has the same first form, where then both take the next one (BP-4.1e).
        """
        passed: list[tuple[Candidate, Holder]] = []
        met: set[str | None] = set()
        for candidate in candidates:
            if candidate.on_request or (candidate.when_taken_by and not candidate.when_taken_by & met):
                continue
            holder = self.holders.get(candidate.address)
            if holder is None and not passed:
                holder = rival
            if holder is None:
                return candidate, tuple(passed)
            passed.append((candidate, holder))
            met.update((holder.kind, holder.agency_kind))
            if candidate.numbering is not None:
                return self._next_number(candidate, candidate.numbering, passed)
        return None, tuple(passed)

    def _next_number(
        self, candidate: Candidate, numbering: Numbering, passed: list[tuple[Candidate, Holder]]
    ) -> tuple[Candidate | None, Passed]:
        """Return a form with the first number that is free. Each number is looked at once for all who ask."""
        number = self.numbers.get(numbering, numbering.start + 1)
        while numbering.address(number) in self.holders:
            number += 1
        self.numbers[numbering] = number
        if number > numbering.start + 1:
            last = candidate.numbered(number - 1)
            passed.append((last, self.holders[last.address]))
        found = candidate.numbered(number)
        return found if valid_local_part(found.address) else None, tuple(passed)
