"""CT-8: a mailbox sends as much as its class may; who goes on is locked, and operator and agency are told."""

import base64
import smtplib
from contextlib import contextmanager

import pytest


@pytest.fixture
def limited(directory, trial, stopped):
    """A person who may write to three people inside the province in ten minutes, and has not yet; afterwards as before."""
    with stopped("thucongvu-submission.service"):
        pass
    kept = directory.read(trial["dn"], "tcvSendingLimits")["tcvSendingLimits"][0]
    directory.modify(trial["dn"], "replace: tcvSendingLimits\ntcvSendingLimits: 3/600 -")
    yield trial
    directory.modify(trial["dn"], f"replace: tcvSendingLimits\ntcvSendingLimits: {kept}")


@pytest.fixture
def no_directory_for_submission(directory, stopped):
    """The program that counts is not let into the directory for the length of a block."""
    dn = f"cn=submission,ou=services,{directory.base_dn}"

    @contextmanager
    def refused():
        encoded = base64.b64encode(directory.read(dn, "userPassword")["userPassword"][0].encode()).decode()
        directory.modify(dn, "replace: userPassword\nuserPassword: {SSHA}nobody", relax=True)
        try:
            # So that it has to sign in again.
            with stopped("slapd.service"):
                pass
            yield
        finally:
            directory.modify(dn, f"replace: userPassword\nuserPassword:: {encoded}", relax=True)

    return refused


def told(site, account, subject):
    """Whether a mail with this in its subject is there."""
    with site.imap(account) as session:
        session.select("INBOX", readonly=True)
        session.literal = subject.encode()
        _, found = session.search("UTF-8", "SUBJECT")
        return bool(found[0])


def test_the_limits_are_the_regulations(site, directory, cantho):
    for kind in ("person", "unit", "agency"):
        account = site.account(kind)
        said = directory.read(account["dn"], "tcvSendingLimits")["tcvSendingLimits"]
        assert said == [str(cantho.sending(kind, "department"))]


def test_c8_one_recipient_more_than_the_limit_is_refused_then_the_account_is_locked_and_both_are_told(
    site, limited, sender, recipient, cantho, eventually, ways, operator, directory, no_directory_for_submission
):
    operators = site.at(cantho.operator.value)
    agency = next(
        one for one in site.facts["accounts"] if one["kind"] == "agency" and one["agency"] == limited["agency"]
    )
    message = site.message(limited["address"], recipient["address"])
    with site.submission(limited) as session:
        # What is given up does not count.
        for _ in range(4):
            session.mail(limited["address"])
            assert session.rcpt(recipient["address"])[0] == 250
            session.rset()
        # Nor does what was refused for now, as the directory does not answer.
        session.mail(limited["address"])
        session.rcpt(recipient["address"])
        with no_directory_for_submission():
            assert session.data(bytes(message))[0] == 451
        for _ in range(3):
            session.send_message(message)
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            session.send_message(message)
        assert next(iter(refused.value.recipients.values()))[0] == 550
        assert ways["imap"](limited, limited["password"]) is None
        # Others are not concerned.
        with site.submission(sender) as other:
            other.send_message(site.message(sender["address"], recipient["address"]))
        for account in (operators, agency):
            assert eventually(lambda account=account: told(site, account, f"Hộp thư {limited['address']} gửi quá"))
        for _ in range(3):
            session.mail(limited["address"])
            session.rcpt(recipient["address"])
            session.rset()
        # The session that is open sends nothing either.
        session.mail(limited["address"])
        assert session.rcpt(recipient["address"])[0] >= 500
    for account in (operators, agency):
        assert eventually(lambda account=account: told(site, account, f"Tài khoản {limited['address']} đã bị khóa"))
    assert all(ways[way](limited, limited["password"]) is not None for way in ("imap", "pop3", "smtp", "ldap"))
    assert directory.read(limited["dn"], "pwdAccountLockedTime")["pwdAccountLockedTime"] == ["000001010000Z"]
    said = " ".join(operator("audit", "-e", f"account={limited['address']}").stdout.split())
    assert "locked for sending more than it may" in said
    done = operator("unlock", "-e", f"account={limited['address']}")
    assert done.returncode == 0, done.stdout
    assert ways["imap"](limited, limited["password"]) is None


def test_a_list_counts_as_the_address_that_it_is(site, directory):
    """Who writes to a list of many writes one message; its owner is not stopped by the number of the members."""
    found = next(one for one in site.facts["lists"] if len(one["members"]) > 3 and "@" in one["members"][0])
    owner = site.at(found["may_post"][0].partition("@")[0])
    kept = directory.read(owner["dn"], "tcvSendingLimits")["tcvSendingLimits"][0]
    directory.modify(owner["dn"], "replace: tcvSendingLimits\ntcvSendingLimits: 1/600 -")
    try:
        with site.submission(owner) as session:
            session.send_message(site.message(owner["address"], found["address"], "Một thư"))
    finally:
        directory.modify(owner["dn"], f"replace: tcvSendingLimits\ntcvSendingLimits: {kept}")
