"""The program that follows slapd's log on the directory's host and writes every change into the audit log, once.

Run by systemd (roles/audit_log). Where it was is kept in a file; what it wrote after the file was last saved it finds in the
audit log itself, so that a program that was killed neither leaves a change out nor writes one twice.
"""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, NoReturn

from ansible_collections.thucongvu.mail.plugins.module_utils.audit import (
    IDENTIFIER,
    AuditLog,
    Record,
    entry_key,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.slapd_log import Refused, SlapdLog

UNIT = "slapd.service"
SAVE_SECONDS = 5
# Journals of before the saved place, so that a clock that was set right hides nothing.
_OVERLAP_SECONDS = 3600
_FOLLOW = [
    "journalctl",
    "--follow",
    "--no-tail",
    "--quiet",
    "--output=json",
    "--output-fields=MESSAGE,_SYSTEMD_INVOCATION_ID",
]
_WRITTEN = ["journalctl", "--namespace=audit", "--quiet", "--output=json", "--output-fields=TCV_SOURCE"]


def text_of(value: object) -> str:
    """Return a field of journalctl's JSON, which gives what is no UTF-8 as a list of bytes."""
    return bytes(value).decode("utf-8", "replace") if isinstance(value, list) else str(value or "")


def sources_since(seconds: float) -> set[str]:
    """Return what there are records of already."""
    command = [*_WRITTEN, f"--since=@{max(0, int(seconds))}", f"SYSLOG_IDENTIFIER={IDENTIFIER}"]
    said = subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout
    return {text_of(json.loads(line).get("TCV_SOURCE")) for line in said.splitlines()}


class Locks:
    """Asks the directory which entries it has locked; slapd writes no line about a lock.

    A lock that is taken away within the moment before it is asked for leaves the record of its end alone.
    """

    def __init__(self) -> None:
        """Be connected when there is something to ask."""
        self._connection: Any = None

    def since(self, dn: str) -> str | None:
        """Return since when an entry is locked, None where it is not or the directory does not answer."""
        import ldap  # noqa: PLC0415 only the directory's host has it

        for _attempt in range(2):
            try:
                if self._connection is None:
                    self._connection = ldap.initialize("ldapi:///")
                    self._connection.sasl_external_bind_s()
                found = self._connection.search_s(dn, ldap.SCOPE_BASE, "(objectClass=*)", ["pwdAccountLockedTime"])
            except ldap.SERVER_DOWN:
                self._connection = None
            except ldap.LDAPError:
                return None
            else:
                values = found[0][1].get("pwdAccountLockedTime", []) if found else []
                return values[0].decode() if values else None
        return None


class Follower:
    """Lines in, records out."""

    def __init__(self, place: Path, audit: AuditLog) -> None:
        """Go on where the last one was."""
        self.place = place
        self.audit = audit
        self.locks = Locks()
        self.log, self.cursor, saved = SlapdLog(), "", 0.0
        # Since when each entry is locked of which there is a record.
        self.locked_since: dict[str, str] = {}
        if place.exists():
            state = json.loads(place.read_text(encoding="utf-8"))
            self.log, self.cursor, saved = SlapdLog.of(state["log"]), state["cursor"], state["saved"]
            self.locked_since = state["locked_since"]
        self.written = sources_since(saved - _OVERLAP_SECONDS)

    def save(self) -> None:
        """Keep where it is, by one rename."""
        state = {
            "log": self.log.state(),
            "cursor": self.cursor,
            "saved": time.time(),
            "locked_since": self.locked_since,
        }
        temporary = self.place.with_suffix(".new")
        temporary.write_text(json.dumps(state), encoding="utf-8")
        os.replace(temporary, self.place)

    def take(self, line: str) -> None:
        """Take one line of journalctl's."""
        entry = json.loads(line)
        source, happened = str(entry["__CURSOR"]), int(entry["__REALTIME_TIMESTAMP"])
        for found in self.log.read(
            text_of(entry.get("_SYSTEMD_INVOCATION_ID")), text_of(entry.get("MESSAGE")), happened, source
        ):
            record = found if isinstance(found, Record) else self.locked(found)
            if record is not None and record.source not in self.written:
                self.audit.write(record)
        self.cursor = source

    def locked(self, refused: Refused) -> Record | None:
        """Return the record of a lock, where the entry is locked and was not when the one before was refused."""
        since = self.locks.since(refused.entry)
        key = entry_key(refused.entry)
        if since is None or self.locked_since.get(key) == since:
            return None
        self.locked_since[key] = since
        source = f"lock {since} {key}"
        return Record(
            "locked",
            refused.entry,
            "slapd",
            "directory",
            attributes=("pwdAccountLockedTime",),
            address=refused.peer,
            happened=refused.happened,
            source=source,
        )

    def run(self, stream: IO[bytes]) -> None:
        """Follow a stream of lines to its end."""
        saved = time.monotonic()
        for lines in batches(stream):
            for line in lines:
                self.take(line.decode("utf-8", "replace"))
            if time.monotonic() - saved > SAVE_SECONDS:
                self.save()
                saved = time.monotonic()


def batches(stream: IO[bytes]) -> Iterator[list[bytes]]:
    """Give whole lines as they come; an empty list when there was nothing for a while."""
    rest = b""
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        while True:
            if not selector.select(SAVE_SECONDS):
                yield []
                continue
            chunk = os.read(stream.fileno(), 1 << 20)
            if not chunk:
                return
            *lines, rest = (rest + chunk).split(b"\n")
            yield lines


def stop(_number: int, _frame: object) -> NoReturn:
    """End as after the last line, so that the place is kept."""
    raise SystemExit(0)


def main() -> int:
    """Follow until systemd ends it, or journalctl does."""
    signal.signal(signal.SIGTERM, stop)
    follower = Follower(Path(os.environ["STATE_DIRECTORY"]) / "place.json", AuditLog())
    after = [f"--after-cursor={follower.cursor}"] if follower.cursor else []
    with subprocess.Popen([*_FOLLOW, *after, f"_SYSTEMD_UNIT={UNIT}"], stdout=subprocess.PIPE) as journal:
        try:
            if journal.stdout is not None:
                follower.run(journal.stdout)
        finally:
            journal.terminate()
            follower.save()
    return 1


if __name__ == "__main__":
    sys.exit(main())
