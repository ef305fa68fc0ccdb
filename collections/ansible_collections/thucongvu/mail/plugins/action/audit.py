"""Action: say what happened to an account."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.account_reports import audit_report
from ansible_collections.thucongvu.mail.plugins.module_utils.directory import account_dn
from ansible_collections.thucongvu.mail.plugins.plugin_utils.register_accounts import ARGUMENTS, register_account


class ActionModule(ActionBase):
    """Finds the account on the controller, reads its records on the host."""

    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the records as data and as text; change nothing."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        texts: dict[str, Any] = {name: {"type": "str", "default": ""} for name in ("account", "start", "end")}
        _valid, arguments = self.validate_argument_spec({**ARGUMENTS, **texts})
        asked = {"since": str(arguments["start"]).strip(), "until": str(arguments["end"]).strip()}
        if arguments["account"]:
            account = register_account(str(arguments["account"]), arguments)
            asked["entry"] = account_dn(account, str(arguments["base_dn"]))
        done = self._execute_module(
            module_name="thucongvu.mail.audit_read",
            module_args={name: value for name, value in asked.items() if value},
            task_vars=task_vars,
        )
        result.update(done)
        if not done.get("failed"):
            result["report"] = audit_report(done["records"])
        return result
