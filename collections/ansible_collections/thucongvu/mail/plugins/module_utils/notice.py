"""A mail from the system to one of its people.

The standard library only: this file also runs on the mail host, as a part of the programs that write to people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, make_msgid


@dataclass(frozen=True, slots=True)
class Words:
    """The mail's words, with names in braces where something is filled in.

    Attributes:
        subject: Its subject.
        body: Its text, Vietnamese first.
        sender_name: Who writes, as people see it.
        sender: The address of the sender, where people find help (CT-10.5).
    """

    subject: str
    body: str
    sender_name: str
    sender: str


def notice(words: Words, address: str, values: Mapping[str, object], now: datetime) -> EmailMessage:
    """Return the mail.

    Args:
        words: Its words.
        address: To whom it goes.
        values: What is filled in, by name.
        now: The moment.
    """
    mail = EmailMessage(policy=SMTP.clone(max_line_length=200))
    mail["From"] = Address(words.sender_name, addr_spec=words.sender)
    mail["To"] = Address(addr_spec=address)
    mail["Subject"] = words.subject.format_map(values)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = make_msgid(domain=words.sender.partition("@")[2])
    # RFC 3834, 5: nobody's absence answers it.
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(words.body.format_map(values), cte="base64")
    return mail
