"""C: people who send."""

from __future__ import annotations

import smtplib
from email.utils import getaddresses

from tests.blackbox.clients import Dialogue, arrives, connect, lets_in, letter, send, submission
from tests.blackbox.model import NotOffered, Person, Server, check, eventually, must


def _session(server: Server, key: str) -> Dialogue:
    """A dialogue under TLS with a submission service."""
    sock = connect(server, key)
    if key == "submissions":
        found = Dialogue(server.context.wrap_socket(sock, server_hostname=server.name(key)))
        found.reply()
    else:
        plain = Dialogue(sock)
        plain.reply()
        plain.say(f"EHLO client.{server.foreign}")
        plain.say("STARTTLS")
        found = Dialogue(server.context.wrap_socket(sock, server_hostname=server.name(key)))
    found.say(f"EHLO client.{server.foreign}")
    return found


@check("C1", "đăng nhập PLAIN, LOGIN; sai thì báo như nhau", "AUTH PLAIN and LOGIN; one refusal for all")
def c1(server: Server) -> None:
    """Good and bad, and an account that is not there."""
    a = server.person("a")
    said = []
    for person in (Person(a.address, "Sai#Mat1Khau"), Person(f"khong.co.ai@{server.domain}", "Sai#Mat1Khau")):
        try:
            with submission(server, person):
                must(False, f"{person.address} was let in")
        except smtplib.SMTPAuthenticationError as error:
            must(error.smtp_code == 535, error)
            said.append(error.smtp_error)
    must(said[0] == said[1], said)
    for mechanism in ("PLAIN", "LOGIN"):
        with submission(server, a) as session:
            must(mechanism in session.esmtp_features.get("auth", "").upper(), "not offered")
    must(lets_in(server, "submission", a), "a good password is refused")


@check("C2", "chưa đăng nhập thì không gửi được", "MAIL without sign-in: 530", harmless=True)
def c2(server: Server) -> None:
    """MAIL on the submission ports."""
    for key in ("submission", "submissions"):
        if not server.ports.get(key):
            continue
        session = _session(server, key)
        code, said = session.say(f"MAIL FROM:<{server.person('a').address}>")
        if code == 250:
            code, said = session.say(f"RCPT TO:<{server.person('b').address}>")
        must(code in (530, 550, 553, 554), f"{key}: {said}")
        session.close()


@check("C3", "không gửi bằng địa chỉ người khác", "another's envelope: 553")
def c3(server: Server) -> None:
    """a signed in, MAIL FROM b."""
    a, b = server.person("a"), server.person("b")
    with submission(server, a) as session:
        code = send(session, letter(b.address, a.address), b.address, a.address)
    must(code in (550, 553, 554), code)


@check(
    "C4", "gửi thay hộp thư chung: người được ủy quyền thì được", "delegates write as the shared mailbox, others do not"
)
def c4(server: Server) -> None:
    """a as u; b as u."""
    a, b, u = (server.person(one) for one in "abu")
    message = letter(u.address, b.address)
    with submission(server, a) as session:
        must(send(session, message, u.address, b.address) == 250, "a as u is refused")
    must(arrives(server, b, message) is not None, "not there within a minute")
    with submission(server, b) as session:
        code = send(session, letter(u.address, a.address), u.address, a.address)
    must(code in (550, 553, 554), f"b as u: {code}")


@check("C5", "tên, địa chỉ người gửi hiển thị không mạo được", "what a reader sees cannot be forged")
def c5(server: Server) -> None:
    """From of b, two From, a name that is b's address."""
    a, b = server.person("a"), server.person("b")
    for form in (
        [f"From: {b.address}"],
        [f"From: {a.address}", f"From: {b.address}"],
        [f'From: "{b.address}" <{a.address}>'],
        [f"From: {a.address}, {b.address}"],
        [f"From: {a.address}", f"Sender: {b.address}"],
        [f"From: Nhom: {b.address};"],
    ):
        message = letter(a.address, b.address)
        head = bytes(message).replace(f"From: {a.address}".encode(), "\n".join(form).encode(), 1)
        with submission(server, a) as session:
            code = send(session, head, a.address, b.address)
        if code != 250:
            must(code >= 500, f"{form}: {code}")
            continue
        arrived = arrives(server, b, message)
        must(arrived is not None, f"{form}: accepted and not there")
        headers = arrived.get_all("From", []) + arrived.get_all("Sender", []) if arrived is not None else []
        seen = " ".join(str(one) for one in headers)
        must(b.address not in seen, f"{form}: {seen}")
        must([one for _name, one in getaddresses([str(one) for one in headers])][:1] == [a.address], f"{form}: {seen}")


@check("C6", "chữ ký DKIM đúng với khóa đã công bố", "DKIM verifies with the published key")
def c6(server: Server) -> None:
    """a to b."""
    try:
        import dkim  # noqa: PLC0415 only this check needs it
    except ImportError:
        raise NotOffered("dkimpy is not installed") from None
    a, b = server.person("a"), server.person("b")
    message = letter(a.address, b.address)
    with submission(server, a) as session:
        must(send(session, message, a.address, b.address) == 250, "refused")
    arrived = arrives(server, b, message)
    must(arrived is not None, "not there within a minute")
    if arrived is None:
        return
    signature = " ".join(str(arrived.get("DKIM-Signature", "")).split())
    must(f"d={server.domain}" in signature.replace(" ", ""), f"no signature of {server.domain}: {signature}")

    def published(name: bytes, timeout: int = 5) -> bytes | None:  # noqa: ARG001 dkimpy hands it over by name
        selector = name.decode().split("._domainkey")[0]
        if selector in server.dkim:
            return server.dkim[selector].encode()
        raise NotOffered("the fixtures do not say what is published")

    raw = arrived.as_bytes(policy=arrived.policy.clone(linesep="\r\n", max_line_length=None, refold_source="none"))
    must(dkim.verify(raw, dnsfunc=published), "the signature does not verify")


@check("C7", "thư đi không lộ máy và phần mềm của người viết", "no client address and no program in the header")
def c7(server: Server) -> None:
    """The headers of a message from a to b."""
    a, b = server.person("a"), server.person("b")
    message = letter(a.address, b.address)
    message["User-Agent"] = "Kiem tra 1.0"
    message["X-Originating-IP"] = "198.51.100.77"
    with submission(server, a) as session:
        own = session.sock.getsockname()[0]
        must(send(session, message, a.address, b.address) == 250, "refused")
    arrived = arrives(server, b, message)
    must(arrived is not None, "not there within a minute")
    head = "\n".join(f"{name}: {value}" for name, value in arrived.items()) if arrived is not None else ""
    must(not any(told in head for told in (f"[{own}]", "Kiem tra", "198.51.100.77")), head)


@check("C8", "gửi quá mức bị chặn, có cảnh báo, không ảnh hưởng người khác", "one recipient over the limit is refused")
def c8(server: Server) -> None:
    """As many as the limit, then one more; somebody else is not concerned."""
    m, a, b = server.person("m"), server.person("a"), server.person("b")
    limit = int(server.hook("limit", m.address))
    with submission(server, m) as session:
        for _ in range(limit):
            must(send(session, letter(m.address, b.address), m.address, b.address) == 250, "refused too early")
        code = send(session, letter(m.address, b.address), m.address, b.address)
    must(400 <= code < 600, code)
    with submission(server, a) as session:
        must(send(session, letter(a.address, b.address), a.address, b.address) == 250, "others are stopped too")
    must(eventually(lambda: server.hook("alerted", m.address).strip()), "nobody is told")
