"""Dates in a list: day/month/year as Vietnam writes them, or ISO; what may be read in two ways is not read."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ISO = re.compile(r"(?P<year>[0-9]{4})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})")
_SLASHES = re.compile(r"(?P<day>[0-9]{1,2})(?P<between>[/.-])(?P<month>[0-9]{1,2})(?P=between)(?P<year>[0-9]{4})")


def _day(year: str, month: str, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def read_date(text: str) -> date | None:
    """Return the date that a text is, None where it is none in these two forms (a year of two digits is in neither)."""
    found = _ISO.fullmatch(text) or _SLASHES.fullmatch(text)
    return _day(found["year"], found["month"], found["day"]) if found else None


def month_first(texts: Iterable[str]) -> bool:
    """Tell whether some dates of a list put the month first (12/31/2020), which leaves open how the others are meant."""
    found = [match for match in map(_SLASHES.fullmatch, texts) if match]
    return any(
        _day(one["year"], one["month"], one["day"]) is None and _day(one["year"], one["day"], one["month"]) is not None
        for one in found
    )


def is_open(text: str) -> bool:
    """Tell whether a date may have its month first: read that way it is another date."""
    found = _SLASHES.fullmatch(text)
    if not found or read_date(text) is None or int(found["day"]) == int(found["month"]):
        return False
    return _day(found["year"], found["day"], found["month"]) is not None
