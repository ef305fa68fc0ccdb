"""One worksheet of an XLSX workbook as rows of text: values as Excel last worked them out, merged cells, dates and numbers."""

from __future__ import annotations

import io
import re
import warnings
import zipfile
import zlib
from collections import defaultdict
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import Line, column_index
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import joined
from ansible_collections.thucongvu.mail.plugins.module_utils.text import normal

if TYPE_CHECKING:
    from pathlib import Path

    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

# A province's people in thirty columns; what is larger is empty cells with a format, or made to fill the memory.
_MOST_CELLS = 1_000_000
_MOST_BYTES = 500_000_000
# Each merged cell becomes an object when the workbook is opened, whatever the sheet holds.
_MOST_MERGED = 200_000
_MERGED = re.compile(
    rb"""mergeCell\s[^<>]{0,200}?\bref\s*=\s*["']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})["']"""
)
_PIECE = 1_000_000
# More than the longest text of one merged area.
_OVERLAP = 300
# What reading stumbles with over a file that only begins as a workbook does.
_NO_WORKBOOK = (
    zipfile.BadZipFile,
    ParseError,
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    TypeError,
    ValueError,
    zlib.error,
)
_ZEROS = re.compile(r"0{2,}")


def _text(value: Any, number_format: str) -> str:  # noqa: ANN401  # what a cell may hold
    """Return a cell's value as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, int | float):
        # A format such as 0000000000 is what makes a telephone number of a number: it shows its leading zeros.
        whole = isinstance(value, int) or value.is_integer()
        return str(int(value)).zfill(len(number_format)) if whole and _ZEROS.fullmatch(number_format) else repr(value)
    return str(value)


def _merged_cells(archive: zipfile.ZipFile) -> int:
    """Return how many cells the merged areas of a workbook cover; where they are too many, at least so many."""
    covered = 0
    for part in archive.infolist():
        if not part.filename.endswith(".xml"):
            continue
        with archive.open(part) as stream:
            kept = b""
            while piece := stream.read(_PIECE):
                text = kept + piece
                end = 0
                for found in _MERGED.finditer(text):
                    first, top, last, bottom = (group.decode() for group in found.groups())
                    columns = abs(column_index(last) - column_index(first)) + 1
                    covered += columns * (abs(int(bottom) - int(top)) + 1)
                    end = found.end()
                if covered > _MOST_MERGED:
                    return covered
                kept = text[max(end, len(text) - _OVERLAP) :]
    return covered


def _open(path: Path, content: bytes, *, values: bool) -> Workbook:
    """Open a workbook.

    Raises:
        ProblemsError: It is none.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            size = sum(part.file_size for part in archive.infolist())
            merged = _merged_cells(archive) if size <= _MOST_BYTES else 0
        if merged > _MOST_MERGED:
            raise ProblemsError([Problem("import.merged_too_large", {"limit": _MOST_MERGED}, path)])
        if size <= _MOST_BYTES:
            with warnings.catch_warnings():
                # It says what of charts and the like it leaves out; a list needs none of it.
                warnings.simplefilter("ignore")
                return openpyxl.load_workbook(io.BytesIO(content), data_only=values)
    except ProblemsError:
        raise
    except (*_NO_WORKBOOK, InvalidFileException) as error:
        raise ProblemsError([Problem("import.not_workbook", {"reason": error}, path)]) from error
    raise ProblemsError([Problem("import.too_large", {"limit": _MOST_CELLS}, path)])


def _sheet(path: Path, book: Workbook, name: str | None) -> str:
    """Return the name of the worksheet that is meant: the one that holds something.

    Raises:
        ProblemsError: There is none, or it is not said which of several.
    """
    filled = [
        sheet.title for sheet in book.worksheets if sheet.max_row > 1 or sheet.max_column > 1 or sheet["A1"].value
    ]
    if name is not None:
        if name not in filled:
            values: dict[str, object] = {"allowed": joined(filled) or "-"}
            raise ProblemsError([Problem("import.no_sheet", values, path, field="import_sheet", value=name)])
        return name
    if len(filled) != 1:
        values = {"count": len(filled), "allowed": joined(filled) or "-"}
        raise ProblemsError([Problem("import.which_sheet", values, path)])
    return filled[0]


def _wrong(cell: Cell | MergedCell, formula: Cell | MergedCell) -> str | None:
    """Return the message for a cell that has no value to go by."""
    if cell.data_type == "e":
        return "import.cell_error"
    return "import.formula_without_value" if formula.data_type == "f" and cell.value is None else None


def _formula(cell: Cell | MergedCell) -> str:
    """Return the formula of a cell; the one of several cells is an object that holds it."""
    return str(getattr(cell.value, "text", cell.value))


def _merges(sheet: Worksheet) -> tuple[dict[int, dict[int, int]], dict[int, dict[int, int]]]:
    """Return the merged cells: by row, each first column with its number of columns; by row below, with the first row."""
    spans: defaultdict[int, dict[int, int]] = defaultdict(dict)
    below: defaultdict[int, dict[int, int]] = defaultdict(dict)
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row, min(area.max_row, sheet.max_row) + 1):
            if area.max_col > area.min_col:
                spans[row][area.min_col - 1] = area.max_col - area.min_col + 1
            if row > area.min_row:
                below[row][area.min_col - 1] = area.min_row
    return spans, below


def read_workbook(path: Path, content: bytes, name: str | None) -> tuple[str, list[Line]]:
    """Return the worksheet's name and its rows.

    Args:
        path: The file, to be named in problems.
        content: Its bytes.
        name: The worksheet of a workbook that has several.

    Raises:
        ProblemsError: It is no workbook, or too large, or it is not said which worksheet is meant.
    """
    book, formulas = _open(path, content, values=True), _open(path, content, values=False)
    name = _sheet(path, formulas, name)
    sheet, written = book[name], formulas[name]
    if written.max_row * written.max_column > _MOST_CELLS:
        raise ProblemsError([Problem("import.too_large", {"limit": _MOST_CELLS}, path)])
    spans, below = _merges(written)
    lines: list[Line] = []
    size = (written.max_row, written.max_column)
    rows = zip(sheet.iter_rows(1, size[0], 1, size[1]), written.iter_rows(1, size[0], 1, size[1]), strict=True)
    for number, (values, sources) in enumerate(rows, 1):
        cells: list[str] = []
        wrong: dict[int, str] = {}
        for column, (cell, source) in enumerate(zip(values, sources, strict=True)):
            reason = _wrong(cell, source)
            if reason is not None:
                wrong[column] = reason
            without = reason == "import.formula_without_value"
            cells.append(_formula(source) if without else _text(cell.value, cell.number_format))
        own = frozenset(column for column, text in enumerate(cells) if normal(text))
        for column, first in below[number].items():
            cells[column] = lines[first - 1].cells[column]
            if column in lines[first - 1].wrong:
                wrong[column] = lines[first - 1].wrong[column]
        lines.append(Line(number, tuple(cells), own, spans[number], wrong))
    return name, lines
