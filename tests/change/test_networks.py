"""Networks that an operator names: mail from there is not judged by its sender."""

import json
import os
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import pytest

from tcv import mailbox, network
from tcv.site import Site


@pytest.fixture
def site():
    site = Site(Path(os.environ["TCV_INVENTORY"]), Path(os.environ["TCV_STATE"]))
    own = json.dumps({"rspamd_local_networks": network.describe().subnets})
    site.play("site", "--tags", "rspamd", "--extra-vars", own, log="networks")
    yield site
    site.play("site", "--tags", "rspamd", log="networks-back")


def test_a_mail_server_of_a_named_network_answers_automatically(site):
    """Its answers have no sender, and none of ours: only this host's scripts answer in an account's name."""
    facts = json.loads(Path(os.environ["TCV_DEMO"]).read_text(encoding="utf-8"))
    person = next(account for account in facts["accounts"] if account["kind"] == "person")
    message = EmailMessage()
    message["From"] = "hop.thu@outside.example"
    message["To"] = person["address"]
    message["Subject"] = "Vắng mặt"
    message["Auto-Submitted"] = "auto-replied"
    message["Message-ID"] = make_msgid(domain="outside.example")
    message.set_content("Tôi đi công tác.\n")
    with mailbox.Submission(mailbox.Service(f"mx.{site.domain}", facts["host"], facts["ports"]["smtp"])) as session:
        session.send_message(message, from_addr="")
    imap = mailbox.Service(f"imap.{site.domain}", facts["host"], facts["ports"]["imaps"])
    login = (person["address"], person["password"])
    assert mailbox.wait_for(imap, mailbox.trusting(site.ca), login, message["Message-ID"]) is not None
