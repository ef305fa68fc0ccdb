"""What the system tests know: demo.json, how to reach each service as its users do, and the host as its operator sees it."""

from __future__ import annotations

import base64
import imaplib
import json
import os
import poplib
import smtplib
import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from pathlib import Path
from typing import TYPE_CHECKING

import dkim
import ldap3
import pytest
import testinfra
from sievelib.managesieve import Client
from testinfra.host import Host

from tcv import mailbox

if TYPE_CHECKING:
    from tests.conftest import AnsibleServer, Play

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Site:
    """A deployed site as its users see it."""

    facts: dict
    context: ssl.SSLContext

    @property
    def domain(self) -> str:
        return self.facts["domain"]

    @property
    def address(self) -> str:
        return self.facts["host"]

    def account(self, kind: str, number: int = 0, state: str = "ready") -> dict[str, str]:
        """One of the accounts of a kind, as its owner has it: with a password of its own unless another state is asked for."""
        return [account for account in self.facts["accounts"] if account["kind"] == kind and account["state"] == state][
            number
        ]

    @property
    def base_dn(self) -> str:
        """The top of the directory."""
        return "dc=" + self.domain.replace(".", ",dc=")

    def at(self, local_part: str) -> dict[str, str]:
        """The account with this address."""
        wanted = f"{local_part}@{self.domain}"
        return next(account for account in self.facts["accounts"] if account["address"] == wanted)

    def service(self, port: str) -> mailbox.Service:
        """A service by the key of its port in demo.json, under the name that clients use."""
        names = {
            "smtp": "mx",
            "submission": "smtp",
            "submissions": "smtp",
            "ldap": "ldap",
            "ldaps": "ldap",
            "https": "mail",
        }
        return mailbox.Service(f"{names.get(port, 'imap')}.{self.domain}", self.address, self.facts["ports"][port])

    def message(
        self, sender: str, recipient: str, subject: str = "Giấy mời họp", body: str = "Kính gửi Quý cơ quan"
    ) -> EmailMessage:
        """An ordinary message."""
        message = EmailMessage()
        message["From"] = sender
        message["To"] = recipient
        message["Subject"] = subject
        message["Date"] = formatdate(localtime=True)
        message["Message-ID"] = make_msgid(domain=sender.split("@")[1])
        message.set_content(f"{body}\n")
        return message

    @contextmanager
    def submission(self, account: dict[str, str], port: str = "submission") -> Iterator[smtplib.SMTP]:
        """A signed-in submission session."""
        service = self.service(port)
        if port == "submissions":
            session: smtplib.SMTP = ImplicitSubmission(service, self.context)
        else:
            session = mailbox.Submission(service)
            session.starttls(context=self.context)
        with session:
            session.login(account["address"], account["password"])
            yield session

    @contextmanager
    def outside(self, address: str | None = None) -> Iterator[smtplib.SMTP]:
        """A session with port 25, as a server on the Internet has it."""
        service = self.service("smtp")
        with mailbox.Submission(mailbox.Service(service.name, address or service.address, service.port)) as session:
            session.ehlo("mx.outside.example")
            yield session

    def imap(self, account: dict[str, str]) -> mailbox.Imap:
        """A signed-in IMAP session."""
        session = mailbox.Imap(self.service("imaps"), self.context)
        session.login(account["address"], account["password"])
        return session

    def arrives(self, account: dict[str, str], message: EmailMessage, folder: str = "INBOX") -> EmailMessage | None:
        """The message as it arrived in a folder of the account; None when it does not within a minute."""
        login = (account["address"], account["password"])
        return mailbox.wait_for(self.service("imaps"), self.context, login, message["Message-ID"], folder=folder)


