"""The program that Postfix asks about each message that is handed in (roles/submission_policy), in front of the filter.

It speaks the milter protocol, so it stands in the way of the message while the sender still waits. As long as the directory does not
answer, everything is refused for now. A document that cannot be read passes: the sender is told of marks that are found, and answers for
the rest (CT-7.1).
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import BytesParser
from email.policy import compat32
from pathlib import Path
from typing import IO, Any

import Milter

from ansible_collections.thucongvu.mail.plugins.module_utils.attachment_text import document_kind
from ansible_collections.thucongvu.mail.plugins.module_utils.audit import Record, datagram, record_fields
from ansible_collections.thucongvu.mail.plugins.module_utils.directory_connection import connect
from ansible_collections.thucongvu.mail.plugins.module_utils.secrecy_marks import marked_heading, marked_subject
from ansible_collections.thucongvu.mail.plugins.module_utils.sending_limits import Counter, Limit, Limits
from ansible_collections.thucongvu.mail.plugins.module_utils.submission_alerts import Alert, Kind, leave
from ansible_collections.thucongvu.mail.plugins.module_utils.submission_policy import (
    Entry,
    author,
    decoded,
    is_shown_so,
    may_post,
    plain_address,
    sent_copy_address,
    shown,
)

# What Postfix is answered.
_CONTINUE: int = Milter.CONTINUE
_ACCEPT: int = Milter.ACCEPT
_REJECT: int = Milter.REJECT
_TEMPFAIL: int = Milter.TEMPFAIL
_ATTRIBUTES = ["mail", "displayName", "tcvMayPost", "tcvSendingLimits", "tcvAgencyId"]
# Locked until somebody unlocks it (slapo-ppolicy(5)).
_FOR_GOOD = b"000001010000Z"
# Between two looks for counters that nobody needs any more.
_CLEAN_SECONDS = 3600
_DAY_SECONDS = 86400
# Of a message, the rest goes into a file; and so many of its documents are looked at.
_IN_MEMORY = 1024 * 1024
_MOST_DOCUMENTS = 20
_TIMEOUT_SECONDS = 15
# The file descriptor on which systemd hands over the audit log (OpenFile=).
_FIRST_DESCRIPTOR = 3


@dataclass(frozen=True, slots=True)
class Settings:
    """What the role says (settings.json)."""

    listen: str
    domain: str
    uri: str
    base_dn: str
    bind_dn: str
    bind_password: str
    ca_file: str
    help_address: str
    alerts_dir: str
    lock_on_excess: bool
    secret_documents: bool
    sent_copies_detail: str
    replies: dict[str, str]

    @classmethod
    def of(cls, path: Path) -> Settings:
        """Read the file."""
        return cls(**json.loads(path.read_text(encoding="utf-8")))


def document_in(part: Message) -> tuple[str | None, bytes]:
    """Return the type and the bytes of the document that a part of a message is; no type where it is none."""
    try:
        name = str(part.get_filename() or "")
    except (AttributeError, LookupError, TypeError, ValueError):
        # A name in a broken form (RFC 2231) is nobody's.
        name = ""
    kind = document_kind(part.get_content_type(), name)
    content = part.get_payload(decode=True) if kind is not None else b""
    return (kind, content) if isinstance(content, bytes) else (None, b"")


def document_text(kind: str, content: bytes) -> str:
    """Return a document's text, read by a process of its own within limits; empty where that fails.

    A document that is locked, broken or too long for the limits shows no mark to a person's eye either, or not before it is open: it is
    let through rather than keeping a message out that nobody can send again in another form.
    """
    program = "ansible_collections.thucongvu.mail.plugins.module_utils.attachment_text"
    try:
        done = subprocess.run(
            [sys.executable, "-m", program, kind],
            input=content,
            capture_output=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "ignore")


class Directory:
    """The directory, over one connection that all share: an answer takes a millisecond."""

    def __init__(self, settings: Settings) -> None:
        """Sign in at the first question, so that the program starts whether the directory answers or not."""
        self._settings = settings
        self._lock = threading.Lock()
        self._connection: Any = None

    def entry(self, address: str) -> Entry | None:
        """Return what has an address, None where nobody has.

        Raises:
            ldap.LDAPError: The directory does not answer.
        """
        from ldap import SCOPE_SUBTREE  # noqa: PLC0415
        from ldap.filter import filter_format  # noqa: PLC0415

        said = self._settings
        query = filter_format("(&(mail=%s)(|(objectClass=tcvMailbox)(objectClass=tcvMailingList)))", [address])
        with self._lock:
            found = self._connected().search_s(said.base_dn, SCOPE_SUBTREE, query, _ATTRIBUTES)
        for dn, attributes in found:
            if dn is not None:
                texts = {name.lower(): [value.decode() for value in values] for name, values in attributes.items()}
                posters, limits = texts.get("tcvmaypost"), texts.get("tcvsendinglimits")
                return Entry(
                    dn=dn,
                    address=texts["mail"][0].lower(),
                    display_name=texts.get("displayname", [""])[0],
                    may_post=frozenset(one.lower() for one in posters) if posters is not None else None,
                    limits=Limits.parse(limits[0]) if limits else None,
                    agency_id=texts.get("tcvagencyid", [""])[0],
                )
        return None

    def _connected(self) -> Any:  # noqa: ANN401 python-ldap has no types
        """Return the connection; to be called under the lock."""
        said = self._settings
        if self._connection is None:
            self._connection = connect(
                said.uri, said.ca_file, said.bind_dn, said.bind_password, timeout=_TIMEOUT_SECONDS, lasting=True
            )
        return self._connection

    def agency_address(self, identity: str) -> str:
        """Return the address of an agency, empty where it has none.

        Raises:
            ldap.LDAPError: The directory does not answer.
        """
        from ldap import SCOPE_ONELEVEL  # noqa: PLC0415
        from ldap.filter import filter_format  # noqa: PLC0415

        query = filter_format("(&(objectClass=tcvMailbox)(tcvAgencyId=%s))", [identity])
        with self._lock:
            found = self._connected().search_s(f"ou=agencies,{self._settings.base_dn}", SCOPE_ONELEVEL, query, ["mail"])
        return str(found[0][1]["mail"][0].decode()) if found and "mail" in found[0][1] else ""

    def lock(self, dn: str) -> None:
        """Lock an account until an operator unlocks it.

        Raises:
            ldap.LDAPError: The directory does not answer.
        """
        from ldap import MOD_REPLACE  # noqa: PLC0415

        with self._lock:
            self._connected().modify_s(dn, [(MOD_REPLACE, "pwdAccountLockedTime", [_FOR_GOOD])])


class Sending:
    """Who has sent how much, and what follows when it is too much."""

    def __init__(self, settings: Settings, directory: Directory) -> None:
        """Begin with nothing sent."""
        self._settings = settings
        self._directory = directory
        self.sent = Counter()
        self._refused = Counter()
        self._told = Counter()
        self._cleaned = time.monotonic()

    def excess(self, account: Entry, mailbox: Entry, where: str, limit: Limit) -> None:
        """Tell operator and agency once, and lock who goes on as often as the limit itself: a person stops, a program does not.

        Args:
            account: Who has signed in.
            mailbox: In whose name the message is.
            where: ``inside`` or ``outside``.
            limit: What it may send there.
        """
        values = {"address": mailbox.address, "account": account.address, "number": limit.number}
        values["minutes"] = limit.seconds // 60
        if self._told.take((mailbox.dn, where), Limit(1, limit.seconds)):
            self._tell("excess", account, values)
        if (self._settings.lock_on_excess or not self._refused.take((mailbox.dn, where), limit)) and self._told.take(
            (account.dn, "locked"), Limit(1, limit.seconds)
        ):
            self._directory.lock(account.dn)
            self._tell("locked", account, values)
        if time.monotonic() - self._cleaned > _CLEAN_SECONDS:
            self._cleaned = time.monotonic()
            for counter in (self.sent, self._refused, self._told):
                counter.forget(_DAY_SECONDS)

    def _tell(self, kind: Kind, account: Entry, values: dict[str, object]) -> None:
        print(f"{kind}: {values}", file=sys.stderr, flush=True)
        recipients = dict.fromkeys((self._settings.help_address, self._directory.agency_address(account.agency_id)))
        leave(Path(self._settings.alerts_dir), Alert(kind, tuple(one for one in recipients if one), values))


class Submission(Milter.Base):  # type: ignore[misc]
    """One connection of Postfix; each message of it begins with its sender."""

    settings: Settings
    directory: Directory
    sending: Sending
    audit: socket.socket

    def __init__(self) -> None:
        """Begin with nothing known."""
        self.begin()

    def begin(self) -> None:
        """Forget the message before."""
        self.login = ""
        self.account: Entry | None = None
        self.sender: Entry | None = None
        self.shown_by: list[str] = []
        self.subject = ""
        # What tells the parts of a message apart, and the message itself where documents are looked for.
        self.outer: list[str] = []
        self.content: IO[bytes] | None = None
        self.senders_shown = 0
        self.is_list_closed = False
        # What was counted for recipients of a message that is not sent yet.
        self.counted: list[tuple[str, str]] = []

    def forget(self) -> None:
        """Take back what was counted for a message that is not sent after all."""
        while self.counted:
            self.sending.sent.give_back(self.counted.pop())

    def abort(self) -> int:
        """The message is given up."""
        self.forget()
        return _CONTINUE

    def close(self) -> int:
        """The connection ends, perhaps within a message."""
        self.forget()
        return _CONTINUE

    def later(self, error: Exception) -> int:
        """Refuse for now: the directory does not answer. What goes to nobody now is not counted."""
        self.forget()
        print(f"{type(error).__name__}: {error}", file=sys.stderr, flush=True)
        self.setreply("451", "4.3.0", self.settings.replies["later"])
        return _TEMPFAIL

    def envfrom(self, address: str, *_parameters: str) -> int:
        """Learn who sends."""
        self.begin()
        self.login = (self.getsymval("{auth_authen}") or "").lower()
        try:
            if self.login:
                self.account = self.directory.entry(plain_address(self.login))
                sender = plain_address(address)
                own = self.account is not None and self.account.address == sender
                self.sender = self.account if own else self.directory.entry(sender)
        except Exception as error:
            return self.later(error)
        return _CONTINUE

    def envrcpt(self, address: str, *_parameters: str) -> int:
        """Refuse a list to whom may not write to it, and everything to whom has sent too much."""
        recipient = plain_address(address)
        is_inside = recipient.endswith(f"@{self.settings.domain}")
        try:
            found = self.directory.entry(recipient) if is_inside else None
            if found is not None and not may_post(found, self.sender):
                if not self.login:
                    # Handed in on this host, by a rule that passes mail on: there Postfix knows no refusal of one recipient, and would try
                    # again for ever; one of the message it tells the sender.
                    self.is_list_closed = True
                    return _CONTINUE
                self.setreply("550", "5.7.1", self.settings.replies["list_closed"])
                return _REJECT
            if not self.within_limits("inside" if is_inside else "outside"):
                self.setreply("550", "5.7.1", self.settings.replies["sending_limit"])
                return _REJECT
        except Exception as error:
            return self.later(error)
        return _CONTINUE

    def within_limits(self, where: str) -> bool:
        """Count one recipient more; tell whether the mailbox may send to it (CT-8)."""
        if self.account is None or self.sender is None or self.sender.limits is None:
            return True
        limit: Limit | None = getattr(self.sender.limits, where)
        key = (self.sender.dn, where)
        if limit is None or self.sending.sent.take(key, limit):
            if limit is not None:
                self.counted.append(key)
            return True
        self.sending.excess(self.account, self.sender, where, limit)
        return False

    def header(self, name: str, value: str) -> int:
        """Gather whom the message shows as its author."""
        if name.lower() == "from":
            self.shown_by.append(value)
        elif name.lower() == "sender":
            self.senders_shown += 1
        elif name.lower() == "subject":
            self.subject = value
        elif name.lower() in ("content-type", "content-transfer-encoding", "mime-version", "content-disposition"):
            self.outer.append(f"{name}: {value}\r\n")
        return _CONTINUE

    def eoh(self) -> int:
        """Keep the message itself where documents are looked for: it may be one itself, or carry some."""
        if self.login and not self.settings.secret_documents:
            self.content = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 it lives as long as the message
            self.content.write("".join(self.outer).encode("utf-8", "surrogateescape") + b"\r\n")
        return _CONTINUE

    def body(self, chunk: bytes) -> int:
        """Keep a part of it."""
        if self.content is not None:
            self.content.write(chunk)
        return _CONTINUE

    def eom(self) -> int:
        """Refuse what a rule passes on to a list, and what is secret (CT-7.1); say who wrote.

        The author is shown as the directory says, and who wrote in a shared mailbox's name.
        """
        try:
            if self.is_list_closed:
                self.setreply("550", "5.7.1", self.settings.replies["list_closed"])
                return _REJECT
            if self.login and not self.settings.secret_documents and (mark := self.secrecy()):
                print(f"secrecy: {self.login}: {mark}", file=sys.stderr, flush=True)
                self.setreply("550", "5.7.1", self.settings.replies["secret"])
                self.forget()
                return _REJECT
            self.name_author()
            if self.account is not None and self.sender is not None and self.sender.dn != self.account.dn:
                self.in_the_name_of(self.account, self.sender)
        except Exception as error:
            return self.later(error)
        finally:
            self.content = None
        self.counted.clear()
        return _ACCEPT

    def secrecy(self) -> str | None:
        """Return the secrecy mark of the message or of a document in it, None where there is none."""
        mark = marked_subject(decoded(self.subject))
        if mark is not None or self.content is None:
            return mark
        self.content.seek(0)
        documents = 0
        for part in BytesParser(policy=compat32).parse(self.content).walk():
            kind, content = document_in(part)
            if kind is None or documents == _MOST_DOCUMENTS:
                continue
            documents += 1
            mark = marked_heading(document_text(kind, content))
            if mark is not None:
                return mark
        return None

    def name_author(self) -> None:
        """Write the directory's name into ``From`` (CT-4.2đ)."""
        found = author(self.shown_by)
        if found is None or found.domain.lower() != self.settings.domain:
            return
        entry = self.directory.entry(plain_address(found.addr_spec))
        if entry is not None and entry.may_post is None and not is_shown_so(self.shown_by[0], entry.display_name):
            self.chgheader("From", 1, shown(entry.display_name, found.addr_spec))

    def in_the_name_of(self, account: Entry, mailbox: Entry) -> None:
        """Say who sends in a shared mailbox's name (CT-11.1): in the message, in its folder of sent mail, and in the audit log."""
        for index in range(self.senders_shown, 0, -1):
            self.chgheader("Sender", index, "")
        self.addheader("Sender", shown(account.display_name, account.address))
        self.addrcpt(f"<{sent_copy_address(mailbox.address, self.settings.sent_copies_detail)}>", "NOTIFY=NEVER")
        record = Record(
            "sent",
            mailbox.dn,
            account.dn,
            "submission",
            address=self.getsymval("{client_addr}") or "",
            source=self.getsymval("i") or "",
        )
        try:
            self.audit.send(datagram(record_fields(record)))
        except OSError as error:
            # The log was started anew: systemd hands it over to the next process, and the message waits so long.
            print(f"audit: {error}", file=sys.stderr, flush=True)
            os._exit(1)


def main(arguments: Sequence[str]) -> int:
    """Run as ``SETTINGS``; serve until systemd says to stop."""
    settings = Settings.of(Path(arguments[0]))
    Submission.settings = settings
    Submission.directory = Directory(settings)
    Submission.sending = Sending(settings, Submission.directory)
    Submission.audit = socket.socket(fileno=_FIRST_DESCRIPTOR)
    Milter.factory = Submission
    Milter.set_flags(Milter.ADDHDRS | Milter.CHGHDRS | Milter.ADDRCPT | Milter.ADDRCPT_PAR)
    Milter.runmilter("thucongvu-submission", settings.listen)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
