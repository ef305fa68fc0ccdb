"""People sort their mail with Sieve rules of their own, put there over ManageSieve (RFC 5804)."""

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


def test_a_broken_rule_is_refused(client):
    assert not client.putscript("hong", "if header :khongco { }\n")
    assert "hong" not in [name for part in client.listscripts() for name in part or []]
