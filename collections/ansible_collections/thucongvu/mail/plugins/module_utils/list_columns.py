"""Which column of a list holds what: by its headings, or by what the operator says; a list that leaves it open is refused."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import column_index, column_letters
from ansible_collections.thucongvu.mail.plugins.module_utils.list_headings import FIELDS
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import joined, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import Line, ListFile
    from ansible_collections.thucongvu.mail.plugins.module_utils.list_headings import Headings

_LETTERS = re.compile(r"[A-Za-z]{1,3}")
_BETWEEN_COLUMNS = re.compile(r"[\s,;+]+")
_HEADING_CELLS = 2
_ROW_CELLS = 3

type Columns = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Layout:
    """What the columns of the rows below a header hold.

    Attributes:
        fields: The columns of each field, in their order.
        headings: The heading of each column that has one.
    """

    fields: Columns
    headings: Mapping[int, str]

    def field(self, column: int) -> str | None:
        """Return what a column holds, None where that is unknown."""
        return next((field for field, columns in self.fields.items() if column in columns), None)

    def name(self, column: int) -> str:
        """Return a column for people: its letters and its heading."""
        heading = self.headings.get(column)
        return column_letters(column) + (f" ({heading})" if heading else "")

    @property
    def first_name_column(self) -> int:
        """Return the first column that holds a part of the name."""
        return min(self.fields.get("full_name") or self.fields["family_name"])


def chosen_columns(chosen: Mapping[str, object], width: int) -> Columns:
    """Return the columns that the operator names.

    Args:
        chosen: By field, the letters of a column, or of several (``C, D``, or a list).
        width: How many columns the list has.

    Raises:
        ProblemsError: A field is unknown, or a column is none of the list, or named twice.
    """
    problems: list[Problem] = []
    found: dict[str, tuple[int, ...]] = {}
    taken: dict[int, str] = {}
    for field, value in chosen.items():
        place = f"import_columns.{field}"
        texts = [str(part) for part in value] if isinstance(value, list) else _BETWEEN_COLUMNS.split(str(value).strip())
        if field not in FIELDS:
            values = {"near": nearest(field, FIELDS), "allowed": joined(FIELDS)}
            problems.append(Problem("schema.unknown_key", values, field=place, value=str(value)))
            continue
        columns: list[int] = []
        for text in texts:
            if not _LETTERS.fullmatch(text) or column_index(text) >= width:
                last = column_letters(max(width - 1, 0))
                problems.append(Problem("import.no_column", {"last": last}, field=place, value=text))
            elif (column := column_index(text)) in taken:
                values = {"first": taken[column]}
                problems.append(Problem("import.column_chosen_twice", values, field=place, value=text))
            else:
                taken[column] = field
                columns.append(column)
        found[field] = tuple(columns)
    if problems:
        raise ProblemsError(problems)
    return found


def recognised(line: Line, headings: Headings) -> dict[int, str]:
    """Return the fields that a row's cells name, by column."""
    found = {column: headings.field(line.text(column)) for column in range(len(line.cells))}
    return {column: field for column, field in found.items() if field is not None}


def is_header(line: Line, headings: Headings, *, above: Literal["nothing", "header", "rows"] = "nothing") -> bool:
    """Tell whether a row is a header, or the next row of one.

    Args:
        line: The row.
        headings: The headings that are known.
        above: What is above it. With no header yet, one heading is enough if it is that of the name or the address, in a
            row of several cells (a title may read ``Đơn vị:``); so is any right below a header's first row.
    """
    if any("@" in cell for cell in line.cells):
        return False
    own = {column: field for column, field in recognised(line, headings).items() if column in line.own}
    needed = bool({"full_name", "family_name", "address"} & set(own.values()))
    return (
        len(own) >= _HEADING_CELLS
        or (above == "header" and bool(own))
        or (above == "nothing" and needed and len(line.own) >= _ROW_CELLS)
    )


def _block(lines: Sequence[Line], headings: Headings) -> tuple[dict[int, str], dict[str, dict[int, int]]]:
    """Return each column's heading, and by field its columns, each with the column where the heading's cell begins.

    What stands lower wins where it is known: Thông tin liên hệ above Email and Điện thoại.
    """
    texts: dict[int, str] = {}
    fields: dict[int, tuple[str, int]] = {}
    for line in lines:
        known = recognised(line, headings)
        for start in range(len(line.cells)):
            if not line.text(start):
                continue
            for column in range(start, start + line.spans.get(start, 1)):
                texts[column] = line.text(start)
                if start in known:
                    fields[column] = (known[start], start)
    columns: defaultdict[str, dict[int, int]] = defaultdict(dict)
    for column, (field, start) in sorted(fields.items()):
        columns[field][column] = start
    return texts, columns


def layout_of(file: ListFile, lines: Sequence[Line], headings: Headings, chosen: Columns) -> Layout:
    """Return what the columns below a header hold.

    Args:
        file: The list, to be named in problems.
        lines: The header's rows.
        headings: The headings that are known.
        chosen: The columns that the operator names; they win.

    Raises:
        ProblemsError: A name or an address is in no known column, or something other than an address is in two.
    """
    texts, found = _block(lines, headings)
    named = {column for columns in chosen.values() for column in columns}
    fields: dict[str, tuple[int, ...]] = {}
    for field, columns in found.items():
        left = {column: start for column, start in columns.items() if column not in named}
        if field in chosen or not left:
            continue
        if field != "address" and len(set(left.values())) > 1:
            values = {"field": field, "columns": joined(map(column_letters, left))}
            raise ProblemsError([Problem("import.column_twice", values, file.path, lines[0].number, "header")])
        fields[field] = tuple(left)
    fields.update(chosen)
    missing = _missing(fields)
    if missing:
        raise _not_recognised(file, lines, headings, missing)
    return Layout(fields, texts)


def _missing(fields: Columns) -> list[str]:
    """Return what is needed and has no column."""
    named = "full_name" in fields or {"family_name", "given_name"} <= set(fields)
    return [*([] if named else ["full_name"]), *([] if "address" in fields else ["address"])]


def without_header(file: ListFile, headings: Headings, chosen: Columns) -> Layout:
    """Return what the columns of a list without header hold, which only the operator knows.

    Raises:
        ProblemsError: The operator does not name the columns of name and address.
    """
    missing = _missing(chosen)
    if not missing:
        return Layout(chosen, {})
    # The row to show is the one with the most known headings: nothing is read by it.
    rows = [line for line in file.lines if len(line.own) > 1] or list(file.lines)
    shown = sorted(rows, key=lambda line: -len(recognised(line, headings)))[:1]
    raise _not_recognised(file, shown, headings, missing)


def _not_recognised(file: ListFile, lines: Sequence[Line], headings: Headings, missing: Sequence[str]) -> ProblemsError:
    """Return what is said of a list whose columns are not known: the headings found and those that are known."""
    found = joined(line.text(column) for line in lines for column in sorted(line.own)) or "-"
    known = "; ".join(f"{field}: {joined(headings.known.get(field, ()))}" for field in missing)
    values = {"missing": joined(missing), "found": found, "known": known}
    number = lines[0].number if lines else 1
    return ProblemsError([Problem("import.not_recognised", values, file.path, number, "header")])
