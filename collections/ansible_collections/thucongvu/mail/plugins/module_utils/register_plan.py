"""What is to be issued: the first free candidate of everything in the register that has no address yet.

Agencies come first (those above before those below, otherwise in the order of the file), then units, then people by date
of registration, file and row (CT-4.2d). Only what has no address is looked at, so an issued address never moves, and a
row that is added later never takes one away. Where the regulation lets both of two equals move (BP-4.1e), an address that
is issued already stays all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import (
    NOWHERE,
    Above,
    AddressForms,
    Candidate,
    Workplace,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import (
    AddressBook,
    AnyHolder,
    Holder,
    Passed,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.mailing_lists import list_local_part
from ansible_collections.thucongvu.mail.plugins.module_utils.memory import without_cycle_search
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Person, owners_of
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import AddressRule, Cited, MailboxKind
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys

if TYPE_CHECKING:
    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Agency, Register, Unit
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation

type PendingReason = Literal["operator", "agency"]

_ONLY_NAMES = frozenset({"family", "middle", "given", "ordinal"})


@dataclass(frozen=True, slots=True)
class Entry:
    """An agency or unit that an address is for, and where it stands.

    Attributes:
        keys: Its place in agencies.yml.
    """

    kind: MailboxKind
    id: str
    name: str
    agency_id: str
    file: Path
    line: int
    keys: Keys

    def holder(self, agency_kind: str | None) -> Holder:
        """Return it as the holder of its address, an agency with its kind."""
        return Holder(self.kind, self.id, self.name, self.file, self.line, agency_kind)


type Subject = Entry | Person
type Trail = Callable[[Subject, Candidate | None], Passed]


@dataclass(frozen=True, slots=True)
class Issued:
    """An address that is to be issued.

    Attributes:
        trail: Returns the candidates in front of it.
    """

    subject: Subject
    candidate: Candidate
    trail: Trail = field(repr=False, compare=False)

    @property
    def passed(self) -> Passed:
        """Return the candidates in front of it with who has them; worked out when asked, since most are never shown."""
        return self.trail(self.subject, self.candidate)


@dataclass(frozen=True, slots=True)
class Pending:
    """Something that gets no address now.

    Attributes:
        reason: ``operator``: every candidate is taken and the operator names one (CT-4.2d); ``agency``: the agency, unit
            or district whose address is part of it has none yet.
        rule: What the regulation says of running out of candidates.
        trail: Returns the candidates, all of which are taken.
    """

    subject: Subject
    reason: PendingReason
    rule: Cited[str]
    trail: Trail = field(repr=False, compare=False)

    @property
    def passed(self) -> Passed:
        """Return the candidates with who has them, none while an agency has no address."""
        return self.trail(self.subject, None) if self.reason == "operator" else ()


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
        return self.forms.person(person.full_name, NOWHERE if self.names_alone else self.workplace(person))

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
        for address in (person.address, *person.aliases):
            if address:
                book.claim(address, person)
    for owner in owners_of(register.agencies.values()):
        if owner.address:
            address = list_local_part(regulation, owner.address)
            book.claim(address, Holder("list", owner.id, owner.name, file, owner.line))
    for one in register.lists:
        book.claim(one.address, Holder("list", one.id, one.name, register.lists_file, one.line))
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


type _Contender = tuple[AnyHolder, str, Callable[[], Iterator[Candidate]]]


def _rivals(contenders: Iterable[_Contender]) -> dict[str, AnyHolder]:
    """Return by id who else has the same first form.

    Args:
        contenders: Each with the scope within which it counts, and what returns its candidates.
    """
    groups: dict[tuple[str, str], list[AnyHolder]] = {}
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
    """Issues to one subject after another; with `only`, to the one of that id and as if it had no address."""

    def __init__(self, register: Register, regulation: Regulation, only: str | None = None) -> None:
        self.only = only
        if only is not None:
            register = register.with_addresses({only: ""})
        self.register = register
        self.regulation = regulation
        self.book = register_book(register, regulation)
        self.forms = RegisterForms(register, regulation)
        self.rivals: dict[str, AnyHolder] = {}
        # Of agencies, units and those with a rival; of the many others it is found again when asked for.
        self.trails: dict[str, Passed] = {}
        self.trail: Trail = self.passed
        self.issued: list[Issued] = []
        self.pending: list[Pending] = []

    def waits(self, identity: str, address: str) -> bool:
        """Tell whether something is to be issued an address here."""
        return not address and self.only in (None, identity)

    def issue(
        self, subject: Subject, candidates: Iterable[Candidate], rule: AddressRule, kind: str | None = None
    ) -> str:
        """Issue the first free candidate and return it; empty when all are taken."""
        rival = self.rivals.get(subject.id)
        candidate, passed = self.book.first_free(candidates, rival)
        if rival is not None or not isinstance(subject, Person):
            self.trails[subject.id] = passed
        if candidate is None:
            self.pending.append(Pending(subject, "operator", rule.exhausted, self.trail))
            return ""
        self.book.claim(candidate.address, subject if isinstance(subject, Person) else subject.holder(kind))
        self.issued.append(Issued(subject, candidate, self.trail))
        return candidate.address

    def passed(self, subject: Subject, candidate: Candidate | None) -> Passed:
        """Return what was passed when a candidate was issued to a subject, or none was."""
        kept = self.trails.get(subject.id)
        if kept is not None or not isinstance(subject, Person):
            return kept or ()
        return self.book.passed(self.forms.person(subject), candidate)

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
            if self.waits(agency.id, agency.address):
                subject = Entry("agency", agency.id, agency.name, agency.id, file, agency.line, agency.keys)
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
            if not self.waits(unit.id, unit.address):
                continue
            subject = Entry("unit", unit.id, unit.name, agency.id, file, unit.line, unit.keys)
            if not self.forms.addresses[agency.id]:
                self.pending.append(Pending(subject, "agency", rule.exhausted, self.trail))
            else:
                self.forms.units[unit.id] = self.issue(subject, self.forms.unit(agency, unit), rule)

    def people(self) -> None:
        """Issue to people in the order of their registration."""
        rule = self.regulation.person_rule
        if rule.both_move:
            self.rivals.update(
                _rivals(
                    (person, self._scope(person), partial(self.forms.person, person))
                    for person in self.register.people
                    if person.address or person.status == "active"
                )
            )
        waiting = (
            person
            for person in self.register.people
            if self.waits(person.id, person.address) and (person.status == "active" or self.only is not None)
        )
        # The register has them by file and row already, and who is registered on one day stays in that order.
        for person in sorted(waiting, key=attrgetter("registered")):
            if self.forms.waits(person):
                self.pending.append(Pending(person, "agency", rule.exhausted, self.trail))
            else:
                self.issue(person, self.forms.person(person), rule)

    def _scope(self, person: Person) -> str:
        match self.regulation.person_rule.scope:
            case "domain":
                return ""
            case "agency":
                return person.agency_id
        return self.register.agencies[person.agency_id].parent or person.agency_id


@without_cycle_search()
def plan_register(register: Register, regulation: Regulation, only: str | None = None) -> Plan:
    """Return what is to be issued in a register, and what waits. Linear in the register's size.

    Args:
        register: The register, without problems.
        regulation: The regulation.
        only: The id of one entry, to explain its address: what it would be issued if it had none, cancelled or not, and
            everybody else kept theirs.
    """
    planner = _Planner(register, regulation, only)
    for level in _by_depth(planner.register):
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
    return register.with_addresses({issued.subject.id: issued.candidate.address for issued in plan.issued})
