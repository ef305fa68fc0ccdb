"""CT-4.1: a value changed in the regulation, and nowhere else, reaches the mailboxes (molecule/default/change_policy.yml)."""

import http.client
import json
import os
import re
import socket
import urllib.parse
from pathlib import Path

import pytest
import yaml

from tcv import mailbox


@pytest.fixture(scope="module")
def facts() -> dict:
    return json.loads(Path(os.environ["TCV_DEMO"]).read_text(encoding="utf-8"))


def storage_limit(facts: dict, kind: str) -> int:
    """The storage limit that Dovecot tells the first account of a kind, in KiB."""
    account = next(account for account in facts["accounts"] if account["kind"] == kind)
    service = mailbox.Service(f"imap.{facts['domain']}", facts["host"], facts["ports"]["imaps"])
    with mailbox.Imap(service, mailbox.trusting(Path(facts["ca_file"]))) as session:
        session.login(account["address"], account["password"])
        _, answer = session.getquotaroot("INBOX")
    said = b" ".join(part for parts in answer for part in parts if part).decode()
    found = re.search(r"STORAGE \d+ (\d+)", said)
    assert found, said
    return int(found.group(1))


def test_the_changed_quota_of_a_person_has_arrived(facts: dict):
    changed = yaml.safe_load(Path(os.environ["TCV_STATE"], "regulation.yml").read_text(encoding="utf-8"))
    assert changed["quotas"]["person"]["value"] == "7 GB"
    assert changed["quotas"]["unit"]["value"] == "10 GB"
    assert storage_limit(facts, "person") * 10 == storage_limit(facts, "unit") * 7


class Portal(http.client.HTTPSConnection):
    """The portal by its address, since nothing here knows its name."""

    def __init__(self, facts: dict):
        self.address = facts["host"], facts["ports"]["https"]
        self.trusting = mailbox.trusting(Path(facts["ca_file"]))
        super().__init__(f"sso.{facts['domain']}")

    def connect(self):
        self.sock = self.trusting.wrap_socket(socket.create_connection(self.address), server_hostname=self.host)


def portal_sends(facts: dict, kind: str) -> str:
    """Where the portal sends the first account of a kind that signs in with its password; empty where it is refused."""
    account = next(account for account in facts["accounts"] if account["kind"] == kind)
    page = Portal(facts)
    page.request("GET", "/")
    token = re.search(r'name="token" value="([^"]*)"', page.getresponse().read().decode())
    form = {"user": account["address"], "password": account["password"]} | ({"token": token[1]} if token else {})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "text/html"}
    page = Portal(facts)
    page.request("POST", "/", urllib.parse.urlencode(form), headers)
    return urllib.parse.urlsplit(page.getresponse().getheader("Location") or "").path


def test_a_second_factor_that_the_regulation_now_requires_is_asked_for(facts: dict):
    assert portal_sends(facts, "unit") == "/2fregisters"
    assert portal_sends(facts, "person") == "/"
