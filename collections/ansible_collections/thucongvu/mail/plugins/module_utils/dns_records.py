"""The DNS records that a province publishes for its mail."""

from __future__ import annotations

import base64
import hashlib
import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import public_key_of

TTL_SECONDS = 3600
# RFC 1035, 3.3: one character-string of a TXT record holds at most 255 octets.
CHARACTER_STRING = 255


@dataclass(frozen=True)
class Record:
    """One record: owner name relative to the zone (``@`` for its top), type, data as a zone file writes it, and for
    what it is there, as a key of messages/dns.yml."""

    name: str
    type: str
    data: str
    purpose: str

    def line(self) -> str:
        """Return the record as a line of a zone file."""
        return f"{self.name} {TTL_SECONDS} IN {self.type} {self.data}"


def quoted(text: str) -> str:
    """Return a text as character-strings of a TXT record."""
    # At least one, be it empty (RFC 1035, 3.3.14).
    parts = [text[start : start + CHARACTER_STRING] for start in range(0, len(text) or 1, CHARACTER_STRING)]
    return " ".join('"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' for part in parts)


def policy_id(policy: str) -> str:
    """Return an id that changes when the MTA-STS policy does (RFC 8461, 3.1), and only then."""
    return hashlib.sha256(policy.encode()).hexdigest()[:16]


def relative(name: str, domain: str) -> str:
    """Return a name as a zone file of the domain writes it.

    Raises:
        CoreError: The name lies outside the domain, so its record belongs to another zone.
    """
    if name == domain:
        return "@"
    if not name.endswith("." + domain):
        raise CoreError("dns.outside", name=name, domain=domain)
    return name.removesuffix("." + domain)


def address_records(host: Mapping[str, Any], domain: str) -> list[Record]:
    """Return the addresses of a host under each of its names; a host that is called as one of its services has them once.

    Raises:
        CoreError: A value is not an address of its family, or a name lies outside the domain.
    """
    names = list(dict.fromkeys(host["names"]))
    records: list[Record] = []
    for kind, version, value in (("A", 4, host.get("ipv4")), ("AAAA", 6, host.get("ipv6"))):
        if not value:
            continue
        try:
            address = str({4: ipaddress.IPv4Address, 6: ipaddress.IPv6Address}[version](str(value)))
        except ValueError as error:
            raise CoreError("dns.not_address", host=names[0], value=repr(value), version=version) from error
        records += [Record(relative(name, domain), kind, address, "address") for name in names]
    return records


def dns_records(
    domain: str,
    *,
    hosts: Sequence[Mapping[str, Any]],
    mail_exchange: str,
    submission: str,
    imap: str,
    directory: str,
    autodiscover: str,
    mta_sts_policy: str,
    dkim_selector: str,
    dkim_key: str,
    dmarc_policy: str,
    caa_issuers: Sequence[str],
) -> list[Record]:
    """Return every record that the province publishes for its mail.

    Args:
        domain: The mail domain.
        hosts: Each with ``names``, ``ipv4`` and ``ipv6`` (or None).
        mail_exchange: Name that receives mail; submission, imap, directory, autodiscover: names of those services.
        mta_sts_policy: Text of the policy file, for its id.
        dkim_selector: Name of the signing key; dkim_key: the private key in PEM.
        dmarc_policy: ``none``, ``quarantine`` or ``reject`` (RFC 7489, 6.3).
        caa_issuers: Authorities that may issue certificates (RFC 8659); none forbids all public ones.

    Raises:
        CoreError: A value is not valid; the message says which and what is allowed.
    """
    if dmarc_policy not in ("none", "quarantine", "reject"):
        raise CoreError("dns.policy", value=repr(dmarc_policy))
    if not re.fullmatch(r"[a-z0-9-]+(?:[.][a-z0-9-]+)*", dkim_selector):
        raise CoreError("dns.selector", value=repr(dkim_selector))
    for issuer in caa_issuers:
        # RFC 8659, 4.2: a domain, and behind a semicolon what the authority asks for; no quote that would end the text.
        if not re.fullmatch(r"[a-z0-9.-]+(?: *;[ -!#-~]*)?", issuer):
            raise CoreError("dns.issuer", value=repr(issuer))
    records = [record for host in hosts for record in address_records(host, domain)]
    public_key = base64.b64encode(public_key_of(dkim_key)).decode()
    records += [
        Record("@", "MX", f"10 {mail_exchange}.", "mx"),
        Record("@", "TXT", quoted("v=spf1 mx -all"), "spf"),
        Record(relative(mail_exchange, domain), "TXT", quoted("v=spf1 a -all"), "spf_helo"),
        Record(f"{dkim_selector}._domainkey", "TXT", quoted(f"v=DKIM1; k=rsa; p={public_key}"), "dkim"),
        Record(
            "_dmarc",
            "TXT",
            quoted(f"v=DMARC1; p={dmarc_policy}; adkim=s; aspf=s; rua=mailto:dmarc@{domain}"),
            "dmarc",
        ),
        Record("_mta-sts", "TXT", quoted(f"v=STSv1; id={policy_id(mta_sts_policy)}"), "mta_sts"),
        Record("_smtp._tls", "TXT", quoted(f"v=TLSRPTv1; rua=mailto:tlsrpt@{domain}"), "tls_rpt"),
        Record("_submissions._tcp", "SRV", f"0 1 465 {submission}.", "srv"),
        Record("_submission._tcp", "SRV", f"10 1 587 {submission}.", "srv"),
        Record("_imaps._tcp", "SRV", f"0 1 993 {imap}.", "srv"),
        Record("_pop3s._tcp", "SRV", f"10 1 995 {imap}.", "srv"),
        Record("_imap._tcp", "SRV", "0 0 0 .", "srv_none"),
        Record("_pop3._tcp", "SRV", "0 0 0 .", "srv_none"),
        Record("_sieve._tcp", "SRV", f"0 1 4190 {imap}.", "srv"),
        Record("_ldap._tcp", "SRV", f"0 1 389 {directory}.", "srv_ldap"),
        Record("_autodiscover._tcp", "SRV", f"0 1 443 {autodiscover}.", "autodiscover"),
    ]
    records += [Record("@", "CAA", f'0 issue "{issuer}"', "caa") for issuer in caa_issuers or [";"]]
    return records


def dns_zone(records: Sequence[Record], domain: str, mail_exchange: str) -> str:
    """Return the records as a zone file (RFC 1035, 5).

    The serial follows from the content, so that an unchanged zone is an unchanged file. A province's own name server counts its own.
    """
    lines = [record.line() for record in records]
    serial = int.from_bytes(hashlib.sha256("\n".join(lines).encode()).digest()[:4])
    head = [
        f"$ORIGIN {domain}.",
        f"@ {TTL_SECONDS} IN SOA {mail_exchange}. postmaster.{domain}. {serial} 7200 3600 1209600 300",
        f"@ {TTL_SECONDS} IN NS {mail_exchange}.",
    ]
    return "\n".join([*head, *lines]) + "\n"
