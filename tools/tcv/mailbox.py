"""A person's mail client: submission and IMAP over TLS that is verified against the province's CA.

The test's service names do not resolve on this machine, so a connection goes to the host's address while TLS asks for
the name.
"""

import imaplib
import smtplib
import socket
import ssl
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

TIMEOUT = 30.0
POLL_SECONDS = 0.25


@dataclass(frozen=True)
class Service:
    """A service by the name that clients know, and where it really is."""

    name: str
    address: str
    port: int


def trusting(ca: Path) -> ssl.SSLContext:
    """A context that trusts the province's CA and nothing else."""
    return ssl.create_default_context(cafile=str(ca))


class Submission(smtplib.SMTP):
    """SMTP to a service's address under the service's name."""

    def __init__(self, service: Service) -> None:
        self.address = service.address
        super().__init__(service.name, service.port, timeout=TIMEOUT)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:  # noqa: ARG002
        return socket.create_connection((self.address, port), timeout)


class Imap(imaplib.IMAP4_SSL):
    """IMAP over TLS to a service's address under the service's name."""

    def __init__(self, service: Service, context: ssl.SSLContext) -> None:
        self.address = service.address
        super().__init__(service.name, service.port, ssl_context=context, timeout=TIMEOUT)

    def _create_socket(self, timeout: float | None) -> ssl.SSLSocket:
        plain = socket.create_connection((self.address, self.port), timeout)
        context: ssl.SSLContext = self.ssl_context
        return context.wrap_socket(plain, server_hostname=self.host)


def send(service: Service, context: ssl.SSLContext, login: tuple[str, str], message: EmailMessage) -> None:
    """Submit a message with STARTTLS as the person who signs in."""
    with Submission(service) as session:
        session.starttls(context=context)
        session.login(*login)
        session.send_message(message)


def wait_for(
    service: Service,
    context: ssl.SSLContext,
    login: tuple[str, str],
    message_id: str,
    *,
    folder: str = "INBOX",
    seconds: float = 60,
) -> EmailMessage | None:
    """The message with this Message-ID from a folder of the person, or None when it does not come in time."""
    deadline = time.monotonic() + seconds
    with Imap(service, context) as session:
        session.login(*login)
        while time.monotonic() < deadline:
            if session.select(folder, readonly=True)[0] != "OK":
                # A folder that the message itself makes is not there yet.
                time.sleep(POLL_SECONDS)
                continue
            _, found = session.search(None, "HEADER", "Message-ID", f'"{message_id}"')
            if found[0]:
                _, data = session.fetch(found[0].split()[0].decode(), "(BODY.PEEK[])")
                raw = data[0]
                if isinstance(raw, tuple):
                    return message_from_bytes(raw[1], policy=policy.default)
            time.sleep(POLL_SECONDS)
    return None