class ImplicitSubmission(smtplib.SMTP_SSL):
    """Submission with TLS from the first byte, to a service's address under the service's name."""

    def __init__(self, service: mailbox.Service, context: ssl.SSLContext) -> None:
        self.address = service.address
        super().__init__(service.name, service.port, timeout=mailbox.TIMEOUT, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> ssl.SSLSocket:
        plain = smtplib.SMTP._get_socket(self, self.address, port, timeout)
        return self.context.wrap_socket(plain, server_hostname=host)


@pytest.fixture(scope="session")
def site() -> Site:
    facts = json.loads(Path(os.environ.get("TCV_DEMO", ROOT / ".demo/demo.json")).read_text(encoding="utf-8"))
    return Site(facts, mailbox.trusting(Path(facts["ca_file"])))


@pytest.fixture(scope="session")
def host(site: Site) -> Host:
    """The mail host as its operator sees it."""
    return testinfra.get_host(f"podman://{site.facts['container']}")


class Directory:
    """The directory as root on its host has it."""

    SOCKET = ("-Q", "-Y", "EXTERNAL", "-H", "ldapi:///")

    def __init__(self, site: Site) -> None:
        self.container = site.facts.get("parts", {}).get("directory", site.facts)["container"]
        self.base_dn = site.base_dn

    def inside(self, *command: str, stdin: str = "") -> subprocess.CompletedProcess[str]:
        """Run a program on the directory's host."""
        whole = ["podman", "exec", "--interactive", self.container, *command]
        return subprocess.run(whole, input=stdin, text=True, capture_output=True, check=False)

    def modify(self, dn: str, *changes: str, relax: bool = False) -> None:
        """Change an entry; each change is LDIF as behind ``changetype: modify``."""
        ldif = f"dn: {dn}\nchangetype: modify\n" + "\n-\n".join(changes) + "\n"
        done = self.inside("ldapmodify", *self.SOCKET, *(["-e", "relax"] if relax else []), stdin=ldif)
        assert done.returncode == 0, done.stderr

    def read(self, dn: str, *attributes: str) -> dict[str, list[str]]:
        """The values of some attributes of an entry, operational ones too."""
        search = ["ldapsearch", *self.SOCKET, "-LLL", "-o", "ldif-wrap=no", "-s", "base", "-b", dn]
        done = self.inside(*search, "(objectClass=*)", *attributes)
        assert done.returncode == 0, done.stderr
        found: dict[str, list[str]] = {}
        for line in done.stdout.splitlines():
            name, colon, value = line.partition(":")
            if colon and name != "dn":
                plain = base64.b64decode(value[2:]).decode() if value.startswith(":") else value.strip()
                found.setdefault(name, []).append(plain)
        return found

    def signs_in(self, dn: str, password: str) -> subprocess.CompletedProcess[str]:
        """Sign in over the network from the directory's own host, and tell what the directory says of the password."""
        host = f"ldap://ldap.{self.domain}"
        command = ["ldapwhoami", "-ZZ", "-x", "-H", host, "-D", dn, "-y", "/dev/stdin", "-e", "ppolicy"]
        return self.inside(*command, stdin=password)

    @property
    def domain(self) -> str:
        return self.base_dn.removeprefix("dc=").replace(",dc=", ".")


@pytest.fixture(scope="session")
def directory(site: Site) -> Directory:
    """The directory as its operator sees it."""
    return Directory(site)


@pytest.fixture(scope="session")
def operator(site: Site, ansible: AnsibleServer) -> Callable[..., Play]:
    """Run one of the operator's playbooks on the site."""
    state = Path(os.environ.get("TCV_DEMO", ROOT / ".demo/demo.json")).resolve().parent
    where = ["-i", f"inventories/{site.facts['province']}", "-i", str(state / "inventory")]

    def play(name: str, *argv: str) -> Play:
        return ansible.run(*where, "--vault-password-file", state / "vault-password", f"playbooks/{name}.yml", *argv)

    return play


class Pop(poplib.POP3_SSL):
    """POP3 over TLS to a service's address under the service's name."""

    def __init__(self, service, context):
        self.address, self.service = service.address, service
        super().__init__(service.name, service.port, timeout=mailbox.TIMEOUT, context=context)

    def _create_socket(self, timeout):
        plain = socket.create_connection((self.address, self.port), timeout)
        return self.context.wrap_socket(plain, server_hostname=self.service.name)


@pytest.fixture
def pop3(site):
    """A signed-in POP3 session of an account."""

    def sign_in(account):
        session = Pop(site.service("pop3s"), site.context)
        session.user(account["address"])
        session.pass_(account["password"])
        return session

    return sign_in


@pytest.fixture
def sieve_of(site, monkeypatch):
    """Let a script of an account work for the length of a block."""
    # The library verifies by the machine's own list of authorities, which is this one here.
    monkeypatch.setenv("SSL_CERT_FILE", site.facts["ca_file"])

    @contextmanager
    def works(account, script):
        client = Client(site.service("sieve").address, site.service("sieve").port)
        client.srvhostname = site.service("sieve").name
        assert client.connect(account["address"], account["password"], starttls=True, authmech="PLAIN")
        assert client.putscript("mot-luc", script)
        assert client.setactive("mot-luc")
        try:
            yield
        finally:
            client.setactive("")
            client.deletescript("mot-luc")
            client.logout()

    return works


def ldap_server(site):
    """The directory as programs reach it: over TLS, verified."""
    tls = ldap3.Tls(
        validate=ssl.CERT_REQUIRED, ca_certs_file=site.facts["ca_file"], valid_names=[f"ldap.{site.domain}"]
    )
    return ldap3.Server(site.address, port=site.facts["ports"]["ldaps"], use_ssl=True, tls=tls)


@pytest.fixture
def ldap_as(site):
    """A connection to the directory, signed in as an account."""
    return lambda account: ldap3.Connection(ldap_server(site), account["dn"], account["password"], auto_bind=True)


@pytest.fixture
def ways(site, monkeypatch):
    """How somebody signs in, by protocol: each way returns None when it is let in, and else what the server says."""
    monkeypatch.setenv("SSL_CERT_FILE", site.facts["ca_file"])

    def imap(account, password):
        session = mailbox.Imap(site.service("imaps"), site.context)
        try:
            session.login(account["address"], password)
        except imaplib.IMAP4.error as error:
            return str(error)
        finally:
            session.shutdown()
        return None

    def pop3(account, password):
        session = Pop(site.service("pop3s"), site.context)
        try:
            session.user(account["address"])
            session.pass_(password)
        except poplib.error_proto as error:
            return str(error)
        finally:
            session.close()
        return None

    def smtp(account, password):
        with mailbox.Submission(site.service("submission")) as session:
            session.starttls(context=site.context)
            try:
                session.ehlo()
                session.auth("PLAIN", lambda _challenge=None: f"\0{account['address']}\0{password}")
            except smtplib.SMTPAuthenticationError as error:
                return str(error)
        return None

    def sieve(account, password):
        client = Client(site.service("sieve").address, site.service("sieve").port)
        client.srvhostname = site.service("sieve").name
        if client.connect(account["address"], password, starttls=True, authmech="PLAIN"):
            return None
        return str(client.errmsg)

    def ldap(account, password):
        connection = ldap3.Connection(ldap_server(site), account["dn"], password)
        return None if connection.bind() else connection.result["description"]

    return {"imap": imap, "pop3": pop3, "smtp": smtp, "sieve": sieve, "ldap": ldap}


@pytest.fixture
def trial(site: Site, directory: Directory) -> Iterator[dict[str, str]]:
    """A person who is ready, of whom a test may do what it likes to password and lock; afterwards all is as it was."""
    person = site.account("person", -5)
    kept = directory.read(person["dn"], "userPassword")["userPassword"][0]
    yield person
    encoded = base64.b64encode(kept.encode()).decode()
    state = directory.read(person["dn"], "pwdAccountLockedTime", "pwdFailureTime")
    directory.modify(
        person["dn"],
        f"replace: userPassword\nuserPassword:: {encoded}",
        "replace: pwdReset\npwdReset: FALSE",
        "replace: tcvMailboxStatus\ntcvMailboxStatus: active",
        *(f"delete: {name}" for name in state),
        relax=True,
    )
    # Putting the password back is a change too: one more of the same second would be the same line of the history.
    if directory.read(person["dn"], "pwdHistory"):
        directory.modify(person["dn"], "delete: pwdHistory", relax=True)


@pytest.fixture(scope="session")
def sender(site: Site) -> dict[str, str]:
    return site.account("person", 0)


@pytest.fixture(scope="session")
def recipient(site: Site) -> dict[str, str]:
    return site.account("person", 1)


@pytest.fixture(scope="session", autouse=True)
def since(host: Host) -> str:
    """When the tests began, by the host's clock, as journalctl takes it."""
    return host.check_output("date '+%Y-%m-%d %H:%M:%S'")


@pytest.fixture
def signed(host: Host) -> Callable[[EmailMessage], bool]:
    """Whether a message's DKIM signature holds with the key that the host's resolver finds (RFC 6376)."""

    def published(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001 dkimpy hands it over by name
        said = host.check_output("dig +short TXT %s", name.decode().rstrip("."))
        return "".join(said.split('"')[1::2]).encode() or None

    def holds(message: EmailMessage) -> bool:
        policy = message.policy.clone(linesep="\r\n", max_line_length=None, refold_source="none")
        return bool(dkim.verify(message.as_bytes(policy=policy), dnsfunc=published))

    return holds


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], bool]:
    """Ask again until something holds, for a minute at most."""

    def ask(holds: Callable[[], bool], seconds: float = 60) -> bool:
        deadline = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > deadline:
                return False
            time.sleep(0.25)
        return True

    return ask


@pytest.fixture
def stopped(site: Site) -> Callable[[str], object]:
    """Stop units for the length of a block, and start them again whatever happens."""

    def systemctl(*words: str) -> None:
        subprocess.run(["podman", "exec", site.facts["container"], "systemctl", *words], check=True)

    @contextmanager
    def stop(*units: str) -> Iterator[None]:
        systemctl("stop", *units)
        try:
            yield
        finally:
            systemctl("start", *units)

    return stop
