"""Filter: a regulation's password rules as the sign-in portal reads them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.portal_rules import portal_rules as core_rules
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

DOCUMENTATION = r"""
name: portal_rules
short_description: A regulation's password rules as the sign-in portal reads them
description:
  - Returns for each class of mailboxes the lines of its rule in both languages, each with the pattern by which a new password
    is tried before the directory is asked.
positional: _input
options:
  _input:
    description: The regulation's file.
    type: path
    required: true
"""

EXAMPLES = r"""
lines: "{{ (regulation_file | portal_rules).classes.person | map(attribute='vi') }}"
# [Mật mã phải có ít nhất 8 ký tự (CT-10.3)., ...]
"""

RETURN = r"""
_value:
  description:
    - C(classes) (lists of lines by the name of the password policy), C(second_factor) (names of those that need one),
      C(least_letters) and C(read_as).
  type: dict
"""


def portal_rules(regulation: str) -> dict[str, Any]:
    """Return the password rules of a regulation as data for the portal."""
    try:
        return core_rules(load_regulation(regulation))
    except (CoreError, ProblemsError) as error:
        raise AnsibleFilterError(f"portal_rules: {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"portal_rules": portal_rules}
