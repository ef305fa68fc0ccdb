"""What is to be issued: the first free candidate of everything in the register that has no address yet.

Agencies come first (those above before those below, otherwise in the order of the file), then units, then people by date
of registration, file and row (CT-4.2d). Only what has no address is looked at, so an issued address never moves, and a
row that is added later never takes one away.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import (
    AddressBook,
    Candidate,
    Holder,
    agency_candidates,
    person_candidates,
    unit_candidates,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Cited, MailboxKind
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys

if TYPE_CHECKING:
    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Agency, Person, Register, Unit
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation

type PendingReason = Literal["operator", "agency"]
type Passed = tuple[tuple[Candidate, Holder], ...]


@dataclass(frozen=True, slots=True)
class Subject:
    """What an address is for, and where it stands.

    Attributes:
        keys: Its place in agencies.yml; empty for a person.
    """

    kind: MailboxKind
    id: str
    name: str
    agency_id: str
    file: Path
    line: int
    keys: Keys = ()


@dataclass(frozen=True, slots=True)
class Issued:
    """An address that is to be issued, and the candidates in front of it with who has them."""

    subject: Subject
    candidate: Candidate
    passed: Passed


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that gets no address now.

    Attributes:
        reason: ``operator``: every candidate is taken and the operator names one (CT-4.2d); ``agency``: its agency has
            no address yet.
        rule: What the regulation says of running out of candidates.
    """

    subject: Subject
    reason: PendingReason
    rule: Cited[str]
    passed: Passed


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be issued, in order, and what waits."""

    issued: tuple[Issued, ...]
    pending: tuple[Pending, ...]


def register_book(register: Register, regulation: Regulation) -> AddressBook:
    """Return the name space with everything that the register has issued; a cancelled row keeps its address for ever."""
    book = AddressBook.of(regulation)
    file = register.agencies_file
    for agency in register.agencies.values():
        if agency.address:
            book.claim(agency.address, Holder("agency", agency.id, agency.name, file, agency.line))
        for unit in agency.units:
            if unit.address:
                book.claim(unit.address, Holder("unit", unit.id, unit.name, file, unit.line))
    for person in register.people:
        if person.address:
            book.claim(person.address, Holder("person", person.id, person.full_name, person.file, person.line))
    return book


def _agencies_in_order(register: Register) -> Iterator[Agency]:
    """Yield agencies in the order of the file, each behind the one above it, whose address it may need."""
    done: set[str] = set()
    for agency in register.agencies.values():
        chain: list[Agency] = []
        current: Agency | None = agency
        while current is not None and current.id not in done:
            chain.append(current)
            done.add(current.id)
            current = register.agencies[current.parent] if current.parent is not None else None
        yield from reversed(chain)


class _Planner:
    """Issues to one subject after another."""

    def __init__(self, register: Register, regulation: Regulation) -> None:
        self.register = register
        self.regulation = regulation
        self.book = register_book(register, regulation)
        self.addresses = {agency.id: agency.address for agency in register.agencies.values()}
        self.issued: list[Issued] = []
        self.pending: list[Pending] = []

    def issue(self, subject: Subject, candidates: Iterable[Candidate], rule: Cited[str]) -> str:
        """Issue the first free candidate and return it; empty when all are taken."""
        candidate, passed = self.book.first_free(candidates)
        if candidate is None:
            self.pending.append(Pending(subject, "operator", rule, passed))
            return ""
        holder = Holder(subject.kind, subject.id, subject.name, subject.file, subject.line)
        self.book.claim(candidate.address, holder)
        self.issued.append(Issued(subject, candidate, passed))
        return candidate.address

    def agency(self, agency: Agency) -> None:
        """Issue to an agency that has no address."""
        if agency.address:
            return
        regulation = self.regulation
        subject = Subject(
            "agency", agency.id, agency.name, agency.id, self.register.agencies_file, agency.line, agency.keys
        )
        parent = self.addresses[agency.parent] if agency.parent is not None else None
        candidates = agency_candidates(regulation, agency.kind, agency.name, parent)
        self.addresses[agency.id] = self.issue(subject, candidates, regulation.agency_rules[agency.kind].exhausted)

    def unit(self, agency: Agency, unit: Unit) -> None:
        """Issue to a unit that has no address; it waits while its agency has none."""
        if unit.address:
            return
        rule = self.regulation.unit_rule.exhausted
        subject = Subject("unit", unit.id, unit.name, agency.id, self.register.agencies_file, unit.line, unit.keys)
        address = self.addresses[agency.id]
        if not address:
            self.pending.append(Pending(subject, "agency", rule, ()))
            return
        self.issue(subject, unit_candidates(self.regulation, agency.kind, unit.name, address), rule)

    def person(self, person: Person) -> None:
        """Issue to a person."""
        subject = Subject("person", person.id, person.full_name, person.agency_id, person.file, person.line)
        candidates = person_candidates(self.regulation, person.full_name)
        self.issue(subject, candidates, self.regulation.person_rule.exhausted)


def plan_register(register: Register, regulation: Regulation) -> Plan:
    """Return what is to be issued in a register, and what waits. Linear in the register's size.

    Args:
        register: The register, without problems.
        regulation: The regulation.
    """
    planner = _Planner(register, regulation)
    for agency in _agencies_in_order(register):
        planner.agency(agency)
    for agency in register.agencies.values():
        for unit in agency.units:
            planner.unit(agency, unit)
    waiting = (person for person in register.people if not person.address and person.status == "active")
    for person in sorted(waiting, key=lambda person: (person.registered, person.file.name, person.line)):
        planner.person(person)
    return Plan(tuple(planner.issued), tuple(planner.pending))


def planned_register(register: Register, plan: Plan) -> Register:
    """Return the register as it is once a plan is written, for those who look ahead in check mode.

    Args:
        register: The register that the plan was made of.
        plan: The plan.
    """
    found = {issued.subject.id: issued.candidate.address for issued in plan.issued}
    agencies = {
        agency.id: replace(
            agency,
            address=found.get(agency.id, agency.address),
            units=tuple(replace(unit, address=found.get(unit.id, unit.address)) for unit in agency.units),
        )
        for agency in register.agencies.values()
    }
    people = tuple(replace(person, address=found.get(person.id, person.address)) for person in register.people)
    return replace(register, agencies=agencies, people=people)
