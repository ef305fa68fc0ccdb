"""Filter: a term of the regulation in days."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.terms import Term

DOCUMENTATION = r"""
name: term_days
short_description: A term of the regulation in days
description:
  - Returns how many days a term has, with months as long as the regulation counts them.
positional: _input, regulation
options:
  _input:
    description: A term, such as V(180 days) or V(6 months).
    type: str
    required: true
  regulation:
    description: The regulation's file.
    type: path
    required: true
"""

EXAMPLES = r"""
keep: "{{ (regulation_file | load_regulation).logs.keep.value | term_days(regulation_file) }}"
# 180
half_a_year: "{{ '6 months' | term_days('regulations/nghean.yml') }}"
# 180
"""

RETURN = r"""
_value:
  description: Days.
  type: int
"""


def term_days(text: str, regulation: str) -> int:
    """Return a term in whole days."""
    try:
        return Term.parse(text).days(load_regulation(regulation).month_days)
    except (AttributeError, ProblemsError, ValueError) as error:
        raise AnsibleFilterError(f"term_days: {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"term_days": term_days}
