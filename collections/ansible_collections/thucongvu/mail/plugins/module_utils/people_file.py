"""One people file: its rows as they stand, and addresses or rows written into it without touching anything else.

UTF-8, with or without the byte order mark that spreadsheets put in front; lines end with LF or CRLF. Both stay as
they are. A row may be quoted as spreadsheets do.
"""

from __future__ import annotations

import csv
import io
import re
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import OPTIONAL_COLUMNS, PEOPLE_HEADER
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import BYTE_ORDER_MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

COLUMNS = (*PEOPLE_HEADER[:-1], *OPTIONAL_COLUMNS, PEOPLE_HEADER[-1])
_EMPTY_LAST_FIELD = re.compile(r'(?P<row>.*,)(?:[ \t]*|[ \t]*"[ \t]*")(?P<end>\r\n|\n|\r|)', re.DOTALL)


class Row(NamedTuple):
    """One row.

    Attributes:
        number: As a spreadsheet counts.
        fields: In the order of ``COLUMNS``, empty where the file does not have the column.
    """

    number: int
    fields: tuple[str, ...]


def _records(text: str) -> Iterator[tuple[list[str], str]]:
    """Yield each record with the text that it was read from.

    Raises:
        csv.Error: A quote is never closed, or stands where none may be.
    """
    raw: list[str] = []

    def lines() -> Iterator[str]:
        for line in io.StringIO(text, newline=""):
            raw.append(line)
            yield line

    for fields in csv.reader(lines(), strict=True):
        yield fields, "".join(raw)
        raw.clear()


def read_people(file: Path, text: str) -> tuple[list[Row], list[Problem]]:
    """Return a people file's rows, without header and empty lines, and what is wrong with its form.

    Args:
        file: The file, to be named in problems.
        text: Its text.
    """
    rows: list[Row] = []
    problems: list[Problem] = []
    number = 0
    wanted = ",".join(PEOPLE_HEADER)
    # An empty field stands behind the others for the columns that the file does not have.
    ordered = itemgetter(*range(len(COLUMNS)))
    header: tuple[str, ...] = PEOPLE_HEADER
    try:
        lines = io.StringIO(text.removeprefix(BYTE_ORDER_MARK), newline="")
        for number, fields in enumerate(csv.reader(lines, strict=True), 1):
            if number == 1:
                header = tuple(fields)
                if header != tuple(name for name in COLUMNS if name in header or name in PEOPLE_HEADER):
                    values = {"allowed": wanted, "optional": ", ".join(OPTIONAL_COLUMNS)}
                    return [], [Problem("register.header", values, file, 1, "header", ",".join(fields))]
                ordered = itemgetter(*(header.index(name) if name in header else -1 for name in COLUMNS))
            elif not fields:
                continue
            elif len(fields) != len(header):
                columns = {"found": len(fields), "wanted": len(header), "allowed": ",".join(header)}
                problems.append(Problem("register.columns", columns, file, number, "row", ",".join(fields)))
            else:
                rows.append(Row(number, ordered([*fields, ""])))
    except csv.Error as error:
        problems.append(Problem("register.form", {"reason": error}, file, number + 1))
    if number == 0 and not problems:
        values = {"allowed": wanted, "optional": ", ".join(OPTIONAL_COLUMNS)}
        problems.append(Problem("register.header", values, file, 1, "header", ""))
    return rows, problems


def with_addresses(text: str, addresses: Mapping[int, str]) -> str:
    """Return a people file's text with addresses written into rows whose address is empty.

    Args:
        text: The file's text, without problems.
        addresses: The address by row number.

    Raises:
        ValueError: A row has an address already: an issued address never changes (CT-4.2d).
    """
    mark = BYTE_ORDER_MARK if text.startswith(BYTE_ORDER_MARK) else ""
    parts = [mark]
    for number, (_fields, raw) in enumerate(_records(text.removeprefix(BYTE_ORDER_MARK)), 1):
        address = addresses.get(number)
        if address is None:
            parts.append(raw)
            continue
        empty = _EMPTY_LAST_FIELD.fullmatch(raw)
        if empty is None:
            raise ValueError(f"row {number} has an address")
        parts.append(f"{empty['row']}{address}{empty['end']}")
    return "".join(parts)


def with_people(text: str, people: Iterable[Mapping[str, str]]) -> str:
    """Return a people file's text with rows behind those that it has.

    Args:
        text: The file's text, without problems; empty where there is no file yet, which then begins with the header.
        people: By column, what each row holds; a column of the file that it does not name stays empty.

    Raises:
        ValueError: A row names a column that the file does not have.
    """
    end = "\r\n" if "\r\n" in text else "\n"
    header = (
        next(csv.reader([text.removeprefix(BYTE_ORDER_MARK).partition("\n")[0].rstrip("\r")]))
        if text
        else PEOPLE_HEADER
    )
    added = io.StringIO(newline="")
    writer = csv.DictWriter(added, header, lineterminator=end)
    if not text:
        writer.writeheader()
    writer.writerows(people)
    return text + ("" if not text or text.endswith(("\n", "\r")) else end) + added.getvalue()
