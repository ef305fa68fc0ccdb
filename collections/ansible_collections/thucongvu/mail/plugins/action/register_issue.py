"""Action: check the register and issue the addresses that are missing."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import Passed
from ansible_collections.thucongvu.mail.plugins.module_utils.kept_addresses import Kept, kept_addresses
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import shown
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import (
    Issued,
    Pending,
    Subject,
    plan_register,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.register_report import plan_report
from ansible_collections.thucongvu.mail.plugins.module_utils.register_write import register_changes, write_changes
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.rule_changes import read_record
from ansible_collections.thucongvu.mail.plugins.module_utils.rules_report import kept_report


def _subject(subject: Subject, domain: str, passed: Passed) -> dict[str, Any]:
    return {
        "kind": subject.kind,
        "id": subject.id,
        "name": subject.name,
        "agency": subject.agency_id,
        "file": shown(subject.file),
        "line": subject.line,
        "taken": [
            {"address": f"{candidate.address}@{domain}", "by": holder.name, "by_id": holder.id}
            for candidate, holder in passed
        ],
    }


def _issued(issued: Issued, domain: str) -> dict[str, Any]:
    return {
        **_subject(issued.subject, domain, issued.passed),
        "address": f"{issued.candidate.address}@{domain}",
        "clause": issued.candidate.clause,
    }


def _pending(pending: Pending, domain: str) -> dict[str, Any]:
    return {
        **_subject(pending.subject, domain, pending.passed),
        "reason": pending.reason,
        "clause": pending.rule.clause,
    }


class ActionModule(ActionBase):
    """Runs on the controller only."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what was issued (in check mode, what would be), what waits, and the plan as text."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec(
            {
                "regulation": {"type": "path", "required": True},
                "register": {"type": "path", "required": True},
                "domain": {"type": "str", "required": True},
                "record": {"type": "path"},
            }
        )
        domain = arguments["domain"]
        try:
            regulation = load_regulation(arguments["regulation"])
            register = load_register(Path(arguments["register"]), regulation)
            plan = plan_register(register, regulation)
            record = read_record(Path(arguments["record"])) if arguments["record"] else None
            changes = register_changes(register, plan)
            if not self._task.check_mode:
                write_changes(changes)
        except ProblemsError as error:
            raise AnsibleActionFail(str(error)) from None
        except OSError as error:
            raise AnsibleActionFail(f"{error.filename}: {error.strerror}") from None
        text = plan_report(plan, written=not self._task.check_mode)
        kept: tuple[Kept, ...] = ()
        if record is not None and record.regulation != regulation.id:
            kept = kept_addresses(register, regulation)
            text = f"{text}\n{kept_report(kept, record.regulation, regulation.id)}"
        result.update(
            changed=bool(changes),
            issued=[_issued(issued, domain) for issued in plan.issued],
            pending=[_pending(pending, domain) for pending in plan.pending],
            kept=[{"id": one.entry.id, "address": one.entry.address, "form": one.form} for one in kept],
            plan=text,
            diff=[
                {
                    "before": change.before,
                    "after": change.after,
                    "before_header": shown(change.path),
                    "after_header": shown(change.path),
                }
                for change in changes
            ],
        )
        return result
