"""One row of a list read by itself: who or what it is, with every reason that leaves it unsure; other rows come later."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import AddressBook
from ansible_collections.thucongvu.mail.plugins.module_utils.list_address import read_address
from ansible_collections.thucongvu.mail.plugins.module_utils.list_dates import is_open, read_date
from ansible_collections.thucongvu.mail.plugins.module_utils.list_names import same_name
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, Problem
from ansible_collections.thucongvu.mail.plugins.module_utils.register_check import Checks, Place
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Agency, Unit
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import joined
from ansible_collections.thucongvu.mail.plugins.module_utils.text import name_syllables

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import ListFile
    from ansible_collections.thucongvu.mail.plugins.module_utils.list_headings import Headings
    from ansible_collections.thucongvu.mail.plugins.module_utils.list_names import Key, NameIndex
    from ansible_collections.thucongvu.mail.plugins.module_utils.list_rows import Row

# A whole number that went through a spreadsheet or a program: 901234567.0, 150.00000000000003.
_NEARLY_WHOLE = re.compile(r"(?P<whole>[0-9]+)\.(?:0+|0{6,}[0-9]*)")
# Fields of a person that the register does not have of a mailbox that is nobody's own.
# What a spreadsheet makes of 0918000111 in a cell for numbers.
_ZERO_LOST = re.compile(r"[2-9][0-9]{8,9}")
_OF_PEOPLE = ("position", "phone", "registered", "id")


@dataclass(slots=True)
class Entry:
    """A row as far as it is known.

    Attributes:
        mailbox: The agency or unit whose mailbox it is, None for a person's.
        registered: The row's own date, None where it has none.
        address: The local part, empty where it is not sure.
        reasons: Why the row is not sure, in the order of its columns; empty for a sure row.
    """

    row: Row
    mailbox: Agency | Unit | None = None
    name: str = ""
    agency: Agency | None = None
    unit: Unit | None = None
    position: str = ""
    phone: str = ""
    registered: date | None = None
    id: str = ""
    address: str = ""
    reasons: list[Problem] = field(default_factory=list)

    @property
    def number(self) -> int:
        """Return the row's number."""
        return self.row.line.number

    @property
    def identity(self) -> Key | None:
        """Return what is equal for two rows of one person or mailbox; None where the row does not say enough."""
        if self.mailbox is not None:
            return "mailbox", self.mailbox.id
        if self.agency is None or not self.name:
            return None
        return "person", self.agency.id, *same_name(self.name)

    def not_carried(self) -> list[int]:
        """Return the columns whose text a register row has no place for: unknown ones, and a person's with a mailbox."""
        layout, line = self.row.layout, self.row.line
        without = (None, "number", *(_OF_PEOPLE if self.mailbox is not None else ()))
        return [
            column for column in sorted(line.own) if layout.field(column) in without and column not in self.row.ordinals
        ]


def plain_number(text: str) -> str:
    """Return a number as people write it, where a spreadsheet made another of it: 901234567.0."""
    found = _NEARLY_WHOLE.fullmatch(text)
    return found["whole"] if found else text


