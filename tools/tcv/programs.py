"""Running other programs."""

import shlex
import subprocess
from collections.abc import Sequence

from tcv.messages import Trouble


def run(command: Sequence[str], *, stdin: str | None = None, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a program and keep what it prints; a failure becomes one line, unless check is off."""
    try:
        # A journal cuts endless lines in pieces, in the middle of a letter too.
        done = subprocess.run(command, input=stdin, text=True, errors="replace", capture_output=True, check=False)
    except FileNotFoundError:
        raise Trouble("testhost", "missing-program", program=command[0]) from None
    if check and done.returncode != 0:
        said = (done.stderr or done.stdout).strip().splitlines() or ["?"]
        raise Trouble(
            "testhost", "program-failed", command=shlex.join(command[:6]), code=done.returncode, error=said[-1]
        )
    return done


def output(command: Sequence[str]) -> str:
    """What a program prints, without the last line break."""
    return run(command).stdout.rstrip("\n")
