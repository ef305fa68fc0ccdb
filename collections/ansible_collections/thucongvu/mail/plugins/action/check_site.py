"""Action: check a live site from outside, from the controller."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.project import PROJECT

_PORTS = {"smtp": 25, "submission": 587, "submissions": 465, "imaps": 993, "pop3s": 995, "sieve": 4190, "https": 443}
# Nobody has it, nobody is written to: its form is all that is needed.
_ANYBODY = "postmaster"


class ActionModule(ActionBase):
    """Runs the harmless ones of tests/blackbox as a program of its own: they know nothing of this project."""

    _supports_check_mode = True
    TRANSFERS_FILES = False

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the table as text; the action fails when a check does."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec({"fixtures": {"type": "dict", "required": True}})
        said: dict[str, Any] = dict(arguments["fixtures"])
        with tempfile.TemporaryDirectory() as folder:
            authority = Path(folder) / "ca.pem"
            authority.write_text(str(said.pop("ca", "")), encoding="utf-8")
            address = f"{_ANYBODY}@{said['domain']}"
            fixtures = {
                **said,
                "ports": _PORTS,
                "ca_file": str(authority) if authority.stat().st_size else "",
                "people": {letter: {"address": address, "password": ""} for letter in "ab"},
            }
            file = Path(folder) / "server.json"
            file.write_text(json.dumps(fixtures), encoding="utf-8")
            done = subprocess.run(
                [sys.executable, "-m", "tests.blackbox", "--fixtures", str(file), "--harmless"],
                cwd=PROJECT,
                env={**os.environ, "PYTHONPATH": str(PROJECT)},
                capture_output=True,
                text=True,
                check=False,
            )
        if done.returncode not in (0, 1) or not done.stdout:
            raise AnsibleActionFail(done.stderr.strip() or done.stdout.strip())
        result.update(changed=False, failed=done.returncode == 1, report=done.stdout, msg=done.stdout)
        return result
