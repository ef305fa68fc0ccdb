"""Filter: the addresses that a name may have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import Above, AddressForms, Workplace
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
    description:
      - Of a unit the address of its agency, of an agency the address of the one above it; without the domain. Of an agency
        it can be a mapping with C(address), C(kind) and C(name), where the regulation builds on the name of the one above.
    type: raw
  workplace:
    description:
      - Of a person what an address may need besides the name, as far as it is known. The keys are C(agency), C(unit) and
        C(district) (issued addresses), C(born) (V(1990-03-25), or less of it) and C(identity) (last digits).
    type: dict
    default: {}
"""

EXAMPLES = r"""
mine: "{{ 'Nguyễn Văn Minh' | address_candidates(regulation_file) | map(attribute='address') }}"
# [nvminh, nvanminh, nguyenvanminh]
named: "{{ 'Nông Văn Đạt' | address_candidates('regulations/caobang.yml', workplace={'agency': 'soyte'}) | map(attribute='address') }}"
# [datnv, datnv2, datnv.soyte]
office: "{{ 'Văn phòng' | address_candidates(regulation_file, kind='unit', agency_kind='department', above='sokhdt') }}"
"""

RETURN = r"""
_value:
  description:
    - Each with C(address), C(clause) (none where the regulation is silent), C(why), C(step), C(on_request) (never issued by
      itself), C(when_taken_by) (who must have a form in front of it) and C(numbered) (whether more numbers follow).
  type: list
  elements: dict
"""


def _above(above: str | dict[str, str] | None) -> Above | None:
    """Return the agency above as the core needs it; of an address alone, no form is made from kind and name."""
    if not above:
        return None
    if isinstance(above, str):
        return Above("", "", above)
    return Above(above.get("kind", ""), above.get("name", ""), above.get("address", ""))


def address_candidates(
    name: str,
    regulation: str,
    kind: str = "person",
    agency_kind: str | None = None,
    above: str | dict[str, str] | None = None,
    workplace: dict[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Return the candidates of a name by a regulation."""
    known = set(Workplace._fields)
    if unknown := set(workplace or {}) - known:
        raise AnsibleFilterError(
            f"address_candidates: workplace has {', '.join(sorted(unknown))}; allowed: {', '.join(sorted(known))}"
        )
    if not isinstance(name, str):
        raise AnsibleFilterError(f"address_candidates: needs text, not {type(name).__name__}")
    try:
        rules = load_regulation(regulation)
        forms = AddressForms(rules)
        if kind == "person":
            found = list(forms.person(name, Workplace(**(workplace or {}))))
        elif kind not in ("unit", "agency"):
            raise AnsibleFilterError(f"address_candidates: kind is person, unit or agency, not {kind!r}")
        elif agency_kind is None or agency_kind not in rules.kinds:
            raise AnsibleFilterError(f"address_candidates: agency_kind is one of {', '.join(rules.kinds)}")
        elif kind == "agency":
            found = list(forms.agency(agency_kind, name, _above(above)))
        elif isinstance(above, str) and above:
            found = list(forms.unit(agency_kind, name, above))
        else:
            raise AnsibleFilterError("address_candidates: a unit needs above, the address of its agency")
    except (CoreError, ProblemsError) as error:
        raise AnsibleFilterError(f"address_candidates: {error}") from None
    return [
        asdict(candidate)
        | {"numbered": candidate.numbering is not None, "when_taken_by": sorted(candidate.when_taken_by)}
        for candidate in found
    ]


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"address_candidates": address_candidates}
