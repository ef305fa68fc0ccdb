"""Filter: rules of nftables from what the enabled services need."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.firewall import nftables_rules as core_rules
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError

DOCUMENTATION = r"""
name: nftables_rules
short_description: Rules of nftables from ports and networks
description:
  - Turns ports and the networks that may connect to them into rules of nftables, one for each address family.
positional: _input
options:
  _input:
    description: Each with C(name), C(port) (TCP) and C(sources) (networks; none means everybody).
    type: list
    elements: dict
    required: true
"""

EXAMPLES = r"""
rules: "{{ [{'name': 'ldaps', 'port': 636, 'sources': ['10.1.0.0/16']}] | nftables_rules }}"
# ['ip saddr { 10.1.0.0/16 } tcp dport 636 accept comment "ldaps"']
"""

RETURN = r"""
_value:
  description: The rules.
  type: list
  elements: str
"""


def nftables_rules(rules: Sequence[Mapping[str, Any]]) -> list[str]:
    """Translate the core's error into Ansible's."""
    try:
        return core_rules(rules)
    except CoreError as error:
        raise AnsibleFilterError(f"nftables_rules: {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[[Sequence[Mapping[str, Any]]], list[str]]]:
        """Return the filters of this file by name."""
        return {"nftables_rules": nftables_rules}
