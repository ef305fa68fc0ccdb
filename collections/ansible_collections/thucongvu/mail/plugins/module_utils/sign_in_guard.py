"""Refused sign-ins from trusted networks: told to people instead of banned (roles/fail2ban).

fail2ban counts and calls this program: ``trusted`` says whether a source is left out of the alerts, ``alert`` writes one. The
standard library only: it runs on the mail and the webmail host.
"""

from __future__ import annotations

import ipaddress
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid
from pathlib import Path
from typing import Any

# As the filter of fail2ban has them (roles/fail2ban). Behind the address everything up to the end of the line is the daemon's own word:
# a name that looks like such a line accuses nobody.
_PASSWORD = re.compile(
    r"auth-worker\(.*,(?P<source>[0-9a-f.:]+)\)<\d+>(?:<(?P<session>[^<>]*)>)?: request \[\d+\]: "
    r"first: (?:unknown user|Password mismatch \(for LDAP bind\))"
)
_TOKEN = re.compile(
    r"auth\(.*,(?P<source>[0-9a-f.:]+),sasl:[a-z0-9-]+\)(?:<(?P<session>[^<>]*)>)?: "
    r"(?:xoauth2|oauthbearer): oauth2 failed: Introspection failed: Provided token is not valid"
)
_PORTAL = re.compile(
    r"\[[^\[\]]+\] \[LLNG:\d+\] \[warn\] "
    r"(?:Bad password for \S+|Wrong second factor of \S+|\S+ was not found in LDAP directory) \((?P<source>[0-9a-f.:]+)\)"
)
_LOGIN = re.compile(r"(?P<protocol>imap|pop3|managesieve)-login: .*, session=<(?P<session>[^<>]*)>")
_NAMES = {"imap": "IMAP", "pop3": "POP3", "managesieve": "Sieve"}


@dataclass(frozen=True, slots=True)
class Words:
    """The alert's words, with ``{source}``, ``{count}``, ``{protocols}`` and ``{minutes}`` to be filled in."""

    subject: str
    body: str
    sender_name: str
    portal: str
    mailbox: str


@dataclass(frozen=True, slots=True)
class Settings:
    """What the role says (guard.json).

    Attributes:
        networks: The trusted networks.
        minutes: Over how many minutes sign-ins are counted.
        address: Who is told, and in whose name; nobody but the journal where empty.
        words: The alert's words.
    """

    networks: Sequence[str]
    minutes: int
    address: str
    words: Words

    @classmethod
    def of(cls, path: Path) -> Settings:
        """Read the file."""
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**content, "words": Words(**content["words"])})


def trusted(source: str, networks: Iterable[str]) -> bool:
    """Tell whether a source is in one of the networks."""
    address = ipaddress.ip_address(source)
    return any(address in ipaddress.ip_network(network) for network in networks)


def counted(lines: Iterable[str], source: str, words: Words) -> Counter[str]:
    """Count the refused sign-ins of a source by protocol.

    Args:
        lines: What the daemons said, without time and name.
        source: The source.
        words: How people call the portal, and a session whose protocol is not known before it ends.
    """
    sessions: dict[str, str] = {}
    found: list[tuple[str, str]] = []
    for line in lines:
        if match := _LOGIN.fullmatch(line):
            sessions[match["session"]] = _NAMES[match["protocol"]]
        elif (match := _PASSWORD.fullmatch(line) or _TOKEN.fullmatch(line)) and match["source"] == source:
            # Postfix gives no session.
            found.append(("", "SMTP") if match["session"] is None else (match["session"], words.mailbox))
        elif (match := _PORTAL.fullmatch(line)) and match["source"] == source:
            found.append(("", words.portal))
    return Counter(sessions.get(session, protocol) for session, protocol in found)


def alert(source: str, failures: int, protocols: Counter[str], settings: Settings, now: datetime) -> EmailMessage:
    """Return the mail.

    Args:
        source: The source.
        failures: How many fail2ban has counted.
        protocols: How many the journal shows, by protocol; by now there may be more.
        settings: What the role says.
        now: The moment.
    """
    values = {
        "source": source,
        "count": max(failures, protocols.total()),
        "minutes": settings.minutes,
        "protocols": ", ".join(f"{name} {count}" for name, count in protocols.most_common()) or "?",
    }
    mail = EmailMessage(policy=SMTP.clone(max_line_length=200))
    mail["From"] = Address(settings.words.sender_name, addr_spec=settings.address)
    mail["To"] = Address(addr_spec=settings.address)
    mail["Subject"] = settings.words.subject.format_map(values)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=settings.address.partition("@")[2])
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(settings.words.body.format_map(values), cte="base64")
    return mail


def journal(minutes: int) -> list[str]:
    """Return what the daemons said in the last minutes."""
    units = ["--unit=dovecot.service", "--unit=lemonldap-ng-fastcgi-server.service"]
    command = ["journalctl", "--quiet", "--no-pager", "--output=cat", f"--since=-{minutes}min", *units]
    return subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout.splitlines()


def main(arguments: Sequence[str]) -> int:
    """Run as ``SETTINGS trusted SOURCE`` (0: it is in no trusted network) or ``SETTINGS alert SOURCE FAILURES``."""
    settings, what, source = Settings.of(Path(arguments[0])), arguments[1], str(ipaddress.ip_address(arguments[2]))
    if what == "trusted":
        return 1 if trusted(source, settings.networks) else 0
    protocols = counted(journal(settings.minutes), source, settings.words)
    mail = alert(source, int(arguments[3]), protocols, settings, datetime.now(UTC))
    if settings.address:
        command = ["/usr/sbin/sendmail", "-i", "-f", settings.address, "--", settings.address]
        subprocess.run(command, input=bytes(mail), check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
