"""What a list brings into a register: rows that are sure, rows that are there already, and rows that somebody must look at.

Nothing is guessed: a row is sure only when it says all that the register needs, and neither the register nor another row
says otherwise. Addresses stay as they are, whatever the regulation would have issued. Every row of the list is counted once.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.list_dates import month_first
from ansible_collections.thucongvu.mail.plugins.module_utils.list_entry import (
    Entry,
    EntryReader,
    doubt_legacy,
    doubt_month_first,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import row_ranges
from ansible_collections.thucongvu.mail.plugins.module_utils.list_names import NameIndex, same_name
from ansible_collections.thucongvu.mail.plugins.module_utils.list_rows import Heading, Row, read_rows
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import shown
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import register_book
from ansible_collections.thucongvu.mail.plugins.module_utils.text import normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.list_columns import Columns
    from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import ListFile
    from ansible_collections.thucongvu.mail.plugins.module_utils.list_headings import Headings
    from ansible_collections.thucongvu.mail.plugins.module_utils.list_names import Key
    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Agency, Person, Register
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation

# An id has 64 characters; the agency's is followed by -0001.
_LONGEST_AGENCY_ID = 59
# A reason names so many other rows; a list with one address a thousand times would otherwise make a reason of a thousand each.
_MOST_ROWS = 5

type Outcome = Literal["registered", "already", "review"]


@dataclass(frozen=True, slots=True)
class Decided:
    """A row and what becomes of it.

    Attributes:
        id: The id of a person who is to be registered or is already, empty for any other row.
    """

    entry: Entry
    outcome: Outcome
    id: str = ""


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What becomes of each row of a list, in its order."""

    file: ListFile
    headings: tuple[Heading, ...]
    rows: tuple[Decided, ...]

    def of(self, outcome: Outcome) -> list[Decided]:
        """Return the rows of one outcome."""
        return [row for row in self.rows if row.outcome == outcome]


def _some(entries: Iterable[Entry]) -> str:
    """Return the rows of some entries for people, the first few of many; nothing where there are none."""
    numbers = [entry.number for entry in islice(entries, _MOST_ROWS + 1)]
    return row_ranges(numbers[:_MOST_ROWS]) + ("…" if len(numbers) > _MOST_ROWS else "")


