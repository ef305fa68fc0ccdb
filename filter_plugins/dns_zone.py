"""Filter: the zone file of the DNS records that a province publishes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.dns_records import Record
from ansible_collections.thucongvu.mail.plugins.module_utils.dns_records import dns_zone as core_zone

DOCUMENTATION = r"""
name: dns_zone
short_description: The zone file of DNS records
description:
  - Writes what the filter P(dns_records#filter) returned as a zone file (RFC 1035). The serial follows from the content.
positional: _input, domain, mail_exchange
options:
  _input:
    description: The records.
    type: list
    elements: dict
    required: true
  domain:
    description: The mail domain.
    type: str
    required: true
  mail_exchange:
    description: Name that receives mail; the zone names it as its server.
    type: str
    required: true
"""

EXAMPLES = r"""
zone: "{{ dns_records | dns_zone('cantho.gov.vn', 'mx.cantho.gov.vn') }}"
"""

RETURN = r"""
_value:
  description: The text of the zone file.
  type: str
"""


def dns_zone(records: Sequence[Mapping[str, str]], domain: str, mail_exchange: str) -> str:
    """Turn plain data into the core's records."""
    try:
        return core_zone([Record(**record) for record in records], domain, mail_exchange)
    except TypeError as error:
        raise AnsibleFilterError(f"dns_zone: needs what dns_records returned: {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., str]]:
        """Return the filters of this file by name."""
        return {"dns_zone": dns_zone}
