"""A plan as an operator reads it: what is issued and why, what waits and for whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.project import shown

if TYPE_CHECKING:
    from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import Passed
    from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import Issued, Pending, Plan


def _taken(passed: Passed) -> str:
    """Return the candidates that were taken, each with who has it and where that stands."""
    return "; ".join(
        f"{candidate.address} → {holder.name}"
        + (f" ({shown(holder.file)}" + (f":{holder.line})" if holder.line else ")") if holder.file else "")
        for candidate, holder in passed
    )


def issued_line(issued: Issued) -> str:
    """Return one issued address: who, the clause that gives it, and the candidates that were taken."""
    subject = issued.subject
    taken = f"; {_taken(issued.passed)}" if issued.passed else ""
    return f"{issued.candidate.address} ← {subject.name} ({subject.id}; {issued.candidate.clause or '-'}{taken})"


def pending_line(pending: Pending) -> str:
    """Return one thing that waits: where it stands, who it is, the clause, and the candidates that were taken."""
    subject = pending.subject
    taken = f": {_taken(pending.passed)}" if pending.passed else ""
    return f"{shown(subject.file)}:{subject.line} {subject.name} ({subject.id}; {pending.rule.source}){taken}"


def plan_report(plan: Plan, written: bool) -> str:
    """Return a plan as text for people, in both languages.

    Args:
        plan: The plan.
        written: Whether it has been written, or only would be.
    """
    parts: list[str] = []
    if plan.issued:
        parts.append(say("plan.issued" if written else "plan.would_issue", count=len(plan.issued)))
        parts.extend(f"- {issued_line(issued)}" for issued in plan.issued)
    for reason in ("operator", "agency"):
        waiting = [pending for pending in plan.pending if pending.reason == reason]
        if waiting:
            parts.append(say("plan.operator" if reason == "operator" else "plan.agency", count=len(waiting)))
            parts.extend(f"- {pending_line(pending)}" for pending in waiting)
    return "\n".join(parts) if parts else say("plan.nothing")
