"""Filter: the address that a name is issued."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.address_issue import (
    candidate_data,
    issued_candidate,
    read_candidate,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

DOCUMENTATION = r"""
name: issue_address
short_description: The address that a name is issued
description:
  - Returns the first candidate that is free. Forms on request are passed over, those for who meets certain holders (a commune
    with a district's name) only where one of these is met, and numbers are counted up.
  - The regulation's functions and reserved addresses are taken always.
  - Whether two who wait have the same first form, so that both take the next one, only the register's plan knows
    (C(playbooks/register.yml)).
positional: _input, regulation
options:
  _input:
    description: What the filter P(address_candidates#filter) returned.
    type: list
    elements: dict
    required: true
  regulation:
    description: The regulation's file.
    type: path
    required: true
  taken:
    description:
      - The addresses that somebody has. A mapping says of each who has it, one of the regulation's kinds of agency, V(agency),
        V(unit), V(person), V(function) or V(reserved); a list does where no form asks for that.
    type: raw
    default: []
"""

EXAMPLES = r"""
second: "{{ ('Nguyễn Văn Minh' | address_candidates(regulation_file) | issue_address(regulation_file, taken=['nvminh'])).address }}"
# nvanminh
third: >-
  {{ ('Nông Văn Đạt' | address_candidates('regulations/caobang.yml')
      | issue_address('regulations/caobang.yml', taken=['datnv', 'datnv2'])).address }}
# datnv3
town: >-
  {{ ('Thị trấn Bảo Lạc' | address_candidates('regulations/caobang.yml', kind='agency', agency_kind='commune')
      | issue_address('regulations/caobang.yml', taken={'baolac': 'district'})).address }}
# ttbaolac
"""

RETURN = r"""
_value:
  description: The candidate with its address and clause, as P(address_candidates#filter) returns it; none when the operator has to choose.
  type: dict
"""


def issue_address(
    candidates: list[dict[str, Any]], regulation: str, taken: list[str] | dict[str, str] | None = None
) -> dict[str, Any] | None:
    """Return the candidate that is issued."""
    taken = [] if taken is None else taken
    if not isinstance(candidates, list) or not isinstance(taken, (list, dict)):
        raise AnsibleFilterError("issue_address: needs a list of candidates, and taken as a list or a mapping")
    by_address: dict[str, str | None] = dict(taken) if isinstance(taken, dict) else dict.fromkeys(taken)
    if not all(isinstance(address, str) for address in by_address):
        raise AnsibleFilterError("issue_address: the addresses in taken are text")
    try:
        found = [read_candidate(item, position) for position, item in enumerate(candidates, 1)]
        issued = issued_candidate(load_regulation(regulation), found, by_address)
    except (CoreError, ProblemsError) as error:
        raise AnsibleFilterError(f"issue_address: {error}") from None
    return None if issued is None else candidate_data(issued)


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"issue_address": issue_address}
