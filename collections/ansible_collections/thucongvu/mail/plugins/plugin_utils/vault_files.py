"""Files of the controller that are encrypted with the operator's vault password."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml
from ansible.errors import AnsibleActionFail, AnsibleError
from ansible.parsing.vault import VaultLib

from ansible_collections.thucongvu.mail.plugins.module_utils.atomic_file import write_atomically
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.project import shown

if TYPE_CHECKING:
    from pathlib import Path


class VaultFiles:
    """Reads with any vault password that the operator gave, and writes with the first."""

    def __init__(self, vault: Any) -> None:
        """Keep the passwords of a run.

        Args:
            vault: The vault of Ansible's loader.

        Raises:
            AnsibleActionFail: The operator gave none.
        """
        if not vault.secrets:
            raise AnsibleActionFail(say("secrets.no_vault"))
        self._vault = VaultLib(vault.secrets)
        vault_id, self._secret = vault.secrets[0]
        # A label goes into the file's head only where the operator uses labels.
        self._label = None if vault_id == "default" else str(vault_id)

    def read(self, path: Path) -> tuple[str, dict[str, Any]]:
        """Return a file's text and the pairs that it is made of; both empty when there is no such file.

        Raises:
            AnsibleActionFail: It is not encrypted, not with this password, or not made of pairs. What it holds is never quoted.
        """
        if not path.exists():
            return "", {}
        try:
            text = self._vault.decrypt(path.read_bytes()).decode()
            # In C: a whole province's files take ten times as long in Python.
            pairs = yaml.load(text, Loader=yaml.CSafeLoader)
        except (AnsibleError, UnicodeDecodeError) as error:
            raise AnsibleActionFail(say("secrets.unreadable", file=shown(path), reason=error)) from None
        except yaml.YAMLError as error:
            # PyYAML's own words quote the line.
            mark = getattr(error, "problem_mark", None)
            reason = "YAML" if mark is None else f"YAML:{mark.line + 1}"
            raise AnsibleActionFail(say("secrets.unreadable", file=shown(path), reason=reason)) from None
        if pairs is None:
            return text, {}
        if not isinstance(pairs, dict):
            raise AnsibleActionFail(say("secrets.not_pairs", file=shown(path)))
        return text, pairs

    def write(self, path: Path, text: str) -> None:
        """Replace a file by the encrypted text, readable by its owner alone."""
        write_atomically(path, VaultLib().encrypt(text.encode(), self._secret, self._label), 0o600)
