"""Whether a changed rule is stricter or looser for those who have an account, as far as it can be told."""

from __future__ import annotations

import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.terms import Rate, Term, parse_attempt, parse_size

if TYPE_CHECKING:
    from collections.abc import Callable

type Direction = Literal["same", "stricter", "looser", "other"]
# How strict a value is in each of its respects; in one that is not there it demands nothing.
type _Demands = dict[str, float]

_USES = ("none", "optional", "required")
# Only for telling the shorter of two terms: five working days are a week.
_DAYS_OF_WORKING_DAY = 7 / 5
_DAY_SECONDS = 86400


@dataclass(frozen=True, slots=True)
class Measures:
    """What months and gigabytes are by one regulation."""

    month_days: int
    gigabyte: int


def _days(text: str, measures: Measures) -> float:
    term = Term.parse(text)
    if term.unit == "working days":
        return term.amount * _DAYS_OF_WORKING_DAY
    return term.seconds(measures.month_days) / _DAY_SECONDS


def _shorter(value: str, measures: Measures) -> _Demands:
    return {} if value == "never" else {"": 1 / (1 + _days(value, measures))}


def _longer_lock(value: str, measures: Measures) -> _Demands:
    return {"": float("inf") if value == "until unlocked" else _days(value, measures)}


def _smaller(value: str, measures: Measures) -> _Demands:
    size = parse_size(value, measures.gigabyte)
    return {} if size is None else {"": 1 / (1 + size)}


def _slower(value: str, measures: Measures) -> _Demands:
    rate = Rate.parse(value)
    return {} if rate is None else {"count": 1 / rate.count, "per": _days(str(rate.per), measures)}


def _earlier_lock(value: str, _measures: Measures) -> _Demands:
    attempt = parse_attempt(value)
    return {} if attempt is None else {"": 1 / attempt}


def _more(value: int, _measures: Measures) -> _Demands:
    return {"": float(value)}


def _fewer(value: int, _measures: Measures) -> _Demands:
    return {"": -float(value)}


def _demanded(value: list[str], _measures: Measures) -> _Demands:
    return dict.fromkeys(value, 1.0)


def _allowed(value: list[str], _measures: Measures) -> _Demands:
    return dict.fromkeys(value, -1.0)


def _specials(value: str, measures: Measures) -> _Demands:
    return _allowed(list(string.punctuation if value == "any" else value), measures)


def _second_factor(value: dict[str, Any], measures: Measures) -> _Demands:
    return {"use": float(_USES.index(value["use"])), **_allowed(value["kinds"], measures)}


def _stages(value: list[dict[str, str]], measures: Measures) -> _Demands:
    """Return how early each step comes, counted from the beginning; a step that is not there never comes."""
    demands: _Demands = {}
    passed = 0.0
    for stage in value:
        passed += _days(stage["after"], measures)
        demands[stage["do"]] = 1 / (1 + passed)
    return demands


# By the whole section where all its values are of one form, otherwise by the last part of the name. Of what is not here
# nothing can be told.
_DEMANDS: dict[str, Callable[[Any, Measures], _Demands]] = {
    "quotas": _smaller,
    "sending": _slower,
    "protocols": _allowed,
    "gigabyte": _fewer,
    "month_days": _fewer,
    "min_length": _more,
    "required": _demanded,
    "specials": _specials,
    "history": _more,
    "forbidden": _demanded,
    "max_age": _shorter,
    "change_on_receipt": _more,
    "first_sign_in_within": _shorter,
    "second_factor": _second_factor,
    "wrong_passwords": _earlier_lock,
    "duration": _longer_lock,
    "on_sending_excess": _more,
    "receives": _fewer,
    "stages": _stages,
    "close_within": _shorter,
    "keep_data": _shorter,
    "max_size": _smaller,
    "forbidden_types": _demanded,
}


def direction(key: str, before: object, after: object, old: Measures, new: Measures) -> Direction:
    """Return how a value changes for those who have an account.

    Args:
        key: The value's dotted name.
        before: As the file said it; None where there was no such value.
        after: As the file says it now; None where there is none any more.
        old: What months and gigabytes were.
        new: What they are now.

    Returns:
        ``same`` when the two say the same in other words (``3 months``, ``90 days``), ``other`` where it cannot be told.
    """
    if before == after and key not in ("gigabyte", "month_days"):
        return "same"
    demands = _DEMANDS.get(key.split(".", 1)[0]) or _DEMANDS.get(key.rsplit(".", 1)[-1])
    if demands is None or before is None or after is None:
        return "other"
    try:
        first, second = demands(before, old), demands(after, new)
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError):
        # What was recorded may have a form that values no longer have.
        return "other"
    steps = {second.get(respect, 0.0) - first.get(respect, 0.0) for respect in _differing(first, second)}
    if not steps:
        return "same"
    if min(steps) > 0:
        return "stricter"
    return "looser" if max(steps) < 0 else "other"


def _differing(first: _Demands, second: _Demands) -> set[str]:
    """Return in what two differ; two infinities are equal and have no difference."""
    return {respect for respect in {*first, *second} if first.get(respect, 0.0) != second.get(respect, 0.0)}
