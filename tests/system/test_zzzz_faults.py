"""Nothing that was accepted is lost, and nothing that was refused arrives, whatever is killed, stopped or full meanwhile."""

import smtplib
import subprocess
import threading
import time
import uuid
from contextlib import contextmanager

import pytest

from tcv import mailbox

MESSAGES = 2000
SENDERS = 8
# Killed one after the other, again and again, with every process of theirs.
DAEMONS = [
    "postfix.service",
    "dovecot.service",
    "rspamd.service",
    "clamav-daemon.service",
    "slapd.service",
    "valkey-server.service",
    "unbound.service",
    "thucongvu-submission.service",
]
BETWEEN_KILLS_SECONDS = 3
AFTER_A_REFUSAL_SECONDS = 0.2
PATIENCE_SECONDS = 600


class Run:
    """Many senders at once, and what each was answered."""

    def __init__(self, site, account, recipient):
        self.site, self.account, self.recipient = site, account, recipient
        self.accepted, self.refused, self.unanswered = set(), set(), set()
        self.lock = threading.Lock()
        self.left = MESSAGES

    def next(self):
        with self.lock:
            self.left -= 1
            return self.left >= 0

    def send(self, number):
        """Send messages until none is left, over a session that is made anew whenever it breaks."""
        session = None
        while self.next():
            message = self.site.message(self.account["address"], self.recipient["address"], "Trong lúc có sự cố")
            identity = f"{uuid.uuid4()}@{self.site.domain}"
            message.replace_header("Message-ID", f"<{identity}>")
            where, stage = self.refused, "before"
            try:
                if session is None:
                    session = self.opened(number)
                session.mail(self.account["address"])
                code, _said = session.rcpt(self.recipient["address"])
                if code == 250:
                    stage = "data"
                    where = self.unanswered
                    code, _said = session.data(bytes(message))
                    where = self.accepted if code == 250 else self.refused
            except (smtplib.SMTPException, OSError):
                # Until the text was sent nothing can have been taken.
                where = self.unanswered if stage == "data" else self.refused
            if where is not self.accepted:
                # As a server on the Internet does: a session in which a filter was lost stays without. And not at once, or the whole run
                # would be over while one daemon is away.
                if session is not None:
                    session.close()
                session = None
                time.sleep(AFTER_A_REFUSAL_SECONDS)
            with self.lock:
                where.add(identity)

    def opened(self, number):
        """A session: one half signed in, the other as a server on the Internet has it."""
        session = mailbox.Submission(self.site.service("submission" if number % 2 else "smtp"))
        session.ehlo()
        if number % 2:
            session.starttls(context=self.site.context)
            session.login(self.account["address"], self.account["password"])
        return session

    def run(self):
        senders = [threading.Thread(target=self.send, args=(number,)) for number in range(SENDERS)]
        for sender in senders:
            sender.start()
        return senders


def code_of(session, message):
    """The code with which a message was taken or refused."""
    try:
        session.send_message(message)
    except smtplib.SMTPResponseException as error:
        return error.smtp_code
    except smtplib.SMTPRecipientsRefused as error:
        return next(iter(error.recipients.values()))[0]
    return 250


def settled(host, eventually):
    """Whether the queue has become empty."""

    def empty():
        host.run("postqueue -f")
        return host.run("postqueue -j").stdout.strip() == ""

    return eventually(empty, PATIENCE_SECONDS)


def arrived(host, account):
    """How often each id is in the mailbox."""
    found = {}
    for folder in ("INBOX", "Junk"):
        for line in host.run(
            "doveadm fetch -u %s hdr.message-id mailbox %s", account["address"], folder
        ).stdout.splitlines():
            if "<" in line:
                identity = line.partition("<")[2].rstrip(">")
                found[identity] = found.get(identity, 0) + 1
    return found


