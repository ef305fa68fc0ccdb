"""tools/run COMMAND…: run a command where podman works on this machine."""

import os
import sys

from tcv import machine
from tcv.messages import Trouble, guarded


def main() -> int:
    machine.enter()
    if not sys.argv[1:]:
        return 0
    try:
        os.execvp(sys.argv[1], sys.argv[1:])
    except FileNotFoundError:
        raise Trouble("testhost", "missing-program", program=sys.argv[1]) from None


if __name__ == "__main__":
    guarded(main)
