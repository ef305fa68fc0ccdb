"""Secrecy marks of documents (CT-7.1: no secret documents by mail): MẬT, TỐI MẬT, TUYỆT MẬT as a classification.

The word alone is none: mật khẩu, bảo mật and mật ong pass. A mark stands by itself, in capitals, or behind the words "Độ mật". The standard
library only: it runs on the mail host.
"""

from __future__ import annotations

import re
import unicodedata

# How far down a document its mark stands: in the heading of the first page.
HEADING_LINES = 25
_MARK = r"(?:TUYỆT\s+MẬT|TỐI\s+MẬT|MẬT)"
# Spread out as stamps are set: M Ậ T.
_SPREAD = re.compile(r"(?<!\w)M\s+Ậ\s+T(?!\w)")
_LEVEL = re.compile(rf"(?i:độ\s+mật)\s*:\s*(?i:{_MARK})(?!\w)")
# Between signs that set a mark apart, or at the beginning or the end; commas separate what is only enumerated.
_BEFORE, _BEHIND = r"(?:^|[\[\(\{<*|/:\-–—【“\"])", r"(?:$|[\]\)\}>*|/:\-–—.】”\"])"
_APART = re.compile(rf"{_BEFORE}\s*({_MARK})\s*{_BEHIND}")
# First of all, and set off by a comma.
_FIRST = re.compile(rf"^\s*{_MARK}\s*,")
# "Văn bản MẬT: …" names the document's own mark, "quy định về dấu MẬT" does not.
_NAMED = re.compile(rf"^(?:văn bản|tài liệu|công văn|báo cáo|hồ sơ)\s+{_MARK}\s*(?::|$)", re.IGNORECASE)
_CAPITALS = re.compile(_MARK)
_ANSWER = re.compile(r"^(?:(?:re|fwd?|tr|trả lời|chuyển tiếp)\s*:\s*)+", re.IGNORECASE)
# A person's name in capitals ends so too.
_NAME = re.compile(rf"(?:ông|bà|đồng chí|đ/c)\s+(?:\w+\s+)+{_MARK}", re.IGNORECASE)
_LINE = re.compile(rf"[\[\(*\"“]?\s*{_MARK}\s*[\]\)*\"”]?(?:\s*[-–/]\s*(?:KHẨN|THƯỢNG KHẨN|HỎA TỐC))?")


def _plain(text: str) -> str:
    return unicodedata.normalize("NFC", text).replace("\u00a0", " ")


def marked_subject(subject: str) -> str | None:
    """Return the classification that a subject carries, None where it carries none.

    Args:
        subject: Decoded.
    """
    text = _ANSWER.sub("", _plain(subject).strip())
    for found in (_LEVEL.search(text), _APART.search(_NAME.sub("", text)), _FIRST.search(text)):
        if found is not None:
            return _of(found.group())
    named = _NAMED.search(text)
    return _of(named.group()) if named is not None and _CAPITALS.search(named.group()) else None


def marked_heading(text: str) -> str | None:
    """Return the classification that stands by itself in the heading of a document, None where there is none.

    Args:
        text: The document's text, with its lines.
    """
    lines = [line.strip() for line in _plain(text[:20_000]).splitlines()]
    for line in [line for line in lines if line][:HEADING_LINES]:
        whole = _SPREAD.sub("MẬT", line)
        level = _LEVEL.fullmatch(whole)
        if _LINE.fullmatch(whole) or level is not None:
            return _of(whole)
    return None


def _of(found: str) -> str:
    """Return the mark within what was found, in one form."""
    mark = re.search(_MARK, found.upper().replace("ĐỘ MẬT", ""))
    return " ".join(mark.group().split()) if mark is not None else "MẬT"
