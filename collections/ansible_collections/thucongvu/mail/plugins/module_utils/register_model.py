"""The register: agencies, their units and their people, as their files say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import ClassVar, Literal

type Status = Literal["active", "suspended", "cancelled"]

AGENCIES_FILE = "agencies.yml"
LISTS_FILE = "lists.yml"
PEOPLE_FOLDER = "people"
PEOPLE_HEADER = ("id", "full_name", "unit", "position", "phone", "registered", "status", "address")
# Columns that a file has only where the province needs them; they stand in front of the address, in this order.
OPTIONAL_COLUMNS = ("born", "identity", "vneid", "aliases")
STATUSES: tuple[Status, ...] = ("active", "suspended", "cancelled")


@dataclass(frozen=True, slots=True)
class Trust:
    """To whom the mailbox of an agency or unit is given, and its list, by the ids of people.

    Attributes:
        head: Whose mailbox it is (CT-11.1, CB-12.1, BD-10); None while the register does not say.
        delegates: To whom the head has given it besides.
        poster: Who may post to its list besides the mailbox itself (CT-11.5); None for nobody.
        receipts: Whether it confirms what it receives (CT-7.1); None is as the regulation says.
    """

    head: str | None = None
    delegates: tuple[str, ...] = ()
    poster: str | None = None
    receipts: bool | None = None

    @property
    def people(self) -> tuple[str, ...]:
        """Return who works in the mailbox: the head, then the delegates."""
        return self.delegates if self.head is None else (self.head, *self.delegates)


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit of an agency (CT-2.2).

    Attributes:
        keys: Where it stands in agencies.yml.
        aliases: Local parts of before or beside its address; mail to them reaches it.
        address: The local part, empty while it is to be issued.
        trust: Who works in its mailbox and who posts to its list.
    """

    id: str
    name: str
    address: str
    agency_id: str
    line: int
    keys: tuple[str | int, ...]
    aliases: tuple[str, ...] = ()
    trust: Trust = Trust()


@dataclass(frozen=True, slots=True)
class Agency:
    """An agency (CT-2.1).

    Attributes:
        kind: One of the regulation's kinds.
        parent: The id of the agency above it, None where there is none.
        address: The local part, empty while it is to be issued.
        units: Its units, in the order of the file.
        line: Its line in agencies.yml.
        keys: Where it stands there.
        aliases: As of a unit.
        trust: As of a unit.
    """

    id: str
    name: str
    kind: str
    parent: str | None
    address: str
    units: tuple[Unit, ...]
    line: int
    keys: tuple[str | int, ...]
    aliases: tuple[str, ...] = ()
    trust: Trust = Trust()


def owners_of(agencies: Iterable[Agency]) -> Iterator[Agency | Unit]:
    """Yield what has a shared mailbox: each agency, then its units."""
    for agency in agencies:
        yield agency
        yield from agency.units


@dataclass(frozen=True, slots=True)
class MailingList:
    """A list of lists.yml, beside those that each agency and unit has of its people (CT-11.5).

    Attributes:
        address: The local part, chosen by the operator.
        owner: The id of the agency or unit whose mailbox posts.
        poster: The id of the person who may post besides; None for nobody.
        members: Ids of agencies and units (their lists), of other lists and of people.
        line: Its line in lists.yml.
        keys: Where it stands there.
    """

    id: str
    name: str
    address: str
    owner: str
    poster: str | None
    members: tuple[str, ...]
    line: int
    keys: tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Person:
    """One row of a people file: a person ever issued an address, or to be issued one.

    Attributes:
        kind: With ``name``, ``agency_kind`` and ``keys`` what an address needs of whoever has it or waits for it.
        unit: The id of the unit, None where the row names none.
        address: The local part, empty while it is to be issued.
        line: The row as a spreadsheet numbers it, the header being 1.
        born: Year, month or day of birth (``1990``, ``1990-03``, ``1990-03-25``), empty where no rule needs it.
        identity: The last digits of the identity number, empty where no rule needs them.
        vneid: Who the person is at VNeID (BP-9), empty where nobody signs in through it.
        aliases: As of a unit.
    """

    kind: ClassVar[Literal["person"]] = "person"
    agency_kind: ClassVar[None] = None
    keys: ClassVar[tuple[()]] = ()

    id: str
    full_name: str
    unit: str | None
    position: str
    phone: str
    registered: date
    status: Status
    address: str
    agency_id: str
    file: Path
    line: int
    born: str = ""
    identity: str = ""
    vneid: str = ""
    aliases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Return the full name."""
        return self.full_name


@dataclass(frozen=True, slots=True)
class Register:
    """A register without problems.

    Attributes:
        folder: Where it stands.
        agencies: By id, in the order of agencies.yml.
        people: By file name, then by row.
        lists: In the order of lists.yml.
        contents: The text of each file as it was read, so that writing can keep the rest of it byte for byte.
    """

    folder: Path
    agencies: Mapping[str, Agency]
    people: tuple[Person, ...]
    contents: Mapping[Path, str]
    lists: tuple[MailingList, ...] = ()

    @property
    def agencies_file(self) -> Path:
        """Return where the agencies stand."""
        return self.folder / AGENCIES_FILE

    @property
    def lists_file(self) -> Path:
        """Return where the lists beside those of agencies and units stand; a register need not have one."""
        return self.folder / LISTS_FILE

    def with_addresses(self, found: Mapping[str, str]) -> Register:
        """Return the same register with other addresses of some entries.

        Args:
            found: Local parts by the entries' ids.
        """
        agencies = {
            agency.id: replace(
                agency,
                address=found.get(agency.id, agency.address),
                units=tuple(replace(unit, address=found.get(unit.id, unit.address)) for unit in agency.units),
            )
            for agency in self.agencies.values()
        }
        people = tuple(replace(person, address=found.get(person.id, person.address)) for person in self.people)
        return replace(self, agencies=agencies, people=people)
