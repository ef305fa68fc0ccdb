"""What a run brings to accounts, by kinds of change, from what the directory's host has found to be done."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import LANGUAGES, sentence

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import Account

# Attributes of an account, and the kind of change that a difference in them is. The rest follows from these and from the status.
_KINDS: Mapping[str, str] = {
    "cn": "renamed",
    "sn": "renamed",
    "givenName": "renamed",
    "displayName": "renamed",
    "o": "moved",
    "ou": "moved",
    "tcvAgencyId": "moved",
    "tcvUnitId": "moved",
    "title": "position",
    "telephoneNumber": "position",
    "tcvMailboxQuota": "quota",
    "tcvSendingLimits": "quota",
    "pwdPolicySubentry": "policy",
    "tcvWorksIn": "trust",
    "manager": "trust",
}
# What each kind is called, in the order in which they are told.
_SENTENCES: Mapping[str, str] = {
    "renamed": "accounts.kind_renamed",
    "moved": "accounts.kind_moved",
    "position": "accounts.kind_position",
    "quota": "accounts.kind_quota",
    "policy": "accounts.kind_policy",
    "trust": "accounts.kind_trust",
    "suspended": "accounts.kind_suspended",
    "resumed": "accounts.kind_resumed",
    "closed": "accounts.kind_closed",
    "back": "accounts.kind_back",
    "reset": "accounts.kind_reset",
    "other": "accounts.kind_other",
}


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be done to accounts, and to the rest of the tree.

    Attributes:
        new: Accounts that are made.
        modified: Accounts that are changed, in any way.
        unsigned: Accounts that get a first password: new ones, those that come back, and those that are given one anew.
        reset: Ids of the last.
        cancelled: Every closed account of the register, newly or not.
        closed: Accounts that are changed and are closed.
        suspended: Accounts that are changed and are suspended.
        leaving: Accounts that were active and are no longer.
        ended: Accounts whose sessions must end.
        kinds: How many accounts change, by kind; one account may change in several ways.
        others: How many other entries (policies, lists, functions, groups) are made, changed or removed.
        any: Whether anything is to be done at all.
    """

    new: list[Account]
    modified: list[Account]
    unsigned: list[Account]
    reset: Collection[str]
    cancelled: list[Account]
    closed: list[Account]
    suspended: list[Account]
    leaving: list[Account]
    ended: list[Account]
    kinds: dict[str, int]
    others: int
    any: bool

    @classmethod
    def of(cls, plan: Mapping[str, Any], accounts: Mapping[str, Account], reset: Collection[str]) -> Changes:
        """Return the changes of a plan.

        Args:
            plan: What ``directory_tree`` returns.
            accounts: Every account of the register, by DN.
            reset: Ids of accounts that are given a first password anew.
        """
        new = [accounts[dn] for dn in plan["added"] if dn in accounts]
        modified = [accounts[dn] for dn in plan["modified"] if dn in accounts]
        unsigned = [accounts[dn] for dn in plan["without_password"] if dn in accounts]
        statuses = [(accounts[one["dn"]], one["before"]) for one in plan["statuses"] if one["dn"] in accounts]
        leaving = [account for account, before in statuses if before == "active"]
        renewed = {account.id for account in unsigned}
        kinds: dict[str, set[str]] = {}
        for attribute, kind in _KINDS.items():
            ids = {accounts[dn].id for dn in plan["attributes"].get(attribute, ()) if dn in accounts}
            kinds.setdefault(kind, set()).update(ids)
        for account, before in statuses:
            kinds.setdefault(_status_kind(before, account.status), set()).add(account.id)
        kinds["reset"] = {account.id for account in unsigned if account.id in reset}
        kinds["other"] = {account.id for account in modified}.difference(*kinds.values())
        mine = len(new) + len(modified)
        return cls(
            new=new,
            modified=modified,
            unsigned=unsigned,
            reset=reset,
            cancelled=[account for account in accounts.values() if account.status == "cancelled"],
            closed=[account for account in modified if account.status == "cancelled"],
            suspended=[account for account in modified if account.status == "suspended"],
            leaving=leaving,
            ended=[account for account in modified if account.status != "active" or account.id in renewed],
            kinds={kind: len(found) for kind, found in kinds.items() if found},
            others=int(plan["steps"]) - mine if plan["changed"] else 0,
            any=bool(plan["changed"]),
        )

    def by_kind(self) -> str:
        """Return one line a kind in both languages, nothing where only new accounts are made."""
        counts = [(key, self.kinds[kind]) for kind, key in _SENTENCES.items() if self.kinds.get(kind)]
        if self.others:
            counts.append(("accounts.kind_entries", self.others))
        return "".join(
            f"\n  - {number}: {' / '.join(sentence(key, one) for one in LANGUAGES)}" for key, number in counts
        )


def _status_kind(before: str, after: str) -> str:
    if after == "active":
        return "back" if before == "cancelled" else "resumed"
    return "closed" if after == "cancelled" else "suspended"
