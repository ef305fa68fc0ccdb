"""Action: say when accounts were last used."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.account_reports import (
    last_use_csv,
    last_use_report,
    last_uses,
    opened_mailboxes,
    portal_sign_ins,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.project import shown
from ansible_collections.thucongvu.mail.plugins.plugin_utils.register_accounts import ARGUMENTS, register_accounts
from ansible_collections.thucongvu.mail.plugins.plugin_utils.tables import write_table


class ActionModule(ActionBase):
    """Reads the directory on its host, writes the table on the controller."""

    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the longest unused accounts as text, and write all of them to a file."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec(
            {
                **ARGUMENTS,
                "mailboxes": {"type": "list", "elements": "str", "required": True},
                # Ansible may have made data of the text already.
                "portal": {"type": "raw", "default": "[]"},
                "path": {"type": "path", "required": True},
                "rows": {"type": "int", "default": 30},
            }
        )
        accounts = register_accounts(arguments)
        done = self._execute_module(
            module_name="thucongvu.mail.account_state",
            module_args={"base_dn": arguments["base_dn"]},
            task_vars=task_vars,
        )
        if done.get("failed"):
            result.update(done)
            return result
        portal = arguments["portal"]
        noted = [
            opened_mailboxes(list(arguments["mailboxes"])),
            portal_sign_ins(json.loads(portal or "[]") if isinstance(portal, str) else portal),
        ]
        uses = last_uses(accounts, done["accounts"], noted)
        path = Path(arguments["path"])
        changed = write_table(path, last_use_csv(uses), check_mode=self._task.check_mode)
        report = last_use_report(uses, int(arguments["rows"]))
        result.update(changed=changed, report=f"{report}\n{say('account.written', path=shown(path))}")
        return result
