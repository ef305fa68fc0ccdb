"""The demo's proof of itself: one person writes to another, through submission, filters and delivery."""

import imaplib
import smtplib
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path
from typing import Any

from tcv import mailbox
from tcv.messages import Trouble, both


def correspondents(accounts: list[dict[str, Any]]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two people who can sign in, of two agencies where there are two."""
    people = [account for account in accounts if account["kind"] == "person" and account["state"] == "ready"]
    if len(people) <= 1:
        raise Trouble("demo", "no-people")
    first = people[0]
    others = [person for person in people[1:] if person["agency"] != first["agency"]] or people[1:]
    return first, others[0]


def prove(facts: dict[str, Any]) -> None:
    """Send a message and read it back; what is wrong becomes one line."""
    sender, recipient = correspondents(facts["accounts"])
    context = mailbox.trusting(Path(facts["ca_file"]))
    domain, host, ports = facts["domain"], facts["host"], facts["ports"]
    submission = mailbox.Service(f"smtp.{domain}", host, ports["submission"])
    imap = mailbox.Service(f"imap.{domain}", host, ports["imaps"])

    message = EmailMessage()
    message["From"] = sender["address"]
    message["To"] = recipient["address"]
    message["Message-ID"] = message_id = make_msgid(domain=domain)
    message["Subject"], _ = both("demo", "proof-subject")
    message.set_content(both("demo", "proof-body", sender=sender["name"], recipient=recipient["name"])[0])
    values = {"sender": sender["address"], "recipient": recipient["address"]}
    try:
        mailbox.send(submission, context, (sender["address"], sender["password"]), message)
        arrived = mailbox.wait_for(imap, context, (recipient["address"], recipient["password"]), message_id)
    except (OSError, smtplib.SMTPException, imaplib.IMAP4.error) as error:
        raise Trouble("demo", "proof-failed", error=error, **values) from error
    if arrived is None:
        raise Trouble("demo", "proof-lost", **values)
    if arrived["Subject"] != message["Subject"]:
        raise Trouble("demo", "proof-changed", subject=arrived["Subject"], **values)
    if arrived["DKIM-Signature"] is None:
        raise Trouble("demo", "proof-unsigned", **values)
