"""Action: say how full the mailboxes are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.project import shown
from ansible_collections.thucongvu.mail.plugins.module_utils.quota_usage import (
    quota_usage_csv,
    quota_usage_report,
    usages,
)
from ansible_collections.thucongvu.mail.plugins.plugin_utils.register_accounts import ARGUMENTS, register_accounts
from ansible_collections.thucongvu.mail.plugins.plugin_utils.tables import write_table


class ActionModule(ActionBase):
    """Runs on the controller only."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the fullest mailboxes as text, and write all of them to a file."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec(
            {
                **{name: ARGUMENTS[name] for name in ("regulation", "register", "domain")},
                # Ansible may have made data of the text already.
                "quotas": {"type": "raw", "required": True},
                "warnings": {"type": "list", "elements": "int", "default": []},
                "path": {"type": "path", "required": True},
                "rows": {"type": "int", "default": 30},
            }
        )
        quotas = arguments["quotas"]
        found = usages(register_accounts(arguments), json.loads(quotas) if isinstance(quotas, str) else quotas)
        path = Path(arguments["path"])
        changed = write_table(path, quota_usage_csv(found), check_mode=self._task.check_mode)
        report = quota_usage_report(found, arguments["warnings"], int(arguments["rows"]))
        result.update(changed=changed, report=f"{report}\n{say('account.written', path=shown(path))}")
        return result
