"""Search on the server finds Vietnamese as people type it, in what they wrote and in what they attached."""

import io
import unicodedata
import zipfile
from pathlib import Path

import pytest

DOCUMENTS = Path(__file__).resolve().parents[1] / "fixtures/documents"
TEXT = "Về việc sửa chữa đường Nguyễn Trãi"
WORD = "vnd.openxmlformats-officedocument.wordprocessingml.document"
OPEN_TEXT = "vnd.oasis.opendocument.text"


def packed(name, content):
    """A document that is an archive with one part."""
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return whole.getvalue()


def docx(text):
    """A Word document, its words cut into runs as Word cuts them."""
    runs = "".join(f"<w:r><w:t xml:space='preserve'>{part}</w:t></w:r>" for part in (text[:9], text[9:]))
    return packed("word/document.xml", f"<w:document xmlns:w='urn:w'><w:body><w:p>{runs}</w:p></w:body></w:document>")


def odt(text):
    return packed("content.xml", f"<o:doc xmlns:o='urn:o' xmlns:t='urn:t'><t:p>Trước</t:p><t:p>{text}</t:p></o:doc>")


@pytest.fixture(scope="module")
def mailbox(site, sender):
    """A mailbox with one message for each place in which the words may stand, and one in which they do not; their ids by place."""
    account = site.account("person", 6)

    def message(subject, body, attached=None):
        made = site.message(sender["address"], account["address"], subject, body)
        if attached is not None:
            subtype, content, name = attached
            made.add_attachment(content, maintype="application", subtype=subtype, filename=name)
        return made

    wanted = {
        "subject": message(TEXT, "Kính gửi"),
        "body": message("Văn bản một", f"{TEXT}, quý 7"),
        "decomposed": message("Văn bản hai", unicodedata.normalize("NFD", TEXT)),
        "pdf": message("Văn bản ba", "Xem tệp", ("pdf", (DOCUMENTS / "cong-van.pdf").read_bytes(), "cong-van.pdf")),
        "docx": message("Văn bản bốn", "Xem tệp", (WORD, docx(TEXT), "to-trinh.docx")),
        "odt": message("Văn bản năm", "Xem tệp", (OPEN_TEXT, odt(TEXT), "to-trinh.odt")),
        "none": message("Văn bản sáu", "Về việc khác: dường như, duyên"),
        "broken": message("Văn bản bảy", "Xem tệp", (WORD, b"PK\x03\x04 broken", "hong.docx")),
    }
    with site.submission(sender) as session:
        for one in wanted.values():
            session.send_message(one)
    for one in wanted.values():
        assert site.arrives(account, one) is not None
    yield account, {place: one["Message-ID"] for place, one in wanted.items()}
    with site.imap(account) as session:
        session.select("INBOX")
        session.store("1:*", "+FLAGS", r"(\Deleted)")
        session.expunge()


def found(site, account, ids, key, words):
    """The places whose messages a search finds."""
    with site.imap(account) as session:
        session.select("INBOX", readonly=True)
        session.literal = words.encode()
        _, numbers = session.search("UTF-8", key)
        places = set()
        for number in numbers[0].split():
            _, data = session.fetch(number.decode(), "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")
            said = data[0][1].decode().partition(":")[2].strip()
            places |= {place for place, one in ids.items() if one == said}
        return places


SPELLINGS = ["đường", "Đường", "duong", "DUONG", unicodedata.normalize("NFD", "đường")]
ids = ["marks", "capital", "no marks", "capitals without marks", "decomposed"]


@pytest.mark.parametrize("words", SPELLINGS, ids=ids)
def test_e9_each_spelling_finds_the_same_messages_and_no_other(site, mailbox, words):
    account, places = mailbox
    # "dường" is the same word without its marks, so it is found too; "duyên" is not.
    assert found(site, account, places, "BODY", words) == {"body", "decomposed", "pdf", "docx", "odt", "none"}
    assert found(site, account, places, "SUBJECT", words) == {"subject"}
    assert found(site, account, places, "TEXT", words) == {
        "subject",
        "body",
        "decomposed",
        "pdf",
        "docx",
        "odt",
        "none",
    }


@pytest.mark.parametrize("words", ["nguyễn trãi", "NGUYEN TRAI"])
def test_e9_several_words_are_found_together(site, mailbox, words):
    account, places = mailbox
    assert found(site, account, places, "TEXT", words) == {"subject", "body", "decomposed", "pdf", "docx", "odt"}


def test_a_number_of_one_digit_is_found(site, mailbox):
    account, places = mailbox
    assert found(site, account, places, "TEXT", "quý 7") == {"body"}


def test_a_word_that_nobody_wrote_finds_nothing(site, mailbox):
    account, places = mailbox
    assert found(site, account, places, "TEXT", "khongcotunay") == set()
