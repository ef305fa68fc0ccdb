"""What a name would be issued: it is put into the register on trial, and the planner is asked."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.explain import (
    AddressAnswer,
    Entry,
    NameAnswer,
    Standings,
    candidates_of,
    explain_address,
    place_names,
    rule_of,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.names import agency_name, words
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import (
    PEOPLE_FOLDER,
    Agency,
    Person,
    Unit,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import (
    RegisterForms,
    plan_register,
    planned_register,
    register_book,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import joined
from ansible_collections.thucongvu.mail.plugins.module_utils.text import name_syllables, normal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Register
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation

# The id of what is in the register on trial only: no entry of a register can have it.
_TRIAL = ""


@dataclass(frozen=True, slots=True)
class Question:
    """A name and where it would be registered.

    Attributes:
        name: The name of a person, a unit or an agency.
        agency: The agency by id, address or name; of an agency's name, the agency above. Empty where none is meant.
        unit: A person's unit, likewise.
        kind: ``person``, ``unit`` or a kind of agency; empty to have it found.
    """

    name: str
    agency: str = ""
    unit: str = ""
    kind: str = ""


def _same(first: str, second: str) -> bool:
    return normal(first).casefold() == normal(second).casefold()


def _is_called(entry: Agency | Unit, name: str, regulation: Regulation) -> bool:
    """Tell whether a name is an entry's own, in whatever way the type is written (UBND xã, Xã)."""
    if _same(entry.name, name) or isinstance(entry, Unit):
        return _same(entry.name, name)
    try:
        own, other = (agency_name(text, regulation.kinds[entry.kind], regulation.names) for text in (entry.name, name))
    except CoreError:
        return False
    return (own.type_short, own.words) == (other.type_short, other.words)


def _refused(key: str, field: str, value: str, **values: object) -> ProblemsError:
    return ProblemsError([Problem(key, values, field=field, value=value)])


def _found[E: Agency | Unit](known: Iterable[E], text: str, field: str, regulation: Regulation, domain: str) -> E:
    """Return the agency or unit that is meant.

    Raises:
        ProblemsError: None is, or a name is that of several.
    """
    choice = list(known)
    wanted = text.strip().removesuffix(f"@{domain}")
    for entry in choice:
        if wanted == entry.id or (wanted and wanted in (entry.address, *entry.aliases)):
            return entry
    named = [entry for entry in choice if _is_called(entry, wanted, regulation)]
    if len(named) == 1:
        return named[0]
    if named:
        raise _refused("explain.several", field, text, allowed=joined(entry.id for entry in named))
    names: dict[str, str] = {}
    for one in choice:
        called = f"{one.id} ({one.name})"
        names.update({name.casefold(): called for name in (one.id, one.address, one.name) if name})
    near = [names[name] for name in difflib.get_close_matches(wanted.casefold(), names, 3, 0.5)]
    raise _refused("explain.not_there", field, text, near=joined(dict.fromkeys(near)) or "-")


def _fits(name: str, kind: str, regulation: Regulation) -> bool:
    """Tell whether a name begins as the names of a kind have to."""
    agency_kind = regulation.kinds[kind]
    if not agency_kind.type_required:
        return False
    try:
        agency_name(name, agency_kind, regulation.names)
    except CoreError:
        return False
    return True


def _only_kind(question: Question, kinds: Iterable[str], regulation: Regulation) -> str | None:
    fitting = [kind for kind in kinds if _fits(question.name, kind, regulation)]
    return fitting[0] if len(fitting) == 1 else None


def _kind(question: Question, agency: Agency | None, register: Register, regulation: Regulation) -> str:
    """Return of what kind the name is, as the question says or as the register and the name's beginning show.

    Raises:
        ProblemsError: There is no such kind, it cannot be found, or a person's or unit's agency is not said.
    """
    allowed = joined(("person", "unit", *regulation.kinds))
    if question.kind:
        if question.kind not in ("person", "unit", *regulation.kinds):
            raise _refused("explain.kind", "kind", question.kind, allowed=allowed)
        if agency is None and question.kind in ("person", "unit"):
            raise _refused("explain.agency_needed", "name", question.name)
        return question.kind
    below = [entry for entry in register.agencies.values() if agency is None or entry.parent == agency.id]
    for entry in below:
        if _is_called(entry, question.name, regulation):
            return entry.kind
    if agency is None:
        found = _only_kind(question, regulation.kinds, regulation)
        if found is None:
            raise _refused("explain.kind_needed", "name", question.name, allowed=joined(regulation.kinds))
        return found
    if any(_same(unit.name, question.name) for unit in agency.units):
        return "unit"
    return _only_kind(question, sorted({entry.kind for entry in below}), regulation) or "person"


