"""E: mailboxes over IMAP, rules, quotas, shared mailboxes, search."""

from __future__ import annotations

import imaplib
import os
import re
import unicodedata

from tests.blackbox.clients import Imap, arrives, find, imap, letter, numbers_of, outside, quoted, send, submission
from tests.blackbox.model import NotOffered, Server, check, eventually, must


@check("E2", "đủ thư mục thường dùng ngay từ đầu", "Drafts, Sent, Junk, Trash with SPECIAL-USE", harmless=True)
def e2(server: Server) -> None:
    """LIST at the first sign-in."""
    with imap(server, server.person("b")) as session:
        listed = b" ".join(part for part in session.list()[1] if isinstance(part, bytes)).decode()
    missing = [use for use in ("\\Drafts", "\\Sent", "\\Junk", "\\Trash") if use not in listed]
    must(not missing, f"missing {missing}: {listed}")


@check("E3", "IDLE báo thư mới trong vài giây", "IDLE tells of new mail within 5 s")
def e3(server: Server) -> None:
    """IDLE in one session, delivery in another."""
    a, b = server.person("a"), server.person("b")
    with imap(server, a, "INBOX") as session:
        tag = session._new_tag()
        session.send(tag + b" IDLE\r\n")
        session.readline()
        session.sock.settimeout(15)
        with submission(server, b) as smtp:
            send(smtp, letter(b.address, a.address), b.address, a.address)
        line = session.readline()
        while b"EXISTS" not in line and line:
            line = session.readline()
        must(b"EXISTS" in line, "no EXISTS")
        session.send(b"DONE\r\n")
        session.sock.settimeout(30)


@check("E4", "quy tắc Sieve: lọc vào thư mục, trả lời vắng mặt một lần", "Sieve files, and answers an absence once")
def e4(server: Server) -> None:
    """ManageSieve put, check, activate; fileinto; vacation."""
    try:
        from sievelib.managesieve import Client  # noqa: PLC0415 only this check needs it
    except ImportError:
        raise NotOffered("sievelib is not installed") from None
    a, b = server.person("a"), server.person("b")
    if server.ca_file:
        # The library verifies by the machine's own list of authorities, which is this one then.
        os.environ["SSL_CERT_FILE"] = server.ca_file
    client = Client(server.where("sieve"), server.port("sieve"))
    client.srvhostname = server.name("sieve")
    must(client.connect(a.address, a.password, starttls=True, authmech="PLAIN"), client.errmsg)
    script = (
        'require ["fileinto", "mailbox", "vacation"];\n'
        'if header :contains "Subject" "loc-thu" { fileinto :create "Loc"; stop; }\n'
        'if header :contains "Subject" "vang-mat" { vacation "Toi di vang"; }\n'
    )
    try:
        must(client.putscript("kiem-tra", script), client.errmsg)
        must(client.setactive("kiem-tra"), client.errmsg)
        filed = letter(b.address, a.address, "loc-thu")
        with submission(server, b) as session:
            send(session, filed, b.address, a.address)
            for _ in range(2):
                send(session, letter(b.address, a.address, "vang-mat"), b.address, a.address)
        must(arrives(server, a, filed, "Loc") is not None, "not filed")

        def answers() -> int:
            with imap(server, b, "INBOX") as session:
                _, found = session.search(None, "FROM", f'"{a.address}"', "BODY", '"Toi di vang"')
                return len(found[0].split())

        must(eventually(lambda: answers() >= 1), "no answer")
        must(answers() == 1, "answered more than once")
    finally:
        client.setactive("")
        client.deletescript("kiem-tra")
        client.logout()


def _quota(session: Imap) -> tuple[int, int | None]:
    """What is used and the limit, in KiB."""
    _, answer = session.getquotaroot("INBOX")
    said = b" ".join(part for parts in answer for part in parts if isinstance(part, bytes)).decode()
    found = re.search(r"STORAGE (\d+)(?: (\d+))?", said)
    if found is None:
        raise NotOffered("no quota")
    return int(found[1]), int(found[2]) if found[2] else None


@check("E5", "hộp thư đầy thì từ chối ngay khi gửi", "a full mailbox refuses while the sender waits")
def e5(server: Server) -> None:
    """Fill q to its limit, then send."""
    q = server.person("q")

    def limit() -> int | None:
        with imap(server, q) as session:
            return _quota(session)[1]

    before = limit()
    server.hook("small_quota", q.address)
    try:
        must(limit() is not None, "GETQUOTA tells no limit")
        stranger = f"hoi@{server.foreign}"
        codes = []
        with outside(server) as session:
            for _ in range(12):
                message = letter(stranger, q.address, "Đầy", "x" * 60_000)
                codes.append(send(session, message, stranger, q.address))
                if codes[-1] != 250:
                    break
        must(codes[0] == 250, f"refused when empty: {codes}")
        must(500 <= codes[-1] < 600 or codes[-1] == 452, codes)
    finally:
        server.hook("old_quota", q.address)
        # The next check is to find it so.
        eventually(lambda: limit() == before)


