"""Action: say from whom to whom a shared mailbox goes, and write the protocol of it."""

from __future__ import annotations

import getpass
import json
from datetime import datetime
from pathlib import Path
from typing import Any

import typst
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.account_reports import TIMEZONE
from ansible_collections.thucongvu.mail.plugins.module_utils.atomic_file import write_atomically
from ansible_collections.thucongvu.mail.plugins.module_utils.find_account import find_account
from ansible_collections.thucongvu.mail.plugins.module_utils.handover import (
    folder_counts,
    heads,
    plan_handover,
    protocol,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import shown
from ansible_collections.thucongvu.mail.plugins.plugin_utils.register_accounts import ARGUMENTS, register_accounts

PAGE = Path(__file__).parents[1] / "plugin_utils/handover.typ"
# Names and counts of an office's mail are for its operator alone.
_MODE = 0o600


class ActionModule(ActionBase):
    """Without counts of afterwards it plans, with them it writes the protocol."""

    _supports_check_mode = True
    TRANSFERS_FILES = False

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the report, and the protocol's path once it is written."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        texts: dict[str, Any] = {
            name: {"type": "str", "default": ""} for name in ("directory", "before", "after", "request")
        }
        spec = {
            **ARGUMENTS,
            **texts,
            "account": {"type": "str", "required": True},
            "folder": {"type": "path", "required": True},
        }
        _valid, arguments = self.validate_argument_spec(spec)
        accounts = register_accounts(arguments)
        try:
            mailbox = find_account(str(arguments["account"]), accounts)
            handover = plan_handover(mailbox, accounts, heads(str(arguments["directory"])).get(mailbox.id, ""))
        except CoreError as error:
            raise AnsibleActionFail(str(error)) from None
        names = {
            "address": mailbox.address,
            "before": handover.before.name if handover.before else "-",
            "after": handover.after.name,
        }
        if not arguments["after"] or self._task.check_mode:
            result.update(changed=False, report=say("handover.plan", **names), address=mailbox.address)
            return result
        now = datetime.now(TIMEZONE)
        content = protocol(
            handover,
            folder_counts(str(arguments["before"])),
            folder_counts(str(arguments["after"])),
            moment=now,
            request=str(arguments["request"]),
            operator=getpass.getuser(),
        )
        page = typst.compile(PAGE, sys_inputs={"protocol": json.dumps(content, ensure_ascii=False)})
        path = Path(arguments["folder"]) / f"handover-{mailbox.id}-{now:%Y%m%d-%H%M%S}.pdf"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, page, _MODE)
        result.update(changed=True, path=str(path), report=say("handover.done", path=shown(path), **names))
        return result