def _trial(question: Question, kind: str, agency: Agency | None, register: Register, unit: str | None) -> Entry:
    """Return the entry that the name would be."""
    if kind not in ("person", "unit"):
        return Agency(_TRIAL, question.name, kind, agency.id if agency is not None else None, "", (), 0, ())
    assert agency is not None  # noqa: S101  # the kind would not have been found
    if kind == "unit":
        return Unit(_TRIAL, question.name, "", agency.id, 0, ())
    file = register.folder / PEOPLE_FOLDER / f"{agency.id}.csv"
    return Person(_TRIAL, question.name, unit, "", "", date.max, "active", "", agency.id, file, 0)


def _with(register: Register, entry: Entry) -> Register:
    """Return the register with one entry more, behind all others."""
    if isinstance(entry, Person):
        return replace(register, people=(*register.people, entry))
    if isinstance(entry, Agency):
        return replace(register, agencies=MappingProxyType({**register.agencies, entry.id: entry}))
    agency = register.agencies[entry.agency_id]
    wider = replace(agency, units=(*agency.units, entry))
    return replace(register, agencies=MappingProxyType({**register.agencies, agency.id: wider}))


def _present(entry: Entry, register: Register, regulation: Regulation) -> Entry | None:
    """Return the agency or unit that has the same name at the same place already, or the row of a person that still waits.

    Of people several may have one name, so whoever has an address already is somebody else.
    """
    if isinstance(entry, Agency):
        alike = (other for other in register.agencies.values() if other.kind == entry.kind)
        here = (other for other in alike if entry.parent in (None, other.parent))
        return next((other for other in here if _is_called(other, entry.name, regulation)), None)
    if isinstance(entry, Unit):
        units = register.agencies[entry.agency_id].units
        return next((unit for unit in units if _same(unit.name, entry.name)), None)
    waiting = (person for person in register.people if not person.address and person.status == "active")
    named = (person for person in waiting if _same(person.full_name, entry.full_name))
    return next((person for person in named if person.agency_id == entry.agency_id), None)


def _check(entry: Entry, regulation: Regulation) -> None:
    """Refuse a name of which no form can be made.

    Raises:
        ProblemsError: With what is wrong with it.
    """
    try:
        if isinstance(entry, Agency):
            agency_name(entry.name, regulation.kinds[entry.kind], regulation.names)
        elif isinstance(entry, Person):
            name_syllables(entry.full_name)
        else:
            words(entry.name, regulation.names)
    except CoreError as error:
        name = entry.full_name if isinstance(entry, Person) else entry.name
        raise _refused(error.key, "name", name, **error.values) from error


def explain_name(
    question: Question, register: Register, regulation: Regulation, domain: str
) -> AddressAnswer | NameAnswer:
    """Return what a name would be issued; of an agency or a unit that has its address, why it has that one.

    Args:
        question: The name and where it would be registered.
        register: The register, without problems.
        regulation: The regulation that holds.
        domain: The mail domain.

    Raises:
        ProblemsError: Agency, unit or kind is not known or not said, or the name is refused.
    """
    agency = None
    if question.agency:
        agency = _found(register.agencies.values(), question.agency, "agency", regulation, domain)
    unit = None
    if question.unit and agency is not None:
        unit = _found(agency.units, question.unit, "unit", regulation, domain).id
    kind = _kind(question, agency, register, regulation)
    trial = _trial(question, kind, agency, register, unit)
    entry = _present(trial, register, regulation) or trial
    if entry.address:
        return explain_address(entry.address, register, regulation, domain)
    _check(entry, regulation)
    tried = _with(register, entry) if entry is trial else register
    plan = plan_register(tried, regulation)
    issued = next((found for found in plan.issued if found.subject.id == entry.id), None)
    pending = next((found for found in plan.pending if found.subject.id == entry.id), None)
    passed = issued.passed if issued is not None else pending.passed if pending is not None else ()
    after = planned_register(tried, plan)
    rule = rule_of(entry)
    standings = Standings(regulation, rule, register_book(after, regulation), entry.id)
    candidates = candidates_of(entry, RegisterForms(after, regulation))
    return NameAnswer(
        question.name,
        kind,
        place_names(entry, tried),
        pending.reason if pending is not None else None,
        regulation.values[f"{rule}.exhausted"],
        standings.forms(candidates, passed, issued.candidate if issued is not None else None),
    )
