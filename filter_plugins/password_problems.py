"""Filter: what a password has against the regulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.mailbox_classes import password_rule_of_class
from ansible_collections.thucongvu.mail.plugins.module_utils.password_owner import Owner
from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import check_password
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

DOCUMENTATION = r"""
name: password_problems
short_description: What a password has against the regulation
description:
  - Checks a password by the regulation and returns every way in which it breaks it. The password stands in no message.
  - What the regulation forbids of account, name and date of birth is looked for in those that are given; case does not
    count, nor do digits and signs that stand for letters (C(M1nh)).
positional: _input, regulation
options:
  _input:
    description: The password.
    type: str
    required: true
  regulation:
    description: The regulation's file.
    type: path
    required: true
  kind:
    description: V(person), V(unit), V(agency), one of the regulation's kinds of agency, or a role that it has a rule for.
    type: str
    default: person
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
- name: Refuse a weak password
  ansible.builtin.assert:
    that: wanted | password_problems(regulation_file) | length == 0
  no_log: true
why: "{{ 'Datnv$2024' | password_problems('regulations/caobang.yml', account='datnv') | map(attribute='key') }}"
# [password.holds_account]
"""

RETURN = r"""
_value:
  description:
    - Each with C(key), C(clause) (none where the regulation is silent) and C(message), the sentence in Vietnamese and
      English; empty when it is right.
  type: list
  elements: dict
"""


def password_problems(
    password: str, regulation: str, kind: str = "person", *, account: str = "", full_name: str = "", born: str = ""
) -> list[dict[str, Any]]:
    """Return every way in which a password breaks a regulation."""
    if not all(isinstance(text, str) for text in (password, kind, account, full_name, born)):
        raise AnsibleFilterError("password_problems: needs password, kind, account, full_name and born as text")
    try:
        rule = password_rule_of_class(load_regulation(regulation), kind)
        found = check_password(rule, password, Owner(account, full_name, born))
    except (CoreError, ProblemsError) as error:
        raise AnsibleFilterError(f"password_problems: {error}") from None
    return [{"key": item.key, "clause": item.clause, "message": str(item)} for item in found]


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"password_problems": password_problems}
