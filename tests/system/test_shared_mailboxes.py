"""CT-11.1, CT-11.3, CB-12.1, BD-10: mailboxes of agencies and units, and those to whom they are given."""

import imaplib
import poplib
import re
import shutil
import smtplib
import time
from email.header import decode_header, make_header
from email.utils import getaddresses

import pytest

from tcv import mailbox

SINCE_BEFORE = 2


@pytest.fixture(scope="module")
def shared(site):
    """A mailbox with a head and a delegate, those two, and a colleague who has no right to it."""
    given = next(one for one in site.facts["delegations"] if one["delegates"])
    people = {account["address"]: account for account in site.facts["accounts"]}
    having = {given["head"], *given["delegates"], given["mailbox"]}
    agency = people[given["mailbox"]]["agency"]
    colleague = next(
        account
        for account in site.facts["accounts"]
        if account["agency"] == agency
        and account["state"] == "ready"
        and account["address"] not in having
        and account["kind"] == "person"
    )
    return {
        "mailbox": people[given["mailbox"]],
        "head": people[given["head"]],
        "delegate": people[given["delegates"][0]],
        "colleague": colleague,
    }


def inbox(shared, folder="INBOX"):
    return f"shared/{shared['mailbox']['address']}/{folder}"


@pytest.fixture
def received(site, sender, shared):
    """A message that the shared mailbox has just received."""
    message = site.message(sender["address"], shared["mailbox"]["address"], "Báo cáo quý III")
    with site.submission(sender) as session:
        session.send_message(message)
    assert site.arrives(shared["mailbox"], message) is not None
    return message


@pytest.fixture
def changed_agencies(site, project, tmp_path, operator):
    """Run accounts.yml over a copy of the register in which a mailbox is delegated to another; afterwards over the real one."""
    folder = tmp_path / "register"
    shutil.copytree(project / "inventories" / site.facts["province"] / "register", folder)
    file = folder / "agencies.yml"
    kept = file.read_text("utf-8")

    def run(owner, person):
        text = kept
        if person is not None:
            identity = re.search(r"uid=([^,]+)", person["dn"])[1]
            local = owner["address"].split("@")[0]
            form = rf"(address: {re.escape(local)}\n.*\n +delegates: )\[.*\]"
            text, number = re.subn(form, rf"\1[{identity}]", kept)
            assert number == 1
        file.write_text(text, encoding="utf-8")
        return operator("accounts", "-e", f"register_dir={folder}")

    yield run
    done = operator("accounts")
    assert done.returncode == 0, done.stdout


def uid_of(session, message):
    _, found = session.uid("SEARCH", None, "HEADER", "Message-ID", f'"{message["Message-ID"]}"')
    return found[0].split()[0].decode() if found[0] else None


def answer(session, *command):
    """What the server says to a command: OK, NO or BAD."""
    try:
        return session.uid(*command)[0]
    except imaplib.IMAP4.error:
        return "BAD"


@pytest.mark.parametrize("who", ["head", "delegate"])
def test_whose_it_is_sees_it_among_their_own_folders_without_asking_for_it(site, shared, who):
    with site.imap(shared[who]) as session:
        listed = [line.decode().rsplit(" ", 1)[-1] for line in session.lsub()[1]]
        own = inbox(shared, "").rstrip("/")
        # The first is its INBOX.
        assert {own, *(f"{own}/{folder}" for folder in ("Sent", "Drafts", "Junk", "Archive"))} <= set(listed)
        assert session.select(inbox(shared, "Sent"))[0] == "OK"
        # As the webmail asks; the journal's test sees whether Dovecot has something to say to it.
        assert session.xatom("LIST", '"" "*"', "RETURN", "(SUBSCRIBED SPECIAL-USE)")[0] == "OK"


