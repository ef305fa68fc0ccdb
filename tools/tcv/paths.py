"""Where things stand."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
MESSAGES = ROOT / "messages"
WORK = ROOT / ".work"
# Of the machine, not of one checkout: containers have one name space however often the project is checked out.
RUNTIME = Path("/run/thucongvu")
STORE = Path("/var/lib/thucongvu")
