"""Action: give a host a certificate of the province's own authority when it needs one."""

from __future__ import annotations

import base64
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import (
    certificate_still_good,
    issue_server_certificate,
)


class ActionModule(ActionBase):
    """Reads the host's certificate, decides on the controller (which holds the authority), writes certificate and key together."""

    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return changed and what the writing module said."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec(
            {
                "authority": {"type": "dict", "required": True, "no_log": True},
                "names": {"type": "list", "elements": "str", "required": True},
                "root": {"type": "path", "required": True},
                "group": {"type": "str", "required": True},
                "days": {"type": "int", "required": True},
                "renew_days": {"type": "int", "required": True},
            }
        )
        if not {"certificate", "key"} <= set(arguments["authority"]):
            raise AnsibleActionFail(say("secrets.authority"))
        names = [str(name) for name in arguments["names"]]
        authority = {key: str(value) for key, value in arguments["authority"].items()}
        present = self._execute_module(
            module_name="ansible.builtin.slurp",
            module_args={"src": f"{arguments['root']}/certificate.pem"},
            task_vars=task_vars,
        )
        if "content" in present:
            pem = base64.b64decode(present["content"]).decode(errors="replace")
            if certificate_still_good(pem, authority, names, arguments["renew_days"]):
                result["changed"] = False
                return result
        try:
            issued = issue_server_certificate(authority, names, arguments["days"])
        except CoreError as error:
            raise AnsibleActionFail(str(error)) from None
        written = self._execute_module(
            module_name="thucongvu.mail.config_files",
            module_args={
                "root": arguments["root"],
                # The key first: a run that is cut off between the two leaves a certificate that the next run makes anew.
                "files": [
                    {"path": "key.pem", "secret_content": issued["key"], "group": arguments["group"], "mode": "0640"},
                    {"path": "certificate.pem", "content": issued["certificate"]},
                ],
            },
            task_vars=task_vars,
        )
        written.pop("invocation", None)
        result.update(written)
        return result
