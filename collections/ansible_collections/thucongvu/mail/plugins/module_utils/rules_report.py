"""A change of rules as an operator reads it: what changes for whom, by which article, and what to acknowledge."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.explain_report import place, value_text
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Person

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.kept_addresses import Kept
    from ansible_collections.thucongvu.mail.plugins.module_utils.rule_changes import Change

_MOST_EXAMPLES = 20
_DIRECTIONS = {"stricter": "rules.stricter", "looser": "rules.looser", "other": "rules.other"}


def _value(value: object) -> str:
    return "-" if value is None else value_text(value)


def _source(change: Change) -> str:
    """Return clause, place and reason of the new value."""
    value = change.value
    if value is None:
        return ""
    return "; ".join(part for part in (value.clause, place(value.file, value.line), value.why) if part)


def change_lines(change: Change, count: int | None) -> str:
    """Return one change: its revision, the value before and after, and below it what that is for whom.

    Args:
        change: The change.
        count: How many mailboxes it touches, None where it cannot be counted.
    """
    head = f"- {change.revision} {change.key}: {_value(change.before)} -> {_value(change.after)}"
    said = say(_DIRECTIONS[change.direction], count="?" if count is None else count)
    body = [line.strip() for line in said.splitlines()] + [_source(change)]
    return "\n".join([head, *(f"  {line}" for line in body if line)])


def changes_report(
    found: Iterable[Change], acknowledged: Collection[str], counts: Mapping[str, int], old: str, new: str
) -> str:
    """Return a change of rules as text: what waits for the operator's word, the line that gives it, and what has it.

    Args:
        found: The changes.
        acknowledged: The revisions that are acknowledged.
        counts: How many mailboxes each value touches; empty where that cannot be counted.
        old: The id of the regulation in force.
        new: The id of the one to be applied.
    """
    waiting = [change for change in found if change.revision not in acknowledged]
    known = [change for change in found if change.revision in acknowledged]
    parts: list[str] = []
    if waiting:
        parts.append(say("rules.waiting", count=len(waiting), old=old, new=new))
        parts.extend(change_lines(change, counts.get(change.key)) for change in waiting)
        revisions = dict.fromkeys([*sorted(acknowledged), *(change.revision for change in waiting)])
        parts.extend([say("rules.line"), f"acknowledged_revisions: [{', '.join(revisions)}]"])
    if known:
        parts.append(say("rules.acknowledged", count=len(known), old=old, new=new))
        parts.extend(change_lines(change, counts.get(change.key)) for change in known)
    return "\n".join(parts) if parts else say("rules.nothing")


def kept_report(kept: Collection[Kept], old: str, new: str) -> str:
    """Return how many issued addresses stay as they are under another regulation, and some of them.

    Args:
        kept: The addresses that the regulation would not give.
        old: The id of the regulation in force.
        new: The id of the one to be applied.
    """
    parts = [say("rules.kept", count=len(kept), old=old, new=new)]
    for one in list(kept)[:_MOST_EXAMPLES]:
        name = one.entry.full_name if isinstance(one.entry, Person) else one.entry.name
        parts.append(f"- {one.entry.address} ← {name} ({one.entry.id}); {one.form or '-'}")
    if len(kept) > _MOST_EXAMPLES:
        parts.append("- …")
    return "\n".join(parts)
