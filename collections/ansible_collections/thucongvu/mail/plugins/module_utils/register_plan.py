"""What is to be issued: the first free candidate of everything in the register that has no address yet.

Agencies come first (those above before those below, otherwise in the order of the file), then units, then people by date
of registration, file and row (CT-4.2d). Only what has no address is looked at, so an issued address never moves, and a
row that is added later never takes one away. Where the regulation lets both of two equals move (BP-4.1e), an address that
is issued already stays all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import (
    Above,
    AddressForms,
    Candidate,
    Workplace,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import AddressBook, Holder, Passed
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import AddressRule, Cited, MailboxKind
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys

if TYPE_CHECKING:
    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Agency, Person, Register, Unit
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation

type PendingReason = Literal["operator", "agency"]

_ONLY_NAMES = frozenset({"family", "middle", "given", "ordinal"})
_NOWHERE = Workplace()


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
        reason: ``operator``: every candidate is taken and the operator names one (CT-4.2d); ``agency``: the agency, unit
            or district whose address is part of it has none yet.
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


class RegisterForms:
    """The candidates of what stands in a register, with everything that a form may need of it."""

    def __init__(self, register: Register, regulation: Regulation) -> None:
        """Take over a register and the regulation that it follows."""
        self.register = register
        self.regulation = regulation
        self.forms = AddressForms(regulation)
        agencies = register.agencies.values()
        self.addresses = {agency.id: agency.address for agency in agencies}
        self.units = {unit.id: unit.address for agency in agencies for unit in agency.units}
        used = {part.of for template in regulation.person_rule.templates for part in template.parts}
        self.names_alone = used <= _ONLY_NAMES
        # Of what an address is made that is issued itself; who asks for a form beyond these has to wait for nothing.
        self._needed = {
            part.of
            for template in regulation.person_rule.templates
            if not template.on_request
            for part in template.parts
        }

    def agency(self, agency: Agency) -> Iterator[Candidate]:
        """Yield an agency's candidates."""
        above = None
        if agency.parent is not None:
            parent = self.register.agencies[agency.parent]
            above = Above(parent.kind, parent.name, self.addresses[parent.id])
        return self.forms.agency(agency.kind, agency.name, above)

    def unit(self, agency: Agency, unit: Unit) -> Iterator[Candidate]:
        """Yield a unit's candidates."""
        return self.forms.unit(agency.kind, unit.name, self.addresses[agency.id])

    def person(self, person: Person) -> Iterator[Candidate]:
        """Yield a person's candidates."""
        return self.forms.person(person.full_name, _NOWHERE if self.names_alone else self.workplace(person))

    def waits(self, person: Person) -> bool:
        """Tell whether a person's forms take an address of agency, unit or district that is still to be issued."""
        parent = self.register.agencies[person.agency_id].parent
        return (
            ("agency" in self._needed and not self.addresses[person.agency_id])
            or ("unit" in self._needed and person.unit is not None and not self.units[person.unit])
            or ("district" in self._needed and parent is not None and not self.addresses[parent])
        )

    def workplace(self, person: Person) -> Workplace:
        """Return what a person's address may need besides the name."""
        parent = self.register.agencies[person.agency_id].parent
        return Workplace(
            agency=self.addresses[person.agency_id],
            unit=self.units[person.unit] if person.unit else "",
            district=self.addresses[parent] if parent else "",
            born=person.born,
            identity=person.identity,
        )


def register_book(register: Register, regulation: Regulation) -> AddressBook:
    """Return the name space with everything that the register has issued; a cancelled row keeps its address for ever."""
    book = AddressBook.of(regulation)
    file = register.agencies_file
    for agency in register.agencies.values():
        for address in (agency.address, *agency.aliases):
            if address:
                book.claim(address, agency_holder(agency, file))
        for unit in agency.units:
            for address in (unit.address, *unit.aliases):
                if address:
                    book.claim(address, Holder("unit", unit.id, unit.name, file, unit.line))
    for person in register.people:
        if person.address or person.aliases:
            holder = Holder("person", person.id, person.full_name, person.file, person.line)
            for address in (person.address, *person.aliases):
                if address:
                    book.claim(address, holder)
    return book


def agency_holder(agency: Agency, file: Path) -> Holder:
    """Return an agency as the holder of an address."""
    return Holder("agency", agency.id, agency.name, file, agency.line, agency.kind)


def _by_depth(register: Register) -> Iterator[list[Agency]]:
    """Yield the agencies without one above, then those below them, and so on; in each the order of the file."""

    def depth(agency: Agency) -> int:
        found = 0
        while agency.parent is not None:
            agency = register.agencies[agency.parent]
            found += 1
        return found

    for _depth, agencies in groupby(sorted(register.agencies.values(), key=depth), key=depth):
        yield list(agencies)


type _Contender = tuple[Holder, str, Callable[[], Iterator[Candidate]]]


