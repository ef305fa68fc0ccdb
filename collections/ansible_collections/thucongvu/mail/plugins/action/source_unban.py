"""Action: lift the ban of a source that guessed passwords."""

from __future__ import annotations

from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.guessing import source_address
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError


class ActionModule(ActionBase):
    """Checks the address on the controller, lifts its ban on the host."""

    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what there was, as text."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec(
            {"source": {"type": "str", "required": True}, "jail": {"type": "str", "required": True}}
        )
        try:
            source = source_address(str(arguments["source"]))
        except CoreError as error:
            raise AnsibleActionFail(str(error)) from None
        done = self._execute_module(
            module_name="thucongvu.mail.source_unban",
            module_args={"source": source, "jail": arguments["jail"]},
            task_vars=task_vars,
        )
        result.update(done)
        if not done.get("failed"):
            host = str((task_vars or {}).get("inventory_hostname", ""))
            lifted = "guessing.would_lift" if self._task.check_mode else "guessing.was_banned"
            result["report"] = say(lifted if done["banned"] else "guessing.not_banned", source=source, host=host)
        return result
