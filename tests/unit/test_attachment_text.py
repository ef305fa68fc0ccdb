"""The text of attached documents, as the search finds it; documents that were made to do harm are read as if they had none."""

import io
import zipfile

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils import attachment_text as core
from ansible_collections.thucongvu.mail.plugins.module_utils.attachment_text import attachment_text

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
OPEN_TEXT = "application/vnd.oasis.opendocument.text"


def packed(**parts):
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name.replace("__", "/").replace("_xml", ".xml"), content)
    return whole.getvalue()


def test_words_stay_whole_and_paragraphs_apart():
    runs = "<w:p><w:r><w:t>Đườ</w:t></w:r><w:r><w:t>ng</w:t></w:r></w:p><w:p><w:r><w:t>Trãi</w:t></w:r></w:p>"
    document = packed(word__document_xml=f"<w:d xmlns:w='urn:w'>{runs}</w:d>")
    assert attachment_text(WORD, document).split() == ["Đường", "Trãi"]


def test_headings_and_notes_are_read_and_settings_are_not():
    document = packed(
        word__header1_xml="<h><p>MẬT</p></h>",
        word__footnotes_xml="<f><p>Chú thích</p></f>",
        word__settings_xml="<s><p>khongdoc</p></s>",
    )
    assert attachment_text(WORD, document).split() == ["MẬT", "Chú", "thích"]


def test_an_open_document_and_the_words_of_a_sheet():
    assert attachment_text(OPEN_TEXT, packed(content_xml="<c><p>Tờ <s/>trình<span> số</span> 1</p></c>")).split() == [
        "Tờ",
        "trình",
        "số",
        "1",
    ]
    assert attachment_text(
        SHEET, packed(xl__sharedStrings_xml="<s><si><t>Dự</t></si><si><t>toán</t></si></s>")
    ).split() == [
        "Dự",
        "toán",
    ]


@pytest.mark.parametrize(
    ("kind", "document"),
    [
        ("image/png", b"x"),
        (WORD, b""),
        (WORD, b"PK\x03\x04"),
        (WORD, packed(word__document_xml="<w>not closed")),
        (WORD, packed(word__document_xml=b"\xff\xfe\x00")),
        (WORD, packed(word__other_xml="<w><p>x</p></w>")),
    ],
    ids=["another type", "empty", "cut off", "no XML", "no text", "no document in it"],
)
def test_what_cannot_be_read_has_no_text(kind, document):
    assert attachment_text(kind, document) == ""


def test_a_small_file_does_not_become_a_large_one(monkeypatch):
    monkeypatch.setattr(core, "MOST_BYTES", 1000)
    assert attachment_text(WORD, packed(word__document_xml=f"<w><p>{'a' * 5000}</p></w>")) == ""
    assert attachment_text(WORD, b"x" * 1001) == ""


def test_entities_do_not_unfold_without_end():
    layers = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 50}">' for n in range(1, 8))
    bomb = f'<!DOCTYPE w [<!ENTITY l0 "{"a" * 100}">{layers}]><w><p>&l7;</p></w>'
    assert attachment_text(WORD, packed(word__document_xml=bomb)) == ""


def test_it_says_which_types_it_reads(capsys):
    assert core.main([]) == 0
    lines = [line.split() for line in capsys.readouterr().out.removesuffix("\n\n").splitlines()]
    assert {end for _kind, end in lines} == {"pdf", "docx", "xlsx", "pptx", "odt", "ods", "odp"}
