"""Filter: a regulation as plain data."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import read_regulation

DOCUMENTATION = r"""
name: load_regulation
short_description: A regulation as plain data
description:
  - Reads a regulation's file, refuses it when it breaks its schema or contradicts itself, and returns what it says. Each
    value stands with its C(clause), so that a template can cite it.
positional: _input
options:
  _input:
    description: The regulation's file.
    type: path
    required: true
"""

EXAMPLES = r"""
age: "{{ (regulation_file | load_regulation).passwords.person.max_age.value }}"
# 3 months
"""

RETURN = r"""
_value:
  description: The regulation, in the form of its file.
  type: dict
"""


def load_regulation(path: str) -> dict[str, Any]:
    """Return a regulation as plain data."""
    if not isinstance(path, str):
        raise AnsibleFilterError(f"load_regulation: needs a path, not {type(path).__name__}")
    try:
        return read_regulation(Path(path))
    except ProblemsError as error:
        raise AnsibleFilterError(f"load_regulation: {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"load_regulation": load_regulation}
