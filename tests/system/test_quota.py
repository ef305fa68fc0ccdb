"""CT-4.1: the size of a mailbox by its class, as the mail server itself tells it."""

import re
import smtplib
from contextlib import contextmanager

import pytest

from tcv import mailbox


def used(session):
    """What is used, in bytes (RFC 9208)."""
    _, answer = session.getquotaroot("INBOX")
    said = b" ".join(part for parts in answer for part in parts if part).decode()
    return int(re.search(r"STORAGE (\d+)", said).group(1)) * 1024


def storage_limit(session):
    """The limit in KiB (RFC 9208), or None where there is none."""
    _, answer = session.getquotaroot("INBOX")
    said = b" ".join(part for parts in answer for part in parts if part).decode()
    found = re.search(r"STORAGE \d+ (\d+)", said)
    return int(found.group(1)) if found else None


@pytest.mark.parametrize("kind", ["agency", "unit", "person"])
def test_the_quota_is_the_regulations(site, cantho, kind):
    quota = cantho.quotas[kind].value
    with site.imap(site.account(kind)) as session:
        assert storage_limit(session) == (None if quota is None else quota // 1024)


def test_the_classes_differ(site):
    limits = []
    for kind in ("agency", "unit", "person"):
        with site.imap(site.account(kind)) as session:
            limits.append(storage_limit(session))
    assert limits == [None, 10 * 1024**2, 5 * 1024**2]  # CT-4.1a, CT-4.1b, CT-4.1c


@pytest.fixture
def changeable(site, host):
    """An account and what sets its quota in the directory; afterwards it is as before."""
    account = site.account("person", -2)

    def set_quota(value):
        change = f"dn: {account['dn']}\\nchangetype: modify\\nreplace: tcvMailboxQuota\\ntcvMailboxQuota: {value}\\n"
        host.check_output(f"printf '{change}' | ldapmodify -Q -Y EXTERNAL -H ldapi:///")
        # What it was would hold for two seconds more; that it is seen within a minute by itself, E6 of the black-box suite shows.
        host.check_output("doveadm auth cache flush")

    said = host.check_output(
        f"ldapsearch -Q -Y EXTERNAL -H ldapi:/// -LLL -s base -b '{account['dn']}' tcvMailboxQuota"
    )
    before = re.search(r"tcvMailboxQuota: (\S+)", said).group(1)
    yield account, set_quota
    set_quota(before)
    host.check_output("doveadm expunge -u %s mailbox INBOX all", account["address"])


@pytest.fixture
def small(changeable):
    """An account whose quota in the directory is small for the length of a test."""
    account, set_quota = changeable
    set_quota("307200B")
    return account


def of_size(site, recipient, size):
    message = site.message("hoi.dan@outside.example", recipient["address"], "Đầy")
    message.add_attachment(b"x" * (size * 3 // 4), maintype="application", subtype="octet-stream", filename="x.bin")
    return message


@contextmanager
def outside_without_size(site):
    """A server that does not say how large its message is: ours asks at RCPT whether there is any room, and again at the end."""
    with site.outside() as session:
        session.esmtp_features.pop("size")
        yield session


def test_what_does_not_fit_is_refused_and_what_was_accepted_arrives(site, small, recipient):
    """E5: no message is accepted and then bounced."""
    with site.imap(small) as session:
        assert storage_limit(session) == 300
    # Larger than the whole mailbox.
    with pytest.raises(smtplib.SMTPDataError) as refused, outside_without_size(site) as session:
        session.send_message(of_size(site, small, 400_000))
    assert refused.value.smtp_code == 552
    first = of_size(site, small, 200_000)
    with site.outside() as session:
        session.send_message(first)
    assert site.arrives(small, first) is not None
    # Of a message for two, the one whose mailbox it overfills was asked too early: it is delivered all the same.
    for_two = of_size(site, small, 200_000)
    with outside_without_size(site) as session:
        session.send_message(for_two, to_addrs=[small["address"], recipient["address"]])
    assert site.arrives(small, for_two) is not None
    # Now it is full.
    with pytest.raises(smtplib.SMTPRecipientsRefused) as full, site.outside() as session:
        session.send_message(of_size(site, small, 1000))
    assert [code for code, _ in full.value.recipients.values()] == [552]


def warnings(site, account):
    """The subjects of the warnings in a mailbox, oldest first."""
    with site.imap(account) as session:
        session.select(readonly=True)
        _, found = session.search(None, "HEADER", "Subject", '"Your mailbox is"')
        subjects = []
        for number in found[0].split():
            _, data = session.fetch(number.decode(), "(BODY.PEEK[])")
            mail = mailbox.message_from_bytes(data[0][1], policy=mailbox.policy.default)
            assert account["address"] in mail.get_content()
            subjects.append(mail["Subject"])
        return subjects


def test_cb_13_1_whose_mailbox_becomes_nearly_full_is_told_once_at_each_percent(site, changeable, eventually):
    account, set_quota = changeable

    def told(times):
        return eventually(lambda: len(warnings(site, account)) >= times)

    with site.imap(account) as session:
        quota = max(1_000_000, 2 * used(session))
    set_quota(f"{quota}B")
    before = len(warnings(site, account))
    expected = []
    # Until just below the first figure, above it, still between the two, above the second, and still there.
    for percent, warned in ((78, None), (84, 80), (90, None), (97, 95), (98, None)):
        with site.imap(account) as session:
            message = of_size(site, account, quota * percent // 100 - used(session))
        with site.outside() as session:
            session.send_message(message)
        assert site.arrives(account, message) is not None
        expected += [f"Hộp thư đã dùng {warned} % dung lượng / Your mailbox is {warned} % full"] if warned else []
        assert told(before + len(expected))
    assert warnings(site, account)[before:] == expected
