"""Filter: a first password by the regulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.mailbox_classes import password_rule_of_class
from ansible_collections.thucongvu.mail.plugins.module_utils.password_owner import Owner
from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import generate_first_password
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

DOCUMENTATION = r"""
name: first_password
short_description: A first password by the regulation
description:
  - Makes a new password from the system's random source that satisfies the regulation, has at least 64 bits, can be read
    aloud and has no characters that look alike. Each use makes another one.
  - Of the account, name and date of birth that are given, it has nothing in it that the regulation forbids.
positional: _input, regulation
options:
  _input:
    description: V(person), V(unit), V(agency), one of the regulation's kinds of agency, or a role that it has a rule for.
    type: str
    required: true
  regulation:
    description: The regulation's file.
    type: path
    required: true
  account:
    description: The address of the mailbox; what stands behind an C(@) does not count.
    type: str
    default: ''
  full_name:
    description: The name of the person, unit or agency whose password it is.
    type: str
    default: ''
  born:
    description: The date of birth, V(1990-03-25), or as much of it as is known.
    type: str
    default: ''
"""

EXAMPLES = r"""
- name: Make a first password
  ansible.builtin.set_fact:
    first: "{{ 'person' | first_password(regulation_file) }}"
  no_log: true
- name: Make one that has no part of the address and the name in it
  ansible.builtin.set_fact:
    first: "{{ 'person' | first_password('regulations/caobang.yml', account='datnv', full_name='Nông Văn Đạt') }}"
  no_log: true
"""

RETURN = r"""
_value:
  description: The password.
  type: str
"""


def first_password(kind: str, regulation: str, *, account: str = "", full_name: str = "", born: str = "") -> str:
    """Return a new first password for a class of mailboxes."""
    if not all(isinstance(text, str) for text in (kind, account, full_name, born)):
        raise AnsibleFilterError("first_password: needs kind, account, full_name and born as text")
    try:
        rule = password_rule_of_class(load_regulation(regulation), kind)
        return generate_first_password(rule, Owner(account, full_name, born))
    except (CoreError, ProblemsError) as error:
        raise AnsibleFilterError(f"first_password: {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"first_password": first_password}
