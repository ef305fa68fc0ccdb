"""Action: end the lock of an account."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.account_reports import say_inline, shown_time
from ansible_collections.thucongvu.mail.plugins.module_utils.directory import account_dn
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.plugin_utils.register_accounts import ARGUMENTS, register_account


class ActionModule(ActionBase):
    """Finds the account on the controller, ends its lock on the directory's host."""

    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what there was, as text."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec({**ARGUMENTS, "account": {"type": "str", "required": True}})
        account = register_account(str(arguments["account"]), arguments)
        base_dn = str(arguments["base_dn"])
        done = self._execute_module(
            module_name="thucongvu.mail.account_state",
            module_args={"base_dn": base_dn, "dn": account_dn(account, base_dn), "unlock": True},
            task_vars=task_vars,
        )
        result.update(done)
        if not done.get("failed"):
            states: list[dict[str, Any]] = done["accounts"] or [{"locked_since": "", "wrong_passwords": 0}]
            since = shown_time(states[0]["locked_since"]) or say_inline("account.sent_too_much")
            found = {"since": since, "wrong": states[0]["wrong_passwords"]}
            if not done["changed"]:
                result["report"] = say("account.not_locked", address=account.address)
            elif self._task.check_mode:
                result["report"] = say("account.would_unlock", address=account.address, **found)
            else:
                result["report"] = say("account.was_locked", address=account.address, **found)
        return result
