"""D: viruses, spam, forbidden attachments, forged verdicts."""

from __future__ import annotations

import base64
import io
import zipfile
from email.message import EmailMessage

from tests.blackbox.clients import arrives, find, imap, letter, numbers_of, outside, quoted, send, submission
from tests.blackbox.model import NotOffered, Server, check, eventually, must

# In Base64, so that a scanner on the reader's machine leaves this file alone.
EICAR = base64.b64decode("WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=")
GTUBE = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"


def _zip(name: str, content: bytes) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return whole.getvalue()


def _with(sender: str, recipient: str, name: str, content: bytes) -> EmailMessage:
    message = letter(sender, recipient, "Tài liệu")
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message


def _both_ways(server: Server, name: str, content: bytes) -> list[tuple[str, int]]:
    """Send an attachment in and out; return the codes."""
    a = server.person("a")
    stranger = f"hoi@{server.foreign}"
    with outside(server) as session:
        inward = send(session, _with(stranger, a.address, name, content), stranger, a.address)
    with submission(server, a) as session:
        outward = send(session, _with(a.address, stranger, name, content), a.address, stranger)
    return [("in", inward), ("out", outward)]


@check("D1", "mã độc bị từ chối ngay, cả hai chiều, cả trong tệp nén", "a virus is refused both ways, packed too")
def d1(server: Server) -> None:
    """EICAR plain and in a ZIP."""
    for name, content in (("cong-van.txt", EICAR), ("cong-van.zip", _zip("cong-van.txt", EICAR))):
        for way, code in _both_ways(server, name, content):
            must(500 <= code < 600, f"{name} {way}: {code}")


@check("D2", "mẫu thư rác bị từ chối, bị đánh dấu", "test spam is refused, or marked")
def d2(server: Server) -> None:
    """GTUBE, and the pattern for marking."""
    a = server.person("a")
    stranger = f"hoi@{server.foreign}"
    with outside(server) as session:
        code = send(session, letter(stranger, a.address, "Quảng cáo", GTUBE), stranger, a.address)
        must(500 <= code < 600, f"GTUBE: {code}")
        marked = letter(stranger, a.address, "Quảng cáo", GTUBE.replace("X", "Y", 1))
        code = send(session, marked, stranger, a.address)
    if code != 250:
        must(code >= 500, f"marking: {code}")
        return
    must(arrives(server, a, marked, "Junk", 30) is not None, "the marked one is not in Junk")


@check("D3", "tệp chạy được, macro bị từ chối", "programs are refused, packed too")
def d3(server: Server) -> None:
    """An executable in a ZIP, and by itself."""
    for name, content in (
        ("cai-dat.exe", b"MZ" + b"\0" * 200),
        ("van-ban.zip", _zip("cai-dat.exe", b"MZ" + b"\0" * 200)),
    ):
        for way, code in _both_ways(server, name, content):
            must(500 <= code < 600, f"{name} {way}: {code}")


@check("D4", "khi bộ quét ngừng, thư phải chờ", "without the scanner mail waits")
def d4(server: Server) -> None:
    """The scanner stopped, then a virus and a clean message; and both again when it is back."""
    a = server.person("a")
    stranger = f"hoi@{server.foreign}"
    virus, clean = _with(stranger, a.address, "x.txt", EICAR), letter(stranger, a.address)
    server.hook("stop_scanner")
    try:
        with outside(server) as session:
            for message in (virus, clean):
                code = send(session, message, stranger, a.address)
                must(400 <= code < 500, f"without the scanner: {code}")
    finally:
        server.hook("start_scanner")

    def virus_refused() -> bool:
        with outside(server) as session:
            return 500 <= send(session, virus, stranger, a.address) < 600

    must(eventually(virus_refused), "the virus is not refused when it is back")
    with outside(server) as session:
        must(send(session, clean, stranger, a.address) == 250, "clean mail is refused")
    must(arrives(server, a, clean) is not None, "not there within a minute")


@check("D5", "chuyển vào, ra khỏi thư rác được học", "moving to Junk and back is learned")
def d5(server: Server) -> None:
    """Move a message to Junk and back."""
    a, b = server.person("a"), server.person("b")
    message = letter(b.address, a.address, "Học", "Nội dung để học " * 40)
    with submission(server, b) as session:
        send(session, message, b.address, a.address)
    must(arrives(server, a, message) is not None, "not there within a minute")
    before = server.hook("learned").split()
    for source, target in (("INBOX", "Junk"), ("Junk", "INBOX")):
        with imap(server, a, source, readonly=False) as session:
            (number,) = numbers_of(session, message["Message-ID"])
            must(session._simple_command("MOVE", number, quoted(target))[0] == "OK", f"MOVE to {target}")
    must(eventually(lambda: server.hook("learned").split() != before, 15), "nothing is learned")


@check("D6", "thư giả mạo tên miền có p=reject bị chặn; kết quả giả bị bỏ", "p=reject is honoured, forged verdicts go")
def d6(server: Server) -> None:
    """From a domain whose owner wants it refused, with a forged Authentication-Results."""
    if not server.forged:
        raise NotOffered("no domain with p=reject")
    a = server.person("a")
    message = letter(f"sep@{server.forged}", a.address)
    with outside(server) as session:
        code = send(session, message, f"sep@{server.forged}", a.address)
        if code == 250:
            must(not find(server, a, message["Message-ID"]), "it is in the inbox")
        honest = letter(f"hoi@{server.foreign}", a.address)
        honest["Authentication-Results"] = f"{server.name('smtp')}; dkim=pass header.d=gia-mao.example"
        must(send(session, honest, f"hoi@{server.foreign}", a.address) == 250, "honest mail is refused")
    arrived = arrives(server, a, honest)
    must(arrived is not None, "not there within a minute")
    results = " ".join(arrived.get_all("Authentication-Results", [])) if arrived is not None else ""
    must("gia-mao.example" not in results, results)
