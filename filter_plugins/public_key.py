"""Filter: the public part of a private key."""

from __future__ import annotations

from collections.abc import Callable

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import public_pem_of

DOCUMENTATION = r"""
name: public_key
short_description: The public part of a private RSA key
description:
  - Reads a private key as C(playbooks/secrets.yml) makes it and returns what may be published of it.
positional: _input
options:
  _input:
    description: The private key, PEM.
    type: str
    required: true
"""

EXAMPLES = r"""
- name: Show the key by which applications verify what the portal says
  ansible.builtin.debug:
    msg: "{{ secret_portal_signing_key | public_key }}"
"""

RETURN = r"""
_value:
  description: The public key, PEM (SubjectPublicKeyInfo).
  type: str
"""


def public_key(private_key: str) -> str:
    """Return the public key as PEM text."""
    try:
        return public_pem_of(private_key)
    except CoreError as error:
        raise AnsibleFilterError(f"public_key: {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[[str], str]]:
        """Return the filters of this file by name."""
        return {"public_key": public_key}
