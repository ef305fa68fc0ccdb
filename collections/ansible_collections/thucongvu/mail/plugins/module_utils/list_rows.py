"""What each row of a list is: a person or mailbox, or a heading; and below which agency and unit it stands.

A heading that names nothing in the register ends the one above it: what stands below belongs to nobody known. So does a
name alone in its row, be it an agency that the register lacks or a person of whom nothing more is said.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.list_columns import (
    Columns,
    Layout,
    is_header,
    layout_of,
    without_header,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Agency, Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import Line, ListFile
    from ansible_collections.thucongvu.mail.plugins.module_utils.list_headings import Headings
    from ansible_collections.thucongvu.mail.plugins.module_utils.list_names import NameIndex

type HeadingKind = Literal["title", "header", "group", "total", "empty"]

_ROMAN = r"(?=[CLXVI])C{0,3}(?:XC|XL|L?X{0,3})(?:IX|IV|V?I{0,3})"
_ORDINAL = re.compile(rf"\(?(?:{_ROMAN}|[A-Za-zĐđ]|[0-9]+(?:\.[0-9]+)*)[.)/:]?")
_HEADING_ORDINAL = re.compile(rf"\(?(?:{_ROMAN}|[A-ZĐ])[.)/:]?")
_IN_FRONT = re.compile(rf"(?:{_ROMAN}|[A-ZĐ])\s*[.)/:-]\s*(?P<rest>.+)")
_COLUMN_NUMBER = re.compile(r"\(?(?:[0-9]{1,2}|[A-Z])\)?")
_FEWEST_NUMBERS = 3


@dataclass(frozen=True, slots=True)
class Heading:
    """A row that is neither a person nor a mailbox.

    Attributes:
        text: What stands in it.
        known: Of a group, whether it names an agency or unit of the register.
    """

    line: Line
    kind: HeadingKind
    text: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class Group:
    """Below which heading a row stands.

    Attributes:
        agency: The agency that it gives, None where it names none that is known.
        unknown: The heading or name that is not known, as ``row: text``; empty where there is none.
    """

    agency: Agency | None = None
    unit: Unit | None = None
    unknown: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that may be a person or a mailbox.

    Attributes:
        ordinals: The columns whose text only numbers the row.
        alone: Whether nothing but the name stands in it.
    """

    line: Line
    layout: Layout
    group: Group
    ordinals: tuple[int, ...]
    alone: bool

    def text(self, field: str) -> str:
        """Return what a row says of a field; several columns of it are one text."""
        return " ".join(filter(None, (self.line.text(column) for column in self.columns(field))))

    def columns(self, field: str) -> tuple[int, ...]:
        """Return the columns of a field."""
        return self.layout.fields.get(field, ())

    @property
    def name_columns(self) -> tuple[int, ...]:
        """Return the columns of the name, family name first."""
        return self.columns("full_name") or (*self.columns("family_name"), *self.columns("given_name"))

    @property
    def name(self) -> str:
        """Return the name, of all its columns."""
        return " ".join(filter(None, (self.line.text(column) for column in self.name_columns)))


def _shown(line: Line) -> str:
    return " | ".join(line.text(column) for column in sorted(line.own))


def _is_column_numbers(line: Line) -> bool:
    """Tell whether a row numbers the columns, as forms do below the header: (1), (2), (3)."""
    texts = [line.text(column) for column in line.own]
    return len(texts) >= _FEWEST_NUMBERS and all(_COLUMN_NUMBER.fullmatch(text) for text in texts)


