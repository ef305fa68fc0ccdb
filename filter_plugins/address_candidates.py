"""Filter: the addresses that a name may have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import (
    agency_candidates,
    person_candidates,
    unit_candidates,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

DOCUMENTATION = r"""
name: address_candidates
short_description: The addresses that a name may have, in order
description:
  - Returns the forms that the regulation gives a name, in the order in which they are tried, each with its clause.
    Which of them is free only the register knows.
positional: _input, regulation
options:
  _input:
    description: The name of a person, unit or agency.
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
  agency_kind:
    description: Of an agency its kind, of a unit the kind of its agency; one of the regulation's kinds.
    type: str
  above:
    description: Of a unit the address of its agency, of an agency the address of the one above it; without the domain.
    type: str
"""

EXAMPLES = r"""
mine: "{{ 'Nguyễn Văn Minh' | address_candidates(regulation_file) | map(attribute='address') }}"
# [nvminh, nvanminh, nguyenvanminh]
office: "{{ 'Văn phòng' | address_candidates(regulation_file, kind='unit', agency_kind='department', above='sokhdt') }}"
"""

RETURN = r"""
_value:
  description: Each with C(address), C(clause) (none where the regulation is silent), C(why) and C(step).
  type: list
  elements: dict
"""


def address_candidates(
    name: str, regulation: str, kind: str = "person", agency_kind: str | None = None, above: str | None = None
) -> list[dict[str, Any]]:
    """Return the candidates of a name by a regulation."""
    if not isinstance(name, str):
        raise AnsibleFilterError(f"address_candidates: needs text, not {type(name).__name__}")
    try:
        rules = load_regulation(regulation)
        if kind == "person":
            found = person_candidates(rules, name)
        elif kind not in ("unit", "agency"):
            raise AnsibleFilterError(f"address_candidates: kind is person, unit or agency, not {kind!r}")
        elif agency_kind is None or agency_kind not in rules.kinds:
            raise AnsibleFilterError(f"address_candidates: agency_kind is one of {', '.join(rules.kinds)}")
        elif kind == "agency":
            found = agency_candidates(rules, agency_kind, name, above)
        elif above:
            found = unit_candidates(rules, agency_kind, name, above)
        else:
            raise AnsibleFilterError("address_candidates: a unit needs above, the address of its agency")
    except (CoreError, ProblemsError) as error:
        raise AnsibleFilterError(f"address_candidates: {error}") from None
    return [asdict(candidate) for candidate in found]


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"address_candidates": address_candidates}
