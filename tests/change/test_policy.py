"""CT-4.1: a value changed in the regulation, and nowhere else, reaches the mailboxes (molecule/default/change_policy.yml)."""

import json
import os
import re
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
