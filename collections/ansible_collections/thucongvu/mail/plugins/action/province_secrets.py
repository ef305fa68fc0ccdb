"""Action: make the secrets that a province lacks, in its vault file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import missing_secrets
from ansible_collections.thucongvu.mail.plugins.plugin_utils.vault_files import VaultFiles


def with_more(text: str, existing: dict[str, Any], made: dict[str, Any]) -> str:
    """Return a file's text with new pairs behind it, so that what an operator wrote there, comments too, stays as it is."""
    more = yaml.safe_dump(made, allow_unicode=True, sort_keys=True)
    longer = text + ("\n" if text and not text.endswith("\n") else "") + more
    try:
        if yaml.safe_load(longer) == {**existing, **made}:
            return longer
    except yaml.YAMLError:
        pass
    # It was written in braces, or as a document with an end.
    return yaml.safe_dump({**existing, **made}, allow_unicode=True, sort_keys=True)


class ActionModule(ActionBase):
    """Runs on the controller only."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return changed and the names (never the values) of the secrets that were made."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec(
            {
                "path": {"type": "path", "required": True},
                "required": {"type": "list", "elements": "dict", "required": True},
                "subject": {"type": "str", "required": True},
            }
        )
        path = Path(arguments["path"])
        files = VaultFiles(self._loader._vault)
        text, existing = files.read(path)
        try:
            # Plain strings: what Ansible hands over carries its origin, which YAML cannot write.
            required = [{str(key): str(value) for key, value in entry.items()} for entry in arguments["required"]]
            made = missing_secrets(required, existing, str(arguments["subject"]))
        except CoreError as error:
            raise AnsibleActionFail(str(error)) from None
        if made and not self._task.check_mode:
            files.write(path, with_more(text, existing, made))
        result.update(
            changed=bool(made),
            made=sorted(made),
            path=str(path),
            diff={"before": "", "after": "".join(f"{name}: (new)\n" for name in sorted(made))},
        )
        return result
