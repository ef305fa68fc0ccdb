"""Why an address is what it is: who has it, which form of the regulation it is, and what stood in front of it.

Nothing is decided here. What the planner would issue is asked of the planner, so an explanation cannot tell another story
than the one that issues.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import (
    Candidate,
    form_of,
    valid_local_part,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import AddressBook, AnyHolder, Passed
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Agency, Person, Unit
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import (
    PendingReason,
    RegisterForms,
    plan_register,
    register_book,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Register
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation, Value

type Entry = Agency | Unit | Person
type Standing = Literal["given", "taken", "rival", "free", "unmet", "on_request", "behind"]


@dataclass(frozen=True, slots=True)
class Form:
    """One form that a name has by the regulation, and how it stands.

    Attributes:
        standing: ``given``: it is the address, or would be issued; ``taken``: somebody has it; ``rival``: somebody else has
            the same first form, so both take the next one (BP-4.1e); ``free``: it stands in front and nobody has it;
            ``unmet``: tried only when others than now have the forms in front of it; ``on_request``: only the operator
            gives it (CB-7.3b); ``behind``: it comes after the one that is given.
        holder: Who has it, or the rival; None where nobody is.
        file: Where the regulation says it.
        line: The line there.
    """

    candidate: Candidate
    standing: Standing
    holder: AnyHolder | None
    file: Path
    line: int


@dataclass(frozen=True, slots=True)
class AddressAnswer:
    """What is known of an address.

    Attributes:
        address: The local part that was asked for.
        holder: Who has it; None when nobody has.
        where: The names of the holder's agency and unit, as far as they are others than the holder.
        main: The address of the holder's mailbox; another one when an alias was asked for.
        cancelled: Whether it is of a person who has left; such an address is given to nobody else.
        source: Where it is said that it is a function's address or reserved, None for everybody else's.
        exhausted: What the regulation says of those on no form, None where no rule is asked.
        forms: The forms of the holder's name in their order; none for an alias, or a name that no form can be made of.
    """

    address: str
    holder: AnyHolder | None = None
    where: tuple[str, ...] = ()
    main: str = ""
    cancelled: bool = False
    source: Value | None = None
    exhausted: Value | None = None
    forms: tuple[Form, ...] = ()

    @property
    def form(self) -> Form | None:
        """Return the form that the address is; None when it is on none."""
        return given_form(self.forms)


@dataclass(frozen=True, slots=True)
class NameAnswer:
    """What a name would be issued.

    Attributes:
        name: The name that was asked for.
        kind: ``person``, ``unit`` or a kind of agency.
        where: The agency and the unit in which it was asked for.
        waits: Why nothing would be issued now, None when something would.
        exhausted: What the regulation says when every form is taken.
        forms: Its forms in their order.
    """

    name: str
    kind: str
    where: tuple[str, ...]
    waits: PendingReason | None
    exhausted: Value
    forms: tuple[Form, ...]

    @property
    def form(self) -> Form | None:
        """Return the form that would be issued."""
        return given_form(self.forms)


def given_form(forms: Iterable[Form]) -> Form | None:
    """Return the one of some forms that is the address."""
    return next((form for form in forms if form.standing == "given"), None)


def rule_of(entry: Entry) -> str:
    """Return the name of the rule by which something is addressed, as in ``Regulation.values``."""
    if isinstance(entry, Agency):
        return f"addresses.agency.{entry.kind}"
    return "addresses.unit" if isinstance(entry, Unit) else "addresses.person"


def candidates_of(entry: Entry, forms: RegisterForms) -> list[Candidate]:
    """Return the candidates of something in a register; none when no form can be made of its name."""
    try:
        if isinstance(entry, Agency):
            return list(forms.agency(entry))
        if isinstance(entry, Unit):
            return list(forms.unit(forms.register.agencies[entry.agency_id], entry))
        return list(forms.person(entry))
    except CoreError:
        # The name of somebody whose address is older than the rule.
        return []


def entries(register: Register) -> Iterator[Entry]:
    """Yield everything in a register that has or awaits an address: agencies with their units, then people."""
    for agency in register.agencies.values():
        yield agency
        yield from agency.units
    yield from register.people


def place_names(entry: Entry, register: Register) -> tuple[str, ...]:
    """Return the names of the agency and the unit in which something is."""
    if isinstance(entry, Agency):
        return (register.agencies[entry.parent].name,) if entry.parent is not None else ()
    agency = register.agencies[entry.agency_id]
    if isinstance(entry, Unit):
        return (agency.name,)
    return (agency.name, *(unit.name for unit in agency.units if unit.id == entry.unit))


class Standings:
    """Tells how each form of a name stands."""

    def __init__(self, regulation: Regulation, rule: str, book: AddressBook, own: str) -> None:
        """Take over what is asked for each form.

        Args:
            regulation: The regulation.
            rule: The rule's name in ``Regulation.values``.
            book: Who has which address.
            own: The id of whom the forms are of.
        """
        self.regulation = regulation
        self.rule = rule
        self.book = book
        self.own = own

    def holder(self, candidate: Candidate) -> AnyHolder | None:
        """Return who else has a form."""
        found = self.book.holders.get(candidate.address)
        return None if found is None or found.id == self.own else found

    def in_front(self, candidates: Iterable[Candidate], given: Candidate | None) -> Passed:
        """Return the forms in front of a given one that somebody else has; all such forms where none is given."""
        return tuple(
            (candidate, holder)
            for candidate in candidates
            if not candidate.on_request and (given is None or candidate.step < given.step)
            for holder in [self.holder(candidate)]
            if holder is not None
        )

    def forms(self, candidates: Iterable[Candidate], passed: Passed, given: Candidate | None) -> tuple[Form, ...]:
        """Return every form in its order.

        Args:
            candidates: The forms of the name.
            passed: Those that could not be given, with who has them.
            given: The one that is the address.
        """
        return tuple(form for candidate in candidates for form in self._of(candidate, passed, given))

    def _of(self, candidate: Candidate, passed: Passed, given: Candidate | None) -> Iterator[Form]:
        met = False
        for other, holder in passed:
            if other.step == candidate.step:
                met = True
                yield self._form(other, "taken" if self.holder(other) is not None else "rival", holder)
        if given is not None and given.step == candidate.step:
            yield self._form(given, "given", None)
        elif not met:
            yield self._form(candidate, self._standing(candidate, given), self.holder(candidate))

    @staticmethod
    def _standing(candidate: Candidate, given: Candidate | None) -> Standing:
        if candidate.on_request:
            return "on_request"
        if given is not None and candidate.step > given.step:
            return "behind"
        return "unmet" if candidate.when_taken_by else "free"

    def _form(self, candidate: Candidate, standing: Standing, holder: AnyHolder | None) -> Form:
        value = self.regulation.values[f"{self.rule}.{candidate.step}"]
        return Form(candidate, standing, holder, value.file, value.line)


def local_part(text: str, domain: str) -> str:
    """Return the local part of an address as a person types it, with or without the domain, in whatever case.

    Raises:
        ProblemsError: The domain is another one, or the address is none.
    """
    address, at, found = text.strip().lower().partition("@")
    if at and found != domain:
        raise ProblemsError([Problem("explain.domain", {"domain": domain}, field="address", value=text)])
    if not valid_local_part(address):
        raise ProblemsError([Problem("register.address_form", field="address", value=text)])
    return address


def explain_address(text: str, register: Register, regulation: Regulation, domain: str) -> AddressAnswer:
    """Return who has an address and why it is what it is.

    Args:
        text: The address, with or without the domain.
        register: The register, without problems.
        regulation: The regulation that holds.
        domain: The mail domain.

    Raises:
        ProblemsError: The domain is another one, or the address is none.
    """
    address = local_part(text, domain)
    book = register_book(register, regulation)
    holder = book.holders.get(address)
    if holder is None:
        return AddressAnswer(address)
    if holder.kind in ("function", "reserved"):
        section = "functions.addresses" if holder.kind == "function" else "reserved"
        return AddressAnswer(address, holder, main=address, source=regulation.values[f"{section}.{address}"])
    if holder.kind == "list":
        # One of lists.yml was called so by the operator.
        by_rule = holder.file == register.agencies_file
        source = regulation.values["lists.address"] if by_rule else None
        return AddressAnswer(address, holder, main=address, source=source)
    entry = next(entry for entry in entries(register) if entry.id == holder.id)
    cancelled = isinstance(entry, Person) and entry.status == "cancelled"
    where = place_names(entry, register)
    if entry.address != address:
        return AddressAnswer(address, holder, where, entry.address, cancelled)
    exhausted = regulation.values[f"{rule_of(entry)}.exhausted"]
    forms = _forms(entry, register, regulation, book)
    return AddressAnswer(address, holder, where, address, cancelled, exhausted=exhausted, forms=forms)


def _forms(entry: Entry, register: Register, regulation: Regulation, book: AddressBook) -> tuple[Form, ...]:
    """Return how the forms of something that has its address stand."""
    candidates = candidates_of(entry, RegisterForms(register, regulation))
    given = form_of(candidates, entry.address)
    standings = Standings(regulation, rule_of(entry), book, entry.id)
    if given is not None:
        for issued in plan_register(register, regulation, only=entry.id).issued:
            if issued.candidate.address == entry.address:
                return standings.forms(candidates, issued.passed, issued.candidate)
    # It is not what would be issued: chosen by the operator, or older than the rule or than others' addresses.
    return standings.forms(candidates, standings.in_front(candidates, given), given)
