"""What an import writes: rows and addresses added to the register, and the review file."""

from __future__ import annotations

import csv
import io
import stat
from collections import defaultdict
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.agencies_text import with_agency_addresses
from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import column_letters
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import LANGUAGES, sentence
from ansible_collections.thucongvu.mail.plugins.module_utils.people_file import with_people
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import PEOPLE_FOLDER
from ansible_collections.thucongvu.mail.plugins.module_utils.register_write import FileChange
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import BYTE_ORDER_MARK, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from ansible_collections.thucongvu.mail.plugins.module_utils.list_import import Decided, ImportPlan
    from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem
    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Register
    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys

# A spreadsheet works out a cell that begins with one of these, also behind spaces; behind an apostrophe it is text.
_FORMULA = ("=", "+", "-", "@")


def _person(row: Decided, registered: date) -> Mapping[str, str]:
    """Return the register's row of a person, by column."""
    entry = row.entry
    return {
        "id": row.id,
        "full_name": entry.name,
        "unit": entry.unit.id if entry.unit else "",
        "position": entry.position,
        "phone": entry.phone,
        "registered": (entry.registered or registered).isoformat(),
        "status": "active",
        "address": entry.address,
    }


def import_changes(register: Register, plan: ImportPlan, registered: date) -> list[FileChange]:
    """Return the files of the register that an import changes or adds; nothing is written.

    Args:
        register: The register that the plan was made of.
        plan: The plan.
        registered: The date of registration of rows that have none.

    Raises:
        ProblemsError: An agency or unit stands in agencies.yml in a form into which no address can be put.
    """
    mailboxes: dict[Keys, str] = {}
    people: defaultdict[str, list[Mapping[str, str]]] = defaultdict(list)
    for row in plan.of("registered"):
        if row.entry.mailbox is not None:
            mailboxes[row.entry.mailbox.keys] = row.entry.address
        elif row.entry.agency is not None:
            people[row.entry.agency.id].append(_person(row, registered))
    changes: list[FileChange] = []
    if mailboxes:
        before = register.contents[register.agencies_file]
        after = with_agency_addresses(parse_yaml(register.agencies_file, before), mailboxes)
        changes.append(FileChange(register.agencies_file, before, after))
    for agency, rows in sorted(people.items()):
        file = register.folder / PEOPLE_FOLDER / f"{agency}.csv"
        old = register.contents.get(file)
        # Whoever may read the agencies may read their people.
        mode = stat.S_IMODE(register.agencies_file.stat().st_mode) if old is None else None
        changes.append(FileChange(file, old or "", with_people(old or "", rows), mode))
    return changes


def safe_cell(text: str) -> str:
    """Return a text as a spreadsheet shows it, and never works it out."""
    return f"'{text}" if text.lstrip().startswith(_FORMULA) else text


def reason_text(reason: Problem, language: str) -> str:
    """Return why a row is not sure: the column, and the sentence in one language."""
    said = sentence(reason.key, language, **reason.values)
    return f"{reason.field}: {said}" if reason.field else said


def _reasons(row: Decided, language: str) -> str:
    if row.outcome == "review":
        return "\n".join(reason_text(reason, language) for reason in row.entry.reasons)
    columns = ", ".join(map(row.entry.row.layout.name, row.entry.not_carried()))
    return sentence("import.not_carried", language, columns=columns)


def review_text(plan: ImportPlan) -> str:
    """Return the review file: each unsure row with its reasons, then sure ones of which a cell has no place in the register.

    Every cell stands as in the list, but for an apostrophe where a spreadsheet would work it out. The text is the same when
    the import is repeated.
    """
    review = plan.of("review")
    kept = [row for row in plan.rows if row.outcome != "review" and row.entry.not_carried()]
    columns = range(plan.file.width)
    headings = plan.rows[0].entry.row.layout.headings if plan.rows else {}
    titles = [" / ".join(sentence(key, language) for language in LANGUAGES) for key in _TITLES]
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow([*titles, *(safe_cell(headings.get(column, column_letters(column))) for column in columns)])
    for row in [*review, *kept]:
        key = "import.is_review" if row.outcome == "review" else "import.is_registered"
        outcome = " / ".join(sentence(key, language) for language in LANGUAGES)
        cells = row.entry.row.line.cells
        padded = [*cells, *[""] * (plan.file.width - len(cells))]
        reasons = [safe_cell(_reasons(row, language)) for language in LANGUAGES]
        writer.writerow([row.entry.number, outcome, *reasons, *map(safe_cell, padded)])
    return BYTE_ORDER_MARK + stream.getvalue()


_TITLES = ("import.title_row", "import.title_outcome", "import.title_reasons", "import.title_reasons_english")
