"""Filter: the DNS records that a province publishes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from ansible.errors import AnsibleFilterError

from ansible_collections.thucongvu.mail.plugins.module_utils.dns_records import dns_records as core_records

DOCUMENTATION = r"""
name: dns_records
short_description: The DNS records that a province publishes for its mail
description:
  - MX, addresses, SPF, DKIM, DMARC, MTA-STS, TLS-RPT, autoconfig, autodiscover, SRV and CAA.
positional: _input
options:
  _input:
    description: The mail domain.
    type: str
    required: true
  hosts:
    description: Each with C(names), C(ipv4) and C(ipv6).
    type: list
    elements: dict
    required: true
  mail_exchange:
    description: Name that receives mail.
    type: str
    required: true
  submission:
    description: Name of the submission server.
    type: str
    required: true
  imap:
    description: Name of the IMAP server.
    type: str
    required: true
  directory:
    description: Name of the directory.
    type: str
    required: true
  autodiscover:
    description: Name of the site that Outlook asks.
    type: str
    required: true
  mta_sts_policy:
    description: Text of the MTA-STS policy.
    type: str
    required: true
  dkim_selector:
    description: Name of the signing key.
    type: str
    required: true
  dkim_key:
    description: The private signing key in PEM.
    type: str
    required: true
  dmarc_policy:
    description: What others shall do with mail that is not signed.
    type: str
    choices: [none, quarantine, reject]
    required: true
  caa_issuers:
    description: Authorities that may issue certificates; none forbids all public ones.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
records: "{{ 'cantho.gov.vn' | dns_records(hosts=dns_hosts, mail_exchange='mx.cantho.gov.vn', submission='smtp.cantho.gov.vn',
  imap='imap.cantho.gov.vn', directory='ldap.cantho.gov.vn', autodiscover='autodiscover.cantho.gov.vn', mta_sts_policy=policy,
  dkim_selector='tcv', dkim_key=secret_dkim_key, dmarc_policy='reject', caa_issuers=[]) }}"
"""

RETURN = r"""
_value:
  description: Each with C(name) (relative to the zone), C(type), C(data) and C(purpose).
  type: list
  elements: dict
"""


def dns_records(domain: str, **options: Any) -> list[dict[str, str]]:
    """Translate the core's records into plain data and its error into Ansible's."""
    try:
        return [asdict(record) for record in core_records(domain, **options)]
    except (ValueError, TypeError) as error:
        raise AnsibleFilterError(f"dns_records: {error}") from None


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters of this file by name."""
        return {"dns_records": dns_records}
