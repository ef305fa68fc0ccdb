"""Tells tools/tcv/playbook.py, one JSON object a line on an inherited descriptor, what a playbook is at."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: progress
type: aggregate
short_description: events for the project's own tools
description:
  - Writes one JSON object a line to the descriptor named by TCV_EVENTS, and nothing without it.
"""


class CallbackModule(CallbackBase):  # type: ignore[misc]  # ansible has no types
    """Plays, tasks, failures and the totals."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "progress"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        descriptor = os.environ.get("TCV_EVENTS")
        self._events = os.fdopen(int(descriptor), "w", encoding="utf-8") if descriptor else None

    def _tell(self, **event: object) -> None:
        if self._events is not None:
            self._events.write(json.dumps(event, ensure_ascii=False) + "\n")
            self._events.flush()

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self._tell(event="play", name=play.get_name().strip())

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:  # noqa: ARG002
        role = task._role.get_name() if task._role else ""  # the only way to a task's role
        self._tell(event="task", role=role, name=task.name or task.action)

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        self.v2_playbook_on_task_start(task, is_conditional=False)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        if not ignore_errors:
            self._fail(result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._fail(result)

    def _fail(self, result: Any) -> None:
        facts = result.result
        # A loop says only that one of its items failed: its own message is the item's.
        for item in facts.get("results", []):
            if item.get("failed"):
                facts = item
        message = str(facts.get("msg") or facts)
        for stream in ("stderr", "module_stderr"):
            if facts.get(stream) and facts[stream] not in message:
                message += "\n" + str(facts[stream]).strip()
        self._tell(event="failed", host=result.host.get_name(), task=result.task.get_name(), message=message)

    def v2_playbook_on_stats(self, stats: Any) -> None:
        hosts = {host: stats.summarize(host) for host in stats.processed}
        self._tell(event="stats", hosts=hosts)
