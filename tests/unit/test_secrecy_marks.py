"""CT-7.1: secret documents do not go by mail. Marks are found, sentences with the word pass; how well, on the set of messages at hand."""

import unicodedata
from pathlib import Path

import pytest
import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.secrecy_marks import marked_heading, marked_subject

SET = Path(__file__).resolve().parents[1] / "fixtures/secrecy"
SUBJECTS = yaml.safe_load((SET / "subjects.yml").read_text(encoding="utf-8"))
DOCUMENTS = yaml.safe_load((SET / "documents.yml").read_text(encoding="utf-8"))


def test_the_set_has_two_hundred_messages():
    assert sum(len(found) for part in (SUBJECTS, DOCUMENTS) for found in part.values()) >= 200
    assert all(len(found) >= 30 for part in (SUBJECTS, DOCUMENTS) for found in part.values())


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_ct_7_1_every_mark_in_a_subject_is_found_and_no_ordinary_subject_is_taken_for_one(form):
    missed = [text for text in SUBJECTS["marked"] if marked_subject(unicodedata.normalize(form, text)) is None]
    wrong = [text for text in SUBJECTS["ordinary"] if marked_subject(unicodedata.normalize(form, text)) is not None]
    assert (missed, wrong) == ([], [])


@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_ct_7_1_every_mark_in_a_heading_is_found_and_no_ordinary_document_is_taken_for_one(form):
    def mark(lines):
        return marked_heading(unicodedata.normalize(form, "\n".join(lines)))

    assert [lines for lines in DOCUMENTS["marked"] if mark(lines) is None] == []
    assert [lines for lines in DOCUMENTS["ordinary"] if mark(lines) is not None] == []


def test_which_mark_it_is():
    assert marked_subject("[TỐI MẬT] A") == "TỐI MẬT"
    assert marked_subject("Độ mật: Tuyệt  mật") == "TUYỆT MẬT"
    assert marked_heading("UBND\nM Ậ T\n") == "MẬT"


def test_further_down_it_is_no_heading():
    assert marked_heading("\n".join(["Nội dung"] * 40 + ["MẬT"])) is None