@pytest.fixture
def quiet(site, host, directory):
    """A sender without a limit, and a mailbox that is emptied afterwards."""
    sender, recipient = site.account("person", 24), site.account("person", 25)
    kept = directory.read(sender["dn"], "tcvSendingLimits")["tcvSendingLimits"][0]
    directory.modify(sender["dn"], "replace: tcvSendingLimits\ntcvSendingLimits: - -")
    yield sender, recipient
    directory.modify(sender["dn"], f"replace: tcvSendingLimits\ntcvSendingLimits: {kept}")
    host.run("doveadm expunge -u %s mailbox INBOX all", recipient["address"])


def test_every_daemon_is_killed_in_the_middle_of_two_thousand_messages(site, host, quiet, eventually):
    sender, recipient = quiet
    run = Run(site, sender, recipient)
    senders = run.run()
    number = 0
    while any(thread.is_alive() for thread in senders):
        unit = DAEMONS[number % len(DAEMONS)]
        subprocess.run(
            ["podman", "exec", site.facts["container"], "systemctl", "kill", "-s", "KILL", "--kill-whom=all", unit],
            check=False,
        )
        number += 1
        time.sleep(BETWEEN_KILLS_SECONDS)
    assert number >= len(DAEMONS)
    # By themselves, without a hand.
    for unit in DAEMONS:
        assert eventually(lambda unit=unit: host.run("systemctl is-active %s", unit).stdout.strip() == "active"), unit
    assert settled(host, eventually), host.run("postqueue -p").stdout[-2000:]
    found = arrived(host, recipient)
    print(f"accepted {len(run.accepted)}, refused {len(run.refused)}, unanswered {len(run.unanswered)}, kills {number}")
    assert len(run.accepted) > MESSAGES // 4
    assert [one for one in run.accepted if one not in found] == []
    assert [one for one in run.refused if one in found] == []
    # What was being delivered when it was killed may be there twice (RFC 1047): never more than was under way at a kill.
    twice = [one for one, times in found.items() if times > 1]
    assert len(twice) <= number * SENDERS


@pytest.fixture
def full_disk(host, quiet):
    """The disk below one mailbox is full for the length of a block."""
    _sender, recipient = quiet
    home = host.check_output("doveadm user -f home %s", recipient["address"])
    # Dovecot sees the mounts of its own namespace (ProtectSystem=).
    inside = f"nsenter -t {host.check_output('systemctl show -P MainPID dovecot.service')} -m"

    @contextmanager
    def full():
        host.check_output(f"{inside} mount -t tmpfs -o size=64k,mode=0700,uid=vmail,gid=vmail full %s", home)
        host.run(f"{inside} dd if=/dev/zero of=%s/filler bs=4k", home)
        try:
            yield
        finally:
            host.check_output(f"{inside} umount -l %s", home)

    return full


def test_mail_for_a_full_disk_waits_or_is_refused_for_now_and_is_there_once_when_there_is_room(
    site, host, quiet, full_disk, eventually
):
    sender, recipient = quiet
    accepted, refused = [], []
    with full_disk():
        for _ in range(5):
            message = site.message(sender["address"], recipient["address"], "Đĩa đầy")
            identity = message["Message-ID"].strip("<>")
            with site.submission(sender) as session:
                code = code_of(session, message)
            assert code == 250 or 400 <= code < 500
            (accepted if code == 250 else refused).append(identity)
        assert eventually(lambda: host.run("postqueue -j").stdout.count('"delay_reason"') == len(accepted))
    assert settled(host, eventually)
    found = arrived(host, recipient)
    assert [found.get(identity) for identity in accepted] == [1] * len(accepted)
    assert [identity for identity in refused if identity in found] == []


def test_while_the_directory_is_away_mail_is_refused_for_now(site, host, quiet, stopped):
    _sender, recipient = quiet
    message = site.message("hoi.dan@outside.example", recipient["address"], "Danh bạ vắng")
    codes = []
    with stopped("slapd.service"):
        for _ in range(3):
            with site.outside() as session:
                codes.append(code_of(session, message))
    assert all(400 <= code < 500 for code in codes), codes
    with site.outside() as session:
        session.send_message(message)
    assert site.arrives(recipient, message) is not None
    assert arrived(host, recipient)[message["Message-ID"].strip("<>")] == 1
