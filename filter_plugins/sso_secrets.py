"""Filter: the secrets that shared applications need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.sso_clients import read_clients, required_secrets

DOCUMENTATION = r"""
name: sso_secrets
short_description: The secrets that shared applications need
description:
  - Lists what C(playbooks/secrets.yml) makes for the applications of C(sso_clients), as C(required_secrets) has it.
positional: _input
options:
  _input:
    description: The value of C(sso_clients).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
names: "{{ sso_clients | sso_secrets | map(attribute='name') }}"
# [secret_sso_lich_hop]
"""

RETURN = r"""
_value:
  description: Name and kind of each secret.
  type: list
  elements: dict
"""


def sso_secrets(clients: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Translate the core's error into Ansible's."""
    try:
        return required_secrets(read_clients(clients))
    except ProblemsError as error:
        raise AnsibleFilterError(f"sso_secrets: {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., list[dict[str, str]]]]:
        """Return the filters of this file by name."""
        return {"sso_secrets": sso_secrets}
