"""Filter: the name that mail shows of a mailbox."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import display_name as core_display_name
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import MAILBOX_KINDS

DOCUMENTATION = r"""
name: display_name
short_description: The name that mail shows of a mailbox
description:
  - Builds the display name by the regulation; of a person it shows the full name and the agency.
positional: _input, regulation
options:
  _input:
    description: What the person, unit or agency is called.
    type: str
    required: true
  regulation:
    description: The regulation's file.
    type: path
    required: true
  agency:
    description: What the agency is called.
    type: str
    required: true
  kind:
    description: The kind of mailbox.
    type: str
    choices: [person, unit, agency]
    default: person
"""

EXAMPLES = r"""
shown: "{{ 'Nguyễn Văn Minh' | display_name(regulation_file, agency='Sở Nội vụ') }}"
# Nguyễn Văn Minh - Sở Nội vụ
"""

RETURN = r"""
_value:
  description: The display name.
  type: str
"""


def display_name(name: str, regulation: str, agency: str, kind: str = "person") -> str:
    """Return the display name by a regulation."""
    if not isinstance(name, str) or not isinstance(agency, str):
        raise AnsibleFilterError("display_name: needs the name and the agency as text")
    for known in MAILBOX_KINDS:
        if kind == known:
            try:
                return core_display_name(load_regulation(regulation), known, name, agency)
            except ProblemsError as error:
                raise AnsibleFilterError(f"display_name: {error}") from None
    raise AnsibleFilterError(f"display_name: kind is person, unit or agency, not {kind!r}")


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"display_name": display_name}