def test_e7_a_delegate_reads_files_flags_and_answers_and_can_remove_nothing(site, shared, received):
    """CT-11.3: neither received nor sent mail is deleted, by no command that a program may use for it."""
    with site.imap(shared["delegate"]) as session:
        session.create(inbox(shared, "Quy III").replace(" ", "-"))
        assert session.select(inbox(shared))[0] == "OK"
        uid = uid_of(session, received)
        assert session.uid("STORE", uid, "+FLAGS", r"(\Seen \Flagged \Answered)")[0] == "OK"
        _, flags = session.uid("FETCH", uid, "(FLAGS)")
        assert all(flag in flags[0] for flag in (b"\\Seen", b"\\Flagged", b"\\Answered"))
        assert session.append(inbox(shared), None, None, bytes(site.message("a@b.example", "c@d.example")))[0] == "OK"
        session.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
        session.expunge()
        answer(session, "EXPUNGE", uid)
        for elsewhere in ("Trash", inbox(shared, "Junk"), inbox(shared, "Drafts"), inbox(shared, "Archive")):
            assert answer(session, "MOVE", uid, elsewhere) == "NO"
        assert answer(session, "REPLACE", uid, "INBOX", "{4}") != "OK"
    with site.imap(shared["delegate"]) as session:
        session.select(inbox(shared))
        session.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
        session.close()
        for folder in ("INBOX", "Sent", "Archive"):
            assert session.delete(inbox(shared, folder))[0] == "NO"
            assert session.rename(inbox(shared, folder), inbox(shared, "Khac"))[0] == "NO"
        assert session.rename(inbox(shared), "Rieng")[0] == "NO"
        assert session.setacl(inbox(shared), shared["delegate"]["address"], "lrwsitekxa")[0] == "NO"
        session.select(inbox(shared))
        assert uid_of(session, received) == uid


def test_who_signs_in_as_the_mailbox_can_remove_nothing_either(site, shared, received):
    with site.imap(shared["mailbox"]) as session:
        session.select("INBOX")
        uid = uid_of(session, received)
        session.uid("STORE", uid, "+FLAGS", r"(\Deleted)")
        session.expunge()
        assert answer(session, "MOVE", uid, "Trash") == "NO"
        assert session.delete("Sent")[0] == "NO"
        assert uid_of(session, received) == uid
        # Spam and letters that are being written may go.
        spam = bytes(site.message("a@b.example", "c@d.example"))
        for folder in ("Junk", "Drafts"):
            session.append(folder, None, None, spam)
            session.select(folder)
            session.store("1:*", "+FLAGS", r"(\Deleted)")
            session.expunge()
            assert session.search(None, "ALL")[1] == [b""]


def test_pop3_removes_nothing_from_it(site, shared, received, pop3):
    session = pop3(shared["mailbox"])
    count, _size = session.stat()
    for number in range(1, count + 1):
        session.dele(number)
    with pytest.raises(poplib.error_proto):
        session.quit()
    assert site.arrives(shared["mailbox"], received) is not None


@pytest.mark.parametrize(
    ("script", "folder"), [("discard;", "Trash"), ('redirect "{other}";', "INBOX")], ids=["discards", "sends away"]
)
def test_a_rule_of_its_own_throws_nothing_away(site, shared, sender, sieve_of, script, folder):
    account = shared["mailbox"]
    message = site.message(sender["address"], account["address"], "Công văn đến")
    with sieve_of(account, script.format(other=sender["address"])):
        with site.submission(sender) as session:
            session.send_message(message)
        assert site.arrives(account, message, folder) is not None


def test_e8_a_colleague_without_the_right_neither_sees_nor_opens_it(site, shared):
    with site.imap(shared["colleague"]) as session:
        assert shared["mailbox"]["address"] not in b" ".join(session.list()[1]).decode()
        assert session.select(inbox(shared))[0] == "NO"
        assert session.append(inbox(shared), None, None, b"From: a@b.example\r\n\r\nx")[0] == "NO"


