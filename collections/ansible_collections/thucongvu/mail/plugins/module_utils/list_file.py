"""A list as an agency sent it, CSV or XLSX: its rows with their numbers and merged cells, every text as it stands.

Nothing is read into the cells here, and nothing is left out of them. CSV is UTF-8, or the UTF-16 that Excel calls Unicode text.
"""

from __future__ import annotations

import codecs
import csv
import io
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.text import normal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

_SEPARATORS = (",", ";", "\t")
_ZIP = b"PK\x03\x04"
# The compound file of Excel 97, in which newer versions also put a workbook that has a password.
_COMPOUND = b"\xd0\xcf\x11\xe0"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

type Wrong = Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a list; columns count from 0.

    Attributes:
        number: The row as a spreadsheet numbers it.
        cells: Each cell's text; of a cell merged over several rows, in each of these.
        own: The columns whose text begins in this row, not in one above.
        spans: Of a cell merged over several columns, by its first one, how many.
        wrong: Cells without a value to go by, each with the message that says why.
    """

    number: int
    cells: tuple[str, ...]
    own: frozenset[int]
    spans: Mapping[int, int] = field(default_factory=lambda: MappingProxyType({}))
    wrong: Wrong = field(default_factory=lambda: MappingProxyType({}))

    def text(self, column: int) -> str:
        """Return a cell's text in NFC with single spaces; empty where the row is shorter."""
        return normal(self.cells[column]) if column < len(self.cells) else ""


@dataclass(frozen=True, slots=True)
class ListFile:
    """A list.

    Attributes:
        sheet: The worksheet, None in a CSV file.
        lines: Its rows up to the last one that holds something.
    """

    path: Path
    sheet: str | None
    lines: tuple[Line, ...]

    @property
    def width(self) -> int:
        """Return how many columns its longest row has."""
        return max((len(line.cells) for line in self.lines), default=0)


def column_letters(column: int) -> str:
    """Return a column's name as spreadsheets show it: A is 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def column_index(letters: str) -> int:
    """Return the column, from 0, of a name as spreadsheets show it."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _decoded(path: Path, content: bytes) -> str:
    """Return a CSV file's text.

    Raises:
        ProblemsError: Its bytes are not Unicode. An older encoding is never folded into it.
    """
    mark, encoding = next((known for known in _MARKS if content.startswith(known[0])), (b"", "utf-8"))
    content = content.removeprefix(mark)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count("\n".encode(encoding), 0, error.start) + 1
        values = {"byte": f"0x{content[error.start]:02X}"}
        raise ProblemsError([Problem("import.encoding", values, path, line)]) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise ProblemsError([Problem("import.encoding", {"byte": "0x00"}, path, line)])
    return text


def _records(path: Path, text: str) -> list[list[str]]:
    """Return a CSV file's records, by the separator that most of them have.

    Raises:
        ProblemsError: A quote is never closed, or stands where none may be.
    """
    best: tuple[tuple[int, int], list[list[str]]] = ((-1, -1), [])
    refused: tuple[csv.Error, int] | None = None
    for separator in _SEPARATORS:
        records: list[list[str]] = []
        try:
            records.extend(csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True))
        except csv.Error as error:
            refused = refused or (error, len(records) + 1)
            continue
        score = (sum(len(record) > 1 for record in records), sum(map(len, records)))
        if score > best[0]:
            best = (score, records)
    # With another separator a text may be well formed and yet be no table.
    if refused is not None and best[0][0] <= 0:
        raise ProblemsError([Problem("register.form", {"reason": refused[0]}, path, refused[1])])
    return best[1]


def _csv(path: Path, content: bytes) -> ListFile:
    records = _records(path, _decoded(path, content))
    lines = [
        Line(number, tuple(record), frozenset(column for column, text in enumerate(record) if normal(text)))
        for number, record in enumerate(records, 1)
    ]
    return ListFile(path, None, _trimmed(lines))


def _trimmed(lines: list[Line]) -> tuple[Line, ...]:
    """Return lines without the empty ones at the end, which a spreadsheet only has for their format."""
    while lines and not lines[-1].own:
        lines.pop()
    return tuple(lines)


def read_list(path: Path, sheet: str | None = None) -> ListFile:
    """Read a list.

    Args:
        path: A CSV or XLSX file; its content tells which, not its name.
        sheet: The worksheet of a workbook that has several.

    Raises:
        ProblemsError: It cannot be read, is in another form or encoding, or it is not said which worksheet is meant.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ProblemsError([Problem("yaml.unreadable", {"reason": error.strerror or str(error)}, path)]) from error
    if content.startswith(_COMPOUND):
        raise ProblemsError([Problem("import.old_excel", {}, path)])
    if content.startswith(_ZIP):
        # Reading workbooks takes a while to import, which a CSV file need not wait for.
        from ansible_collections.thucongvu.mail.plugins.module_utils.list_workbook import read_workbook  # noqa: PLC0415

        name, lines = read_workbook(path, content, sheet)
        return ListFile(path, name, _trimmed(lines))
    if sheet is not None:
        raise ProblemsError([Problem("import.no_sheets", {}, path, field="import_sheet", value=sheet)])
    return _csv(path, content)


def row_ranges(numbers: Iterable[int]) -> str:
    """Return row numbers as people write them: ``1-3, 7``."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in runs)
