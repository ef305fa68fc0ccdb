"""A: ports, encryption, certificates."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from collections.abc import Callable

from tests.blackbox.clients import Dialogue, connect, dialogue
from tests.blackbox.model import TIMEOUT, Failed, NotOffered, Server, check, must

_IMPLICIT = ("submissions", "imaps", "pop3s", "https")
_STARTTLS = ("smtp", "submission", "sieve")


def _is_open(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), 5).close()
    except OSError:
        return False
    return True


def _ports(server: Server, where: Callable[[str], str]) -> None:
    shut = [key for key, port in server.ports.items() if port and where(key) and not _is_open(where(key), port)]
    must(not shut, f"closed: {', '.join(shut)}")
    _nobody_signs_in_without_tls(server, where("imaps"))


@check("A1", "cổng cần thì mở, cổng khác đóng", "wanted ports open, the others closed", harmless=True)
def a1(server: Server) -> None:
    """Connect to each."""
    _ports(server, server.where)


@check("A2", "cũng vậy qua IPv6", "the same over IPv6", harmless=True)
def a2(server: Server) -> None:
    """Connect to each over IPv6."""
    if not server.host6:
        raise NotOffered("no IPv6 address")
    _ports(server, server.where6)


@check("A3", "không cho đăng nhập trước TLS", "no AUTH before TLS, STARTTLS once", harmless=True)
def a3(server: Server) -> None:
    """EHLO in clear, and again under TLS."""
    for key in ("smtp", "submission"):
        with dialogue(server, key, greeted=False) as session:
            session.reply()
            said = session.say(f"EHLO client.{server.foreign}")[1].upper()
            must("AUTH" not in said, f"{key}: {said}")
            must("STARTTLS" in said, f"{key}: no STARTTLS: {said}")
            session.say("STARTTLS")
            under = Dialogue(server.context.wrap_socket(session.sock, server_hostname=server.name(key)))
            said = under.say(f"EHLO client.{server.foreign}")[1].upper()
            must("STARTTLS" not in said, f"{key} under TLS: {said}")


def _nobody_signs_in_without_tls(server: Server, host: str) -> None:
    for port in server.closed:
        if _is_open(host, port):
            _refuses_clear_text(host, port)


def _refuses_clear_text(host: str, port: int) -> None:
    """No sign-in without TLS: no reply to it says that it was taken."""
    sock = socket.create_connection((host, port), TIMEOUT)
    with contextlib.closing(sock):
        sock.settimeout(5)
        with contextlib.suppress(OSError):
            sock.recv(4096)
            if port in (143, 993):
                sock.sendall(b"a LOGIN nobody@example.org nothing\r\n")
                said = sock.recv(4096).upper()
                must(b"A OK" not in said and (b"PRIVACYREQUIRED" in said or b"BAD" in said or b"NO" in said), said)
            elif port == 110:
                sock.sendall(b"USER nobody@example.org\r\n")
                must(sock.recv(4096).upper().startswith(b"-ERR"), "POP3 takes a name in clear")


@check("A4", "không đăng nhập khi chưa mã hóa", "no sign-in without TLS", harmless=True)
def a4(server: Server) -> None:
    """Sign in without TLS where something is open."""
    _nobody_signs_in_without_tls(server, server.where("imaps"))
    if server.ports.get("sieve"):
        sock = connect(server, "sieve")
        with contextlib.closing(sock):
            sock.settimeout(5)
            greeting = sock.recv(8192)
            must(b'"SASL" ""' in greeting or b'"SASL"' not in greeting, f"ManageSieve before TLS: {greeting!r}")


def _handshake(server: Server, key: str, context: ssl.SSLContext, host_name: str) -> ssl.SSLSocket:
    """A TLS connection to a service, by STARTTLS where it wants that."""
    sock = connect(server, key)
    sock.settimeout(10)
    if key in _STARTTLS:
        session = Dialogue(sock)
        if key == "sieve":
            while b"OK" not in session.file.readline():
                continue
            sock.sendall(b"STARTTLS\r\n")
            session.file.readline()
        else:
            session.reply()
            session.say(f"EHLO client.{server.foreign}")
            session.say("STARTTLS")
    return context.wrap_socket(sock, server_hostname=host_name)


def _tls_keys(server: Server) -> list[str]:
    return [key for key in (*_IMPLICIT, *_STARTTLS) if server.ports.get(key)]


def _anybody() -> ssl.SSLContext:
    """A client that verifies nothing: what is looked at is what the server agrees to."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


@check("A5", "chỉ TLS 1.2 và 1.3, không mã yếu", "TLS 1.2 and 1.3 only, no weak ciphers", harmless=True)
def a5(server: Server) -> None:
    """Offer what is old or weak and nothing else: no service takes it."""
    taken = []
    for key in _tls_keys(server):
        for name, prepare in (("TLS 1.1", _old), ("weak ciphers", _weak)):
            try:
                context = prepare()
            except (ssl.SSLError, ValueError):
                # This client cannot even offer it.
                continue
            with contextlib.suppress(ssl.SSLError, OSError):
                _handshake(server, key, context, server.name(key)).close()
                taken.append(f"{key}: {name}")
        _handshake(server, key, _anybody(), server.name(key)).close()
    must(not taken, ", ".join(taken))


def _old() -> ssl.SSLContext:
    context = _anybody()
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    return context


def _weak() -> ssl.SSLContext:
    context = _anybody()
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers("aNULL:eNULL:3DES:RC4:@SECLEVEL=0")
    return context


@check("A6", "chứng thư đúng tên và còn hạn", "certificate chain and name", harmless=True)
def a6(server: Server) -> None:
    """Verify the chain for each name."""
    wrong = []
    for key in _tls_keys(server):
        try:
            with _handshake(server, key, server.context, server.name(key)) as secure:
                ends = ssl.cert_time_to_seconds(str(secure.getpeercert()["notAfter"]))
                must(ends > time.time(), f"{key}: ended")
        except ssl.SSLError as error:
            wrong.append(f"{key} ({server.name(key)}): {error}")
    must(not wrong, "; ".join(wrong))


@check(
    "A7", "lệnh chèn sau STARTTLS không được thực hiện", "nothing injected behind STARTTLS is answered", harmless=True
)
def a7(server: Server) -> None:
    """A command in the segment of STARTTLS is not answered after the handshake."""
    for key in ("smtp", "submission"):
        with dialogue(server, key) as session:
            session.sock.sendall(b"STARTTLS\r\nNOOP\r\n")
            code, said = session.reply()
            if code != 220:
                continue
            try:
                secure = server.context.wrap_socket(session.sock, server_hostname=server.name(key))
            except (ssl.SSLError, OSError):
                continue
            secure.settimeout(2)
            try:
                answered = secure.recv(4096)
            except (TimeoutError, OSError):
                continue
            if answered.startswith(b"250"):
                raise Failed(f"{key}: {answered!r} after {said}")
