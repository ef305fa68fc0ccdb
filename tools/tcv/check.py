"""tools/check PHASE…: the checks and tests in order, timed; stops at the first that fails and shows its log.

"all" is every phase. Phases that deploy use a demo of their own in .work/test, so that a running demo is left alone.
"""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from tcv import machine
from tcv.messages import Trouble, guarded, text
from tcv.paths import ROOT, WORK
from tcv.progress import clock

LOGS = WORK / "test/logs"
DEMO_STATE = WORK / "test/demo"
DEMO = ["tools/demo", "{}", "--state", str(DEMO_STATE), "--keep-image"]
PYTEST = ["python", "-m", "pytest", "-p", "no:cacheprovider"]
LAST_LINES = 100
CLOSING = re.compile(r"=+ .*\d+ passed.* in [\d.]+s.* =+")


@dataclass(frozen=True)
class Phase:
    """One phase: its commands, and whether their output is for the terminal or for the log alone."""

    commands: list[list[str]]
    shown: bool = True
    needs_hosts: bool = True
    environment: dict[str, str] = field(default_factory=dict)


def tracked(*patterns: str) -> list[str]:
    """The project's own files of some kinds, committed or about to be."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "--deduplicate", "--", *patterns]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()
    return [name for name in listed if (ROOT / name).is_file()]


def shell_scripts() -> list[str]:
    """Every shell script: by its name, or by its first line."""
    named = tracked("*.sh")
    others = [name for name in tracked("tools", ".ci", "molecule") if "." not in Path(name).name]
    return named + [name for name in others if re.match(rb"#!.*\b(ba)?sh\b", (ROOT / name).read_bytes()[:40])]


def lint_commands() -> list[list[str]]:
    """The linters, quickest first."""
    plugins = "collections/ansible_collections/thucongvu/mail/plugins"
    typed = ["tools/tcv", "tools/callback_plugins", "filter_plugins"]
    typed += [f"{plugins}/{kind}" for kind in ("module_utils", "plugin_utils", "modules", "action", "doc_fragments")]
    return [
        ["shellcheck", "--external-sources", *shell_scripts()],
        ["ruff", "check", "."],
        ["ruff", "format", "--check", "."],
        ["yamllint", "--strict", *tracked("*.yml", "*.yaml")],
        ["mypy", *typed],
        ["ansible-lint", "--offline", "--strict"],
    ]


def molecule(scenario: str) -> Phase:
    """One scenario of Molecule."""
    command = ["molecule", "test", "--no-command-borders", "--scenario-name", scenario]
    return Phase([command], shown=False, environment={"NO_COLOR": "1", "COLUMNS": "200"})


def phases() -> dict[str, Phase]:
    """All phases in their order."""
    up = [word.format("up") for word in DEMO[:-1]]
    down = [word.format("down") for word in DEMO]
    facts = {"TCV_DEMO": str(DEMO_STATE / "demo.json"), "TCV_DEMO_COMMAND": " ".join(up)}
    return {
        "lint": Phase(lint_commands(), needs_hosts=False),
        "unit": Phase([[*PYTEST, "tests/unit", "tests/contract"]], needs_hosts=False),
        "demo": Phase([down, up]),
        "demo-tests": Phase([[*PYTEST, "tests/demo", "tests/system", "tests/browser"]], environment=facts),
        "demo-down": Phase([down]),
        "molecule-default": molecule("default"),
        "molecule-distributed": molecule("distributed"),
        "molecule-provinces": molecule("provinces"),
    }


def output_of(command: list[str], environment: dict[str, str]) -> Iterator[tuple[str, int | None]]:
    """A command's lines as they come, and its exit code with the last, empty one."""
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if process.stdout is not None:
        for line in process.stdout:
            yield line, None
    yield "", process.wait()


def run_phase(name: str, phase: Phase) -> bool:
    """Run a phase into its log; whether it passed."""
    log = LOGS / f"{name}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as out:
        for command in phase.commands:
            begin = out.tell()
            for line, code in output_of(command, phase.environment):
                out.write(line)
                out.flush()
                closing = CLOSING.search(line)
                if phase.shown:
                    print(line, end="", flush=True)
                elif closing:
                    # The tests' own last line, without what Ansible puts around it.
                    print(closing.group(), flush=True)
                if code:
                    show_failure(command, code, log, begin, shown=phase.shown)
                    return False
    return True


def show_failure(command: list[str], code: int, log: Path, begin: int, *, shown: bool) -> None:
    """The last lines of what failed, where they were not shown yet, and where the rest is."""
    if not shown:
        with log.open(encoding="utf-8") as lines:
            lines.seek(begin)
            print("".join(lines.readlines()[-LAST_LINES:]))
    print(text("check", "failed", command=" ".join(command[:4]), code=code, log=log), flush=True)


def main() -> int:
    known = phases()
    wanted = list(known) if sys.argv[1:] == ["all"] else sys.argv[1:]
    unknown = [name for name in wanted if name not in known]
    if unknown or not wanted:
        raise Trouble("check", "unknown", name=" ".join(unknown), known=", ".join(["all", *known]))
    if any(known[name].needs_hosts for name in wanted):
        machine.enter()
    took: dict[str, float] = {}
    passed = True
    for name in wanted:
        print(text("check", "phase", name=name), flush=True)
        started = time.monotonic()
        passed = run_phase(name, known[name])
        took[name] = time.monotonic() - started
        if not passed:
            break
    print()
    for name, seconds in took.items():
        verdict = "passed" if passed or name != list(took)[-1] else "stopped"
        print(f"  {clock(seconds):>6}  {name:<22} {text('check', verdict)}")
    print(f"  {clock(sum(took.values())):>6}  {text('check', 'total')}")
    return 0 if passed else 1


if __name__ == "__main__":
    guarded(main)
