"""The table of what came of the checks, Vietnamese first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from tests.blackbox.model import Result, Verdict

_WORDS: dict[Verdict, str] = {"pass": "đạt / pass", "fail": "HỎNG / FAIL", "not offered": "không có / not offered"}
_LONGEST = 240


def row(result: Result) -> str:
    """One check on one line, and what the server did on another where it did not pass."""
    vietnamese, english = result.check.what
    line = f"{result.check.id:4} {_WORDS[result.verdict]:24} {result.seconds:5.1f} s  {vietnamese} / {english}"
    return line if result.verdict == "pass" else f"{line}\n     {result.said[:_LONGEST]}"


def summary(results: Sequence[Result]) -> str:
    """How many of each."""
    counts = Counter(result.verdict for result in results)
    return ", ".join(f"{_WORDS[verdict]}: {counts[verdict]}" for verdict in _WORDS)


def keep(results: Iterable[Result], file: Path) -> None:
    """Write the results as data."""
    found = [
        {
            "id": one.check.id,
            "what": one.check.what,
            "verdict": one.verdict,
            "said": one.said,
            "seconds": round(one.seconds, 2),
        }
        for one in results
    ]
    file.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