def test_c4_who_has_it_writes_as_the_agency_and_the_message_says_who(site, shared, recipient, host, operator, signed):
    """The writer stands in Sender and in the audit log, the copy lies among what the agency sent."""
    agency, delegate = shared["mailbox"], shared["delegate"]
    began = float(host.check_output("date +%s")) - SINCE_BEFORE
    message = site.message(agency["address"], recipient["address"], "Kế hoạch kiểm tra")
    message["Sender"] = agency["address"]
    with site.submission(delegate) as session:
        session.send_message(message)
    arrived = site.arrives(recipient, message)
    assert [address for _name, address in getaddresses(arrived.get_all("From"))] == [agency["address"]]
    ((name, address),) = getaddresses(arrived.get_all("Sender"))
    assert address == delegate["address"]
    assert str(make_header(decode_header(name))).startswith(delegate["name"])
    assert signed(arrived)

    copy = site.arrives(agency, message, "Sent")
    assert copy is not None
    assert copy["Sender"] == arrived["Sender"]
    with site.imap(delegate) as session:
        session.select(inbox(shared, "Sent"), readonly=True)
        assert uid_of(session, message) is not None

    host.check_output("journalctl --namespace=audit --sync")
    said = host.check_output(
        "journalctl --namespace=audit --quiet --output json --since @%s TCV_KIND=sent TCV_KEY=%s",
        str(int(began)),
        agency["dn"].lower(),
    )
    assert f'"TCV_ACTOR":"{delegate["dn"]}"' in said
    told = " ".join(operator("audit", "-e", f"account={agency['address']}").stdout.split())
    assert f"sent in the mailbox's name: {agency['dn']}" in told
    assert f"by {delegate['dn']}" in told


def test_who_signs_in_as_the_agency_leaves_no_second_copy(site, shared, recipient):
    agency = shared["mailbox"]
    message = site.message(agency["address"], recipient["address"], "Thư của cơ quan")
    with site.submission(agency) as session:
        session.send_message(message)
    arrived = site.arrives(recipient, message)
    assert arrived is not None
    assert arrived["Sender"] is None
    with site.imap(agency) as session:
        session.select("Sent", readonly=True)
        assert uid_of(session, message) is None


def test_b_as_u_is_refused(site, shared, recipient):
    message = site.message(shared["mailbox"]["address"], recipient["address"])
    with site.submission(shared["colleague"]) as session, pytest.raises(smtplib.SMTPException) as refused:
        session.send_message(message)
    assert re.search(r"\b553\b", str(refused.value))


def test_a_message_in_ones_own_envelope_that_shows_the_agency_is_refused(site, shared, recipient):
    """Postfix has proven the envelope alone: what a reader sees must be the same."""
    message = site.message(shared["mailbox"]["address"], recipient["address"])
    with site.submission(shared["colleague"]) as session, pytest.raises(smtplib.SMTPException):
        session.send_message(message, from_addr=shared["colleague"]["address"])


@pytest.mark.parametrize("way", ["outside", "signed in"])
def test_nobody_puts_mail_among_what_an_agency_sent(site, shared, sender, way):
    local, _, domain = shared["mailbox"]["address"].partition("@")
    copies = f"{local}+sent-copy@{domain}"
    session = site.outside() if way == "outside" else site.submission(sender)
    with session as smtp:
        smtp.mail("hoi.dan@outside.example" if way == "outside" else sender["address"])
        assert smtp.rcpt(copies)[0] == 550


def test_a_delegation_is_given_and_taken_within_seconds(site, shared, changed_agencies, received):
    """By the register, as an operator does it; what was open is closed."""
    colleague, agency = shared["colleague"], shared["mailbox"]
    began = time.monotonic()
    assert changed_agencies(agency, colleague).returncode == 0
    assert time.monotonic() - began < mailbox.TIMEOUT
    session = site.imap(colleague)
    assert session.select(inbox(shared))[0] == "OK"
    assert uid_of(session, received) is not None
    with site.submission(colleague) as smtp:
        assert smtp.mail(agency["address"])[0] == 250
        assert smtp.rcpt(colleague["address"])[0] == 250
        smtp.rset()
        assert changed_agencies(agency, None).returncode == 0
        with pytest.raises((imaplib.IMAP4.error, OSError)):
            session.noop()
        smtp.mail(agency["address"])
        assert smtp.rcpt(colleague["address"])[0] == 553
    with site.imap(colleague) as again:
        assert shared["mailbox"]["address"] not in b" ".join(again.lsub()[1]).decode()
        assert again.select(inbox(shared))[0] == "NO"
