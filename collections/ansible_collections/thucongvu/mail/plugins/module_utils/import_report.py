"""An import as an operator reads it: how many rows came in, what became of them, and which rows were no people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import row_ranges
from ansible_collections.thucongvu.mail.plugins.module_utils.list_import import outcome_counts
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import LANGUAGES, say, sentence
from ansible_collections.thucongvu.mail.plugins.module_utils.project import shown

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.list_import import Decided, ImportPlan

# Rows whose text an operator should see: it stands nowhere else.
_WITH_TEXT = ("title", "group", "total")
_KINDS = {
    "title": "import.kind_title",
    "header": "import.kind_header",
    "group": "import.kind_group",
    "total": "import.kind_total",
    "empty": "import.kind_empty",
}


def _both(key: str, **values: object) -> str:
    return " / ".join(sentence(key, language, **values) for language in LANGUAGES)


def _registered(row: Decided) -> str:
    entry = row.entry
    place = entry.mailbox.id if entry.mailbox is not None else f"{row.id}; {entry.agency.id if entry.agency else '-'}"
    return f"- {entry.number}: {entry.address} ← {entry.name} ({place})"


def _headings(plan: ImportPlan) -> list[str]:
    parts = [say("import.headings", count=len(plan.headings))]
    for kind, key in _KINDS.items():
        found = [heading for heading in plan.headings if heading.kind == kind]
        if found:
            rows = row_ranges(heading.line.number for heading in found)
            parts.append(f"- {_both(key)}: {len(found)} ({rows})")
        if kind in _WITH_TEXT:
            for heading in found:
                note = "" if heading.known else f" ({_both('import.unknown_group')})"
                parts.append(f"  {heading.line.number}: {heading.text}{note}")
    return parts


def _review(plan: ImportPlan, review_file: Path) -> list[str]:
    rows = plan.of("review")
    parts = [say("import.review", count=len(rows), file=shown(review_file))]
    for row in rows:
        for reason in row.entry.reasons:
            said = " / ".join(sentence(reason.key, language, **reason.values) for language in LANGUAGES)
            parts.append(f"- {row.entry.number}: {reason.field or '-'}: {said}")
    return parts


def import_report(plan: ImportPlan, review_file: Path, *, written: bool) -> str:
    """Return what an import does as text for people, in both languages.

    Args:
        plan: The plan.
        review_file: Where the rows for review are written.
        written: Whether it has been written, or only would be.
    """
    counts = outcome_counts(plan)
    parts = [say("import.summary", file=shown(plan.file.path), **counts)]
    if counts["registered"]:
        parts.append(say("import.registered" if written else "import.would_register", count=counts["registered"]))
        parts.extend(map(_registered, plan.of("registered")))
    if counts["review"]:
        parts.extend(_review(plan, review_file))
    if counts["headings"]:
        parts.extend(_headings(plan))
    kept = sum(row.outcome != "review" and bool(row.entry.not_carried()) for row in plan.rows)
    if kept:
        parts.append(say("import.kept", count=kept, file=shown(review_file)))
    return "\n".join(parts)
