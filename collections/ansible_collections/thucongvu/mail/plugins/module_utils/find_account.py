"""The account that an operator means: by its address, with or without the domain, or by its id in the register."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import Account


def find_account(text: str, accounts: Iterable[Account]) -> Account:
    """Return the account.

    Raises:
        CoreError: There is none; the message names the nearest.
    """
    wanted = text.strip().lower()
    names: dict[str, Account] = {}
    for account in accounts:
        # An id that is another's local part too is rather the address: that is what a person has in hand.
        names.setdefault(account.id.lower(), account)
        names[account.address.lower()] = account
        names[account.address.partition("@")[0].lower()] = account
    if wanted not in names:
        near = nearest(wanted if "@" in wanted else wanted.partition("@")[0], names)
        raise CoreError("accounts.unknown", account=text, near=near)
    return names[wanted]