def _rivals(contenders: Iterable[_Contender]) -> dict[str, Holder]:
    """Return by id who else has the same first form.

    Args:
        contenders: Each with the scope within which it counts, and what returns its candidates.
    """
    groups: dict[tuple[str, str], list[Holder]] = {}
    for holder, scope, candidates in contenders:
        try:
            first = next((form for form in candidates() if not (form.on_request or form.when_taken_by)), None)
        except CoreError:
            continue  # it has its address already, under a name that no form can be made of
        if first is not None:
            groups.setdefault((scope, first.address), []).append(holder)
    return {
        holder.id: next(other for other in group if other is not holder)
        for group in groups.values()
        if len(group) > 1
        for holder in group
    }


class _Planner:
    """Issues to one subject after another."""

    def __init__(self, register: Register, regulation: Regulation) -> None:
        self.register = register
        self.regulation = regulation
        self.book = register_book(register, regulation)
        self.forms = RegisterForms(register, regulation)
        self.rivals: dict[str, Holder] = {}
        self.issued: list[Issued] = []
        self.pending: list[Pending] = []

    def issue(
        self, subject: Subject, candidates: Iterable[Candidate], rule: AddressRule, kind: str | None = None
    ) -> str:
        """Issue the first free candidate and return it; empty when all are taken."""
        candidate, passed = self.book.first_free(candidates, self.rivals.get(subject.id))
        if candidate is None:
            self.pending.append(Pending(subject, "operator", rule.exhausted, passed))
            return ""
        holder = Holder(subject.kind, subject.id, subject.name, subject.file, subject.line, kind)
        self.book.claim(candidate.address, holder)
        self.issued.append(Issued(subject, candidate, passed))
        return candidate.address

    def agencies(self, level: list[Agency]) -> None:
        """Issue to the agencies of one depth; those of kinds where both of two equals move are compared first."""
        file = self.register.agencies_file
        rules = self.regulation.agency_rules
        self.rivals.update(
            _rivals(
                (
                    agency_holder(agency, file),
                    agency.parent or "" if rules[agency.kind].scope != "domain" else "",
                    partial(self.forms.agency, agency),
                )
                for agency in level
                if rules[agency.kind].both_move
            )
        )
        for agency in level:
            if not agency.address:
                subject = Subject("agency", agency.id, agency.name, agency.id, file, agency.line, agency.keys)
                found = self.issue(subject, self.forms.agency(agency), rules[agency.kind], agency.kind)
                self.forms.addresses[agency.id] = found

    def units(self) -> None:
        """Issue to units that have no address; they wait while their agency has none."""
        rule = self.regulation.unit_rule
        file = self.register.agencies_file
        pairs = [(agency, unit) for agency in self.register.agencies.values() for unit in agency.units]
        if rule.both_move:
            self.rivals.update(
                _rivals(
                    (
                        Holder("unit", unit.id, unit.name, file, unit.line),
                        agency.id if rule.scope == "agency" else "",
                        partial(self.forms.unit, agency, unit),
                    )
                    for agency, unit in pairs
                )
            )
        for agency, unit in pairs:
            if unit.address:
                continue
            subject = Subject("unit", unit.id, unit.name, agency.id, file, unit.line, unit.keys)
            if not self.forms.addresses[agency.id]:
                self.pending.append(Pending(subject, "agency", rule.exhausted, ()))
            else:
                self.forms.units[unit.id] = self.issue(subject, self.forms.unit(agency, unit), rule)

    def people(self) -> None:
        """Issue to people in the order of their registration."""
        rule = self.regulation.person_rule
        if rule.both_move:
            self.rivals.update(
                _rivals(
                    (
                        Holder("person", person.id, person.full_name, person.file, person.line),
                        self._scope(person),
                        partial(self.forms.person, person),
                    )
                    for person in self.register.people
                    if person.address or person.status == "active"
                )
            )
        waiting = (person for person in self.register.people if not person.address and person.status == "active")
        for person in sorted(waiting, key=lambda person: (person.registered, person.file.name, person.line)):
            subject = Subject("person", person.id, person.full_name, person.agency_id, person.file, person.line)
            if self.forms.waits(person):
                self.pending.append(Pending(subject, "agency", rule.exhausted, ()))
            else:
                self.issue(subject, self.forms.person(person), rule)

    def _scope(self, person: Person) -> str:
        match self.regulation.person_rule.scope:
            case "domain":
                return ""
            case "agency":
                return person.agency_id
        return self.register.agencies[person.agency_id].parent or person.agency_id


def plan_register(register: Register, regulation: Regulation) -> Plan:
    """Return what is to be issued in a register, and what waits. Linear in the register's size.

    Args:
        register: The register, without problems.
        regulation: The regulation.
    """
    planner = _Planner(register, regulation)
    for level in _by_depth(register):
        planner.agencies(level)
    planner.units()
    planner.people()
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
