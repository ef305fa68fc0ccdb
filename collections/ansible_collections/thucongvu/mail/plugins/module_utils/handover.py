"""The hand-over of a shared mailbox to a new head (CB-12.3, QT-4.2, BD-10): what is to be done, and the protocol of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import LANGUAGES, sentence
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import Account

# Said in the protocol, each beside its words in English.
_WORDS = (
    "title",
    "mailbox",
    "agency",
    "from",
    "to",
    "delegates",
    "moment",
    "request",
    "folder",
    "before",
    "after",
    "total",
    "password",
    "giver",
    "taker",
    "operator",
    "signed",
)
# A line of an entry (RFC 2849); ids are written in letters that need no other form.
_OWN_ID = re.compile(r"^tcvRegisterId: (.+)$", re.MULTILINE)
_HEAD = re.compile(r"^manager: uid=([^,]+),", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Handover:
    """From whom to whom a mailbox goes.

    Attributes:
        mailbox: The mailbox.
        before: Who had it by the directory; None where nobody had, or somebody whom the register no longer knows.
        after: Whose it is by the register.
        delegates: Who works in it besides.
    """

    mailbox: Account
    before: Account | None
    after: Account
    delegates: tuple[Account, ...]


def plan_handover(mailbox: Account, accounts: Iterable[Account], manager: str) -> Handover:
    """Return from whom to whom a mailbox goes.

    Args:
        mailbox: The mailbox.
        accounts: All accounts of the register.
        manager: The id of the head by the directory, as it was before; empty where it knows none.

    Raises:
        CoreError: ``handover.person``: it is a person's; ``handover.no_head``: the register names no head who is active;
            ``handover.same_head``: the register names the head who has it already.
    """
    if mailbox.kind == "person":
        raise CoreError("handover.person", address=mailbox.address)
    by_id = {account.id: account for account in accounts}
    after = by_id.get(mailbox.head_id or "")
    if after is None:
        raise CoreError("handover.no_head", id=mailbox.id)
    if manager == after.id:
        raise CoreError("handover.same_head", id=mailbox.id, name=after.name)
    working = (account for account in by_id.values() if mailbox.address in account.works_in)
    return Handover(mailbox, by_id.get(manager), after, tuple(one for one in working if one.id != after.id))


def heads(ldif: str) -> dict[str, str]:
    """Return the id of each shared mailbox's head by the mailbox's own id.

    Args:
        ldif: Entries with ``tcvRegisterId`` and ``manager`` (RFC 2849), no line broken.
    """
    entries = ((_OWN_ID.search(entry), _HEAD.search(entry)) for entry in ldif.split("\n\n"))
    return {own[1]: head[1] for own, head in entries if own and head}


def folder_counts(text: str) -> dict[str, int]:
    """Return messages by folder from what ``doveadm -f json mailbox status`` says.

    Raises:
        ValueError: It is something else.
    """
    return {str(one["mailbox"]): int(one["messages"]) for one in json.loads(text or "[]")}


def protocol(
    handover: Handover,
    before: Mapping[str, int],
    after: Mapping[str, int],
    *,
    moment: datetime,
    request: str,
    operator: str,
) -> dict[str, Any]:
    """Return what stands in the protocol, for the page that shows it (handover.typ).

    Args:
        handover: From whom to whom.
        before: Messages by folder, before anything was changed.
        after: The same afterwards.
        moment: When.
        request: The document by which it was asked for; may be empty.
        operator: Who did it.
    """
    folders = sorted({*before, *after}, key=lambda name: (name != "INBOX", name))
    return {
        "words": {name: [sentence(f"handover.{name}", language) for language in LANGUAGES] for name in _WORDS},
        "mailbox": handover.mailbox.address,
        "name": handover.mailbox.display_name,
        "agency": handover.mailbox.agency_name,
        "from": _person(handover.before),
        "to": _person(handover.after),
        "delegates": ", ".join(_person(one) for one in handover.delegates) or "-",
        "moment": moment.strftime("%H:%M, %d/%m/%Y"),
        "request": request or "-",
        "operator": operator,
        "rows": [[name, str(before.get(name, 0)), str(after.get(name, 0))] for name in folders],
        "totals": [str(sum(before.values())), str(sum(after.values()))],
    }


def _person(account: Account | None) -> str:
    if account is None:
        return "-"
    position = f", {account.position}" if account.position else ""
    return f"{account.name}{position} ({account.address})"
