"""Vietnamese text: one form (NFC), its unaccented letters, and what is refused rather than folded into a wrong address.

TCVN 6909:2001 is Unicode (CB-7.4). Text in an older encoding reads as noise, and folding it would give a wrong but
valid address; so would a letter that only looks like đ. Both are refused by name. One thing cannot be seen: a single
word whose bytes happen to be a Vietnamese word in both readings (VNI ``Hoà`` for Hồ); the rest of a list gives it away.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError

APOSTROPHES = "'’‘ʼ"
HYPHENS = "-‐‑–—"
# No name on an official paper is nearly so long; what is longer is a cell of something else.
LONGEST_NAME = 500

_TONES = ("", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323")
_VOWELS = "aăâeêioôơuưy"
# Letters of the Ê Đê, Gia Rai and Ba Na scripts that stand in names on official papers.
_HIGHLAND = "ĕĭŏŭčƀ"


def _folding() -> dict[str, str]:
    """Return each letter that is neither ASCII nor unknown, with the ASCII letter it folds to."""
    table: dict[str, str] = {}
    for vowel in _VOWELS + _HIGHLAND.upper().lower():
        base = {"ƀ": "b"}.get(vowel) or unicodedata.normalize("NFD", vowel)[0]
        for tone in _TONES:
            letter = unicodedata.normalize("NFC", vowel + tone)
            if len(letter) == 1:
                table[letter] = base
                table[letter.upper()] = base.upper()
    table.update({"đ": "d", "Đ": "D"})
    table.update(dict.fromkeys(APOSTROPHES, "'"))
    table.update(dict.fromkeys(HYPHENS, "-"))
    table.update({"“": '"', "”": '"', "…": "..."})
    return {letter: base for letter, base in table.items() if not letter.isascii()}


_FOLD = _folding()
_TRANSLATE = str.maketrans(_FOLD)
_KNOWN = re.compile(rf"[\x20-\x7E{re.escape(''.join(_FOLD))}]*")
_LETTERS = "".join(letter for letter in _FOLD if letter.isalpha())
_PERSON = re.compile(rf"[A-Za-z{_LETTERS}{re.escape(APOSTROPHES + HYPHENS)}]*")

_LOOKALIKES = {"Ð": "Đ", "ð": "đ", "Ɖ": "Đ", "ɖ": "đ", "ƌ": "đ", "Ƌ": "Đ"}

_SMALL = "".join(letter for letter in _FOLD if letter.islower())

# What gives an older encoding away, looked for in one word, in this order.
_LEGACY: tuple[tuple[str, re.Pattern[str]], ...] = (
    # Bytes C3, C4, C6, E1 BA, E1 BB that begin Vietnamese letters in UTF-8, read as Windows-1252 or Latin-1.
    ("UTF-8 (Windows-1252)", re.compile(r"á[º»]|[ÃÄÅÆ][\u0080-\u00BF€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]|\uFFFD")),
    # VNI writes the base letter, then one sign for its marks: pairs that no Vietnamese syllable has; ö is ư, ñ is đ. Of ĩ it
    # makes ó, which cannot follow ngh.
    ("VNI", re.compile(r"[ae][à-ÿ]|o[âêôõùú]|[uyô][õùú]|[aeouyô][äåëïøûü]|[ñö]|ngh[òó]", re.IGNORECASE)),
    # TCVN3 (ABC): signs among letters, or a capital accented letter behind a small one (NguyÔn) or in front of one (TÝn).
    ("TCVN3 (ABC)", re.compile(rf"[¡-¿ÆÇËÎÏÑÖ×ØÜÞßäåæçëîïñö÷øûüþÿ]|[a-z{_SMALL}][À-Þ]|[A-Z][À-Þ][a-z{_SMALL}]")),
    # Windows-1258 writes a letter, then its tone: ì is the acute, ò the dot below; ý is ư (Tuâìn, Thiònh, Hýng).
    (
        "Windows-1258",
        re.compile(
            r"[yâêôãõý]ì|[aeuyâêôãõý]ò|(?<!g)iò|oò(?!n)|[b-df-hj-np-tv-xz]ý(?:ng|[aiuõ])",
            re.IGNORECASE,
        ),
    ),
    ("VISCII, VPS", re.compile(r"[\u0080-\u009F]|[ÄÅÛ]")),
    # VIQR: signs behind a vowel, or dd for đ. An apostrophe behind one letter is a name's own (K'Bé, Y'Bang).
    (
        "VIQR",
        re.compile(
            r"[aeiouy][\^(+~`?.*][a-z'`?~.^]|[aeiouy][\^+~`]|[a-z][aeiouy]['’](?![a-z]{2,}['’])|\bdd[aeiouy]",
            re.IGNORECASE,
        ),
    ),
)


@lru_cache(maxsize=65536)
def normal(text: str) -> str:
    """Return text in NFC, with single spaces inside and none around. Names and positions repeat, as words do."""
    return unicodedata.normalize("NFC", " ".join(text.split()))


def _code(letter: str) -> str:
    return f"U+{ord(letter):04X} {unicodedata.name(letter, 'no name')}"


def _refuse(word: str) -> None:
    """Raise what is wrong with a word, if anything is."""
    for letter in word:
        if letter in _LOOKALIKES:
            wanted = _LOOKALIKES[letter]
            raise CoreError(
                "text.lookalike", part=word, found=letter, code=_code(letter), wanted=wanted, wanted_code=_code(wanted)
            )
    for encoding, pattern in _LEGACY:
        if pattern.search(word):
            raise CoreError("text.legacy", part=word, encoding=encoding)
    known = _KNOWN.match(word)
    end = known.end() if known else 0
    if end != len(word):
        raise CoreError("text.unknown_letter", part=word, found=word[end], code=_code(word[end]))


@lru_cache(maxsize=65536)
def _folded_word(word: str) -> str:
    """Return a word without marks, case kept. Words repeat, so a long register asks for few of them."""
    _refuse(word)
    return word.translate(_TRANSLATE)


def unaccented(text: str) -> str:
    """Return text without marks (đ becomes d), case, digits and ASCII punctuation kept.

    Raises:
        CoreError: ``text.lookalike``, ``text.legacy`` or ``text.unknown_letter``; nothing is folded silently.
    """
    return " ".join(_folded_word(word) for word in normal(text).split(" "))


def check(text: str) -> None:
    """Refuse text that is not Vietnamese in Unicode.

    Raises:
        CoreError: As :func:`unaccented`.
    """
    unaccented(text)


@lru_cache(maxsize=65536)
def _name_syllable(word: str) -> str:
    """Return one syllable of a person's name as it stands in an address; empty when it has no letter."""
    folded = _folded_word(word)
    allowed = _PERSON.match(word)
    end = allowed.end() if allowed else 0
    if end != len(word):
        raise CoreError("text.not_a_name", part=word, found=word[end])
    return folded.replace("'", "").replace("-", "").lower()


def name_syllables(full_name: str) -> tuple[str, ...]:
    """Return the syllables of a person's name, small and unaccented; apostrophes and hyphens are dropped (K'Bé is kbe).

    Raises:
        CoreError: As :func:`unaccented`; ``text.not_a_name`` for a sign or digit; ``text.empty`` without a letter;
            ``text.too_long``.
    """
    if len(full_name) > LONGEST_NAME:
        raise CoreError("text.too_long", found=len(full_name), most=LONGEST_NAME)
    syllables = tuple(filter(None, map(_name_syllable, normal(full_name).split(" "))))
    if not syllables:
        raise CoreError("text.empty")
    return syllables
