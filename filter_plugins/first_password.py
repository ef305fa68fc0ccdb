"""Filter: a first password by the regulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import generate_first_password
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import MAILBOX_KINDS

DOCUMENTATION = r"""
name: first_password
short_description: A first password by the regulation
description:
  - Makes a new password from the system's random source that satisfies the regulation, has at least 64 bits, can be read
    aloud and has no characters that look alike. Each use makes another one.
positional: _input, regulation
options:
  _input:
    description: The kind of mailbox.
    type: str
    choices: [person, unit, agency]
    required: true
  regulation:
    description: The regulation's file.
    type: path
    required: true
"""

EXAMPLES = r"""
- name: Make a first password
  ansible.builtin.set_fact:
    first: "{{ 'person' | first_password(regulation_file) }}"
  no_log: true
"""

RETURN = r"""
_value:
  description: The password.
  type: str
"""


def first_password(kind: str, regulation: str) -> str:
    """Return a new first password for a kind of mailbox."""
    for known in MAILBOX_KINDS:
        if kind == known:
            try:
                return generate_first_password(load_regulation(regulation).passwords[known])
            except (CoreError, ProblemsError) as error:
                raise AnsibleFilterError(f"first_password: {error}") from None
    raise AnsibleFilterError(f"first_password: the kind is person, unit or agency, not {kind!r}")


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"first_password": first_password}
