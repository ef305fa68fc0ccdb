"""CT-7.1: an agency's mailbox confirms what colleagues send it, once a sender and day, and nobody else."""

import pytest


def receipts(site, account, subject):
    """How many receipts of a message somebody has."""
    with site.imap(account) as session:
        session.select("INBOX", readonly=True)
        session.literal = f"Đã nhận thư: {subject}".encode()
        _, found = session.search("UTF-8", "SUBJECT")
        return len(found[0].split())


@pytest.fixture
def agency(site):
    return site.account("agency", 5)


@pytest.fixture
def writer(site):
    """Somebody who has written to no agency today."""
    return site.account("person", 20)


def test_a_colleague_gets_one_receipt_a_day(site, agency, writer, eventually):
    for subject in ("Báo cáo nhanh tuần 48", "Báo cáo bổ sung tuần 48"):
        message = site.message(writer["address"], agency["address"], subject)
        with site.submission(writer) as session:
            session.send_message(message)
        assert site.arrives(agency, message) is not None
    assert eventually(lambda: receipts(site, writer, "Báo cáo nhanh tuần 48") == 1)
    # The second one has arrived, so that its answer would be there too.
    assert receipts(site, writer, "Báo cáo bổ sung tuần 48") == 0


def test_a_receipt_is_told_from_people_and_comes_from_the_agency(site, agency, eventually):
    writer = site.account("person", 21)
    message = site.message(writer["address"], agency["address"], "Giấy mời hội thảo chuyên đề")
    with site.submission(writer) as session:
        session.send_message(message)
    assert eventually(lambda: receipts(site, writer, "Giấy mời hội thảo chuyên đề") == 1)
    with site.imap(writer) as session:
        session.select("INBOX", readonly=True)
        session.literal = "Đã nhận thư: Giấy mời hội thảo chuyên đề".encode()
        _, found = session.search("UTF-8", "SUBJECT")
        _, data = session.fetch(found[0].split()[0].decode(), "(BODY.PEEK[HEADER])")
    head = data[0][1].decode()
    assert "auto-replied" in head
    assert f"<{agency['address']}>" in head


def test_strangers_and_persons_mailboxes_give_no_receipt(site, host, agency, sender, recipient):
    message = site.message("hoi.dan@outside.example", agency["address"], "Hỏi thủ tục")
    with site.outside() as session:
        session.send_message(message)
    assert site.arrives(agency, message) is not None
    assert "hoi.dan@outside.example" not in host.check_output("postqueue -p")
    own = site.message(sender["address"], recipient["address"], "Thư riêng số 3")
    with site.submission(sender) as session:
        session.send_message(own)
    assert site.arrives(recipient, own) is not None
    assert receipts(site, sender, "Thư riêng số 3") == 0


def test_an_agency_with_an_answer_of_its_own_sends_both_and_loses_no_mail(site, agency, sieve_of, eventually):
    writer = site.account("person", 22)
    own = 'require ["vacation"];\nvacation :subject "Nghi le" "Co quan nghi le.";'
    subject = "Xin ý kiến trước kỳ nghỉ lễ"
    with sieve_of(agency, own):
        message = site.message(writer["address"], agency["address"], subject)
        with site.submission(writer) as session:
            session.send_message(message)
        assert site.arrives(agency, message) is not None
    assert eventually(lambda: receipts(site, writer, subject) == 1)

    def own_answers():
        with site.imap(writer) as session:
            session.select("INBOX", readonly=True)
            return len(session.search(None, "SUBJECT", '"Nghi le"')[1][0].split())

    assert eventually(lambda: own_answers() == 1)
