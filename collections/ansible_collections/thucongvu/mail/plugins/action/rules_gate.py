"""Action: stop where a change of rules touches live accounts and nobody has acknowledged it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.explain_report import place
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import shown
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.rule_changes import (
    Change,
    changes,
    check_revisions,
    read_record,
    touched,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.rules_report import changes_report


def _change(change: Change, acknowledged: frozenset[str], counts: Mapping[str, int]) -> dict[str, Any]:
    value = change.value
    return {
        "revision": change.revision,
        "key": change.key,
        "before": change.before,
        "after": change.after,
        "direction": change.direction,
        "clause": value.clause if value is not None else None,
        "place": place(value.file, value.line) if value is not None else None,
        "mailboxes": counts.get(change.key),
        "acknowledged": change.revision in acknowledged,
    }


def _counts(folder: Path, regulation: Regulation) -> Mapping[str, int]:
    """Return how many mailboxes each value touches; none where the register does not fit the new regulation yet."""
    try:
        return touched(load_register(folder, regulation), regulation)
    except ProblemsError:
        # What is wrong with it is said by whoever needs the register. The change is to be seen all the same.
        return {}


class ActionModule(ActionBase):
    """Runs on the controller only."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the changes as data and as text; fail where one is not acknowledged, but in check mode."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec(
            {
                "regulation": {"type": "path", "required": True},
                "register": {"type": "path", "required": True},
                "record": {"type": "path", "required": True},
                "domain": {"type": "str", "required": True},
                "acknowledged": {"type": "raw", "required": True},
            }
        )
        acknowledged = arguments["acknowledged"]
        if isinstance(acknowledged, str):
            # As the command line gives a list: -e 'acknowledged_revisions=[r0123abcd]'.
            acknowledged = yaml.safe_load(acknowledged)
        try:
            revisions = check_revisions(acknowledged if isinstance(acknowledged, list) else [acknowledged])
            regulation = load_regulation(arguments["regulation"])
            record = read_record(Path(arguments["record"]))
        except ProblemsError as error:
            raise AnsibleActionFail(str(error)) from None
        found = changes(record, regulation) if record is not None else ()
        counts = _counts(Path(arguments["register"]), regulation) if found else {}
        before = record.regulation if record is not None else "-"
        report = changes_report(found, revisions, counts, before, regulation.id)
        if record is None:
            report = say("rules.unrecorded", file=shown(arguments["record"]))
        if not self._task.check_mode and any(change.revision not in revisions for change in found):
            raise AnsibleActionFail(f"{say('rules.stopped')}\n{report}")
        domains = [regulation.domain.value, *regulation.values["domains.aliases"].value]
        if arguments["domain"] not in domains:
            values = {"domain": arguments["domain"], "allowed": ", ".join(domains), "clause": regulation.domain.source}
            result["warnings"] = [say("rules.domain", **values)]
        result.update(recorded=record is not None)
        result.update(changed=False, report=report, changes=[_change(change, revisions, counts) for change in found])
        return result
