"""What becomes of a message that somebody of the province hands in: in whose name it is shown, and to which lists it may go.

Postfix has compared the envelope with the directory before (roles/postfix), the filter compares every address in the header
afterwards (roles/rspamd). The standard library only: it runs on the mail host.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from email.errors import HeaderParseError
from email.header import Header, decode_header, make_header
from email.headerregistry import Address
from email.policy import SMTP
from email.utils import parseaddr, quote

from ansible_collections.thucongvu.mail.plugins.module_utils.sending_limits import Limits

_LINE = 75
# Bytes that fit into one encoded word (RFC 2047, 2) in base64.
_ENCODED_WORD = 45


@dataclass(frozen=True, slots=True)
class Entry:
    """What the directory says of an address.

    Attributes:
        dn: Its entry.
        address: The address.
        display_name: How it is shown.
        may_post: DNs of those who may write to it; None where it is no list.
        limits: How much it may send; None is without a limit.
        agency_id: The agency that it belongs to, by the register.
    """

    dn: str
    address: str
    display_name: str = ""
    may_post: frozenset[str] | None = None
    limits: Limits | None = None
    agency_id: str = ""


def plain_address(text: str) -> str:
    """Return an address of the envelope without what is behind a plus sign (RFC 5233), in small letters."""
    local, at, domain = text.strip("<>").lower().rpartition("@")
    return f"{local.partition('+')[0]}{at}{domain}"


def decoded(value: str) -> str:
    """Return a header's value as people read it (RFC 2047); as it stands, where its code is broken or unknown.

    Args:
        value: Its lines may be broken.
    """
    whole = value.replace("\r", "").replace("\n", "")
    try:
        return str(make_header(decode_header(whole)))
    except (HeaderParseError, LookupError, ValueError):
        return whole


def author(values: Sequence[str]) -> Address | None:
    """Return whom a message's ``From`` shows, None where that is not one address beyond doubt.

    Such a message is left as it is: the filter refuses it, or it is no person's.

    Args:
        values: The header's values, of each header of that name one.
    """
    if len(values) != 1 or not values[0].isascii():
        return None
    try:
        parsed = SMTP.header_factory("From", " ".join(values[0].split()))
    except Exception:
        # Meant: the standard library's parser ends in errors of many kinds on a header of no form.
        return None
    found = tuple(parsed.addresses)
    if parsed.defects or len(found) != 1 or not found[0].domain or len(parsed.groups) != 1:
        return None
    only: Address = found[0]
    return only if parsed.groups[0].display_name is None else None


def shown(display_name: str, address: str) -> str:
    """Return a header's value that shows an address under a name (RFC 5322, 3.4; RFC 2047), its lines broken with LF and a space.

    Args:
        display_name: How the directory calls it.
        address: The address.
    """
    if not display_name:
        return address
    if display_name.isascii():
        name = f'"{quote(display_name)}"'
    else:
        # Cut between words, the space within: a program that shows the gap between two encoded words breaks no word so.
        parts: list[str] = []
        for word in re.findall(r"\S+\s*|\s+", display_name):
            if parts and len((parts[-1] + word).encode()) <= _ENCODED_WORD:
                parts[-1] += word
            else:
                parts.append(word)
        name = "\n ".join(Header(part, "utf-8", maxlinelen=_LINE).encode(linesep="\n") for part in parts)
    return f"{name}\n <{address}>"


def is_shown_so(value: str, display_name: str) -> bool:
    """Tell whether a header of one author shows them under this name already.

    Args:
        value: The header's value.
        display_name: How the directory calls the author.
    """
    name, _address = parseaddr(value.replace("\r", "").replace("\n", ""))
    # Not as headerregistry has it, which keeps the space between two encoded words (RFC 2047, 6.2).
    return decoded(name) == display_name


def may_post(recipient: Entry, sender: Entry | None) -> bool:
    """Tell whether a message may go to a recipient: to a list only from whom the directory names (CT-11.5).

    Args:
        recipient: Where it goes.
        sender: Whose address the envelope names as its sender, which Postfix has proven to be the signed-in account's; None
            where nobody has signed in.
    """
    return recipient.may_post is None or (sender is not None and sender.dn.lower() in recipient.may_post)


def sent_copy_address(mailbox: str, detail: str) -> str:
    """Return where the copy of what was sent in a mailbox's name goes: into its own folder of sent mail.

    Args:
        mailbox: The mailbox's address.
        detail: What stands behind the plus sign then (RFC 5233); nobody else may write to it (roles/postfix).
    """
    local, _at, domain = mailbox.partition("@")
    return f"{local}+{detail}@{domain}"
