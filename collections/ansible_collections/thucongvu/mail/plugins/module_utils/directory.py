"""The directory entries of accounts and function addresses (CT-3.2). The tree is drawn in docs/directory.md."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.password_policy import password_policies
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.text import unaccented

if TYPE_CHECKING:
    from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import Account
    from ansible_collections.thucongvu.mail.plugins.module_utils.mailing_lists import ListMembers
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation


# What a policy may hold besides what a rule always says (slapo-ppolicy(5)).
_OPTIONAL_POLICY_ATTRIBUTES = (
    "pwdMaxFailure",
    "pwdFailureCountInterval",
    "pwdLockoutDuration",
    "pwdMinAge",
    "pwdMaxLength",
    "pwdMaxIdle",
    "pwdMaxRecordedFailure",
    "pwdMinDelay",
    "pwdMaxDelay",
    "pwdGraceExpiry",
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its distinguished name, and lists of values by attribute; an empty list means that there is none."""

    dn: str
    attributes: dict[str, list[str]]


def _person_dn(identity: str, base_dn: str) -> str:
    return f"uid={identity},ou=people,{base_dn}"


def account_dn(account: Account, base_dn: str) -> str:
    """Return the DN of an account. It is built from the register's id and so outlives a change of name or address."""
    if account.kind == "person":
        return _person_dn(account.id, base_dn)
    agency = f"tcvRegisterId={account.agency_id},ou=agencies,{base_dn}"
    return agency if account.kind == "agency" else f"tcvRegisterId={account.id},{agency}"


def quota_value(quota_bytes: int | None) -> str:
    """Return a quota as the directory stores it and Dovecot reads it: bytes followed by B, or unlimited (CT-4.1)."""
    return "unlimited" if quota_bytes is None else f"{quota_bytes}B"


def optional(value: str | None) -> list[str]:
    """Return the values of an attribute that may be absent."""
    return [value] if value else []


def policy_dn(password_class: str, base_dn: str) -> str:
    """Return the DN of the password policy of a class of mailboxes."""
    return f"cn={password_class},ou=policies,{base_dn}"


def policy_entries(regulation: Regulation, base_dn: str) -> list[Entry]:
    """Return the password policies of a regulation (CT-10.3, CT-11.4, BP-6.2d), exactly: what a rule does not say goes.

    Args:
        regulation: The regulation.
        base_dn: The top of the tree.
    """
    return [
        Entry(
            policy_dn(name, base_dn),
            {
                "objectClass": ["top", "namedPolicy", "pwdPolicy", "pwdPolicyChecker"],
                "cn": [name],
                "pwdAttribute": ["userPassword"],
                **{attribute: [] for attribute in _OPTIONAL_POLICY_ATTRIBUTES},
                **{attribute: [said.value] for attribute, said in attributes.items()},
            },
        )
        for name, attributes in password_policies(regulation).items()
    ]


# What people share (names, agencies, positions) is folded once.
@lru_cache(maxsize=65536)
def plain(text: str) -> str:
    """Return text in small letters without marks; what cannot be told for sure keeps them."""
    try:
        return unaccented(text).lower()
    except CoreError:
        return text.lower()


def search_words(account: Account) -> list[str]:
    """Return what people type to find an account, without marks: names, agency, unit, position."""
    texts = (account.name, account.display_name, account.agency_name, account.unit_name, account.position)
    return sorted({plain(text) for text in texts if text})


def list_dn(identity: str, base_dn: str) -> str:
    """Return the DN of a list, which is called after the register's id."""
    return f"cn={identity},ou=lists,{base_dn}"


def list_entries(lists: list[ListMembers], base_dn: str) -> list[Entry]:
    """Return the entries of mailing lists: who is in them, whose they are, and who may post to them (CT-11.5).

    Args:
        lists: The lists.
        base_dn: The top of the tree.
    """
    return [
        Entry(
            list_dn(one.id, base_dn),
            {
                "objectClass": ["top", "groupOfNames", "tcvMailingList"],
                "cn": [one.id],
                "description": [one.name],
                "mail": [one.address],
                "owner": [account_dn(one.owner, base_dn)],
                "tcvMayPost": [
                    account_dn(account, base_dn) for account in (one.owner, one.poster) if account is not None
                ],
                "member": [
                    *(account_dn(account, base_dn) for account in one.people),
                    *(list_dn(identity, base_dn) for identity in one.lists),
                ],
            },
        )
        for one in lists
    ]


def administrators_entry(people: list[Account], base_dn: str) -> list[Entry]:
    """Return the group of those who run the system, of whom the portal asks a second factor; none where there are none."""
    if not people:
        return []
    members = [account_dn(account, base_dn) for account in people]
    attributes = {"objectClass": ["top", "groupOfNames"], "cn": ["administrators"], "member": members}
    return [Entry(f"cn=administrators,ou=groups,{base_dn}", attributes)]


def account_entry(account: Account, base_dn: str) -> Entry:
    """Return the entry of an account."""
    attributes: dict[str, list[str]] = {
        "cn": [account.name],
        "displayName": [account.display_name],
        "mail": [account.address],
        "tcvRegisterId": [account.id],
        "tcvMailboxKind": [account.kind],
        "tcvMailboxStatus": [account.status],
        "tcvMailboxQuota": [quota_value(account.quota_bytes)],
        "tcvSendingLimits": [str(account.sending)],
        "tcvSearch": search_words(account),
        # The checker of passwords compares letter by letter, and people type their names without marks.
        "tcvPlainName": [plain(account.name)],
        "tcvAgencyId": [account.agency_id],
        "tcvUnitId": optional(account.unit_id),
        "pwdPolicySubentry": [policy_dn(account.password_class, base_dn)],
    }
    if account.status == "cancelled":
        # Whoever comes back is given a first password again, and on the way nobody knows the old one (CT-5.3).
        attributes["userPassword"] = []
    if account.kind == "person":
        attributes |= {
            "objectClass": ["top", "person", "organizationalPerson", "inetOrgPerson", "tcvMailbox"],
            "uid": [account.id],
            # A name of one syllable is its own family name: the class asks for one.
            "sn": [account.family_name or account.name],
            "givenName": optional(account.given_name),
            "o": [account.agency_name],
            "ou": optional(account.unit_name),
            "title": optional(account.position),
            "telephoneNumber": optional(account.phone),
            "tcvIdentitySubject": optional(account.vneid),
            "tcvWorksIn": list(account.works_in),
        }
    else:
        attributes |= {
            "objectClass": ["top", "organizationalUnit", "tcvMailbox"],
            "ou": [account.name],
            "o": [account.agency_name],
            "tcvReceipts": ["TRUE"] if account.receipts else [],
            "manager": [_person_dn(account.head_id, base_dn)] if account.head_id else [],
        }
    return Entry(account_dn(account, base_dn), attributes)


def function_entries(aliases: list[tuple[str, str]], base_dn: str) -> list[Entry]:
    """Return the entries of addresses that are no mailbox of their own: functions (RFC 2142, CT-10.5) and aliases.

    Args:
        aliases: Pairs of such an address and the address that takes its mail.
        base_dn: The top of the tree.
    """
    entries: list[Entry] = []
    for address, target in aliases:
        name = address.split("@", 1)[0]
        entries.append(
            Entry(
                f"cn={name},ou=functions,{base_dn}",
                {"objectClass": ["top", "nisMailAlias"], "cn": [name], "rfc822MailMember": [target]},
            )
        )
    return entries
