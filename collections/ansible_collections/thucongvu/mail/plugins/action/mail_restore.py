"""Action: bring back what somebody has deleted."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say, sentence
from ansible_collections.thucongvu.mail.plugins.plugin_utils.register_accounts import ARGUMENTS, register_account

_UNITS = {"h": 3600, "d": 86400}


def seconds_of(text: str) -> int:
    """Return the seconds of hours (``6h``) or days (``10d``); that it is one of these, inventories/variables.yml sees to."""
    return int(text[:-1]) * _UNITS[text[-1]]


class ActionModule(ActionBase):
    """Finds the account on the controller, has Dovecot move its mail on the mail host."""

    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return how many messages were brought back, or would be, and that as text."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        texts: dict[str, Any] = {name: {"type": "str", "required": True} for name in ("account", "since", "folder")}
        _valid, arguments = self.validate_argument_spec({**ARGUMENTS, **texts})
        account = register_account(str(arguments["account"]), arguments)
        into = sentence("account.restored_folder", "vi")
        done = self._execute_module(
            module_name="thucongvu.mail.deleted_mail",
            module_args={
                "address": account.address,
                "folder": arguments["folder"],
                "into": into,
                "seconds": seconds_of(str(arguments["since"])),
            },
            task_vars=task_vars,
        )
        result.update(done)
        if not done.get("failed"):
            key = "account.would_restore" if self._task.check_mode else "account.restored"
            result["report"] = say(key, address=account.address, number=done["messages"], folder=into)
        return result