@check("E6", "đổi hạn mức có hiệu lực trong một phút", "a changed class is seen within a minute")
def e6(server: Server) -> None:
    """The quota changed in the directory."""
    q = server.person("q")
    with imap(server, q) as session:
        before = _quota(session)[1]
    server.hook("small_quota", q.address)
    try:

        def seen() -> bool:
            with imap(server, q) as session:
                return _quota(session)[1] != before

        must(eventually(seen), "not seen within a minute")
    finally:
        server.hook("old_quota", q.address)


def _answer(session: Imap, *command: str) -> str:
    """What the server says to a command on messages: OK, NO or BAD."""
    try:
        return session.uid(*command)[0]
    except imaplib.IMAP4.error:
        return "BAD"


@check("E7", "hộp thư chung: đọc, lưu, đánh dấu được; xóa bằng cách nào cũng không", "a delegate can remove nothing")
def e7(server: Server) -> None:
    """a on u: read, append, flag; then delete, expunge, move out, delete the folder."""
    a, b, u = (server.person(one) for one in "abu")
    message = letter(b.address, u.address, "Giữ lại")
    with submission(server, b) as session:
        must(send(session, message, b.address, u.address) == 250, "refused")
    must(arrives(server, u, message) is not None, "not there within a minute")
    folder = f"{server.prefix}{u.address}/INBOX"
    with imap(server, a) as session:
        must(session.select(quoted(folder))[0] == "OK", "not visible to the delegate")
        (number,) = numbers_of(session, message["Message-ID"])
        uid = re.search(r"UID (\d+)", session.fetch(number, "(UID)")[1][0].decode())[1]
        must(_answer(session, "STORE", uid, "+FLAGS", r"(\Seen \Flagged)") == "OK", "flags are refused")
        must(
            session.append(quoted(folder), None, None, bytes(letter(b.address, u.address)))[0] == "OK",
            "append is refused",
        )
        _answer(session, "STORE", uid, "+FLAGS", r"(\Deleted)")
        session.expunge()
        _answer(session, "EXPUNGE", uid)
        must(_answer(session, "MOVE", uid, "Trash") != "OK", "moving out is let through")
    with imap(server, a) as session:
        must(session.delete(quoted(folder))[0] == "NO", "the folder can be deleted")
    must(len(find(server, u, message["Message-ID"])) == 1, "it is gone")


@check("E8", "người không có quyền không thấy hộp thư chung", "invisible to whom has no right", harmless=True)
def e8(server: Server) -> None:
    """b on u."""
    b, u = server.person("b"), server.person("u")
    with imap(server, b) as session:
        listed = b" ".join(part for part in session.list()[1] if isinstance(part, bytes)).decode()
        must(u.address not in listed, "it is listed")
        must(session.select(quoted(f"{server.prefix}{u.address}/INBOX"))[0] == "NO", "it can be opened")


@check("E9", "tìm tiếng Việt có dấu, không dấu đều ra", "search finds Vietnamese however it is typed")
def e9(server: Server) -> None:
    """duong, Đường, composed and decomposed, in subject and body."""
    a, b = server.person("a"), server.person("b")
    subject = letter(b.address, a.address, "Sửa đường Nguyễn Trãi")
    body = letter(b.address, a.address, "Văn bản", unicodedata.normalize("NFD", "Về con đường mới mở"))
    other = letter(b.address, a.address, "Việc khác", "Không liên quan")
    with submission(server, b) as session:
        for message in (subject, body, other):
            send(session, message, b.address, a.address)
    for message in (subject, body, other):
        must(arrives(server, a, message) is not None, "not there within a minute")
    for words in ("duong", "đường", "Đường", unicodedata.normalize("NFD", "đường")):
        with imap(server, a, "INBOX") as session:
            session.literal = words.encode()
            _, found = session.search("UTF-8", "TEXT")
            numbers = {number.decode() for number in found[0].split()}
            wanted = {number for one in (subject, body) for number in numbers_of(session, one["Message-ID"])}
            must(wanted <= numbers, f"{words}: {numbers}, wanted {wanted}")
            must(not numbers & set(numbers_of(session, other["Message-ID"])), f"{words} finds another")
