"""Mailing lists (CT-11.5): of each agency and unit the list of its people, and the lists of lists.yml."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import owners_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import Account
    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Register
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation


@dataclass(frozen=True, slots=True)
class ListMembers:
    """One list as the directory has it.

    Attributes:
        id: The register's id; of an agency's or unit's own list that of the agency or unit.
        name: What it is called.
        address: With the domain.
        owner: The mailbox that controls it.
        poster: Who may post besides; None for nobody.
        people: Its members that are people.
        lists: Ids of its members that are lists.
    """

    id: str
    name: str
    address: str
    owner: Account
    poster: Account | None
    people: tuple[Account, ...]
    lists: tuple[str, ...] = ()


def list_local_part(regulation: Regulation, owner: str) -> str:
    """Return the local part of the list of an agency's or unit's people.

    Args:
        regulation: The regulation.
        owner: The local part of the agency's or unit's address.
    """
    form: str = regulation.values["lists.address"].value
    return form.format(owner=owner)


def _active(people: Mapping[str, Account], identity: str | None) -> Account | None:
    found = people.get(identity) if identity is not None else None
    return found if found is not None and found.status == "active" else None


def desired_lists(
    register: Register, regulation: Regulation, accounts: list[Account], domain: str
) -> list[ListMembers]:
    """Return every list that reaches somebody: those of agencies and units, then those of lists.yml.

    Only active people are members; a list that has none, and whose lists have none, is not there.

    Args:
        register: The register.
        regulation: The regulation, which says how lists are addressed.
        accounts: All accounts of the register.
        domain: The mail domain.
    """
    people = {account.id: account for account in accounts if account.kind == "person"}
    shared = {account.id: account for account in accounts if account.kind != "person"}
    posters = {owner.id: owner.trust.poster for owner in owners_of(register.agencies.values())}
    members: dict[str, list[Account]] = {}
    for account in people.values():
        if account.status == "active":
            for place in dict.fromkeys((account.agency_id, account.unit_id)):
                if place is not None:
                    members.setdefault(place, []).append(account)
    found = {
        owner.id: ListMembers(
            id=owner.id,
            name=owner.display_name,
            address=f"{list_local_part(regulation, owner.address.partition('@')[0])}@{domain}",
            owner=owner,
            poster=_active(people, posters[owner.id]),
            people=tuple(members[owner.id]),
        )
        for owner in shared.values()
        if owner.id in members
    }
    further = {entry.id: entry for entry in register.lists if entry.owner in shared}

    def reaches(identity: str) -> bool:
        """Build a list of lists.yml behind those that it has, of which the register has no circle; tell whether it is there."""
        entry = further.get(identity)
        if entry is None or identity in found:
            return identity in found
        named = [account for one in entry.members if (account := _active(people, one)) is not None]
        inner = [one for one in entry.members if reaches(one)]
        if not named and not inner:
            return False
        found[identity] = ListMembers(
            id=identity,
            name=entry.name,
            address=f"{entry.address}@{domain}",
            owner=shared[entry.owner],
            poster=_active(people, entry.poster),
            people=tuple(named),
            lists=tuple(inner),
        )
        return True

    for identity in further:
        reaches(identity)
    return list(found.values())
