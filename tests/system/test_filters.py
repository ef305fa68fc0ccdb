"""Viruses and spam are stopped, and nothing passes unscanned (CT-8, CT-9.8)."""

import base64
import io
import smtplib
import zipfile

import pytest

# In Base64, so that a scanner on the developer's machine leaves this file alone.
EICAR = base64.b64decode("WDVPIVAlQEFQWzRcUFpYNTQoUF4pN0NDKTd9JEVJQ0FSLVNUQU5EQVJELUFOVElWSVJVUy1URVNULUZJTEUhJEgrSCo=")
# The test pattern that is refused, and its brothers, which are marked.
REFUSED = "XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
PATTERNS = {
    "marked": REFUSED.replace("X", "Y", 1),
    "rewritten": REFUSED.replace("X", "Z", 1),
    "other": REFUSED.replace("X", "A", 1),
}


def zipped(content):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("congvan.com", content)
    return out.getvalue()


def infected(site, sender, recipient, form):
    message = site.message(sender, recipient, f"Văn bản đính kèm {form}")
    content = EICAR if form == "plain" else zipped(EICAR)
    message.add_attachment(content, maintype="application", subtype="octet-stream", filename=f"congvan.{form}")
    return message


@pytest.mark.parametrize("form", ["plain", "zip"])
def test_a_virus_from_inside_is_refused(site, sender, recipient, form):
    with pytest.raises(smtplib.SMTPDataError) as refused, site.submission(sender) as session:
        session.send_message(infected(site, sender["address"], recipient["address"], form))
    assert refused.value.smtp_code == 554
    assert b"ma doc" in refused.value.smtp_error
    assert b"malware" in refused.value.smtp_error


@pytest.mark.parametrize("form", ["plain", "zip"])
def test_a_virus_from_outside_is_refused(site, recipient, form):
    with pytest.raises(smtplib.SMTPDataError) as refused, site.outside() as session:
        session.send_message(infected(site, "hoi.dan@outside.example", recipient["address"], form))
    assert refused.value.smtp_code == 554


def test_without_the_scanner_mail_waits_and_arrives_when_it_is_back(site, sender, recipient, stopped, eventually):
    clean = site.message(sender["address"], recipient["address"], "Trong lúc bộ quét dừng")
    virus = infected(site, sender["address"], recipient["address"], "plain")

    def code_of(message):
        try:
            with site.submission(sender) as session:
                session.send_message(message)
        except smtplib.SMTPDataError as refused:
            return refused.smtp_code
        return 250

    with stopped("clamav-daemon.socket", "clamav-daemon.service"):
        assert 400 <= code_of(clean) < 500
        assert 400 <= code_of(virus) < 500
    assert eventually(lambda: code_of(virus) == 554)
    assert code_of(clean) == 250
    assert site.arrives(recipient, clean) is not None


def test_without_the_filter_mail_waits(site, sender, recipient, stopped, eventually):
    message = site.message(sender["address"], recipient["address"], "Trong lúc bộ lọc dừng")

    def code_of_sending():
        try:
            with site.submission(sender) as session:
                session.send_message(message)
        except smtplib.SMTPResponseException as refused:
            return refused.smtp_code
        except smtplib.SMTPRecipientsRefused as refused:
            return next(iter(refused.recipients.values()))[0]
        return 250

    with stopped("rspamd.service"):
        assert 400 <= code_of_sending() < 500
    assert eventually(lambda: code_of_sending() == 250)
    assert site.arrives(recipient, message) is not None


def test_spam_is_refused(site, recipient):
    with pytest.raises(smtplib.SMTPDataError) as refused, site.outside() as session:
        session.send_message(site.message("ban.hang@outside.example", recipient["address"], body=REFUSED))
    assert refused.value.smtp_code == 554


@pytest.mark.parametrize("pattern", PATTERNS)
def test_what_looks_like_spam_goes_to_junk(site, recipient, pattern):
    message = site.message("ban.hang@outside.example", recipient["address"], body=PATTERNS[pattern])
    with site.outside() as session:
        session.send_message(message)
    arrived = site.arrives(recipient, message, folder="Junk")
    assert arrived is not None
    assert arrived["X-Spam"] == "Yes"


@pytest.mark.parametrize("pattern", [*PATTERNS, "refused"])
def test_a_test_pattern_carries_nothing_past_the_checks(site, sender, recipient, pattern):
    body = PATTERNS.get(pattern, REFUSED)
    virus = infected(site, "hoi.dan@outside.example", recipient["address"], "plain")
    virus.get_body().set_content(body)
    forged = site.message(recipient["address"], recipient["address"], body=body)
    with pytest.raises(smtplib.SMTPDataError) as refused, site.outside() as session:
        session.send_message(virus)
    assert refused.value.smtp_code == 554
    with pytest.raises(smtplib.SMTPDataError) as refused, site.submission(sender) as session:
        session.send_message(forged, from_addr=sender["address"])
    assert refused.value.smtp_code == 554
