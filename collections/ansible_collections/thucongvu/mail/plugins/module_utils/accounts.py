"""The accounts that a register asks for, with what the directory and the mailboxes need to know of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.names import person_name
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import owners_of
from ansible_collections.thucongvu.mail.plugins.module_utils.text import normal

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import (
        Agency,
        Person,
        Register,
        Status,
        Unit,
    )
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import MailboxKind, Regulation
    from ansible_collections.thucongvu.mail.plugins.module_utils.sending_limits import Limits


@dataclass(frozen=True, slots=True)
class Account:
    """One mailbox and directory entry.

    Attributes:
        kind: ``agency``, ``unit`` or ``person`` (CT-4.1).
        id: The register's id, unique among all kinds.
        address: With the domain.
        name: What the agency, unit or person is called.
        display_name: As mail shows it (CT-4.2đ).
        family_name: Of a person; empty when the name has one syllable. None for agencies and units.
        middle_name: Of a person, may be empty. None for agencies and units.
        given_name: Of a person, the last syllable. None for agencies and units.
        agency_id: The agency; its own id for an agency.
        agency_kind: The agency's kind, by which quotas and password rules may differ.
        unit_id: The unit; its own id for a unit; None where there is none.
        position: Of a person, may be empty.
        status: ``active``, ``suspended`` (CT-5.4, CT-14.2) or ``cancelled`` (CT-5.3).
        quota_bytes: None is unlimited (CT-4.1a).
        registered: Of a person.
        born: Of a person, as much of the date of birth as the register has; may be empty.
        vneid: Who the person is at VNeID (BP-9); may be empty.
        password_class: By which class of password rules it goes.
        sending: How much it may send.
        head_id: Of an agency or unit, the id of the person whose mailbox it is (CT-11.1); None where that is nobody active.
        receipts: Of an agency or unit, whether its mailbox confirms what it receives (CT-7.1).
        works_in: Of a person, the addresses of the shared mailboxes that they head or that are delegated to them.
    """

    kind: MailboxKind
    id: str
    address: str
    name: str
    display_name: str
    family_name: str | None
    middle_name: str | None
    given_name: str | None
    agency_id: str
    agency_name: str
    agency_kind: str
    unit_id: str | None
    unit_name: str | None
    position: str
    phone: str
    status: Status
    quota_bytes: int | None
    registered: date | None
    born: str
    password_class: str
    sending: Limits
    vneid: str = ""
    head_id: str | None = None
    works_in: tuple[str, ...] = ()
    receipts: bool = False


def display_name(regulation: Regulation, kind: MailboxKind, name: str, agency: str) -> str:
    """Return the display name by the regulation (CT-4.2đ: the person's full name and agency).

    Args:
        regulation: The regulation.
        kind: The kind of mailbox.
        name: What the person, unit or agency is called.
        agency: The agency's name.
    """
    return regulation.display_names[kind].value.format(name=normal(name), agency=normal(agency))


def _shared(
    regulation: Regulation, domain: str, agency: Agency, unit: Unit | None, present: Collection[str]
) -> Account:
    """Return the account of an agency, or of one of its units."""
    kind: MailboxKind = "agency" if unit is None else "unit"
    owner = agency if unit is None else unit
    return Account(
        kind=kind,
        id=owner.id,
        address=f"{owner.address}@{domain}",
        name=normal(owner.name),
        display_name=display_name(regulation, kind, owner.name, agency.name),
        family_name=None,
        middle_name=None,
        given_name=None,
        agency_id=agency.id,
        agency_name=normal(agency.name),
        agency_kind=agency.kind,
        unit_id=unit.id if unit is not None else None,
        unit_name=normal(unit.name) if unit is not None else None,
        position="",
        phone="",
        status="active",
        quota_bytes=regulation.quota(kind, agency.kind).value,
        registered=None,
        born="",
        password_class=regulation.password_class(kind, agency.kind),
        sending=regulation.sending(kind, agency.kind),
        head_id=owner.trust.head if owner.trust.head in present else None,
        receipts=regulation.receipts(kind) if owner.trust.receipts is None else owner.trust.receipts,
    )


def _person(
    regulation: Regulation,
    domain: str,
    agency: Agency,
    units: dict[str, str],
    person: Person,
    *,
    works_in: Sequence[str],
) -> Account:
    parts = person_name(person.full_name, regulation.names.family_names.value)
    return Account(
        kind="person",
        id=person.id,
        address=f"{person.address}@{domain}",
        name=normal(person.full_name),
        display_name=display_name(regulation, "person", person.full_name, agency.name),
        family_name=parts.family,
        middle_name=parts.middle,
        given_name=parts.given,
        agency_id=agency.id,
        agency_name=normal(agency.name),
        agency_kind=agency.kind,
        unit_id=person.unit,
        unit_name=units[person.unit] if person.unit is not None else None,
        position=normal(person.position),
        phone=normal(person.phone),
        status=person.status,
        quota_bytes=regulation.quota("person", agency.kind).value,
        registered=person.registered,
        born=person.born,
        password_class=regulation.password_class("person", agency.kind),
        sending=regulation.sending("person", agency.kind),
        vneid=person.vneid,
        works_in=tuple(works_in) if person.status == "active" else (),
    )


def desired_accounts(register: Register, regulation: Regulation, domain: str) -> list[Account]:
    """Return every account of the register: agencies, then units, then people, each in the register's order.

    What has no address yet is left out; :func:`accounts_without_address` lists it.

    Args:
        register: The register.
        regulation: The regulation, for quotas and display names.
        domain: The mail domain.
    """
    agencies = register.agencies.values()
    units = {unit.id: normal(unit.name) for agency in agencies for unit in agency.units}
    present = {person.id for person in register.people if person.status == "active" and person.address}
    works_in: dict[str, list[str]] = {}
    for owner in owners_of(agencies):
        for identity in owner.trust.people if owner.address else ():
            works_in.setdefault(identity, []).append(f"{owner.address}@{domain}")
    found = [_shared(regulation, domain, agency, None, present) for agency in agencies if agency.address]
    found.extend(
        _shared(regulation, domain, agency, unit, present)
        for agency in agencies
        for unit in agency.units
        if unit.address
    )
    found.extend(
        _person(
            regulation,
            domain,
            register.agencies[person.agency_id],
            units,
            person,
            works_in=works_in.get(person.id, ()),
        )
        for person in register.people
        if person.address
    )
    return found


def accounts_without_address(register: Register) -> list[Agency | Unit | Person]:
    """Return what is still to be issued an address: agencies, units and active people."""
    agencies = register.agencies.values()
    found: list[Agency | Unit | Person] = [agency for agency in agencies if not agency.address]
    found.extend(unit for agency in agencies for unit in agency.units if not unit.address)
    found.extend(person for person in register.people if not person.address and person.status == "active")
    return found


def function_aliases(regulation: Regulation, register: Register, domain: str) -> list[tuple[str, str]]:
    """Return where mail to functions goes (CT-10.5 hotro, postmaster, …): pairs of an address and the operator's.

    Args:
        regulation: The regulation, which names the functions and the operator's address.
        register: The register, in which the operator is an agency or a unit (QT-1.5).
        domain: The mail domain.

    Raises:
        CoreError: ``register.no_operator``: neither agency nor unit has the operator's address, so this mail would reach nobody.
    """
    operator = regulation.operator.value
    agencies = register.agencies.values()
    shared = {agency.address for agency in agencies} | {unit.address for agency in agencies for unit in agency.units}
    if operator not in shared:
        raise CoreError("register.no_operator", address=operator, clause=regulation.operator.source)
    return [(f"{address}@{domain}", f"{operator}@{domain}") for address in regulation.functions]


def mailbox_aliases(register: Register, domain: str) -> list[tuple[str, str]]:
    """Return the further addresses of mailboxes: pairs of the alias and the address that has it.

    Mail to an alias reaches its mailbox; nobody signs in or sends with one. A closed mailbox has none.

    Args:
        register: The register.
        domain: The mail domain.
    """
    agencies = register.agencies.values()
    holders: list[Agency | Unit | Person] = [*agencies, *(unit for agency in agencies for unit in agency.units)]
    holders.extend(person for person in register.people if person.status != "cancelled")
    return [
        (f"{alias}@{domain}", f"{holder.address}@{domain}")
        for holder in holders
        if holder.address
        for alias in holder.aliases
    ]
