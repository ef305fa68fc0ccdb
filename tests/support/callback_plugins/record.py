"""Callback: keeps the results of tasks as JSON lines in the file that TCV_RECORD names, for the tests to read."""

from __future__ import annotations

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = r"""
name: record
type: aggregate
short_description: Keeps the results of tasks for the tests
description:
  - Writes each task's name, host, outcome and result as a line of JSON into the file that the environment variable TCV_RECORD names.
"""


class CallbackModule(CallbackBase):
    """Writes what the other callbacks are given."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record"

    def _keep(self, outcome: str, result: Any) -> None:
        entry = {"task": result.task.name, "host": result.host.name, "outcome": outcome, "result": dict(result.result)}
        with open(os.environ["TCV_RECORD"], "a", encoding="utf-8") as stream:
            stream.write(json.dumps(entry, default=str, ensure_ascii=False) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        self._keep("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:  # noqa: ARG002 Ansible's signature
        self._keep("failed", result)

    def v2_runner_on_unreachable(self, result: Any) -> None:
        self._keep("unreachable", result)

    def v2_runner_on_skipped(self, result: Any) -> None:
        self._keep("skipped", result)
