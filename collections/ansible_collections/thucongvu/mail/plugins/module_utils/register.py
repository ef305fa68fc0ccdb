"""Reading the register: every file of it checked, every problem listed; with one problem there is no register."""

from __future__ import annotations

import sys
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import AddressBook
from ansible_collections.thucongvu.mail.plugins.module_utils.agencies_file import read_agencies
from ansible_collections.thucongvu.mail.plugins.module_utils.memory import without_cycle_search
from ansible_collections.thucongvu.mail.plugins.module_utils.people_file import read_people
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register_check import Checks, Place
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import (
    AGENCIES_FILE,
    LISTS_FILE,
    PEOPLE_FOLDER,
    Agency,
    MailingList,
    Person,
    Register,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.register_trust import check_trust, read_lists
from ansible_collections.thucongvu.mail.plugins.module_utils.text import name_syllables
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import load_yaml, read_utf8

if TYPE_CHECKING:
    from ansible_collections.thucongvu.mail.plugins.module_utils.people_file import Row
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation


def _person(checks: Checks, agency: Agency, units: frozenset[str], file: Path, row: Row) -> Person:
    """Check one row and return it; where it has a problem, the problem is noted and the row is not used."""
    person_id, full_name, unit, position, phone, registered, status, born, identity, vneid, aliases, address = (
        row.fields
    )
    place = Place(file, row.number)
    checks.identifier(place, person_id)
    if not full_name.strip():
        checks.add(place, "register.name_missing", "full_name", full_name)
    else:
        try:
            name_syllables(full_name)
        except CoreError as error:
            checks.problems.append(error.at(file, row.number, "full_name", full_name))
    if unit and unit not in units:
        allowed = ", ".join(sorted(units)) or "-"
        checks.add(place, "register.unit", "unit", unit, unit=unit, agency=agency.id, allowed=allowed)
    checks.text(place, "position", position)
    checks.phone(place, phone)
    # What many rows say alike is held once.
    return Person(
        id=person_id,
        full_name=sys.intern(full_name),
        unit=sys.intern(unit) or None,
        position=sys.intern(position),
        phone=phone,
        registered=checks.day(place, registered),
        status=checks.status(place, status),
        address=checks.address(place, "person", person_id, full_name, address),
        agency_id=agency.id,
        file=file,
        line=row.number,
        born=checks.born(place, born) if born else "",
        identity=checks.identity_digits(place, identity) if identity else "",
        vneid=checks.vneid(place, vneid, status) if vneid else "",
        aliases=checks.aliases(place, "person", person_id, full_name, aliases.split()) if aliases else (),
    )


def _entries(folder: Path, problems: list[Problem]) -> list[Path]:
    """Return what lies in a folder, by name, without hidden files and an editor's copies; nothing where there is none."""
    try:
        found = sorted(folder.iterdir())
    except FileNotFoundError:
        return []
    except OSError as error:
        problems.append(Problem("yaml.unreadable", {"reason": error.strerror}, folder))
        return []
    return [path for path in found if not path.name.startswith(".") and not path.name.endswith("~")]


def _people_files(folder: Path, problems: list[Problem]) -> list[Path]:
    """Return a register's people files by name; a list that stands elsewhere or in another form is a problem: it would be
    missed."""
    for path in _entries(folder, problems):
        if path.suffix == ".csv" or (path.name != PEOPLE_FOLDER and any(path.glob("*.csv"))):
            problems.append(Problem("register.elsewhere", {"name": path.name}, path))
    files: list[Path] = []
    for path in _entries(folder / PEOPLE_FOLDER, problems):
        if path.suffix == ".csv" and path.is_file():
            files.append(path)
        else:
            problems.append(Problem("register.not_csv", {"name": path.name}, path))
    return files


def _lists(
    file: Path, checks: Checks, contents: dict[Path, str], agencies: dict[str, Agency], people: dict[str, Person]
) -> tuple[MailingList, ...]:
    """Return the lists of lists.yml, none where there is no such file."""
    if not file.exists():
        return ()
    try:
        document = load_yaml(file)
    except ProblemsError as error:
        checks.problems.extend(error.problems)
        return ()
    contents[file] = document.text
    return read_lists(document, checks, agencies, people)


@without_cycle_search()
def load_register(folder: Path | str, regulation: Regulation) -> Register:
    """Load and check a register.

    Args:
        folder: ``inventories/<province>/register``.
        regulation: The regulation that it follows.

    Returns:
        The register. Reading is linear in its size.

    Raises:
        ProblemsError: With every problem of every file; nothing of a register with a problem is used.
    """
    folder = Path(folder)
    checks = Checks(AddressBook.of(regulation), regulation.aliases_per_mailbox.value)
    agencies: dict[str, Agency] = {}
    contents: dict[Path, str] = {}
    try:
        document = load_yaml(folder / AGENCIES_FILE)
        contents[document.path] = document.text
        agencies = read_agencies(document, regulation, checks)
    except ProblemsError as error:
        # Without agencies every people file would seem to have none: those are not reported on top.
        raise ProblemsError(error.problems) from error
    people: list[Person] = []
    for file in _people_files(folder, checks.problems):
        agency = agencies.get(file.stem)
        if agency is None:
            allowed = ", ".join(agencies) or "-"
            checks.problems.append(Problem("register.no_agency", {"id": file.stem, "allowed": allowed}, file))
            continue
        try:
            text = read_utf8(file)
        except ProblemsError as error:
            checks.problems.extend(error.problems)
            continue
        contents[file] = text
        rows, problems = read_people(file, text)
        checks.problems.extend(problems)
        units = frozenset(unit.id for unit in agency.units)
        people.extend(_person(checks, agency, units, file, row) for row in rows)
    by_id = {person.id: person for person in people}
    check_trust(document, regulation, checks, agencies, by_id)
    lists = _lists(folder / LISTS_FILE, checks, contents, agencies, by_id)
    if checks.problems:
        raise ProblemsError(checks.problems)
    return Register(folder, MappingProxyType(agencies), tuple(people), MappingProxyType(contents), lists)
