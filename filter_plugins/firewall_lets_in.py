"""Filter: whether the firewall lets a connection in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.firewall import lets_in
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError

DOCUMENTATION = r"""
name: firewall_lets_in
short_description: Whether the firewall lets a connection in
description:
  - Tells whether rules, as M(thucongvu.mail.nftables_rules#filter) takes them, let an address connect to a TCP port.
positional: _input, source, port
options:
  _input:
    description: Each with C(name), C(port) (TCP) and C(sources) (networks; none means everybody).
    type: list
    elements: dict
    required: true
  source:
    description: IPv4 or IPv6 address that connects.
    type: str
    required: true
  port:
    description: TCP port.
    type: int
    required: true
"""

EXAMPLES = r"""
open: "{{ [{'name': 'ssh', 'port': 22, 'sources': ['10.1.0.0/16']}] | firewall_lets_in('10.1.2.3', 22) }}"
# true
"""

RETURN = r"""
_value:
  description: Whether it is let in.
  type: bool
"""


def firewall_lets_in(rules: Sequence[Mapping[str, Any]], source: str, port: int) -> bool:
    """Translate the core's error, or an address that is none, into Ansible's error."""
    try:
        return lets_in(rules, source, int(port))
    except (CoreError, ValueError) as error:
        raise AnsibleFilterError(f"firewall_lets_in: {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[[Sequence[Mapping[str, Any]], str, int], bool]]:
        """Return the filters of this file by name."""
        return {"firewall_lets_in": firewall_lets_in}
