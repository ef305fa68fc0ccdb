"""tools/bench engine: how fast addresses are issued and a register is checked again, against the floor of writing its rows."""

import json
import shutil
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from tcv.bench import FOLDER, kept_facts
from tcv.engine_work import Figures
from tcv.messages import Trouble, both, guarded, text
from tcv.paths import ROOT
from tcv.programs import output
from tcv.progress import Progress

PROVINCES = {"caobang": "Cao Bằng", "cantho": "Cần Thơ"}
SIZES = (10_000, 100_000, 1_000_000)
RECHECKED = 100_000
# The issue's aims: seconds and bytes for the largest register, seconds for the one that needs nothing; and how many times
# as long one name may take as in the size before, where growth is linear.
ISSUE_SECONDS = 60.0
ISSUE_BYTES = 1e9
RECHECK_SECONDS = 5.0
GROWTH = 1.5
MEGABYTE = 1e6

COLUMNS = ("province", "people", "operator", "floor", "engine", "register", "times", "memory", "recheck")


class Measured(dict[str, Figures]):
    """What was measured of one province and size: figures by work."""

    @property
    def operator_share(self) -> float:
        """The share of people for whom the regulation leaves the address to the operator."""
        figures = self["register"]
        return figures["operator"] / (figures["issued"] + figures["operator"])

    @property
    def times_floor(self) -> float:
        """How many times as long as writing the rows it takes to read, issue and write."""
        return self["register"]["seconds"] / self["floor"]["seconds"]

    @property
    def seconds_per_name(self) -> float:
        """What one name takes of reading, issuing and writing."""
        figures = self["register"]
        return figures["seconds"] / (figures["issued"] + figures["operator"])


type Results = dict[str, dict[int, Measured]]


def measured(work: str, folder: Path, argument: object) -> Figures:
    """One work in a process of its own."""
    figures: Figures = json.loads(output([sys.executable, "-m", "tcv.engine_work", work, str(folder), str(argument)]))
    return figures


def measure_one(province: str, source: Path, folder: Path, *, rechecked: bool) -> Measured:
    """All that is measured of one register under one regulation."""
    regulation = ROOT / "regulations" / f"{province}.yml"
    shutil.copytree(source, folder)
    try:
        found = Measured(
            engine=measured("engine", folder, regulation), register=measured("register", folder, regulation)
        )
        found["floor"] = measured("floor", folder, regulation)
        if rechecked:
            measured("finish", folder, regulation)
            found["recheck"] = measured("recheck", folder, regulation)
    finally:
        shutil.rmtree(folder)
    checked(found)
    return found


def checked(found: Measured) -> None:
    """Refuse figures of work that was not done: an address given twice, somebody left out, a change where none is needed."""
    counts = {work: figures.get("issued", 0) + figures.get("operator", 0) for work, figures in found.items()}
    recheck = found.get("recheck", {"people": found["floor"]["rows"], "changes": 0, "waiting": 0})
    if (
        found["register"]["twice"]
        or not counts["engine"] == counts["register"] == found["floor"]["rows"] == recheck["people"]
        or recheck["changes"]
        or recheck["waiting"]
    ):
        raise Trouble("bench", "engine-wrong", figures=json.dumps(found))


def measure(sizes: tuple[int, ...] = SIZES, rechecked: int = RECHECKED) -> Results:
    """All figures by province and size."""
    folder = FOLDER / "engine"
    progress = Progress("bench", phases=1 + len(PROVINCES))
    results: Results = {province: {} for province in PROVINCES}
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with progress.phase("engine-names"):
            for size in sizes:
                measured("make", folder / str(size), size)
        for province in PROVINCES:
            with progress.phase(f"engine-{province}"):
                for size in sizes:
                    progress.step(f"{size:,}")
                    source, work = folder / str(size), folder / "work"
                    results[province][size] = measure_one(province, source, work, rechecked=size == rechecked)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    return results


def table(results: Results) -> list[list[str]]:
    """The figures, under a heading in each language."""
    headings = [both("bench", f"column-{name}") for name in COLUMNS]
    rows = [[heading[language] for heading in headings] for language in (0, 1)]
    for province, sizes in results.items():
        for size, found in sizes.items():
            recheck = f"{found['recheck']['seconds']:.2f}" if "recheck" in found else ""
            rows.append(
                [
                    PROVINCES[province],
                    f"{size:,}",
                    f"{found.operator_share:.1%}",
                    f"{found['floor']['seconds']:.2f}",
                    f"{found['engine']['seconds']:.2f}",
                    f"{found['register']['seconds']:.2f}",
                    f"{found.times_floor:.1f}",
                    f"{found['register']['peak'] / MEGABYTE:.0f}",
                    recheck,
                ]
            )
    return rows


def aims(results: Results) -> list[tuple[str, str, str, bool]]:
    """Each aim: what, figure, aim, whether it is met."""
    rows: list[tuple[str, str, str, bool]] = []
    for province, sizes in results.items():
        figures = sizes[max(sizes)]["register"]
        per_name = [found.seconds_per_name for _size, found in sorted(sizes.items())]
        growth = max(later / before for before, later in pairwise(per_name))
        rechecks = [found["recheck"]["seconds"] for found in sizes.values() if "recheck" in found]
        verdicts = [
            ("seconds", f"{figures['seconds']:.1f} s", f"< {ISSUE_SECONDS:.0f} s", figures["seconds"] < ISSUE_SECONDS),
            (
                "memory",
                f"{figures['peak'] / 1e9:.2f} GB",
                f"< {ISSUE_BYTES / 1e9:.0f} GB",
                figures["peak"] < ISSUE_BYTES,
            ),
            *(("recheck", f"{took:.1f} s", f"< {RECHECK_SECONDS:.0f} s", took < RECHECK_SECONDS) for took in rechecks),
            ("growth", f"{growth:.2f} ×", f"≤ {GROWTH} ×", growth <= GROWTH),
        ]
        rows += [
            (f"{PROVINCES[province]}: {text('bench', f'aim-{key}')}", figure, aim, met)
            for key, figure, aim, met in verdicts
        ]
    return rows


def show(results: Results) -> None:
    """Print the table and the aims."""
    rows = table(results)
    widths = [max(len(row[column]) for row in rows) for column in range(len(COLUMNS))]
    print()
    for row in rows:
        print("  " + "  ".join(f"{cell:>{width}}" for cell, width in zip(row, widths, strict=True)))
    waited = max(
        figures["waited"] for sizes in results.values() for found in sizes.values() for figures in found.values()
    )
    print(f"\n  {text('bench', 'engine-waited', seconds=f'{waited:.0f}')}\n")
    verdicts = aims(results)
    width = max(len(what) for what, *_rest in verdicts)
    for what, figure, aim, met in verdicts:
        print(f"  {what:<{width}} {figure:>8}  {aim:<8} {text('bench', 'met' if met else 'missed')}")


def main() -> int:
    now = datetime.now(UTC)
    results = measure()
    file = FOLDER / f"engine-{now:%Y-%m-%dT%H%M%SZ}.json"
    kept = {
        **kept_facts(now),
        "figures": results,
        "aims": {
            "issue_seconds": ISSUE_SECONDS,
            "issue_bytes": ISSUE_BYTES,
            "recheck_seconds": RECHECK_SECONDS,
            "growth": GROWTH,
        },
    }
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    show(results)
    print(f"\n  {file}")
    return 0


if __name__ == "__main__":
    guarded(main)
