"""Action: record the rules that have been applied."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import shown
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.rule_changes import (
    read_record,
    record_text,
    rules_in,
    write_record,
)


class ActionModule(ActionBase):
    """Runs on the controller only."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Write the record where the rules are others than recorded, and return changed and the difference."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec(
            {"regulation": {"type": "path", "required": True}, "path": {"type": "path", "required": True}}
        )
        path = Path(arguments["path"])
        try:
            before = read_record(path)
            after = rules_in(load_regulation(arguments["regulation"]))
            changed = before != after
            if changed and not self._task.check_mode:
                write_record(path, after)
        except ProblemsError as error:
            raise AnsibleActionFail(str(error)) from None
        header = shown(path)
        difference = {
            "before": record_text(before) if before is not None else "",
            "after": record_text(after),
            "before_header": header,
            "after_header": header,
        }
        result.update(changed=changed, diff=[difference] if changed else [])
        return result
