"""CT-7.1: what carries a secrecy mark is refused with an explanation; sentences with the word pass."""

import io
import smtplib
import zipfile

import pytest

WORD = "vnd.openxmlformats-officedocument.wordprocessingml.document"


def document(*lines):
    """A Word document of these paragraphs."""
    text = "".join(f"<w:p><w:r><w:t>{line}</w:t></w:r></w:p>" for line in lines)
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", f"<w:document xmlns:w='urn:w'><w:body>{text}</w:body></w:document>")
    return whole.getvalue()


def sent(site, sender, message):
    """Send it; return the code and the words with which it was refused."""
    try:
        with site.submission(sender) as session:
            session.send_message(message)
    except smtplib.SMTPDataError as error:
        return error.smtp_code, error.smtp_error.decode()
    return 250, ""


@pytest.mark.parametrize("subject", ["[MẬT] Báo cáo tình hình", "Kế hoạch số 12 (TỐI MẬT)", "Độ mật: Tuyệt mật"])
def test_a_mark_in_the_subject_is_refused_with_an_explanation(site, sender, recipient, subject):
    code, said = sent(site, sender, site.message(sender["address"], recipient["address"], subject))
    assert code == 550
    assert "khong duoc gui qua thu dien tu" in said


@pytest.mark.parametrize(
    "subject", ["Đổi mật khẩu thư điện tử", "HỘI NGHỊ BẢO MẬT", "Không gửi tài liệu MẬT qua hộp thư công vụ"]
)
def test_a_sentence_with_the_word_passes(site, sender, recipient, subject):
    message = site.message(sender["address"], recipient["address"], subject)
    assert sent(site, sender, message) == (250, "")
    assert site.arrives(recipient, message) is not None


@pytest.mark.parametrize(("subtype", "name"), [(WORD, "bao-cao.docx"), ("octet-stream", "bao-cao.docx")])
def test_a_mark_in_the_heading_of_a_document_is_refused(site, sender, recipient, subtype, name):
    message = site.message(sender["address"], recipient["address"], "Báo cáo")
    content = document("UBND TỈNH", "MẬT", "Số: 12/BC-UBND", "BÁO CÁO")
    message.add_attachment(content, maintype="application", subtype=subtype, filename=name)
    code, said = sent(site, sender, message)
    assert code == 550, said


def test_a_message_that_is_such_a_document_itself_is_refused(site, sender, recipient):
    message = site.message(sender["address"], recipient["address"], "Báo cáo")
    message.set_content(document("UBND TỈNH", "MẬT", "BÁO CÁO"), maintype="application", subtype=WORD)
    code, said = sent(site, sender, message)
    assert code == 550, said


def test_a_document_with_the_word_in_a_sentence_passes(site, sender, recipient):
    message = site.message(sender["address"], recipient["address"], "Quy chế")
    content = document("QUY CHẾ", "BẢO VỆ BÍ MẬT NHÀ NƯỚC", "Điều 1. Phạm vi")
    message.add_attachment(content, maintype="application", subtype=WORD, filename="quy-che.docx")
    assert sent(site, sender, message) == (250, "")
    assert site.arrives(recipient, message) is not None


@pytest.mark.parametrize("subject", ["=?utf-8?b?a?=", "=?no-such?q?x?="], ids=["broken code", "unknown code"])
def test_a_subject_that_nobody_can_read_is_no_reason_to_wait(site, sender, recipient, subject):
    message = site.message(sender["address"], recipient["address"], "THAY")
    raw = bytes(message).replace(b"Subject: THAY", f"Subject: {subject}".encode())
    raw += b"\r\n"
    with site.submission(sender) as session:
        session.sendmail(sender["address"], [recipient["address"]], raw)
    assert site.arrives(recipient, message) is not None


def test_an_attachment_with_a_broken_name_is_no_reason_to_wait(site, sender, recipient):
    message = site.message(sender["address"], recipient["address"], "Tên tệp hỏng")
    message.add_attachment(document("QUY CHẾ"), maintype="application", subtype=WORD, filename="THAY.docx")
    raw = bytes(message).replace(b'filename="THAY.docx"', b"filename*0*=no-such''%ff; filename*x=y; filename*2=z")
    with site.submission(sender) as session:
        session.sendmail(sender["address"], [recipient["address"]], raw)
    assert site.arrives(recipient, message) is not None


def test_mail_from_outside_is_not_concerned(site, recipient):
    """Who is outside is not bound by the rule, and whoever receives such a thing has to know of it."""
    message = site.message("hoi.dan@outside.example", recipient["address"], "[MẬT] Thư ngoài")
    with site.outside() as session:
        session.send_message(message)
    assert site.arrives(recipient, message) is not None