class EntryReader:
    """Reads rows by the register's names and the province's domain."""

    def __init__(self, file: ListFile, headings: Headings, index: NameIndex, domain: str) -> None:
        """Keep what all rows are read by."""
        self.file = file
        self.headings = headings
        self.index = index
        self.domain = domain

    def read(self, row: Row) -> Entry:
        """Return a row as far as it is known by itself."""
        entry = Entry(row)
        self._cells(entry)
        self._name(entry)
        self._place(entry)
        self._details(entry)
        self._address(entry)
        if row.alone and entry.mailbox is None:
            self.doubt(entry, CoreError("import.alone"), row.name_columns)
        return entry

    def doubt(self, entry: Entry, error: CoreError, columns: Sequence[int] = ()) -> None:
        """Note why a row is not sure, with the first of the columns that has a text."""
        line = entry.row.line
        column = next((column for column in columns if line.text(column)), columns[0] if columns else None)
        place = None if column is None else entry.row.layout.name(column)
        value = None if column is None else line.text(column)
        problem = error.at(self.file.path, line.number, place, value)
        if problem not in entry.reasons:
            entry.reasons.append(problem)

    def _cells(self, entry: Entry) -> None:
        """Look at cells without a value to go by, and at those below no heading, which may belong to any column."""
        layout, line = entry.row.layout, entry.row.line
        for column in range(len(line.cells)):
            known = layout.field(column)
            if column in line.wrong and known not in (None, "number"):
                self.doubt(entry, CoreError(line.wrong[column]), [column])
            unheaded = known is None and column not in layout.headings and column in line.own
            if unheaded and column not in entry.row.ordinals:
                self.doubt(entry, CoreError("import.no_heading"), [column])

    def _name(self, entry: Entry) -> None:
        columns = entry.row.name_columns
        line = entry.row.line
        entry.name = entry.row.name
        if not entry.name:
            self.doubt(entry, CoreError("register.name_missing"), columns)
            return
        entry.mailbox = self._mailbox(entry)
        if entry.mailbox is not None:
            return
        try:
            if len(name_syllables(entry.name)) == 1:
                self.doubt(entry, CoreError("import.one_syllable"), columns)
        except CoreError as error:
            self.doubt(entry, error, columns)
        # A break may part one long name or two people.
        if any("\n" in line.cells[column].strip() for column in columns if column < len(line.cells)):
            self.doubt(entry, CoreError("import.line_break"), columns)
        if self.headings.has_title(entry.name):
            self.doubt(entry, CoreError("import.title"), columns)

    def _mailbox(self, entry: Entry) -> Agency | Unit | None:
        """Return the agency or unit that a row names in the place of a person."""
        own = self._agencies(entry, "agency") or self._agencies(entry, "workplace")
        agency = own[0] if len(own) == 1 else entry.row.group.agency
        try:
            found = self.index.either(agency, entry.name)
        except CoreError:
            return None
        if len(found) > 1:
            self.doubt(entry, self._ambiguous(found), entry.row.name_columns)
        return found[0] if found else None

    @staticmethod
    def _ambiguous(found: Sequence[Agency | Unit]) -> CoreError:
        return CoreError("import.ambiguous", found=joined(f"{place.name} ({place.id})" for place in found))

    def _agencies(self, entry: Entry, name: str) -> tuple[Agency, ...]:
        """Return the agencies that a field names; none where it is empty or not to be read."""
        text = entry.row.text(name)
        try:
            return self.index.agencies(text) if text else ()
        except CoreError:
            return ()

    def _named(self, entry: Entry, name: str, unknown: CoreError, agency: Agency | None = None) -> Agency | Unit | None:
        """Return the one thing that a field names, None where it is empty; and doubt the row where it is not one thing."""
        text = entry.row.text(name)
        if not text:
            return None
        found: tuple[Agency | Unit, ...] = ()
        try:
            if name == "agency":
                found = self.index.agencies(text)
            elif name == "workplace":
                found = self.index.either(agency, text)
            elif agency is not None:
                found = self.index.units(agency, text)
        except CoreError as error:
            self.doubt(entry, error, entry.row.columns(name))
            return None
        if len(found) == 1:
            return found[0]
        self.doubt(entry, self._ambiguous(found) if found else unknown, entry.row.columns(name))
        return None

    def _place(self, entry: Entry) -> None:
        """Find the agency and unit: what the row says, otherwise its heading; where both say it, they say the same."""
        row, group = entry.row, entry.row.group
        own = self._named(entry, "agency", CoreError("import.agency_unknown"))
        base = own if isinstance(own, Agency) else (None if row.text("agency") else group.agency)
        workplace = self._named(entry, "workplace", CoreError("import.workplace_unknown"), base)
        stated = [place for place in (own, workplace, entry.mailbox) if isinstance(place, Agency)]
        if not isinstance(entry.mailbox, Agency) and group.agency is not None:
            stated.append(group.agency)
        if (row.text("agency") and own is None) or (row.text("workplace") and workplace is None and own is None):
            # Why is said already, and what the heading says cannot stand for what the row says.
            return
        if len({place.id for place in stated}) > 1:
            error = CoreError("import.two_agencies", found=joined(f"{place.name} ({place.id})" for place in stated))
            self.doubt(entry, error, row.columns("agency") or row.columns("workplace"))
        elif stated:
            entry.agency = stated[0]
            self._unit(entry, workplace)
        else:
            missing = CoreError("import.agency_missing")
            self.doubt(entry, CoreError("import.group_unknown", group=group.unknown) if group.unknown else missing)

    def _unit(self, entry: Entry, workplace: Agency | Unit | None) -> None:
        """Find the unit of a row whose agency is known."""
        row, group = entry.row, entry.row.group
        assert entry.agency is not None  # noqa: S101  # as the caller says
        unknown = CoreError("import.unit_unknown", agency=entry.agency.name)
        unit = self._named(entry, "unit", unknown, entry.agency)
        units = [place for place in (unit, workplace, entry.mailbox) if isinstance(place, Unit)]
        if entry.mailbox is None and not row.text("unit") and not units and entry.agency == group.agency:
            units += [group.unit] if group.unit else []
        # An agency's own mailbox is none of its units'.
        limit = 0 if isinstance(entry.mailbox, Agency) else 1
        if len({place.id for place in units}) > limit:
            found = joined(f"{place.name} ({place.id})" for place in (entry.mailbox, *units) if place is not None)
            self.doubt(
                entry, CoreError("import.two_units", found=found), row.columns("unit") or row.columns("workplace")
            )
        elif units:
            entry.unit = units[0]

    def _checked(self, entry: Entry, name: str, check: Callable[[Checks, Place], object]) -> None:
        """Doubt a row whose field the register would refuse, by the register's own check."""
        checks = Checks(AddressBook())
        check(checks, Place(self.file.path, entry.number))
        for problem in checks.problems:
            self.doubt(entry, CoreError(problem.key, **problem.values), entry.row.columns(name))

    def _details(self, entry: Entry) -> None:
        row = entry.row
        entry.position, entry.phone, entry.id = (row.text(name) for name in ("position", "phone", "id"))
        entry.phone, entry.id = plain_number(entry.phone), plain_number(entry.id)
        self._checked(entry, "position", lambda checks, place: checks.text(place, "position", entry.position))
        self._checked(entry, "phone", lambda checks, place: checks.phone(place, entry.phone))
        if _ZERO_LOST.fullmatch(entry.phone):
            self.doubt(entry, CoreError("import.phone_zero", found=entry.phone), row.columns("phone"))
        if entry.id:
            self._checked(entry, "id", lambda checks, place: checks.identifier(place, entry.id))
        registered = row.text("registered")
        entry.registered = read_date(registered)
        if registered and entry.registered is None:
            self.doubt(entry, CoreError("import.date"), row.columns("registered"))

    def _address(self, entry: Entry) -> None:
        row = entry.row
        columns = row.columns("address")
        filled = [column for column in columns if row.line.text(column)] or list(columns[:1])
        found: set[str] = set()
        for column in filled:
            if column in row.line.wrong:
                # Why is said already; a formula is no address to find more in.
                found.add("")
                continue
            text = row.line.cells[column] if column < len(row.line.cells) else ""
            address, wrong = read_address(text, self.domain)
            found.add(address)
            for error in wrong:
                self.doubt(entry, error, [column])
        if len(found - {""}) > 1:
            self.doubt(entry, CoreError("import.addresses_differ", found=joined(sorted(found - {""}))), columns)
        if len(found) == 1:
            entry.address = found.pop()


