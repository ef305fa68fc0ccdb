"""Filter: the service accounts of shared applications that ask the directory themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.sso_clients import directory_accounts, read_clients

DOCUMENTATION = r"""
name: sso_directory_accounts
short_description: The service accounts of shared applications that ask the directory themselves
description:
  - Lists an account C(app-NAME) for each application of C(sso_clients) that signs people in by LDAP, in the form of C(openldap_services).
positional: _input, secrets
options:
  _input:
    description: The value of C(sso_clients).
    type: list
    elements: dict
    required: true
  secrets:
    description: The secrets by name.
    type: dict
    required: true
"""

EXAMPLES = r"""
services: "{{ sso_clients | sso_directory_accounts(sso_secret_values) }}"
# [{name: app-cham-cong, password: ...}]
"""

RETURN = r"""
_value:
  description: Name and password of each account.
  type: list
  elements: dict
"""


def sso_directory_accounts(clients: Sequence[Mapping[str, Any]], secrets: Mapping[str, str]) -> list[dict[str, str]]:
    """Translate the core's error into Ansible's."""
    try:
        return directory_accounts(read_clients(clients), dict(secrets))
    except ProblemsError as error:
        raise AnsibleFilterError(f"sso_directory_accounts: {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., list[dict[str, str]]]]:
        """Return the filters of this file by name."""
        return {"sso_directory_accounts": sso_directory_accounts}
