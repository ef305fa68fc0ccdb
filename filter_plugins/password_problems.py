"""Filter: what a password has against the regulation."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import check_password
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import MAILBOX_KINDS

DOCUMENTATION = r"""
name: password_problems
short_description: What a password has against the regulation
description:
  - Checks a password by the regulation and returns every way in which it breaks it. The password stands in no message.
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
    description: The kind of mailbox.
    type: str
    choices: [person, unit, agency]
    default: person
"""

EXAMPLES = r"""
- name: Refuse a weak password
  ansible.builtin.assert:
    that: wanted | password_problems(regulation_file) | length == 0
  no_log: true
"""

RETURN = r"""
_value:
  description: Each with C(key), C(clause) and C(message), the sentence in Vietnamese and English; empty when it is right.
  type: list
  elements: dict
"""


def password_problems(password: str, regulation: str, kind: str = "person") -> list[dict[str, Any]]:
    """Return every way in which a password breaks a regulation."""
    if not isinstance(password, str):
        raise AnsibleFilterError(f"password_problems: needs text, not {type(password).__name__}")
    for known in MAILBOX_KINDS:
        if kind == known:
            try:
                found = check_password(load_regulation(regulation).passwords[known], password)
            except ProblemsError as error:
                raise AnsibleFilterError(f"password_problems: {error}") from None
            return [{"key": item.key, "clause": item.clause, "message": str(item)} for item in found]
    raise AnsibleFilterError(f"password_problems: kind is person, unit or agency, not {kind!r}")


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"password_problems": password_problems}
