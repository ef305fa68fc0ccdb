"""Action: run, reload or restart a systemd unit, and say what the daemon said when it does not."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase

JOURNAL_LINES = 15


class ActionModule(ActionBase):
    """Wraps ansible.builtin.systemd_service."""

    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what systemd_service returned; a failure carries the unit's last lines in the journal."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec(
            {
                "name": {"type": "str", "required": True},
                "state": {"type": "str", "choices": ["started", "stopped", "reloaded", "restarted"], "required": True},
                "enabled": {"type": "bool"},
                "daemon_reload": {"type": "bool", "default": False},
            }
        )
        done = self._execute_module(
            module_name="ansible.builtin.systemd_service",
            module_args={key: value for key, value in arguments.items() if value is not None},
            task_vars=task_vars,
        )
        if (
            done.get("failed")
            and self._task.check_mode
            and "Could not find the requested service" in str(done.get("msg"))
        ):
            # A dry run of a fresh host: the package that brings the unit is not there yet.
            result.update(changed=True, msg=f"{arguments['name']} comes with its package")
            return result
        done.pop("invocation", None)
        done.pop("status", None)
        result.update(done)
        if done.get("failed"):
            journal = self._execute_module(
                module_name="ansible.builtin.command",
                module_args={
                    "argv": [
                        "journalctl",
                        "--unit",
                        arguments["name"],
                        "--lines",
                        str(JOURNAL_LINES),
                        "--no-pager",
                        "--output",
                        "cat",
                    ]
                },
                task_vars=task_vars,
            )
            result["msg"] = f"{done.get('msg', '').strip()}\n{arguments['name']} said:\n{journal.get('stdout', '')}"
        return result
