"""What slapd's own log says of changes and refused sign-ins, line by line as it writes them (loglevel stats).

The standard library only: this file runs on the directory's host.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.thucongvu.mail.plugins.module_utils.audit import SUCCESS, Kind, Record, kind_of_change

ROOT = "gidnumber=0+uidnumber=0,cn=peercred,cn=external,cn=auth"
# What a record says of it.
ROOT_SHOWN = "root"
ANONYMOUS = "-"
INVALID_CREDENTIALS = "49"
# What slapd never answered: it ended, or the connection did.
UNANSWERED = "unanswered"

# Transactions (RFC 5805).
TRANSACTION_START, TRANSACTION_END = "1.3.6.1.1.21.1", "1.3.6.1.1.21.3"

_PLACE = re.compile(r"conn=(\d+) (?:op=(\d+)|fd=\d+) (.*)\Z", re.DOTALL)
_ACCEPT = re.compile(r"ACCEPT from (?:IP=(?P<ip>.*):\d+|PATH=\S*) \(")
_ASKED = re.compile(r'BIND dn="(?P<dn>.*)" method=\d+')
_SIGNED_IN = re.compile(r'BIND dn="(?P<dn>.*)" mech=')
_WRITE = re.compile(r'(?P<what>ADD|MOD|DEL|MODRDN|MODDN) dn="(?P<dn>.*)"')
_ATTRIBUTES = re.compile(r"MOD attr=(?P<names>.*)\Z", re.DOTALL)
_PASSWORD = re.compile(r'PASSMOD(?: id="(?P<dn>.*)")?(?: old)?(?: new)?\Z', re.DOTALL)
_RESULT = re.compile(r"RESULT (?:tag=\d+|oid=\S*) err=(?P<code>\d+) ")
_KINDS: dict[str, Kind] = {
    "ADD": "added",
    "DEL": "deleted",
    "MOD": "modified",
    "MODRDN": "renamed",
    "MODDN": "renamed",
    "PASSMOD": "password",
}


@dataclass(slots=True)
class Connection:
    """One connection: from where, who is signed in on it, and who is being asked for a password."""

    peer: str = ""
    dn: str = ANONYMOUS
    asked: dict[str, str] = field(default_factory=dict)
    # Of a transaction that is open on it: the operation that ends it, once known, and the changes that it will or will not have made.
    in_transaction: bool = False
    ends: str = ""
    taken: list[Pending] = field(default_factory=list)


@dataclass(slots=True)
class Pending:
    """A change that slapd has not answered yet."""

    what: str
    entry: str
    actor: str
    peer: str
    source: str
    happened: int
    attributes: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Refused:
    """A wrong password for an entry, after which the directory may have locked it."""

    entry: str
    peer: str
    happened: int


@dataclass(frozen=True, slots=True)
class _Said:
    """What a line says of an operation."""

    key: str
    text: str
    happened: int
    source: str


class SlapdLog:
    """Follows the lines of one slapd after another and gives each change once slapd has answered it."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self.process = ""
        self.connections: dict[str, Connection] = {}
        self.pending: dict[str, Pending] = {}

    @classmethod
    def of(cls, state: Mapping[str, Any]) -> SlapdLog:
        """Return one that goes on where another one was, by its :meth:`state`."""
        log = cls()
        log.process = str(state["process"])
        log.connections = {
            key: Connection(**{**value, "taken": [Pending(**change) for change in value.get("taken", [])]})
            for key, value in state["connections"].items()
        }
        log.pending = {key: Pending(**value) for key, value in state["pending"].items()}
        return log

    def state(self) -> dict[str, Any]:
        """Return what is known, as plain data."""
        return {
            "process": self.process,
            "connections": {key: asdict(value) for key, value in self.connections.items()},
            "pending": {key: asdict(value) for key, value in self.pending.items()},
        }

    def read(self, process: str, line: str, happened: int, source: str) -> list[Record | Refused]:
        """Take one line.

        Args:
            process: The run of slapd that wrote it.
            line: Without its end.
            happened: When, in microseconds since 1970.
            source: A name of the line that no other line has.

        Returns:
            Whatever is known with it.
        """
        found: list[Record | Refused] = []
        match = _PLACE.match(line)
        if match is None:
            return found
        if process != self.process:
            # A slapd that was started anew counts its connections from the beginning.
            found += [_record(change, UNANSWERED) for one in self.connections.values() for change in one.taken]
            found += [_record(change, UNANSWERED) for change in self.pending.values()]
            self.process, self.connections, self.pending = process, {}, {}
        number, operation, said = match.groups()
        connection = self.connections.setdefault(number, Connection())
        if operation is None:
            self._whole(number, connection, said, found)
        else:
            self._operation(connection, _Said(f"{number}.{operation}", said, happened, source), found)
        return found

    def _whole(self, number: str, connection: Connection, said: str, found: list[Record | Refused]) -> None:
        """Take a line about a connection; threads write, so that of its beginning may come behind the first operation's."""
        if accepted := _ACCEPT.match(said):
            address = accepted["ip"]
            connection.peer = address.strip("[]") if address else "ldapi"
        elif said.startswith("closed"):
            found += [_record(change, UNANSWERED) for change in self.connections.pop(number).taken]
            for key in [key for key in self.pending if key.startswith(f"{number}.")]:
                found.append(_record(self.pending.pop(key), UNANSWERED))

    def _operation(self, connection: Connection, said: _Said, found: list[Record | Refused]) -> None:
        if result := _RESULT.match(said.text):
            self._answered(connection, said, SUCCESS if result["code"] == "0" else result["code"], found)
            dn = connection.asked.pop(said.key, "")
            if dn and result["code"] == INVALID_CREDENTIALS:
                found.append(Refused(dn, connection.peer, said.happened))
        elif said.text == f"EXT oid={TRANSACTION_START}" and connection.dn == ROOT_SHOWN:
            # Of anybody else a change is recorded as it is answered: who opens one and does not use it would hide what they change.
            connection.in_transaction = True
        elif said.text == f"EXT oid={TRANSACTION_END}":
            connection.ends = said.key
        elif asked := _ASKED.match(said.text):
            # Whatever comes of it, the one who was signed in before is so no more.
            connection.dn = ANONYMOUS
            if asked["dn"]:
                connection.asked[said.key] = asked["dn"]
        elif signed_in := _SIGNED_IN.match(said.text):
            connection.dn = ROOT_SHOWN if signed_in["dn"].lower() == ROOT else signed_in["dn"]
        elif write := _WRITE.match(said.text):
            self._begin(connection, said, write["what"], write["dn"])
        elif (names := _ATTRIBUTES.match(said.text)) and said.key in self.pending:
            self.pending[said.key].attributes += names["names"].split()
        elif password := _PASSWORD.match(said.text):
            self._begin(connection, said, "PASSMOD", password["dn"] or connection.dn)
            self.pending[said.key].attributes = ["userPassword"]

    def _answered(self, connection: Connection, said: _Said, result: str, found: list[Record | Refused]) -> None:
        change = self.pending.pop(said.key, None)
        if change is not None:
            change.peer = change.peer or connection.peer
            if connection.in_transaction and result == SUCCESS:
                # Kept for the end of the transaction (RFC 5805), which makes all or nothing.
                connection.taken.append(change)
            else:
                found.append(_record(change, result))
        elif said.key == connection.ends:
            found += [_record(one, result) for one in connection.taken]
            connection.in_transaction, connection.ends, connection.taken = False, "", []

    def _begin(self, connection: Connection, said: _Said, what: str, dn: str) -> None:
        self.pending[said.key] = Pending(what, dn, connection.dn, connection.peer, said.source, said.happened)


def _record(change: Pending, result: str) -> Record:
    kind = kind_of_change(change.attributes, change.actor) if change.what == "MOD" else _KINDS[change.what]
    return Record(
        kind,
        change.entry,
        change.actor,
        "directory",
        result,
        tuple(change.attributes),
        address=change.peer,
        happened=change.happened,
        source=change.source,
    )
