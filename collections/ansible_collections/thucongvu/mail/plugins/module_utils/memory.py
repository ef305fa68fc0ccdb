"""Care for memory where a register of a whole province is held."""

from __future__ import annotations

import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def without_cycle_search() -> Iterator[None]:
    """Leave off Python's search for cycles of objects; for work that makes many objects and no cycles among them.

    The search looks through everything that is held, again and again while it grows: of a million people it takes more
    time than all the rest. What is no longer used is freed all the same.
    """
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()
