"""Vietnamese text: one form, folded letter by letter, and refused where folding would guess."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.text import name_syllables, normal, unaccented

TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
ONSETS = [
    "b",
    "c",
    "ch",
    "d",
    "đ",
    "g",
    "gh",
    "gi",
    "h",
    "k",
    "kh",
    "l",
    "m",
    "n",
    "ng",
    "ngh",
    "nh",
    "p",
    "ph",
    "qu",
    "r",
    "s",
    "t",
    "th",
    "tr",
    "v",
    "x",
    "",
]
CODAS = ["", "c", "ch", "m", "n", "ng", "nh", "p", "t"]
# Each nucleus with the letters on which its tone may stand, in the old and the new way of writing.
NUCLEI = {
    **dict.fromkeys(
        [
            "a",
            "ă",
            "â",
            "e",
            "ê",
            "i",
            "o",
            "ô",
            "ơ",
            "u",
            "ư",
            "y",
            "ai",
            "ao",
            "au",
            "ay",
            "âu",
            "ây",
            "eo",
            "êu",
            "iu",
            "oi",
            "ôi",
            "ơi",
            "ui",
            "ưi",
            "ưu",
            "ia",
            "ua",
            "ưa",
        ],
        (0,),
    ),
    **dict.fromkeys(["oa", "oe", "uy", "oai", "oay", "oao", "oeo", "uya"], (0, 1)),
    **dict.fromkeys(["iê", "yê", "uô", "ươ", "oă", "uâ", "uê", "uơ", "iêu", "yêu", "uôi", "ươi", "ươu", "uây"], (1,)),
    "uyê": (2,),
    "uyu": (1,),
}


def syllables():
    for onset in ONSETS:
        for nucleus, places in NUCLEI.items():
            if (onset == "qu" and nucleus[0] in "ouư") or (onset in ("gh", "ngh") and nucleus[0] not in "eêi"):
                continue
            for coda in CODAS:
                if nucleus == "y" and coda == "ng":
                    continue
                for place in places:
                    for tone in TONES:
                        letters = nucleus[: place + 1] + tone + nucleus[place + 1 :]
                        yield unicodedata.normalize("NFC", onset + letters + coda)


def test_every_vietnamese_syllable_is_read_in_small_capitalised_and_capital_letters():
    for syllable in syllables():
        marks_off = "".join(
            letter for letter in unicodedata.normalize("NFD", syllable) if not unicodedata.combining(letter)
        ).replace("đ", "d")
        for written, wanted in (
            (syllable, marks_off),
            (syllable.capitalize(), marks_off.capitalize()),
            (syllable.upper(), marks_off.upper()),
        ):
            assert unaccented(written) == wanted


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Đặng Đình Đức", "Dang Dinh Duc"),
        (unicodedata.normalize("NFD", "Nguyễn Thị Ngọc Ánh"), "Nguyen Thi Ngoc Anh"),
        ("Hòa Hoà", "Hoa Hoa"),
        ("  Sở   Nội vụ\u00a0", "So Noi vu"),
        ("Chính trị – xã hội", "Chinh tri - xa hoi"),
        ("SỞ KẾ HOẠCH VÀ ĐẦU TƯ", "SO KE HOACH VA DAU TU"),
        ("Y Ƀhăm Êban", "Y Bham Eban"),
        ("boóng moóc goòng", "boong mooc goong"),
        ("Quì Giò Huýt Quýt Kỳ Lý Mỵ", "Qui Gio Huyt Quyt Ky Ly My"),
    ],
)
def test_marks_are_taken_off(written, wanted):
    assert unaccented(written) == wanted


def test_text_is_brought_to_nfc_with_single_spaces():
    assert normal(" Nguyễn\u00a0 Văn\tMinh ") == "Nguyễn Văn Minh"


@pytest.mark.parametrize(("lookalike", "wanted"), [("Ð", "Đ"), ("ð", "đ"), ("ɖ", "đ"), ("Ɖ", "Đ")])
def test_a_letter_that_only_looks_like_d_with_stroke_is_refused_by_name(lookalike, wanted):
    with pytest.raises(CoreError) as caught:
        unaccented(f"{lookalike}inh")
    assert caught.value.key == "text.lookalike"
    assert unicodedata.name(lookalike) in str(caught.value)
    assert f"type it again as {wanted}" in str(caught.value)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("NguyÔn V¨n Minh", "TCVN3 (ABC)"),
        ("TrÇn ThÞ Hoµ", "TCVN3 (ABC)"),
        ("Së Néi vô", "TCVN3 (ABC)"),
        ("Ph¹m §øc", "TCVN3 (ABC)"),
        ("Nguyeãn Vaên Minh", "VNI"),
        ("Leâ Thò Hoàng", "VNI"),
        ("Voõ Vaên Ñöùc", "VNI"),
        ("NGUYEÃN", "VNI"),
        ("Phaïm Thaûo", "VNI"),
        ("Cao Nghóa", "VNI"),
        ("Phan TÝn", "TCVN3 (ABC)"),
        ("Lê HÕnh", "TCVN3 (ABC)"),
        ("Lê Vãn Tuâìn", "Windows-1258"),
        ("Danh Thiò Mai", "Windows-1258"),
        ("Lê Quang Lôòc", "Windows-1258"),
        ("Danh Ngoòc", "Windows-1258"),
        ("Phan Hýng", "Windows-1258"),
        ("Cao Phýõng", "Windows-1258"),
        ("Nguye^~n Va(n Minh", "VIQR"),
        ("Tra^`n Thu'y", "VIQR"),
        ("ddinh", "VIQR"),
        ("Nguyá»…n VÄƒn", "UTF-8 (Windows-1252)"),
        ("Nguy\ufffdn", "UTF-8 (Windows-1252)"),
        ("Nguy\u0090n", "VISCII, VPS"),
    ],
)
def test_text_in_an_older_encoding_is_refused_and_named(text, encoding):
    with pytest.raises(CoreError) as caught:
        unaccented(text)
    assert caught.value.key == "text.legacy"
    assert caught.value.values["encoding"] == encoding


@pytest.mark.parametrize("text", ["Мinh", "Minh\u200b", "ĐứcΩ", "张伟", "Minh\u0007"])
def test_an_unknown_letter_is_refused_and_never_folded(text):
    with pytest.raises(CoreError) as caught:
        unaccented(text)
    assert caught.value.key == "text.unknown_letter"
    assert "U+" in str(caught.value)


@given(st.text())
def test_what_is_not_refused_becomes_ascii(text):
    try:
        folded = unaccented(text)
    except CoreError:
        return
    assert folded.isascii()


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Nguyễn Văn Minh", ("nguyen", "van", "minh")),
        ("K'Bé", ("kbe",)),
        ("K’Bé", ("kbe",)),
        ("K‘Bé", ("kbe",)),
        ("KʼBé", ("kbe",)),
        ("H'Hen Niê", ("hhen", "nie")),
        ("Y Moan", ("y", "moan")),
        ("Lê-Nguyễn Anh", ("lenguyen", "anh")),
        ("Wojtek Fjz", ("wojtek", "fjz")),
    ],
)
def test_a_persons_name_in_syllables(written, wanted):
    assert name_syllables(written) == wanted


@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("Nguyễn Văn Minh 2", "text.not_a_name"),
        ("Nguyễn (Minh)", "text.not_a_name"),
        ("Nguyễn V. Minh", "text.not_a_name"),
        ("'-", "text.empty"),
        ("", "text.empty"),
    ],
)
def test_what_is_no_persons_name_is_refused(written, key):
    with pytest.raises(CoreError) as caught:
        name_syllables(written)
    assert caught.value.key == key
