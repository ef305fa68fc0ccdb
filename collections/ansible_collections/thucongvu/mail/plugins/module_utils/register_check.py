"""The fields of a register: each one's rule, with a problem that says what is allowed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import valid_local_part
from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import AddressBook, Holder, HolderKind
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, Problem
from ansible_collections.thucongvu.mail.plugins.module_utils.project import shown
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import STATUSES, Status
from ansible_collections.thucongvu.mail.plugins.module_utils.text import check

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_PHONE = re.compile(r"[0-9+(). /-]*")
_BORN = re.compile(r"(?:19|20)[0-9]{2}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")
_IDENTITY = re.compile(r"[0-9]{1,12}")
# A subject of OpenID Connect is so many letters of ASCII (OpenID Connect Core 1.0, 2); here none that a spreadsheet works out.
_SUBJECT = re.compile(r"(?![=+@-])[!-~]{1,255}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
# What a spreadsheet that opens the file works out, and may run.
_FORMULA = re.compile(r"\s*[=+@-].")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row or entry stands."""

    file: Path
    line: int

    def __str__(self) -> str:
        """Return ``file:line``."""
        return f"{shown(self.file)}:{self.line}"


# Days, positions and offices repeat from row to row: each is looked at once, and a register holds one object for all.
@lru_cache(maxsize=65536)
def _day(value: str) -> date | None:
    """Return an ISO date that is written in full and can be counted from, None where it is none."""
    try:
        day = date.fromisoformat(value)
    except ValueError:
        return None
    return day if day != date.min and day.isoformat() == value else None


@lru_cache(maxsize=65536)
def _text_error(value: str) -> CoreError | None:
    """Return what is wrong with free text."""
    if _CONTROL.search(value):
        return CoreError("register.control")
    if _FORMULA.match(value):
        return CoreError("register.formula")
    if not value.isascii():
        try:
            check(value)
        except CoreError as error:
            return error.with_traceback(None)
    return None


@dataclass(slots=True)
class Checks:
    """Checks of single fields that gather every problem, and what the register has seen so far."""

    book: AddressBook
    aliases_allowed: int = 0
    problems: list[Problem] = field(default_factory=list)
    ids: dict[str, Place] = field(default_factory=dict)
    subjects: dict[str, Place] = field(default_factory=dict)

    def add(self, place: Place, key: str, name: str, value: str, **values: object) -> None:
        """Note a problem."""
        self.problems.append(Problem(key, values, place.file, place.line, name, value))

    def identifier(self, place: Place, value: str) -> None:
        """Check an id: its form, and that nothing else in the register has it, be it agency, unit or person."""
        if _ID.fullmatch(value) is None:
            self.add(place, "register.id_form", "id", value)
            return
        # The directory, whose names are built from it, does not tell capitals from small letters.
        first = self.ids.setdefault(value.lower(), place)
        if first is not place:
            self.add(place, "register.id_twice", "id", value, id=value, first=first)

    def text(self, place: Place, name: str, value: str) -> None:
        """Check free text: Vietnamese in Unicode on one line, and no formula."""
        error = _text_error(value)
        if error is not None:
            self.problems.append(error.at(place.file, place.line, name, value))

    def phone(self, place: Place, value: str) -> None:
        """Check a telephone number."""
        if _PHONE.fullmatch(value) is None:
            self.add(place, "register.phone", "phone", value)

    def day(self, place: Place, value: str) -> date:
        """Check an ISO date and return it; the first of all days where it is none."""
        day = _day(value)
        if day is None:
            self.add(place, "register.date", "registered", value)
        return day or date.min

    def status(self, place: Place, value: str) -> Status:
        """Check a status and return it."""
        for status in STATUSES:
            if value == status:
                return status
        self.add(place, "register.status", "status", value, allowed=", ".join(STATUSES))
        return "active"

    def born(self, place: Place, value: str) -> str:
        """Check a date of birth, or as much of it as the register holds, and return it."""
        try:
            # 1990 and 1990-03 have every day that follows.
            known = _BORN.fullmatch(value) is not None and date.fromisoformat(f"{value}-01-01"[:10])
        except ValueError:
            known = False
        if not known:
            self.add(place, "register.born", "born", value)
        return value

    def identity_digits(self, place: Place, value: str) -> str:
        """Check the last digits of an identity number and return them; no message repeats them."""
        if _IDENTITY.fullmatch(value) is None:
            self.add(place, "register.identity", "identity", "…")
        return value

    def vneid(self, place: Place, value: str, status: str) -> str:
        """Check who a person is at VNeID, and that nobody else is who may come back; return it. No message repeats it."""
        if _SUBJECT.fullmatch(value) is None:
            self.add(place, "register.vneid", "vneid", "…")
        elif status != "cancelled" and (first := self.subjects.setdefault(value, place)) is not place:
            self.add(place, "register.vneid_twice", "vneid", "…", first=first)
        return value

    def aliases(
        self, place: Place, kind: HolderKind, identity: str, name: str, values: Sequence[str]
    ) -> tuple[str, ...]:
        """Check further addresses of one holder and claim them; return them."""
        if len(values) > self.aliases_allowed:
            found = {"number": len(values), "most": self.aliases_allowed}
            self.add(place, "register.aliases", "aliases", " ".join(values), **found)
        for value in values:
            if not value.strip():
                self.add(place, "register.address_form", "aliases", value)
        return tuple(self.address(place, kind, identity, name, value, field_name="aliases") for value in values)

    def address(
        self, place: Place, kind: HolderKind, identity: str, name: str, value: str, *, field_name: str = "address"
    ) -> str:
        """Check an issued or chosen address and claim it; return it, empty where it is only spaces and tabs."""
        if not value.strip(" \t"):
            return ""
        if not valid_local_part(value):
            self.add(place, "register.address_form", field_name, value)
            return value
        holder = self.book.claim(value, Holder(kind, identity, name, place.file, place.line))
        if holder is None:
            return value
        if holder.kind in ("function", "reserved"):
            self.add(
                place, "register.address_reserved", field_name, value, address=value, file=shown(holder.file or "")
            )
        else:
            first = f"{holder.name} ({shown(holder.file or '')}:{holder.line})"
            self.add(place, "register.address_taken", field_name, value, address=value, first=first)
        return value
