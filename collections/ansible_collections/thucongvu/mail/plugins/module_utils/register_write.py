"""Writing a plan into the register: only addresses change, and a file is replaced whole or not at all."""

from __future__ import annotations

import stat
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.agencies_text import with_agency_addresses
from ansible_collections.thucongvu.mail.plugins.module_utils.atomic_file import write_atomically
from ansible_collections.thucongvu.mail.plugins.module_utils.memory import without_cycle_search
from ansible_collections.thucongvu.mail.plugins.module_utils.people_file import with_addresses
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import parse_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Register
    from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import Plan
    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys


@dataclass(frozen=True, slots=True)
class FileChange:
    """One file of the register before and after.

    Attributes:
        new_mode: The permissions of a file that is not there yet, None for one that is.
    """

    path: Path
    before: str
    after: str
    new_mode: int | None = None

    def is_stale(self) -> bool:
        """Tell whether the file is no longer what the change was made of."""
        if self.new_mode is not None:
            return self.path.exists()
        return self.path.read_bytes() != self.before.encode()


@without_cycle_search()
def register_changes(register: Register, plan: Plan) -> list[FileChange]:
    """Return the files that a plan changes; nothing is written.

    Args:
        register: The register that the plan was made of.
        plan: The plan.
    """
    entries: dict[Keys, str] = {}
    rows: defaultdict[Path, dict[int, str]] = defaultdict(dict)
    for issued in plan.issued:
        if issued.subject.kind == "person":
            rows[issued.subject.file][issued.subject.line] = issued.candidate.address
        else:
            entries[issued.subject.keys] = issued.candidate.address
    changes: list[FileChange] = []
    if entries:
        before = register.contents[register.agencies_file]
        after = with_agency_addresses(parse_yaml(register.agencies_file, before), entries)
        changes.append(FileChange(register.agencies_file, before, after))
    for file in sorted(rows):
        before = register.contents[file]
        # What is written is let go of: of a million rows the addresses would be held twice.
        changes.append(FileChange(file, before, with_addresses(before, rows.pop(file))))
    return changes


def write_changes(changes: Iterable[FileChange]) -> None:
    """Write changed and new files, each by one rename; a changed one keeps its permissions, a symbolic link its target.

    Raises:
        ProblemsError: A file is no longer what was read, and then none is written; or a file cannot be written.
    """
    waiting = list(changes)
    meanwhile = [change.path for change in waiting if change.is_stale()]
    if meanwhile:
        raise ProblemsError(Problem("register.changed_meanwhile", {}, path) for path in meanwhile)
    for change in waiting:
        try:
            mode = stat.S_IMODE(change.path.stat().st_mode) if change.new_mode is None else change.new_mode
            write_atomically(change.path.resolve(), change.after.encode(), mode)
        except OSError as error:
            raise ProblemsError([Problem("register.unwritable", {"reason": error.strerror}, change.path)]) from error