class _Decider:
    """Compares the rows of a list with the register and with each other."""

    def __init__(self, reader: EntryReader, entries: list[Entry], register: Register, regulation: Regulation) -> None:
        self.reader = reader
        self.entries = entries
        self.holders = register_book(register, regulation).holders
        self.people = {person.id: person for person in register.people}
        self.by_address: defaultdict[str, list[Entry]] = defaultdict(list)
        self.by_identity: defaultdict[Key, list[Entry]] = defaultdict(list)
        self.addresses: defaultdict[Key, set[str]] = defaultdict(set)
        self.by_id: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in entries:
            if entry.address:
                self.by_address[entry.address].append(entry)
            if entry.identity is not None:
                self.by_identity[entry.identity].append(entry)
                self.addresses[entry.identity].update({entry.address} - {""})
            if entry.id and entry.mailbox is None:
                self.by_id[entry.id.lower()].append(entry)
        self.namesakes: defaultdict[Key, list[Person]] = defaultdict(list)
        for person in register.people:
            self.namesakes["person", person.agency_id, *same_name(person.full_name)].append(person)
        # The directory, whose names are built from them, does not tell capitals from small letters.
        self.ids = {person.id.lower(): person.id for person in register.people}
        for agency in register.agencies.values():
            self.ids[agency.id.lower()] = agency.id
            self.ids.update({unit.id.lower(): unit.id for unit in agency.units})

    def decide(self, entry: Entry) -> Decided:
        """Decide about a row; a row with one reason is for review, with all its reasons."""
        person = self._registered(entry)
        if person is not None:
            self._differences(entry, person)
            return Decided(entry, "review") if entry.reasons else Decided(entry, "already", person.id)
        if self._has_its_address(entry):
            return Decided(entry, "review" if entry.reasons else "already")
        self._address(entry)
        self._others(entry)
        if entry.mailbox is None:
            self._id(entry)
        return Decided(entry, "review" if entry.reasons else "registered")

    def doubt(self, entry: Entry, error: CoreError, field: str) -> None:
        """Note why a row is not sure."""
        self.reader.doubt(entry, error, entry.row.name_columns if field == "full_name" else entry.row.columns(field))

    def _registered(self, entry: Entry) -> Person | None:
        """Return the person of the register that a row is: of its address, agency and name."""
        holder = self.holders.get(entry.address)
        person = self.people.get(holder.id) if holder is not None and holder.kind == "person" else None
        if person is None or entry.identity != ("person", person.agency_id, *same_name(person.full_name)):
            return None
        return person

    def _differences(self, entry: Entry, person: Person) -> None:
        """Doubt a row of which the register says something else; what the row leaves open it does not deny."""
        if person.status == "cancelled":
            self.doubt(entry, CoreError("import.cancelled", place=self._where(person)), "full_name")
        pairs = {
            "unit": (entry.unit.id if entry.unit else "", person.unit or ""),
            "position": (entry.position, normal(person.position)),
            "phone": (entry.phone, normal(person.phone)),
            "registered": (entry.registered.isoformat() if entry.registered else "", person.registered.isoformat()),
            "id": (entry.id, person.id),
        }
        for field, (listed, known) in pairs.items():
            if listed and listed != known:
                error = CoreError("import.differs", field=field, known=known or "-", place=self._where(person))
                self.doubt(entry, error, field)

    @staticmethod
    def _where(person: Person) -> str:
        return f"{shown(person.file)}:{person.line}"

    @staticmethod
    def _has_its_address(entry: Entry) -> bool:
        return entry.mailbox is not None and bool(entry.address) and entry.mailbox.address == entry.address

    def _address(self, entry: Entry) -> None:
        """Doubt an address that somebody else has, in the register or in the list."""
        if not entry.address:
            return
        rows = _some(other for other in self.by_address[entry.address] if other is not entry)
        if rows:
            self.doubt(entry, CoreError("import.address_twice", address=entry.address, rows=rows), "address")
        holder = self.holders.get(entry.address)
        if holder is None:
            return
        if holder.kind in ("function", "reserved"):
            self.doubt(entry, CoreError("import.address_reserved", address=entry.address), "address")
        else:
            place = f"{shown(holder.file)}:{holder.line}" if holder.file else "-"
            values = {"address": entry.address, "holder": holder.name, "place": place}
            self.doubt(entry, CoreError("import.address_taken", **values), "address")

    def _others(self, entry: Entry) -> None:
        """Doubt a row whose person or mailbox has another address, in the list or in the register.

        What the register says of a person that another row of the list is, that row says: so a repeated run gives the
        same reasons when some of the rows have been registered.
        """
        if entry.identity is None:
            return
        listed = self.addresses[entry.identity] | {entry.address}
        if len(listed) > 1:
            others = (other for other in self.by_identity[entry.identity] if other.address not in ("", entry.address))
            self.doubt(entry, CoreError("import.name_twice", rows=_some(others)), "full_name")
        for person in self.namesakes.get(entry.identity, ()):
            if not person.address:
                self.doubt(entry, CoreError("import.person_waits", place=self._where(person)), "full_name")
            elif person.address not in listed:
                values = {"address": person.address, "place": self._where(person)}
                self.doubt(entry, CoreError("import.person_has", **values), "full_name")
        present = entry.mailbox.address if entry.mailbox is not None else ""
        if present and present not in listed:
            self.doubt(entry, CoreError("import.mailbox_has", address=present), "address")

    def _id(self, entry: Entry) -> None:
        """Doubt an id that something else has, in the register or in the list."""
        if not entry.id:
            if entry.agency is not None and len(entry.agency.id) > _LONGEST_AGENCY_ID:
                self.doubt(entry, CoreError("register.id_form"), "id")
            return
        rows = _some(other for other in self.by_id[entry.id.lower()] if other is not entry)
        if rows:
            self.doubt(entry, CoreError("import.id_twice", id=entry.id, rows=rows), "id")
        if entry.id.lower() in self.ids:
            self.doubt(entry, CoreError("import.id_taken", id=entry.id), "id")

    def numbered(self, decided: Iterable[Decided]) -> tuple[Decided, ...]:
        """Return the rows with the ids of those to be registered: the row's own, otherwise the next free one.

        An id that any row of the list asks for is not given to another, so that the row may have it once it is right.
        """
        taken = {*self.ids, *self.by_id}
        counts: defaultdict[str, int] = defaultdict(int)
        found: list[Decided] = []
        for row in decided:
            entry = row.entry
            if row.outcome != "registered" or entry.mailbox is not None or entry.agency is None:
                found.append(row)
                continue
            identity = entry.id
            while not identity or (not entry.id and identity.lower() in taken):
                counts[entry.agency.id] += 1
                identity = f"{entry.agency.id}-{counts[entry.agency.id]:04d}"
            taken.add(identity.lower())
            found.append(Decided(entry, "registered", identity))
        return tuple(found)


def plan_import(
    file: ListFile,
    register: Register,
    regulation: Regulation,
    *,
    domain: str,
    headings: Headings,
    chosen: Columns = MappingProxyType({}),
    agency: Agency | None = None,
) -> ImportPlan:
    """Return what becomes of each row of a list. Linear in the sizes of list and register.

    Args:
        file: The list.
        register: The register, without problems.
        regulation: The regulation that it follows.
        domain: The province's mail domain.
        headings: The headings that are known.
        chosen: The columns that the operator names.
        agency: The agency of rows in front of the first group.

    Raises:
        ProblemsError: The columns of the name or the address are not known.
    """
    index = NameIndex(register.agencies.values(), regulation)
    reader = EntryReader(file, headings, index, domain)
    found = read_rows(file, headings, chosen, index, agency)
    entries = [reader.read(row) for row in found if isinstance(row, Row)]
    if month_first(entry.row.text("registered") for entry in entries):
        doubt_month_first(reader, entries)
    doubt_legacy(reader, entries)
    decider = _Decider(reader, entries, register, regulation)
    rows = decider.numbered([decider.decide(entry) for entry in entries])
    return ImportPlan(file, tuple(line for line in found if isinstance(line, Heading)), rows)


def outcome_counts(plan: ImportPlan) -> Mapping[str, int]:
    """Return how many rows came in and what became of them."""
    counts = {outcome: len(plan.of(outcome)) for outcome in ("registered", "already", "review")}
    return {"rows": len(plan.file.lines), **counts, "headings": len(plan.headings)}
