"""Terms, rates and sizes as regulations write them: "3 months", "15 working days", "250 per 10 minutes", "5 GB"."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, cast

type TermUnit = Literal["minutes", "hours", "days", "working days", "months"]

_SECONDS = {"minutes": 60, "hours": 3600, "days": 86400}
_SHORTENED = {"MB": 1024, "GB": 1}


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time.

    Attributes:
        amount: How many.
        unit: ``minutes``, ``hours``, ``days``, ``working days`` or ``months``.
    """

    amount: int
    unit: TermUnit

    @classmethod
    def parse(cls, text: str) -> Term:
        """Read what the schema lets pass, such as ``15 working days``."""
        amount, _space, unit = text.partition(" ")
        return cls(int(amount), cast("TermUnit", unit))

    def seconds(self, month_days: int) -> int:
        """Return the term in seconds.

        Args:
            month_days: How many days count as a month.

        Raises:
            ValueError: Working days: only a calendar can count these.
        """
        if self.unit == "working days":
            raise ValueError("working days have no fixed length")
        if self.unit == "months":
            return self.amount * month_days * _SECONDS["days"]
        return self.amount * _SECONDS[self.unit]

    def days(self, month_days: int) -> int:
        """Return the term in whole days; see :meth:`seconds`."""
        return self.seconds(month_days) // _SECONDS["days"]

    def __str__(self) -> str:
        """Return it as it is written."""
        return f"{self.amount} {self.unit}"


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in a length of time."""

    count: int
    per: Term

    @classmethod
    def parse(cls, text: str) -> Rate | None:
        """Read what the schema lets pass, such as ``250 per 10 minutes``; None for ``unlimited``."""
        if text == "unlimited":
            return None
        count, _per, term = text.split(" ", 2)
        return cls(int(count), Term.parse(term))


def parse_attempt(text: str) -> int | None:
    """Return the wrong password in a row that locks, None for ``never``: `after 6` and `more than 5` are both the sixth."""
    if text == "never":
        return None
    how, number = text.rsplit(" ", 1)
    return int(number) + (how == "more than")


def parse_size(text: str, gigabyte: int) -> int | None:
    """Return a size in bytes, None for ``unlimited``.

    Args:
        text: What the schema lets pass, such as ``5 GB`` or ``30 MB``.
        gigabyte: How many bytes a GB has.
    """
    if text == "unlimited":
        return None
    amount, unit = text.split(" ")
    return int(amount) * gigabyte // _SHORTENED[unit]
