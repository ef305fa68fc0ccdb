"""The program that sends the reminders on the mail host, once a day (roles/password_reminders).

What was sent is kept in a small database, a mail at a time, so that a run that was cut off goes on with the next mail.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from ansible_collections.thucongvu.mail.plugins.module_utils.directory_connection import connect
from ansible_collections.thucongvu.mail.plugins.module_utils.notice import Words
from ansible_collections.thucongvu.mail.plugins.module_utils.password_reminders import (
    Account,
    Reminder,
    Sent,
    message,
    read_account,
    reminders,
)

ATTRIBUTES = ("mail", "displayName", "tcvMailboxStatus", "pwdChangedTime", "pwdPolicySubentry", "pwdReset")
PAGE = 1000


@dataclass(frozen=True, slots=True)
class Settings:
    """What the role says (settings.json)."""

    uri: str
    base_dn: str
    bind_dn: str
    bind_password: str
    ca_file: str
    mails_per_minute: int
    words: Words

    @classmethod
    def of(cls, path: Path) -> Settings:
        """Read the file."""
        content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return cls(**{**content, "words": Words(**content["words"])})


class Directory:
    """The directory, over StartTLS, as the service account of the reminders."""

    def __init__(self, settings: Settings) -> None:
        """Sign in."""
        import ldap  # noqa: PLC0415 only the host has it

        self._ldap = ldap
        self._base = settings.base_dn
        self._connection = connect(settings.uri, settings.ca_file, settings.bind_dn, settings.bind_password)

    def _search(self, base: str, query: str, attributes: tuple[str, ...]) -> Iterator[tuple[str, dict[str, list[str]]]]:
        """Yield entries page by page, names of attributes in small letters."""
        from ldap.controls import SimplePagedResultsControl  # noqa: PLC0415

        page = SimplePagedResultsControl(True, size=PAGE, cookie="")
        while True:
            asked = self._connection.search_ext(
                base, self._ldap.SCOPE_SUBTREE, query, list(attributes), serverctrls=[page]
            )
            _kind, entries, _number, controls = self._connection.result3(asked)
            for dn, found in entries:
                # What is no entry is a reference to another server.
                if dn is not None:
                    yield (
                        dn,
                        {
                            name.lower(): [value.decode("utf-8", "replace") for value in values]
                            for name, values in found.items()
                        },
                    )
            cookie = next((control.cookie for control in controls if control.controlType == page.controlType), b"")
            if not cookie:
                return
            page.cookie = cookie

    def max_ages(self) -> dict[str, timedelta | None]:
        """Return how long passwords may be used, by policy; 0 is for ever (pwdMaxAge of ppolicy)."""
        found = self._search(f"ou=policies,{self._base}", "(objectClass=pwdPolicy)", ("pwdMaxAge",))
        seconds = {dn.lower(): int((attributes.get("pwdmaxage") or ["0"])[0]) for dn, attributes in found}
        return {dn: timedelta(seconds=age) if age else None for dn, age in seconds.items()}

    def accounts(self) -> Iterator[Account]:
        """Yield the accounts that may be reminded."""
        max_ages = self.max_ages()
        for dn, attributes in self._search(self._base, "(tcvMailboxStatus=active)", ATTRIBUTES):
            account = read_account(dn, attributes, max_ages)
            if account is not None:
                yield account


class Memory:
    """What was sent, by entry."""

    def __init__(self, path: Path) -> None:
        """Open the database, made when missing."""
        self._database = sqlite3.connect(path)
        with self._database:
            self._database.execute(
                "CREATE TABLE IF NOT EXISTS sent (dn TEXT PRIMARY KEY, changed INTEGER NOT NULL, days INTEGER NOT NULL)"
            )

    def all(self) -> dict[str, Sent]:
        """Return every account's last reminder."""
        rows = self._database.execute("SELECT dn, changed, days FROM sent")
        return {dn: Sent(datetime.fromtimestamp(changed, UTC), days) for dn, changed, days in rows}

    def add(self, dn: str, sent: Sent) -> None:
        """Remember one."""
        with self._database:
            self._database.execute(
                "INSERT OR REPLACE INTO sent VALUES (?, ?, ?)", (dn, int(sent.changed.timestamp()), sent.days)
            )

    def forget_all_but(self, accounts: dict[str, datetime]) -> None:
        """Forget accounts that are gone, and passwords that were changed."""
        gone = [(dn,) for dn, sent in self.all().items() if accounts.get(dn) != sent.changed]
        with self._database:
            self._database.executemany("DELETE FROM sent WHERE dn = ?", gone)

    def close(self) -> None:
        """Close the database."""
        self._database.close()


def send(due: Reminder, words: Words, now: datetime) -> None:
    """Hand a mail to Postfix.

    Raises:
        CalledProcessError: Postfix did not take it.
    """
    command = ["/usr/sbin/sendmail", "-i", "-f", words.sender, "--", due.account.address]
    subprocess.run(command, input=bytes(message(due, words, now)), check=True)


def main() -> int:
    """Send what is due."""
    settings = Settings.of(Path(sys.argv[1]))
    now = datetime.now(UTC)
    zone = now.astimezone().tzinfo or UTC
    accounts = list(Directory(settings).accounts())
    with closing(Memory(Path(os.environ["STATE_DIRECTORY"]) / "sent.sqlite")) as memory:
        memory.forget_all_but({account.dn: account.changed for account in accounts})
        due = reminders(accounts, memory.all(), now, zone)
        for number, found in enumerate(due):
            # The filters read every mail; people's own must not wait behind a province's reminders.
            if number:
                time.sleep(60 / settings.mails_per_minute)
            try:
                send(found, settings.words, now)
            except subprocess.CalledProcessError as error:
                # Postfix has said why in the journal; who was not reached yet is due again at the next run.
                print(f"sent {number} of {len(due)} reminders: sendmail ended with {error.returncode}", file=sys.stderr)
                return 1
            memory.add(found.account.dn, found.sent)
    print(f"sent {len(due)} of {len(accounts)} accounts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
