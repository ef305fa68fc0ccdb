"""People sort their mail with Sieve rules of their own, put there over ManageSieve (RFC 5804)."""

import time
import uuid

import pytest
from sievelib.managesieve import Client


@pytest.fixture
def client(site, recipient, monkeypatch):
    service = site.service("sieve")
    # The library verifies by the machine's own list of authorities, which is this one here.
    monkeypatch.setenv("SSL_CERT_FILE", site.facts["ca_file"])
    client = Client(service.address, service.port)
    client.srvhostname = service.name
    assert client.connect(recipient["address"], recipient["password"], starttls=True, authmech="PLAIN")
    yield client
    client.logout()


def test_a_rule_files_mail(site, client, sender, recipient):
    script = (
        'require ["fileinto", "mailbox"];\nif header :contains "Subject" "Lịch công tác" { fileinto :create "Lich"; }\n'
    )
    assert client.putscript("quy-tac", script)
    assert client.setactive("quy-tac")
    try:
        message = site.message(sender["address"], recipient["address"], "Lịch công tác tuần")
        with site.submission(sender) as session:
            session.send_message(message)
        assert site.arrives(recipient, message, folder="Lich") is not None
    finally:
        client.setactive("")
        client.deletescript("quy-tac")


@pytest.fixture
def answering(client):
    """Let a script answer mail, for the length of a test."""

    def answer(script):
        assert client.putscript("tra-loi", script)
        assert client.setactive("tra-loi")

    yield answer
    client.setactive("")
    client.deletescript("tra-loi")


def test_an_absence_is_told_once(site, answering, sender, recipient, eventually):
    subject = f"Vắng mặt {uuid.uuid4().hex}"
    answering(f'require "vacation";\nvacation :days 1 :subject "{subject}" "Tôi đi công tác.";\n')
    with site.submission(sender) as session:
        for _ in range(2):
            session.send_message(site.message(sender["address"], recipient["address"]))
    with site.imap(sender) as session:

        def answers():
            session.select("INBOX", readonly=True)
            return session.search(None, "HEADER", "Auto-Submitted", "auto-replied", "HEADER", "Subject", subject[-32:])[
                1
            ]

        assert eventually(lambda: answers() != [b""])
        last = site.message(sender["address"], recipient["address"])
        with site.submission(sender) as submission:
            submission.send_message(last)
        assert site.arrives(recipient, last) is not None
        assert len(answers()[0].split()) == 1


def test_a_script_answers_in_its_owners_name_alone(site, answering, sender, recipient):
    """CT-8: the answer is signed like all mail of the domain."""
    other = site.account("person", 2)
    mark = uuid.uuid4().hex
    answering(f'require "vacation";\nvacation :days 1 :from "{other["address"]}" :subject "{mark}" "x";\n')
    asked = site.message(sender["address"], recipient["address"])
    with site.submission(sender) as session:
        session.send_message(asked)
    # What the filter refuses of a script's goes back to the script's owner.
    with site.imap(recipient) as session:
        deadline = time.monotonic() + 60
        returned = b""
        while not returned and time.monotonic() < deadline:
            session.select("INBOX", readonly=True)
            returned = session.search(None, "FROM", "MAILER-DAEMON", "BODY", mark)[1][0]
            time.sleep(0.25)
    assert returned
    with site.imap(sender) as session:
        session.select("INBOX", readonly=True)
        assert session.search(None, "HEADER", "Subject", mark)[1] == [b""]


@pytest.mark.parametrize(
    "script",
    [
        'require "enotify";\nnotify :from "{other}" :message "x" "mailto:{other}";\n',
        'require "reject";\nreject "x";\n',
        'require "regex";\nif header :regex "Subject" "(a*)*b" {{ keep; }}\n',
    ],
)
def test_what_a_script_may_not_do_is_refused_when_it_is_put_there(site, client, script):
    assert not client.putscript("khong", script.format(other=site.account("person", 2)["address"]))


def test_a_broken_rule_is_refused(client):
    assert not client.putscript("hong", "if header :khongco { }\n")
    assert "hong" not in [name for part in client.listscripts() for name in part or []]
