"""F: guessing, locks, passwords, states of accounts, lists."""

from __future__ import annotations

import imaplib

from tests.blackbox.clients import arrives, find, imap, lets_in, letter, outside, send, submission
from tests.blackbox.model import NotOffered, Server, check, eventually, must

_WAYS = ("imaps", "pop3s", "submission")


def _ways(server: Server) -> list[str]:
    return [key for key in _WAYS if server.ports.get(key)]


@check("F1", "nguồn dò mật khẩu bị chặn, gỡ được", "a source that guesses is shut out, and can be let in")
def f1(server: Server) -> None:
    """Bad passwords from one source; the server's side says when it is shut out."""
    source = server.hook("guess_from_one_source").strip()
    must(eventually(lambda: server.hook("is_shut_out", source).strip()), "not shut out")
    must(lets_in(server, "imaps", server.person("a")), "others are shut out too")
    server.hook("let_in", source)
    must(eventually(lambda: not server.hook("is_shut_out", source).strip()), "still shut out")


@check(
    "F2", "sai mật khẩu nhiều lần thì tài khoản tạm khóa rồi mở", "an account that is guessed at is locked, then free"
)
def f2(server: Server) -> None:
    """Bad passwords for one account; then the good one; then it is unlocked."""
    g = server.person("g")
    tries = int(server.hook("wrong_passwords").strip())
    for _ in range(tries):
        must(not lets_in(server, "submission", g, "Sai#Mat1Khau"), "a wrong password is let in")
    must(not lets_in(server, "submission", g), "not locked")
    server.hook("unlock", g.address)
    must(eventually(lambda: lets_in(server, "submission", g)), "still locked")


@check(
    "F3",
    "đổi mật khẩu: yếu bị từ chối, mạnh có hiệu lực mọi nơi",
    "a weak password is refused, a good one works everywhere",
)
def f3(server: Server) -> None:
    """The server's side changes it as its owner does."""
    g = server.person("g")
    for weak in ("ngan", "khongcochuhoa1#", "KHONGCOCHUTHUONG1#", g.password):
        must(server.hook("change_password", g.address, g.password, weak).strip() == "refused", f"taken: {weak[:4]}…")
    new = "Nui#Cao47Bien"
    must(server.hook("change_password", g.address, g.password, new).strip() == "changed", "a good one is refused")
    try:
        for way in _ways(server):
            must(lets_in(server, way, g, new), f"{way}: the new one is refused")
            must(not lets_in(server, way, g), f"{way}: the old one is let in")
    finally:
        server.hook("set_password", g.address, g.password)


@check("F4", "mật khẩu ban đầu không mở được thư", "a first password opens no mail")
def f4(server: Server) -> None:
    """x on every protocol."""
    x = server.person("x")
    for way in _ways(server):
        must(not lets_in(server, way, x), f"{way} lets it in")


@check("F5", "tạm dừng thì ngắt phiên, vẫn nhận thư", "suspended: sessions cut, mail still comes")
def f5(server: Server) -> None:
    """g is suspended while an IMAP session is open."""
    g, a = server.person("g"), server.person("a")
    with imap(server, g, "INBOX") as session:
        server.hook("suspend", g.address)
        try:

            def cut() -> bool:
                try:
                    return session.noop()[0] != "OK"
                except (imaplib.IMAP4.error, OSError):
                    return True

            must(eventually(cut), "the session goes on")
            for way in _ways(server):
                must(not lets_in(server, way, g), f"{way} lets it in")
            message = letter(a.address, g.address)
            with submission(server, a) as smtp:
                must(send(smtp, message, a.address, g.address) == 250, "mail to it is refused")
        finally:
            server.hook("resume", g.address)
    must(arrives(server, g, message) is not None, "the mail did not come")


@check("F6", "địa chỉ khác của một người vẫn nhận thư", "another address of a mailbox receives")
def f6(server: Server) -> None:
    """To the alias."""
    if not server.alias:
        raise NotOffered("no alias")
    holder, a = server.person("h"), server.person("a")
    message = letter(a.address, server.alias)
    with submission(server, a) as session:
        must(send(session, message, a.address, server.alias) == 250, "refused")
    must(arrives(server, holder, message) is not None, "not there within a minute")


@check("F7", "chỉ người được phép mới gửi vào danh sách", "only whom it allows writes to the list")
def f7(server: Server) -> None:
    """From l, from b, from F, from F forging l."""
    if not server.list:
        raise NotOffered("no list")
    poster, member, b = server.person("l"), server.person("n"), server.person("b")
    message = letter(poster.address, server.list)
    with submission(server, poster) as session:
        must(send(session, message, poster.address, server.list) == 250, "who may is refused")
    must(arrives(server, member, message) is not None, "not there within a minute")
    refused = letter(b.address, server.list)
    with submission(server, b) as session:
        must(send(session, refused, b.address, server.list) >= 500, "b may write to it")
    for sender in (f"hoi@{server.foreign}", poster.address):
        forged = letter(sender, server.list)
        with outside(server) as session:
            must(send(session, forged, sender, server.list) >= 500, f"{sender} from outside may write to it")
    must(not find(server, member, refused["Message-ID"]), "it arrived")
