"""Tables for people, as files for a spreadsheet."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def spreadsheet(header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table as text (CSV); a cell that begins like a formula is none."""
    text = io.StringIO()
    # Excel takes a file without this mark for one in its own old encoding.
    text.write("\ufeff")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows([f"'{cell}" if cell[:1] in "=+-@\t" and cell else cell for cell in row] for row in rows)
    return text.getvalue()
