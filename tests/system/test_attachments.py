"""CT-8: what is not sent by mail by the regulation's policy: programs, macros, archives that nobody can look into."""

import io
import smtplib
import struct
import zipfile

import pytest


def zipped(name, content, *, encrypted=False):
    """An archive; the flag of an encrypted entry set, as a packer with a password sets it."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    raw = bytearray(out.getvalue())
    if encrypted:
        for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            place = raw.index(mark) + offset
            raw[place : place + 2] = struct.pack("<H", struct.unpack("<H", raw[place : place + 2])[0] | 1)
    return bytes(raw)


def with_macros():
    """A workbook with a sheet of Excel 4 macros: records of MS-XLS, 2.4.21 and 2.4.28, in a compound file (MS-CFB)."""
    sector, end, free, fat = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
    stream = struct.pack("<HHHHHHII", 0x0809, 16, 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6)
    stream += struct.pack("<HHIBBBB", 0x0085, 9, 0x200, 0, 1, 1, 0) + b"M" + struct.pack("<HH", 0x000A, 0)
    stream = stream.ljust(4608, b"\0")
    count = len(stream) // sector

    def entry(name, kind, *, child=free, start=end, size=0):
        text = name.encode("utf-16-le")
        head = text.ljust(64, b"\0") + struct.pack("<HBBIII", len(text) + 2, kind, 1, free, free, child)
        return head + b"\0" * 36 + struct.pack("<IQ", start, size)

    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 16 + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6)
    header += b"\0" * 6 + struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, end, 0, end, 0) + struct.pack("<I", 0)
    header += struct.pack("<I", free) * 108
    table = [fat, end, *range(3, 2 + count), end]
    table += [free] * (sector // 4 - len(table))
    root = entry("Root Entry", 5, child=1)
    directory = root + entry("Workbook", 2, start=2, size=len(stream)) + entry("", 0, start=0) * 2
    return header + struct.pack(f"<{sector // 4}I", *table) + directory + stream


def sent(site, sender, recipient, name, content):
    """Send a message with an attachment; return it, and the code and words with which it was refused."""
    message = site.message(sender["address"], recipient["address"], "Tài liệu đính kèm")
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    try:
        with site.submission(sender) as session:
            session.send_message(message)
    except smtplib.SMTPDataError as error:
        return message, error.smtp_code, error.smtp_error.decode()
    return message, 250, ""


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("cong-van.exe", b"x"),
        ("CONG-VAN.JS", b"x"),
        ("cong-van.pdf.scr", b"x"),
        ("cong-van.vbs. ", b"x"),
        ("cong-van.zip", zipped("van-ban/cai-dat.exe", b"x")),
    ],
    ids=["a program", "capitals", "two endings", "a dot behind", "packed"],
)
def test_d3_a_file_that_runs_is_refused_with_the_reason(site, sender, recipient, name, content):
    _message, code, said = sent(site, sender, recipient, name, content)
    assert code == 554
    assert "tep chay duoc" in said


def test_a_program_under_another_name_is_refused(site, sender, recipient):
    header = (
        b"MZ" + b"\0" * 58 + struct.pack("<I", 64) + b"PE\0\0" + struct.pack("<HHIIIHH", 0x14C, 1, 0, 0, 0, 224, 0x102)
    )
    _message, code, said = sent(site, sender, recipient, "cong-van.txt", header + b"\0" * 4096)
    assert code == 554, said


def test_d3_an_archive_with_a_password_is_refused_with_the_reason(site, sender, recipient):
    content = zipped("van-ban.txt", b"noi dung" * 50, encrypted=True)
    _message, code, said = sent(site, sender, recipient, "van-ban.zip", content)
    assert code == 554
    assert "Tep nen co mat khau" in said


def test_d3_a_document_with_macros_is_refused_with_the_reason(site, sender, recipient):
    _message, code, said = sent(site, sender, recipient, "bieu-mau.xls", with_macros())
    assert code == 554, said
    assert "co macro" in said


@pytest.mark.parametrize("name", ["bao-cao.zip", "bao-cao.docx", "so-lieu.xlsx"])
def test_ordinary_archives_and_documents_pass(site, sender, recipient, name):
    message, code, said = sent(site, sender, recipient, name, zipped("word/document.xml", b"<w:d xmlns:w='u'/>"))
    assert code == 250, said
    assert site.arrives(recipient, message) is not None


def test_a_bomb_waits_and_is_neither_delivered_nor_lost_without_a_word(site, sender, recipient):
    """A few hundred kilobytes that unpack to more than the scanner takes: it gives up, so the message is refused for now."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("0.bin", "w") as file:
        for _ in range(400):
            file.write(b"\0" * 1024**2)
    content = zipped("trong.zip", packed.getvalue())
    message, code, said = sent(site, sender, recipient, "bom.zip", content)
    assert 400 <= code < 500, (code, said)
    with site.imap(recipient) as session:
        session.select("INBOX", readonly=True)
        _, found = session.search(None, "HEADER", "Message-ID", f'"{message["Message-ID"]}"')
        assert found[0] == b""
