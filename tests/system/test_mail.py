"""Mail flows between people, to functions and from outside, signed and verified (CT-3.4, CT-10.5)."""

import re
import smtplib
import socket

import pytest


@pytest.mark.parametrize("port", ["submission", "submissions"])
def test_a_message_from_one_person_to_another_is_read_over_imap(site, sender, recipient, port):
    message = site.message(sender["address"], recipient["address"], "Giấy mời họp giao ban tháng Mười Một")
    with site.submission(sender, port) as session:
        session.send_message(message)
    arrived = site.arrives(recipient, message)
    assert arrived is not None
    assert arrived["Subject"] == "Giấy mời họp giao ban tháng Mười Một"
    assert arrived.get_content().strip() == "Kính gửi Quý cơ quan"


def test_the_dkim_signature_verifies_with_the_published_key(site, sender, recipient, signed):
    message = site.message(sender["address"], recipient["address"])
    with site.submission(sender) as session:
        session.send_message(message)
    arrived = site.arrives(recipient, message)
    assert arrived is not None
    assert signed(arrived)
    assert f"d={site.domain};" in arrived["DKIM-Signature"]
    arrived.set_content("Kính thư Quý cơ quan\n")
    assert not signed(arrived)


def test_a_recipient_does_not_see_from_where_and_with_what_a_colleague_writes(site, sender, recipient):
    message = site.message(sender["address"], recipient["address"])
    message["User-Agent"] = "Thu ky 1.0"
    message["X-Originating-IP"] = "198.51.100.77"
    with site.submission(sender) as session:
        own_address = session.sock.getsockname()[0]
        session.send_message(message)
    arrived = site.arrives(recipient, message)
    assert arrived is not None
    # A signature's letters may be any, even those of a short name.
    head = "\n".join(f"{name}: {value}" for name, value in arrived.items() if name != "DKIM-Signature")
    assert " ESMTPSA " in head
    for told in (own_address, "Thu ky", "198.51.100.77", socket.gethostname()):
        assert re.search(rf"\b{re.escape(told)}\b", head) is None, head


def test_mail_to_a_function_reaches_the_operators_agency(site, cantho, sender):
    operator = site.at(cantho.operator.value)
    message = site.message(sender["address"], f"hotro@{site.domain}", "Quên mật khẩu")
    with site.submission(sender) as session:
        session.send_message(message)
    assert site.arrives(operator, message) is not None


def test_mail_to_an_alias_of_before_reaches_the_mailbox_and_nobody_sends_with_it(site, sender):
    agency = site.at("soxd")
    message = site.message(sender["address"], f"soxaydung@{site.domain}", "Hồ sơ cấp phép xây dựng")
    with site.submission(sender) as session:
        session.send_message(message)
    assert site.arrives(agency, message) is not None
    with site.submission(agency) as session, pytest.raises(smtplib.SMTPException):
        session.send_message(site.message(f"soxaydung@{site.domain}", sender["address"]))


def test_mail_from_outside_arrives_with_the_verdict_of_the_checks(site, recipient):
    message = site.message("hoi.dan@outside.example", recipient["address"], "Hỏi về thủ tục hành chính")
    message["Authentication-Results"] = f"mx.{site.domain}; dkim=pass header.d=forged.example"
    with site.outside() as session:
        session.send_message(message)
    arrived = site.arrives(recipient, message)
    assert arrived is not None
    results = " ".join(arrived.get_all("Authentication-Results"))
    assert "spf=pass" in results
    assert "dmarc=pass" in results
    assert "forged.example" not in results


def test_pop3_reads_the_same_mailbox(site, sender, recipient, pop3):
    message = site.message(sender["address"], recipient["address"], "Công văn")
    with site.submission(sender) as session:
        session.send_message(message)
    assert site.arrives(recipient, message) is not None
    session = pop3(recipient)
    count, _ = session.stat()
    headers = [b"\n".join(session.top(number + 1, 0)[1]).decode() for number in range(count)]
    session.quit()
    assert any(message["Message-ID"] in text for text in headers)


def test_the_usual_folders_are_there_at_first_sign_in(site):
    account = site.account("person", -1)
    with site.imap(account) as session:
        _, listed = session.list()
    lines = [line.decode() for line in listed]
    for use, name in {"Drafts": "Drafts", "Sent": "Sent", "Junk": "Junk", "Trash": "Trash"}.items():
        assert any(f"\\{use}" in line and line.endswith(name) for line in lines), (use, lines)
