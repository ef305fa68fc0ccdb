"""Mail programs and strangers, as the checks need them: over the server's address, under the names that its certificate has."""

from __future__ import annotations

import contextlib
import imaplib
import poplib
import smtplib
import socket
import ssl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import format_datetime

from tests.blackbox.model import TIMEOUT, NotOffered, Person, Server, eventually


def connect(server: Server, key: str, host: str = "", timeout: float | None = TIMEOUT) -> socket.socket:
    """A connection to a service, at another address where one is named."""
    return socket.create_connection((host or server.where(key), server.port(key)), timeout)


class Dialogue:
    """A dialogue line by line, for what no mail program would say."""

    def __init__(self, sock: socket.socket) -> None:
        self.sock = sock
        self.file = sock.makefile("rb")

    def reply(self) -> tuple[int, str]:
        """The next reply of SMTP, its lines joined; (0, "") when the connection ends."""
        lines = []
        while True:
            line = self.file.readline()
            if not line:
                return 0, ""
            lines.append(line.decode("utf-8", "replace").rstrip())
            if line[3:4] != b"-":
                return int(line[:3] or b"0"), " ".join(lines)

    def say(self, text: str | bytes) -> tuple[int, str]:
        """Say a line, or several, and return the first reply."""
        self.sock.sendall(text if isinstance(text, bytes) else f"{text}\r\n".encode())
        return self.reply()

    def close(self) -> None:
        """Hang up."""
        self.file.close()
        self.sock.close()


@contextmanager
def dialogue(server: Server, key: str = "smtp", host: str = "", *, greeted: bool = True) -> Iterator[Dialogue]:
    """A dialogue with a server of SMTP, greeted already unless said otherwise."""
    found = Dialogue(connect(server, key, host))
    try:
        if greeted:
            found.reply()
            found.say(f"EHLO client.{server.foreign}")
        yield found
    finally:
        with contextlib.suppress(OSError):
            found.close()


class _Smtp(smtplib.SMTP):
    def __init__(self, server: Server, key: str, host: str) -> None:
        self.server, self.key, self.where = server, key, host
        super().__init__(server.name(key), server.port(key), local_hostname=f"client.{server.foreign}", timeout=TIMEOUT)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002
        return connect(self.server, self.key, self.where, timeout)


@contextmanager
def outside(server: Server, host: str = "", *, tls: bool = False) -> Iterator[smtplib.SMTP]:
    """A session as another mail server has it."""
    with _Smtp(server, "smtp", host) as session:
        session.ehlo()
        if tls:
            session.starttls(context=server.context)
            session.ehlo()
        yield session


def _password(person: Person) -> str:
    """A person's password; the fixtures of a live site have none."""
    if not person.password:
        raise NotOffered(f"no password of {person.address}")
    return person.password


@contextmanager
def submission(server: Server, person: Person) -> Iterator[smtplib.SMTP]:
    """A session of somebody who has signed in."""
    with _Smtp(server, "submission", "") as session:
        session.starttls(context=server.context)
        session.login(person.address, _password(person))
        yield session


class Imap(imaplib.IMAP4_SSL):
    """IMAP over TLS."""

    def __init__(self, server: Server) -> None:
        self.server = server
        super().__init__(server.name("imaps"), server.port("imaps"), ssl_context=server.context, timeout=TIMEOUT)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        context: ssl.SSLContext = self.ssl_context
        return context.wrap_socket(connect(self.server, "imaps", timeout=timeout), server_hostname=self.host)


@contextmanager
def imap(server: Server, person: Person, folder: str = "", *, readonly: bool = True) -> Iterator[Imap]:
    """A signed-in IMAP session, with a folder open where one is named."""
    _password(person)
    session = Imap(server)
    try:
        session.login(person.address, person.password)
        if folder:
            session.select(quoted(folder), readonly=readonly)
        yield session
    finally:
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            session.logout()


class _Pop(poplib.POP3_SSL):
    def __init__(self, server: Server) -> None:
        self.server = server
        super().__init__(server.name("pop3s"), server.port("pop3s"), timeout=TIMEOUT, context=server.context)

    def _create_socket(self, timeout: float) -> ssl.SSLSocket:
        plain = connect(self.server, "pop3s", timeout=timeout)
        return self.server.context.wrap_socket(plain, server_hostname=self.server.name("pop3s"))


def lets_in(server: Server, key: str, person: Person, password: str = "") -> bool:
    """Whether somebody is let in: ``imaps``, ``pop3s`` or ``submission``."""
    wanted = Person(person.address, password or person.password)
    try:
        if key == "imaps":
            with imap(server, wanted):
                return True
        if key == "pop3s":
            session = _Pop(server)
            session.user(wanted.address)
            session.pass_(wanted.password)
            session.quit()
            return True
        with submission(server, wanted):
            return True
    except (imaplib.IMAP4.error, poplib.error_proto, smtplib.SMTPException, OSError):
        return False


def quoted(folder: str) -> str:
    """A folder's name as IMAP takes it."""
    return f'"{folder}"'


def letter(sender: str, recipient: str, subject: str = "Kiểm tra", body: str = "Kính gửi") -> EmailMessage:
    """A message with an id of its own."""
    message = EmailMessage()
    message["From"] = sender
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = format_datetime(datetime.now(UTC))
    message["Message-ID"] = f"<{uuid.uuid4()}@{sender.rpartition('@')[2].rstrip('>')}>"
    message.set_content(f"{body}\n")
    return message


def numbers_of(session: Imap, message_id: str) -> list[str]:
    """The numbers of the messages with this id in the open folder."""
    _, found = session.search(None, "HEADER", "Message-ID", f'"{message_id}"')
    return [number.decode() for number in found[0].split()] if found[0] else []


def find(server: Server, person: Person, message_id: str, folder: str = "INBOX") -> list[EmailMessage]:
    """The messages with this id in a folder."""
    with imap(server, person) as session:
        if session.select(quoted(folder), readonly=True)[0] != "OK":
            return []
        found = []
        for number in numbers_of(session, message_id):
            _, data = session.fetch(number, "(BODY.PEEK[])")
            if isinstance(data[0], tuple):
                found.append(message_from_bytes(data[0][1], policy=policy.default))
        return found


def arrives(
    server: Server, person: Person, message: EmailMessage, folder: str = "INBOX", seconds: float = 60
) -> EmailMessage | None:
    """The message as it arrived; None when it does not in time."""
    found = eventually(lambda: find(server, person, message["Message-ID"], folder), seconds)
    return found[0] if found else None


def code_of(error: smtplib.SMTPException) -> int:
    """The code with which something was refused."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return int(next(iter(error.recipients.values()))[0])
    return int(error.smtp_code) if isinstance(error, smtplib.SMTPResponseException) else 0


def send(session: smtplib.SMTP, message: EmailMessage | bytes, sender: str, *recipients: str) -> int:
    """Send a message; return the code of its end or of its refusal."""
    try:
        session.sendmail(sender, recipients, bytes(message))
    except smtplib.SMTPException as error:
        with contextlib.suppress(smtplib.SMTPException, OSError):
            session.rset()
        return code_of(error)
    return 250
