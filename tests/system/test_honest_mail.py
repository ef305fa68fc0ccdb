"""CT-9.8: honest Vietnamese mail is not taken for spam: three hundred messages from outside, as several programs write them."""

import base64
import itertools
import quopri
import time
import unicodedata
import uuid
from datetime import UTC, datetime
from email.header import Header
from email.utils import format_datetime
from pathlib import Path

import pytest
import yaml

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures"
MESSAGES = 300
# At most so many of a hundred may be marked, none may be refused.
MOST_MARKED_PERCENT = 1
ARRIVAL_SECONDS = 180
PROGRAMS = [
    {"X-Mailer": "Microsoft Outlook 16.0"},
    {"User-Agent": "Mozilla Thunderbird"},
    {"X-Mailer": "iPhone Mail (22A100)"},
    {"X-Mailer": "Zimbra 8.8.15_GA_4304 (ZimbraWebClient)"},
    {},
]
ENCODINGS = ["base64", "quoted-printable", "8bit", "windows-1258", "html", "alternative"]


def in_old_encoding(text):
    """Vietnamese as Windows-1258 writes it: some marks stand behind their letters."""
    written = bytearray()
    for letter in unicodedata.normalize("NFC", text):
        try:
            written += letter.encode("cp1258")
        except UnicodeEncodeError:
            base = unicodedata.normalize("NFD", letter)
            for place in (1, 2):
                try:
                    written += (unicodedata.normalize("NFC", base[:-place]) + base[-place:]).encode("cp1258")
                    break
                except UnicodeEncodeError:
                    continue
            else:
                written += b"?"
    return bytes(written)


def part(text, encoding):
    """The headers and the body of a text in an encoding."""
    page = f"<html><body><p>{text.replace(chr(10), '</p><p>')}</p></body></html>"
    if encoding == "base64":
        return 'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: base64', base64.encodebytes(
            text.encode()
        )
    if encoding == "8bit":
        return 'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit', text.encode()
    if encoding == "windows-1258":
        head = 'Content-Type: text/plain; charset="windows-1258"\r\nContent-Transfer-Encoding: quoted-printable'
        return head, quopri.encodestring(in_old_encoding(text))
    if encoding == "html":
        head = 'Content-Type: text/html; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable'
        return head, quopri.encodestring(page.encode())
    if encoding == "alternative":
        border = uuid.uuid4().hex
        parts = []
        for one, kind in ((text, "quoted-printable"), (text, "html")):
            head, body = part(one, kind)
            parts.append(f"--{border}\r\n{head}\r\n\r\n".encode() + body + b"\r\n")
        return f'Content-Type: multipart/alternative; boundary="{border}"', b"".join(
            parts
        ) + f"--{border}--\r\n".encode()
    head = 'Content-Type: text/plain; charset="utf-8"\r\nContent-Transfer-Encoding: quoted-printable'
    return head, quopri.encodestring(text.encode())


def program(number):
    """The headers by which the program that writes a message is known; Outlook never writes HTML alone."""
    found = PROGRAMS[number % len(PROGRAMS)]
    is_outlook = "Outlook" in found.get("X-Mailer", "")
    return {} if is_outlook and ENCODINGS[number % len(ENCODINGS)] == "html" else found


def messages(domain, recipient):
    """Three hundred messages, each with its id: subjects that officials write, bodies of one to three paragraphs."""
    subjects = yaml.safe_load((FIXTURES / "secrecy/subjects.yml").read_text("utf-8"))["ordinary"]
    paragraphs = yaml.safe_load((FIXTURES / "honest/paragraphs.yml").read_text("utf-8"))
    for number, subject in enumerate(itertools.islice(itertools.cycle(subjects), MESSAGES)):
        body = "\n\n".join(paragraphs[(number * 7 + place * 5) % len(paragraphs)] for place in range(1 + number % 3))
        identity = f"{uuid.uuid4()}@{domain}"
        head, content = part(
            f"{body}\n\nTrân trọng,\nNguyễn Văn {chr(65 + number % 26)}\n", ENCODINGS[number % len(ENCODINGS)]
        )
        lines = [
            f"From: {Header('Nguyễn Văn An', 'utf-8').encode()} <nguoi.viet{number}@{domain}>",
            f"To: {recipient}",
            f"Subject: {Header(subject, 'utf-8').encode(linesep=chr(13) + chr(10))}",
            f"Date: {format_datetime(datetime.now(UTC))}",
            f"Message-ID: <{identity}>",
            "MIME-Version: 1.0",
            *(f"{name}: {value}" for name, value in program(number).items()),
            head,
        ]
        raw = "\r\n".join(lines).encode() + b"\r\n\r\n" + content.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
        yield f"nguoi.viet{number}@{domain}", identity, raw


@pytest.fixture(scope="module")
def judged(site, host):
    """What became of them: refused, in the inbox, in Junk; afterwards the mailbox is empty again."""
    account = site.account("person", 22)
    refused, wanted = [], set()
    with site.outside() as session:
        for sender, identity, raw in messages("outside.example", account["address"]):
            code, said = 250, b""
            session.mail(sender)
            code, said = session.rcpt(account["address"])
            if code == 250:
                code, said = session.data(raw)
            if code == 250:
                wanted.add(identity)
            else:
                session.rset()
                refused.append((identity, code, said))

    def folder(name):
        found = host.run("doveadm fetch -u %s hdr.message-id mailbox %s", account["address"], name).stdout
        return {line.partition("<")[2].rstrip(">") for line in found.splitlines() if "<" in line} & wanted

    deadline = time.monotonic() + ARRIVAL_SECONDS
    inbox, junk = set(), set()
    while len(inbox | junk) < len(wanted) and time.monotonic() < deadline:
        inbox, junk = folder("INBOX"), folder("Junk")
        time.sleep(0.5)
    yield {"refused": refused, "inbox": inbox, "junk": junk, "wanted": wanted}
    host.run("doveadm expunge -u %s mailbox INBOX all", account["address"])
    host.run("doveadm expunge -u %s mailbox Junk all", account["address"])


def test_no_honest_message_is_refused(judged):
    assert judged["refused"] == []
    assert len(judged["wanted"]) == MESSAGES


def test_at_most_one_of_a_hundred_is_marked_and_none_is_lost(judged):
    assert judged["inbox"] | judged["junk"] == judged["wanted"]
    assert len(judged["junk"]) * 100 <= MESSAGES * MOST_MARKED_PERCENT
