"""BD-7: what people delete can be brought back for as long as the regulation says."""

import imaplib
import re

import pytest

FOLDER = "Th&AbA- &AREA4w- x&APM-a"
RESTORED = "Th&AbA- kh&APQ-i ph&HuU-c"


@pytest.fixture
def kept(site, sender):
    """A person, and a message that they have received."""
    account = site.account("person", 7)
    message = site.message(sender["address"], account["address"], "Biên bản cần giữ")
    with site.submission(sender) as session:
        session.send_message(message)
    assert site.arrives(account, message) is not None
    return account, message


def has(session, folder, message):
    """How often a message is in a folder."""
    if session.select(f'"{folder}"', readonly=True)[0] != "OK":
        return 0
    _, found = session.search(None, "HEADER", "Message-ID", f'"{message["Message-ID"]}"')
    return len(found[0].split())


def delete(session, folder, message):
    """Delete a message from a folder as a program does: flag and expunge."""
    session.select(f'"{folder}"')
    _, found = session.search(None, "HEADER", "Message-ID", f'"{message["Message-ID"]}"')
    session.store(found[0].split()[0].decode(), "+FLAGS", r"(\Deleted)")
    session.expunge()


def test_what_a_person_deletes_waits_where_they_read_it_and_change_nothing(site, kept):
    account, message = kept
    with site.imap(account) as session:
        delete(session, "INBOX", message)
        assert has(session, "INBOX", message) == 0
        assert has(session, FOLDER, message) == 1
        # Their own programs bring it back, too.
        session.select(f'"{FOLDER}"', readonly=True)
        _, found = session.search(None, "HEADER", "Message-ID", f'"{message["Message-ID"]}"')
        assert session.copy(found[0].split()[0].decode(), "INBOX")[0] == "OK"
        assert has(session, "INBOX", message) == 1
        assert session.append(f'"{FOLDER}"', None, None, bytes(message))[0] == "NO"


def test_what_is_moved_is_not_deleted(site, kept):
    account, message = kept
    with site.imap(account) as session:
        session.select("INBOX")
        _, found = session.uid("SEARCH", None, "HEADER", "Message-ID", f'"{message["Message-ID"]}"')
        session.uid("MOVE", found[0].split()[0].decode(), "Trash")
        assert has(session, "Trash", message) == 1
        assert has(session, FOLDER, message) == 0
        # Emptying the trash deletes it.
        delete(session, "Trash", message)
        assert has(session, FOLDER, message) == 1


def test_it_is_opened_for_reading_alone(site, kept):
    account, message = kept
    with site.imap(account) as session:
        delete(session, "INBOX", message)
    with site.imap(account) as session:
        assert session.delete(f'"{FOLDER}"')[0] == "NO"
        assert session.rename(f'"{FOLDER}"', "Khac")[0] == "NO"
        assert has(session, FOLDER, message) == 1
    session = site.imap(account)
    with pytest.raises(imaplib.IMAP4.readonly):
        session.select(f'"{FOLDER}"')
    session.shutdown()


def test_it_takes_no_room(site, host, kept):
    account, message = kept
    with site.imap(account) as session:

        def used():
            said = b" ".join(part for parts in session.getquotaroot("INBOX")[1] for part in parts if part).decode()
            return int(re.search(r"STORAGE (\d+)", said)[1])

        before = used()
        delete(session, "INBOX", message)
        after = used()
        assert after <= before
        # The sum that is kept says what adding it up anew does.
        host.check_output("doveadm quota recalc -u %s", account["address"])
        assert used() == after


def test_it_stays_for_the_regulations_term(host, cantho):
    term = cantho.term("deleted_mail.keep").value.days(cantho.month_days)
    assert host.check_output("doveconf -n").count(f"autoexpunge = {term}d") >= 1


def test_the_operator_brings_back_what_somebody_deleted_and_sees_none_of_it(site, kept, operator, sender):
    """CT-9.10: how many, and nothing of what stands in them."""
    account, message = kept
    with site.imap(account) as session:
        delete(session, "INBOX", message)
    told = operator("restore_mail", "-e", f"account={account['address']}", "-e", "deleted_since=1h", "--check")
    assert told.returncode == 0, told.stdout
    with site.imap(account) as session:
        assert has(session, RESTORED, message) == 0
    done = operator("restore_mail", "-e", f"account={account['address']}", "-e", "deleted_since=1h")
    assert done.returncode == 0, done.stdout
    for said in (told.stdout, done.stdout):
        assert "Biên bản cần giữ" not in said
        assert sender["address"] not in said
    with site.imap(account) as session:
        assert has(session, RESTORED, message) == 1
        assert has(session, FOLDER, message) == 0
    again = operator("restore_mail", "-e", f"account={account['address']}", "-e", "deleted_since=1h")
    assert again.returncode == 0
    assert "changed=0" in again.stdout


def test_a_term_that_is_none_is_refused(operator, kept):
    refused = operator("restore_mail", "-e", f"account={kept[0]['address']}", "-e", "deleted_since=hom-qua")
    assert refused.returncode != 0
    assert "deleted_since" in refused.stdout
    assert "hom-qua" in refused.stdout


def test_nobody_else_sees_it(site, kept):
    account, message = kept
    with site.imap(account) as session:
        delete(session, "INBOX", message)
    with site.imap(site.account("person", 8)) as session:
        assert session.select(f'"shared/{account["address"]}/{FOLDER}"')[0] == "NO"
        with pytest.raises(imaplib.IMAP4.error):
            session.search(None, "ALL")
