"""Records of the audit log: who changed what, when, and by which request; never a secret.

The standard library only: this file also runs on the hosts, shipped with a module or as a part of the follower.
"""

from __future__ import annotations

import json
import re
import socket
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

type Kind = Literal["added", "modified", "deleted", "renamed", "password", "unlocked", "locked", "stopped", "sent"]

SOCKET = "/run/systemd/journal.audit/socket"
IDENTIFIER = "thucongvu-audit"
SUCCESS = "success"
HIDDEN = "(secret)"
# Attributes whose values are kept to themselves: of a hash even an old one is worth guessing at, and VNeID's name of a person may be
# the citizen's number.
_SECRET = re.compile(
    r"(userPassword|pwdHistory|authPassword|tcvIdentitySubject|.*(secret|token|key).*)\Z", re.IGNORECASE
)
_HASH = re.compile(r"\{[A-Z0-9./-]{2,20}\}|\$[a-z0-9-]{1,12}\$")
_ATTRIBUTE = re.compile(r"[A-Za-z0-9][A-Za-z0-9;.-]{0,99}\Z")
# Who locks whoever sends too much, and never unlocks.
_LOCKS_SENDERS = "cn=submission,ou=services,"
_UNLOCK = frozenset({"pwdaccountlockedtime", "pwdfailuretime"})
# A record is one datagram; of a list with thousands of members its ends say enough beside the directory itself.
_MOST_VALUES = 20
_LONGEST = 300


@dataclass(frozen=True, slots=True)
class Record:
    """One change of an entry.

    Attributes:
        kind: What happened to it.
        entry: Its DN.
        actor: Who did it: the DN that was signed in, ``root``, or the operator on the controller.
        origin: Who says so: ``directory`` (slapd itself), ``accounts`` (the operator's playbooks) or ``submission`` (what
            Postfix asks about mail that is handed in).
        result: ``success``, or the directory's error code.
        attributes: The names of what was written.
        changes: Of what is no secret, the values before and after by attribute.
        address: From where it came.
        request: The document by which it was asked for (CT-6.1).
        happened: When, in microseconds since 1970; 0 is now.
        source: What it was made from, of which there is never a second record.
    """

    kind: Kind
    entry: str
    actor: str
    origin: Literal["directory", "accounts", "submission"]
    result: str = SUCCESS
    attributes: tuple[str, ...] = ()
    changes: Mapping[str, tuple[Sequence[str], Sequence[str]]] = field(default_factory=dict)
    address: str = ""
    request: str = ""
    happened: int = 0
    source: str = ""


def kind_of_change(attributes: Sequence[str], actor: str = "") -> Kind:
    """Return what a modification is, by the names of the attributes that it writes, and by whom it is."""
    names = {name.lower() for name in attributes}
    if "userpassword" in names:
        return "password"
    if names and names <= _UNLOCK and actor.lower().startswith(_LOCKS_SENDERS):
        return "stopped"
    return "unlocked" if names and names <= _UNLOCK else "modified"


def shown_values(name: str, values: Sequence[str]) -> list[str]:
    """Return values as they may be recorded: none of a secret, none that is endless."""
    if _SECRET.match(name) and values:
        return [HIDDEN]
    shown = [HIDDEN if _HASH.match(value) else value[:_LONGEST] for value in values[:_MOST_VALUES]]
    return [*shown, f"… ({len(values)})"] if len(values) > _MOST_VALUES else shown


def entry_key(dn: str) -> str:
    """Return the form of a DN by which records are found."""
    return dn.strip().lower()


def record_fields(record: Record) -> dict[str, str]:
    """Return a record as the journal keeps it."""
    # A client may send any bytes for an attribute's name.
    attributes = [name if _ATTRIBUTE.match(name) else "?" for name in record.attributes]
    changes = {
        name: [shown_values(name, before), shown_values(name, after)]
        for name, (before, after) in record.changes.items()
    }
    found = {
        "MESSAGE": f"{record.origin}: {record.kind} {record.entry} by {record.actor}: {record.result}",
        "PRIORITY": "6",
        "SYSLOG_IDENTIFIER": IDENTIFIER,
        "TCV_KIND": record.kind,
        "TCV_ENTRY": record.entry,
        "TCV_KEY": entry_key(record.entry),
        "TCV_ACTOR": record.actor,
        "TCV_ORIGIN": record.origin,
        "TCV_RESULT": record.result,
        "TCV_ATTRIBUTES": " ".join(attributes),
        "TCV_ADDRESS": record.address,
        "TCV_REQUEST": record.request,
        "TCV_HAPPENED": str(record.happened) if record.happened else "",
        "TCV_SOURCE": record.source,
        "TCV_CHANGES": json.dumps(changes, ensure_ascii=False) if changes else "",
    }
    return {name: value for name, value in found.items() if value}


def datagram(fields: Mapping[str, str]) -> bytes:
    """Return fields in journald's own form, in which a value with line breaks cannot become a field."""
    parts = []
    for name, value in fields.items():
        text = value.encode("utf-8", "replace")
        parts.append(name.encode("ascii") + b"\n" + struct.pack("<Q", len(text)) + text + b"\n")
    return b"".join(parts)


class AuditLog:
    """The audit log of this host, to which root may add and from which nobody takes away."""

    def __init__(self, path: str = SOCKET) -> None:
        """Reach the log.

        Raises:
            OSError: It takes no records.
        """
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        try:
            self._socket.connect(path)
        except OSError:
            self._socket.close()
            raise
        self._path = path

    def write(self, record: Record) -> None:
        """Add a record; waits while the log is busy, and reaches it anew when it was started again."""
        message = datagram(record_fields(record))
        try:
            self._socket.send(message)
        except ConnectionError:
            self._socket.close()
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            self._socket.connect(self._path)
            self._socket.send(message)


def account_records(
    added: Mapping[str, Mapping[str, Sequence[str]]],
    modified: Mapping[str, Mapping[str, tuple[Sequence[str], Sequence[str]]]],
    removed: Sequence[str],
    actor: str,
    request: str,
) -> list[Record]:
    """Return the records of one run of the operator's playbooks.

    Args:
        added: Values by attribute, by DN.
        modified: Values before and after by attribute, by DN.
        removed: DNs.
        actor: The operator on the controller.
        request: The document by which the run was asked for.
    """
    who: dict[str, Any] = {"actor": actor, "origin": "accounts", "request": request}
    records = [
        Record("added", dn, attributes=tuple(values), changes={n: ([], v) for n, v in values.items()}, **who)
        for dn, values in added.items()
    ]
    records += [
        Record(kind_of_change(list(changes)), dn, attributes=tuple(changes), changes=changes, **who)
        for dn, changes in modified.items()
    ]
    return records + [Record("deleted", dn, **who) for dn in removed]
