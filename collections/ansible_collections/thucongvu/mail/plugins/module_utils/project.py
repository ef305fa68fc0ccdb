"""Where this project's own files stand, seen from the core; only the controller has them."""

from __future__ import annotations

import os
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[6]
MESSAGES = PROJECT / "messages"
REGULATIONS = PROJECT / "regulations"
REGULATION_SCHEMA = REGULATIONS / "schema.json"
NATIONAL_DEFAULTS = REGULATIONS / "national" / "vietnam.yml"
LIST_HEADINGS = PROJECT / "inventories" / "list_headings.yml"


def shown(path: Path | str) -> str:
    """Return a path as people should read it: from the current folder where it lies inside, otherwise in full."""
    absolute = os.path.abspath(path)
    relative = os.path.relpath(absolute)
    return absolute if relative.startswith("..") else relative
