"""Mailboxes of an earlier version lie in Maildir; playbooks/convert_mailboxes.yml moves them, and nothing of them is lost."""

import smtplib
import threading
from contextlib import suppress

import pytest

CONFIG = "/etc/dovecot/dovecot.conf"
WORK = '"C&APQ-ng vi&Hsc-c/2026"'


def home_of(host, account):
    return host.check_output("doveadm user -f home %s", account["address"])


@pytest.fixture
def earlier(host, trial, recipient):
    """A host as 0.3.0 left it: Dovecot uses Maildir. What two people have now is set aside, and back at the end."""
    homes = {account["address"]: home_of(host, account) for account in (trial, recipient)}
    host.check_output("systemctl stop dovecot")
    host.check_output("sed -i 's|^mail_driver = sdbox$|mail_driver = maildir|; s|~/mail$|~/Maildir|' %s", CONFIG)
    for home in homes.values():
        host.check_output("mkdir -p %s/mail && mv %s/mail %s/aside", home, home, home)
    host.check_output("systemctl start dovecot")
    yield homes
    host.check_output("systemctl stop dovecot")
    host.check_output("sed -i 's|^mail_driver = maildir$|mail_driver = sdbox|; s|~/Maildir$|~/mail|' %s", CONFIG)
    for home in homes.values():
        host.check_output(
            "rm -rf %s/mail %s/Maildir %s/.copy-of-maildir && mv %s/aside %s/mail", home, home, home, home, home
        )
    host.check_output("systemctl start dovecot")


def contents(site, account):
    """What a mail program knows of a mailbox: of each folder its number, and of each message number, flags and date."""
    found = {}
    with site.imap(account) as session:
        subscribed = sorted(session.lsub()[1])
        for line in session.list()[1]:
            if rb"\Noselect" in line:
                continue
            name = line.split(b' "/" ')[1].decode().strip('"')
            session.select(f'"{name}"', readonly=True)
            messages = session.uid("FETCH", "1:*", "(FLAGS INTERNALDATE RFC822.SIZE)")[1]
            found[name] = (session.response("UIDVALIDITY")[1], [line for line in messages if line])
    return subscribed, found


def message_ids(site, account):
    """The messages in an inbox."""
    with site.imap(account) as session:
        session.select("INBOX", readonly=True)
        parts = session.uid("FETCH", "1:*", "(BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)])")[1]
        return [part[1].decode().partition(":")[2].strip() for part in parts if isinstance(part, tuple)]


def test_mailboxes_of_an_earlier_version_are_moved_while_mail_comes(site, host, earlier, trial, operator, eventually):
    letters = [site.message("hoi.dan@outside.example", trial["address"], f"Thư cũ {number}") for number in range(3)]
    for letter in letters:
        with site.outside() as session:
            session.send_message(letter)
        assert site.arrives(trial, letter) is not None
    with site.imap(trial) as session:
        session.create(WORK)
        session.subscribe(WORK)
        session.select("INBOX")
        session.store("1", "+FLAGS", r"(\Seen \Flagged viec)")
        session.copy("2", WORK)
        session.store("2", "+FLAGS", r"(\Deleted)")
        session.expunge()
    before = contents(site, trial)

    told = operator("convert_mailboxes", "--check")
    assert told.returncode == 0, told.stdout
    assert "1 mailboxes" in told.stdout
    assert not host.file(f"{earlier[trial['address']]}/mail").exists
    assert contents(site, trial) == before

    accepted, done = [], threading.Event()

    def write():
        while not done.wait(0.1):
            message = site.message("hoi.dan@outside.example", trial["address"], "Trong khi chuyển")
            # Refused for now, while Dovecot is away: whoever sent it tries again.
            with suppress(OSError, smtplib.SMTPException), site.outside() as session:
                session.send_message(message)
                accepted.append(message["Message-ID"])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        moved = operator("convert_mailboxes")
    finally:
        done.set()
        writer.join()
    assert moved.returncode == 0, moved.stdout
    assert "mail_driver = sdbox" in host.file(CONFIG).content_string
    assert len(accepted) > 0
    names = {letter["Message-ID"] for letter in letters} - {letters[1]["Message-ID"]}

    def all_there():
        # What found Dovecot away a moment after it was taken would wait for minutes.
        host.check_output("postqueue -f")
        return sorted(message_ids(site, trial)) == sorted({*names, *accepted})

    assert eventually(all_there)
    subscribed, folders = contents(site, trial)
    assert set(before[0]) <= set(subscribed)
    for name, (number, messages) in before[1].items():
        assert folders[name][0] == number
        assert folders[name][1][: len(messages)] == messages, name

    again = operator("convert_mailboxes")
    assert again.returncode == 0, again.stdout
    assert "changed=0" in again.stdout


def test_a_run_of_the_site_leaves_no_maildir_behind(site, host, earlier, trial, operator):  # noqa: ARG001
    letter = site.message("hoi.dan@outside.example", trial["address"], "Ở dạng cũ")
    with site.outside() as session:
        session.send_message(letter)
    assert site.arrives(trial, letter) is not None
    deployed = host.file(CONFIG).content_string
    refused = operator("site", "--tags", "dovecot")
    assert refused.returncode != 0
    assert "playbooks/convert_mailboxes.yml" in refused.stdout
    assert host.file(CONFIG).content_string == deployed


def test_mail_that_is_no_copy_is_never_overwritten(site, host, earlier, recipient, operator):
    home = earlier[recipient["address"]]
    letter = site.message("hoi.dan@outside.example", recipient["address"], "Ở dạng cũ")
    with site.outside() as session:
        session.send_message(letter)
    assert site.arrives(recipient, letter) is not None
    host.check_output("cp -a %s/aside %s/mail", home, home)
    before = host.check_output("find %s/mail -type f -exec sha256sum {} + | sort", home)
    refused = operator("convert_mailboxes")
    assert refused.returncode != 0
    assert f"{home}/mail" in refused.stdout
    assert host.check_output("find %s/mail -type f -exec sha256sum {} + | sort", home) == before
    # Work goes on in the mailbox as it was.
    assert site.arrives(recipient, letter) is not None