class _Reader:
    """Reads one row after another."""

    def __init__(self, file: ListFile, headings: Headings, chosen: Columns, index: NameIndex) -> None:
        self.file = file
        self.headings = headings
        self.chosen = chosen
        self.index = index
        self.group = Group()
        self.layout: Layout | None = None
        self.header: list[Line] = []
        self.found: list[Heading | Row] = []

    def heading(self, line: Line, kind: HeadingKind, *, known: bool = True) -> None:
        """Note a row that is neither a person nor a mailbox."""
        self.found.append(Heading(line, kind, _shown(line), known))

    def line(self, line: Line) -> None:
        """Read a row."""
        below = bool(self.header) and self.header[-1].number == line.number - 1
        if not line.own:
            self.heading(line, "empty")
        elif is_header(line, self.headings, above="header" if below else "rows" if self.header else "nothing"):
            self.header = [*self.header, line] if below else [line]
            self.layout = None
            self.heading(line, "header")
        elif below and _is_column_numbers(line):
            self.heading(line, "header")
        else:
            self.below_header(line)

    def below_header(self, line: Line) -> None:
        """Read a row that is no header; above the first header it is a title."""
        if self.layout is None and self.header:
            self.layout = layout_of(self.file, self.header, self.headings, self.chosen)
        if self.layout is None:
            self.heading(line, "title")
            return
        layout = self.layout
        ordinals = tuple(column for column in sorted(line.own) if self.is_ordinal(line, column, layout))
        content = [column for column in sorted(line.own) if column not in ordinals]
        ordinal = line.text(ordinals[0]) if ordinals else ""
        if not content:
            self.heading(line, "empty")
            return
        texts = [line.text(column) for column in content]
        numbers = all(text.replace(".", "").isdigit() for text in texts[1:])
        if self.headings.is_total(texts[0]) and numbers:
            self.heading(line, "total")
            return
        addresses = layout.fields["address"]
        alone = len(content) == 1 and content[0] not in addresses and "@" not in texts[0]
        if alone and self.is_group(line, content[0], ordinal):
            return
        row = Row(line, layout, self.group, ordinals, alone)
        self.found.append(row)
        if alone:
            self.group = Group(unknown=f"{line.number}: {texts[0]}")
        else:
            self.mailbox(row, ordinal)

    def is_ordinal(self, line: Line, column: int, layout: Layout) -> bool:
        """Tell whether a cell only numbers its row: in a column for that, or in one without heading in front of the name."""
        field = layout.field(column)
        unheaded = field is None and column not in layout.headings and column < layout.first_name_column
        return (field == "number" or unheaded) and bool(_ORDINAL.fullmatch(line.text(column)))

    def meant(self, text: str) -> Group | None:
        """Return the group that a text alone in its row begins, None where it names nothing, or more than one thing."""
        in_front = _IN_FRONT.fullmatch(text)
        for name in [text, *([in_front["rest"]] if in_front else [])]:
            try:
                found = self.index.either(self.group.agency, name)
            except CoreError:
                continue
            if len(found) == 1:
                (place,) = found
                return Group(place) if isinstance(place, Agency) else Group(self.group.agency, place)
        return None

    def is_group(self, line: Line, column: int, ordinal: str) -> bool:
        """Read a text alone in its row as a group's heading, where it is one."""
        text = line.text(column)
        group = self.meant(text)
        looks_so = bool(_HEADING_ORDINAL.fullmatch(ordinal) or _IN_FRONT.fullmatch(text)) or column in line.spans
        if group is None and not looks_so:
            return False
        self.group = group or Group(unknown=f"{line.number}: {text}")
        self.heading(line, "group", known=group is not None)
        return True

    def mailbox(self, row: Row, ordinal: str) -> None:
        """Let the mailbox of an agency or unit among the rows end the group above it.

        What follows it may be its people or not. Only where it is numbered as a heading is an agency's row one.
        """
        try:
            found = self.index.either(self.group.agency, row.name)
        except CoreError:
            return
        if not found:
            return
        place = found[0]
        if isinstance(place, Unit) or place == self.group.agency:
            self.group = Group(self.group.agency, None, self.group.unknown)
        elif len(found) == 1 and _HEADING_ORDINAL.fullmatch(ordinal):
            self.group = Group(place)
        else:
            self.group = Group(unknown=f"{row.line.number}: {row.name}")


def read_rows(
    file: ListFile, headings: Headings, chosen: Columns, index: NameIndex, agency: Agency | None = None
) -> Sequence[Heading | Row]:
    """Return what each row of a list is, in its order; every row is there once.

    Args:
        file: The list.
        headings: The headings that are known.
        chosen: The columns that the operator names.
        index: The register's agencies and units by name.
        agency: The agency of rows in front of the first group.

    Raises:
        ProblemsError: The columns of the name or the address are not known.
    """
    reader = _Reader(file, headings, chosen, index)
    reader.group = Group(agency)
    if not any(is_header(line, headings) for line in file.lines):
        # Without a header the operator's columns hold from the first row on; without these nothing is known.
        reader.layout = without_header(file, headings, chosen)
    for line in file.lines:
        reader.line(line)
    if reader.layout is None:
        layout_of(file, reader.header, headings, chosen)
    return reader.found
