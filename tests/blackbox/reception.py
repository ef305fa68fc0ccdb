"""B: mail from other servers."""

from __future__ import annotations

import contextlib
import uuid

from tests.blackbox.clients import arrives, connect, dialogue, find, imap, letter, outside, send
from tests.blackbox.model import NotOffered, Server, check, must


@check("B1", "thư từ ngoài đến đúng một lần", "mail from outside arrives once")
def b1(server: Server) -> None:
    """F to a."""
    a = server.person("a")
    message = letter(f"hoi@{server.foreign}", a.address)
    with outside(server) as session:
        must(send(session, message, f"hoi@{server.foreign}", a.address) == 250, "refused")
    must(arrives(server, a, message) is not None, "not there within a minute")
    must(len(find(server, a, message["Message-ID"])) == 1, "more than once")


@check("B2", "thư qua STARTTLS ghi lại phiên bản TLS", "Received names the TLS version")
def b2(server: Server) -> None:
    """The same with STARTTLS."""
    a = server.person("a")
    message = letter(f"hoi@{server.foreign}", a.address)
    with outside(server, tls=True) as session:
        must(send(session, message, f"hoi@{server.foreign}", a.address) == 250, "refused")
    arrived = arrives(server, a, message)
    must(arrived is not None, "not there within a minute")
    received = " ".join(arrived.get_all("Received", [])) if arrived is not None else ""
    must("TLSv1.2" in received or "TLSv1.3" in received or "TLS1_" in received or "TLS1." in received, received)


@check("B3", "người nhận không có bị từ chối ngay", "an unknown recipient is refused at RCPT", harmless=True)
def b3(server: Server) -> None:
    """RCPT to nobody."""
    with dialogue(server) as session:
        session.say(f"MAIL FROM:<hoi@{server.foreign}>")
        code, said = session.say(f"RCPT TO:<khong-co-{uuid.uuid4().hex[:8]}@{server.domain}>")
        must(code in (550, 553), said)


@check("B4", "không chuyển tiếp cho người ngoài dưới mọi dạng", "never a relay, in any form", harmless=True)
def b4(server: Server) -> None:
    """RCPT to another domain without having signed in."""
    elsewhere = "nguoi@elsewhere.example"
    forms = (
        f"<{elsewhere}>",
        f"<nguoi%elsewhere.example@{server.domain}>",
        f"<@{server.domain}:{elsewhere}>",
        f'<"{elsewhere}"@{server.domain}>',
        f"<elsewhere.example!nguoi@{server.domain}>",
        f"<nguoi@elsewhere.example@{server.domain}>",
    )
    for host in filter(None, (server.where("smtp"), server.where6("smtp"))):
        with dialogue(server, host=host) as session:
            for form in forms:
                session.say(f"MAIL FROM:<hoi@{server.foreign}>")
                code, said = session.say(f"RCPT TO:{form}")
                must(500 <= code < 600, f"{form}: {said}")
                session.say("RSET")


@check("B5", "thư mạo danh tên miền của ta không vào hộp thư đến", "our own domain is not forged from outside")
def b5(server: Server) -> None:
    """MAIL FROM b@D on 25 without signing in."""
    a, b = server.person("a"), server.person("b")
    message = letter(b.address, a.address, "Mạo danh")
    with outside(server) as session:
        code = send(session, message, b.address, a.address)
    if code == 250:
        must(arrives(server, a, message, seconds=10) is None, "it is in the inbox")
    else:
        must(code >= 500, f"only for now: {code}")


@check(
    "B6", "lệnh sai thứ tự bị từ chối, phiên vẫn dùng được", "commands out of order: 503, session usable", harmless=True
)
def b6(server: Server) -> None:
    """RCPT before MAIL, DATA before RCPT, two MAIL, BDAT without MAIL."""
    with dialogue(server) as session:
        must(session.say(f"RCPT TO:<postmaster@{server.domain}>")[0] == 503, "RCPT before MAIL")
        must(session.say("DATA")[0] == 503, "DATA before MAIL")
        session.say(f"MAIL FROM:<hoi@{server.foreign}>")
        must(session.say(f"MAIL FROM:<hoi@{server.foreign}>")[0] == 503, "two MAIL")
        must(session.say("DATA")[0] in (503, 554), "DATA before RCPT")
        session.say("RSET")
        # The chunk follows at once (RFC 3030, 2): a line of its own, for whoever knows no BDAT.
        code, said = session.say(b"BDAT 6 LAST\r\nNOOP\r\n")
        must(500 <= code < 600, said)
        must(session.say("NOOP")[0] == 250, "the session is over")