def doubt_month_first(reader: EntryReader, entries: Sequence[Entry]) -> None:
    """Doubt the dates that may have their month first, where others of the list do."""
    for entry in entries:
        if is_open(entry.row.text("registered")):
            reader.doubt(entry, CoreError("import.date_open"), entry.row.columns("registered"))


def _in_legacy(entry: Entry) -> bool:
    """Tell whether a row's name is in an older encoding."""
    names = {entry.row.layout.name(column) for column in entry.row.name_columns}
    return any(reason.key == "text.legacy" and reason.field in names for reason in entry.reasons)


def doubt_legacy(reader: EntryReader, entries: Sequence[Entry]) -> None:
    """Doubt the names that an older encoding may also have written, where others of their agency are in one.

    A word of its letters alone may be Vietnamese in both readings (VNI ``Hoà`` is Hồ); a letter beyond Latin-1 is Unicode.
    """
    found = {entry.agency.id for entry in entries if entry.agency is not None and _in_legacy(entry)}
    for entry in entries:
        if entry.agency is None or entry.agency.id not in found:
            continue
        marked = [letter for letter in entry.name if not letter.isascii()]
        if marked and max(marked) <= "ÿ" and not _in_legacy(entry):
            reader.doubt(entry, CoreError("import.legacy_list"), entry.row.name_columns)
