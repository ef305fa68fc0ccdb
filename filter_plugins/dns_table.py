"""Filter: the DNS records that a province publishes, for people."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import LANGUAGES, say, sentence

DOCUMENTATION = r"""
name: dns_table
short_description: DNS records for people
description:
  - Writes what the filter P(dns_records#filter) returned as text, each record with what it is for.
positional: _input, domain, zone_file
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
  zone_file:
    description: Where the zone file with the same records stands.
    type: path
    required: true
"""

EXAMPLES = r"""
text: "{{ dns_records | dns_table('cantho.gov.vn', dns_zone_file) }}"
# cantho.gov.vn MX  ; máy chủ nhận thư (RFC 5321) / who receives mail (RFC 5321)
#     10 mx.cantho.gov.vn.
"""

RETURN = r"""
_value:
  description: The text.
  type: str
"""


def dns_table(records: Sequence[Mapping[str, str]], domain: str, zone_file: str) -> str:
    """Return each record with its full name and what it is for, in both languages."""
    try:
        exchange = next(record["data"] for record in records if record["type"] == "MX").split()[-1].rstrip(".")
        lines = [say("dns.publish", domain=domain, file=zone_file, exchange=exchange), ""]
        for record in records:
            name = domain if record["name"] == "@" else f"{record['name']}.{domain}"
            purpose = " / ".join(sentence(f"dns.{record['purpose']}", language) for language in LANGUAGES)
            lines += [f"{name} {record['type']}  ; {purpose}", f"    {record['data']}"]
    except (KeyError, StopIteration) as error:
        raise AnsibleFilterError(f"dns_table: needs what dns_records returned: {error}") from None
    return "\n".join(lines)


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., str]]:
        """Return the filters of this file by name."""
        return {"dns_table": dns_table}