@check("B7", "nói trước lời chào bị ngắt", "who talks before the greeting is dropped")
def b7(server: Server) -> None:
    """The whole dialogue before the banner."""
    a = server.person("a")
    message_id = f"{uuid.uuid4()}@{server.foreign}"
    sock = connect(server, "smtp")
    with contextlib.closing(sock):
        text = (
            f"EHLO x\r\nMAIL FROM:<hoi@{server.foreign}>\r\nRCPT TO:<{a.address}>\r\nDATA\r\n"
            f"Message-ID: <{message_id}>\r\nFrom: hoi@{server.foreign}\r\n\r\nx\r\n.\r\nQUIT\r\n"
        )
        sock.sendall(text.encode())
        sock.settimeout(20)
        said = b""
        with contextlib.suppress(OSError):
            while chunk := sock.recv(4096):
                said += chunk
    must(b"queued" not in said.lower() and said.count(b"\n250 2.0.0") == 0, said[-300:])


@check("B8", "không lồng được thư thứ hai vào thư thứ nhất", "no second message is smuggled in")
def b8(server: Server) -> None:
    """Ends of lines that only some servers take for the end of a message."""
    a = server.person("a")
    smuggled = []
    for end in (b"\n.\r\n", b"\r\n.\n", b"\n.\n", b"\r.\r"):
        inner = uuid.uuid4().hex
        with dialogue(server) as session:
            session.say(f"MAIL FROM:<hoi@{server.foreign}>")
            session.say(f"RCPT TO:<{a.address}>")
            if session.say("DATA")[0] != 354:
                continue
            outer = uuid.uuid4().hex
            text = (
                f"Message-ID: <{outer}@{server.foreign}>\r\nFrom: hoi@{server.foreign}\r\nTo: {a.address}\r\n"
                "Subject: mot\r\n\r\nmot"
            ).encode()
            second = (
                f"MAIL FROM:<quantri@{server.domain}>\r\nRCPT TO:<{a.address}>\r\nDATA\r\n"
                f"Message-ID: <{inner}@{server.domain}>\r\nFrom: quantri@{server.domain}\r\nSubject: hai\r\n\r\nhai\r\n.\r\n"
            ).encode()
            session.say(text + end + second + b"\r\n.\r\n")
        smuggled.append(inner)
    message = letter(f"hoi@{server.foreign}", a.address)
    with outside(server) as session:
        send(session, message, f"hoi@{server.foreign}", a.address)
    arrives(server, a, message)
    with imap(server, a, "INBOX") as session:
        for inner in smuggled:
            _, found = session.search(None, "HEADER", "Message-ID", f'"{inner}"')
            must(not found[0], "a second message arrived")


@check("B9", "VRFY, EXPN không xác nhận tên", "VRFY and EXPN confirm nobody", harmless=True)
def b9(server: Server) -> None:
    """Ask for somebody who is there."""
    with dialogue(server) as session:
        for command in ("VRFY", "EXPN"):
            code, said = session.say(f"{command} {server.person('a').address}")
            must(code not in (250, 251), said)


@check("B10", "thư quá lớn bị từ chối, có báo trước hay không", "too large: 552, declared or not")
def b10(server: Server) -> None:
    """SIZE over the limit, declared and undeclared."""
    a = server.person("a")
    with outside(server) as session:
        said = session.esmtp_features.get("size", "")
    if not said.isdecimal() or int(said) == 0:
        raise NotOffered("no limit is announced")
    limit = int(said)
    with dialogue(server) as session:
        code, said = session.say(f"MAIL FROM:<hoi@{server.foreign}> SIZE={limit + 1000}")
        must(code == 552, said)
    if limit > 100 * 1024 * 1024:
        raise NotOffered("too large to be sent here")
    with outside(server) as session:
        session.esmtp_features.pop("size")
        head = f"From: hoi@{server.foreign}\r\nTo: {a.address}\r\nSubject: lon\r\n\r\n".encode()
        line = b"a" * 76 + b"\r\n"
        code = send(session, head + line * (limit // len(line) + 100), f"hoi@{server.foreign}", a.address)
        must(code in (552, 0), code)
