"""How much a mailbox may send in a length of time, and who has sent how much (regulations: sending).

The standard library only: it runs on the mail host too.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass

_UNLIMITED = "-"


@dataclass(frozen=True, slots=True)
class Limit:
    """So many recipients in so many seconds."""

    number: int
    seconds: int


@dataclass(frozen=True, slots=True)
class Limits:
    """Of one mailbox; None is without a limit.

    Attributes:
        inside: To addresses of the province.
        outside: To all others.
    """

    inside: Limit | None
    outside: Limit | None

    def __str__(self) -> str:
        """Return the limits as the directory keeps them: ``500/3600 250/600``."""
        return " ".join(
            _UNLIMITED if one is None else f"{one.number}/{one.seconds}" for one in (self.inside, self.outside)
        )

    @classmethod
    def parse(cls, text: str) -> Limits:
        """Read what the directory keeps.

        Raises:
            ValueError: It is of another form.
        """
        inside, outside = (
            None if part == _UNLIMITED else Limit(*(int(number) for number in part.split("/")))
            for part in text.split(" ")
        )
        return cls(inside, outside)


class Counter:
    """What each key has sent within its last so many seconds. Kept in memory: a restart forgives what was before it."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Count from now on."""
        self._clock = clock
        self._lock = threading.Lock()
        self._moments: dict[Hashable, deque[float]] = {}

    def take(self, key: Hashable, limit: Limit) -> bool:
        """Count one more, unless there are as many already; tell whether it was counted."""
        with self._lock:
            return self._take(key, limit)

    def _take(self, key: Hashable, limit: Limit) -> bool:
        now = self._clock()
        moments = self._moments.setdefault(key, deque())
        while moments and moments[0] <= now - limit.seconds:
            moments.popleft()
        if len(moments) >= limit.number:
            return False
        moments.append(now)
        return True

    def give_back(self, key: Hashable) -> None:
        """Take back the last one: its message was not sent."""
        with self._lock:
            if moments := self._moments.get(key):
                moments.pop()

    def forget(self, older_seconds: float) -> None:
        """Drop the keys of whoever has sent nothing for so long."""
        with self._lock:
            since = self._clock() - older_seconds
            self._moments = {key: found for key, found in self._moments.items() if found and found[-1] > since}
