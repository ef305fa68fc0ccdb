"""What the benchmark of the engine measures, each in a process of its own: python -m tcv.engine_work WORK FOLDER REGULATION.

WORK is one of WORKS; the last line printed is what it found, as JSON. A process of its own, on one core, so that the
greatest memory that it had is that of the work alone.
"""

import csv
import json
import os
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import AddressForms
from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import AddressBook, Holder
from ansible_collections.thucongvu.mail.plugins.module_utils.memory import without_cycle_search
from ansible_collections.thucongvu.mail.plugins.module_utils.people_file import with_addresses
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import Plan, plan_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_write import register_changes, write_changes
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation
from tcv.sample_register import PEOPLE_FOLDER, write_register

type Figures = dict[str, float]


# Nanoseconds that the process has run, and has waited while others had its core.
SCHEDULER = Path("/proc/self/schedstat")


def _waited() -> float:
    """Seconds that this process has waited for its core; none where the kernel does not count them."""
    return int(SCHEDULER.read_text(encoding="ascii").split()[1]) / 1e9 if SCHEDULER.exists() else 0.0


class Stopwatch:
    """Seconds since it was made, in which this process had its core or waited for the disk."""

    def __init__(self) -> None:
        self.clock = time.perf_counter()
        self.processor = time.process_time()
        self.waited = _waited()

    def figures(self) -> Figures:
        """These seconds, those of the processor, those waited for the core, and the most memory so far, in bytes."""
        waited = _waited() - self.waited
        return {
            "seconds": time.perf_counter() - self.clock - waited,
            "processor": time.process_time() - self.processor,
            "waited": waited,
            "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        }


def _lists(folder: Path) -> list[Path]:
    return sorted((folder / PEOPLE_FOLDER).glob("*.csv"))


def _rows(file: Path) -> list[list[str]]:
    with file.open(encoding="utf-8", newline="") as text:
        return list(csv.reader(text))


def _counts(plan: Plan) -> Figures:
    """How many people were issued an address, and how many wait for the operator; that no address was issued twice."""
    addresses = {issued.candidate.address for issued in plan.issued}
    return {
        "issued": sum(issued.subject.kind == "person" for issued in plan.issued),
        "operator": sum(pending.subject.kind == "person" for pending in plan.pending),
        "twice": len(plan.issued) - len(addresses),
    }


def make(folder: Path, number: int) -> Figures:
    """Write a register of so many people who wait for an address."""
    watch = Stopwatch()
    write_register(folder, number)
    return watch.figures()


def register(folder: Path, regulation: Regulation) -> Figures:
    """Read a register, issue every address and write them into it, as playbooks/register.yml does."""
    watch = Stopwatch()
    found = load_register(folder, regulation)
    plan = plan_register(found, regulation)
    write_changes(register_changes(found, plan))
    return watch.figures() | _counts(plan)


def engine(folder: Path, regulation: Regulation) -> Figures:
    """Issue addresses to a register's names alone: names in, addresses out, and who has which in memory."""
    names = [row[1] for file in _lists(folder) for row in _rows(file)[1:]]
    forms = AddressForms(regulation)
    book = AddressBook.of(regulation)
    operator = 0
    watch = Stopwatch()
    with without_cycle_search(), (folder / "addresses.txt").open("w", encoding="ascii") as out:
        for number, name in enumerate(names):
            candidate, _passed = book.first_free(forms.person(name))
            if candidate is None:
                operator += 1
                continue
            book.claim(candidate.address, Holder("person", str(number), name))
            out.write(f"{candidate.address}\n")
    figures = watch.figures()
    (folder / "addresses.txt").unlink()
    return figures | {"issued": len(names) - operator, "operator": operator}


def finish(folder: Path, regulation: Regulation) -> Figures:
    """Choose an address for everybody whom the regulation leaves to the operator, so that a register needs nothing."""
    watch = Stopwatch()
    plan = plan_register(load_register(folder, regulation), regulation)
    rows: dict[Path, dict[int, str]] = {}
    for pending in plan.pending:
        rows.setdefault(pending.subject.file, {})[pending.subject.line] = pending.subject.id
    for file, addresses in rows.items():
        text = file.read_bytes().decode("utf-8")
        file.write_bytes(with_addresses(text, addresses).encode())
    return watch.figures() | {"chosen": len(plan.pending)}


def recheck(folder: Path, regulation: Regulation) -> Figures:
    """Read a register that needs nothing, and find that there is nothing to do."""
    watch = Stopwatch()
    found = load_register(folder, regulation)
    plan = plan_register(found, regulation)
    changes = register_changes(found, plan)
    return watch.figures() | {"people": len(found.people), "changes": len(changes), "waiting": len(plan.pending)}


def floor(folder: Path) -> Figures:
    """Write a register's rows to disk, as they stand in memory; each list is on the disk before the next one."""
    contents = {file: _rows(file) for file in _lists(folder)}
    watch = Stopwatch()
    for file, rows in contents.items():
        with file.with_suffix(".floor").open("w", encoding="utf-8", newline="") as out:
            csv.writer(out, lineterminator="\n").writerows(rows)
            out.flush()
            os.fsync(out.fileno())
    figures = watch.figures()
    for file in contents:
        file.with_suffix(".floor").unlink()
    return figures | {"rows": sum(len(rows) - 1 for rows in contents.values())}


def _with_regulation(work: Callable[[Path, Regulation], Figures]) -> Callable[[Path, str], Figures]:
    return lambda folder, file: work(folder, load_regulation(file))


WORKS: dict[str, Callable[[Path, str], Figures]] = {
    "make": lambda folder, number: make(folder, int(number)),
    "floor": lambda folder, _file: floor(folder),
    "register": _with_regulation(register),
    "engine": _with_regulation(engine),
    "finish": _with_regulation(finish),
    "recheck": _with_regulation(recheck),
}


def main() -> None:
    work, folder, argument = sys.argv[1:]
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    print(json.dumps(WORKS[work](Path(folder), argument)))


if __name__ == "__main__":
    main()
