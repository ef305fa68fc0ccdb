"""Run the checks:  python -m tests.blackbox --fixtures server.json [--harmless] [--only A1,B3] [--report results.json]

or, for what needs no accounts:  python -m tests.blackbox --host mail.example.org --domain example.org --harmless
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tests.blackbox import accounts, connection, content, mailboxes, programs, reception, submission
from tests.blackbox.model import CHECKS, BadFixtures, Person, Server, run_all
from tests.blackbox.report import keep, row, summary

__all__ = ["accounts", "connection", "content", "mailboxes", "programs", "reception", "submission"]

_PORTS = {"smtp": 25, "submission": 587, "submissions": 465, "imaps": 993, "pop3s": 995, "sieve": 4190, "https": 443}


def stranger(host: str, domain: str) -> Server:
    """A server of which nothing is known but its address and its domain."""
    people = {letter: Person(f"postmaster@{domain}", "") for letter in "ab"}
    return Server(host=host, domain=domain, ports=_PORTS, names=dict.fromkeys(_PORTS, host), people=people)


def main() -> int:
    """Run them and return 1 when one fails."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.blackbox", description="Checks from outside, for any mail server"
    )
    parser.add_argument(
        "--fixtures", type=Path, help="JSON with what is known of the server (tests/blackbox/model.py, Server)"
    )
    parser.add_argument("--host", default="", help="its address, without fixtures")
    parser.add_argument("--domain", default="", help="its mail domain, without fixtures")
    parser.add_argument("--harmless", action="store_true", help="only what may run against a live site")
    parser.add_argument("--only", default="", help="ids of checks, with commas")
    parser.add_argument("--report", type=Path, help="where the results are written as JSON")
    arguments = parser.parse_args()
    if arguments.fixtures is not None:
        try:
            server = Server.read(arguments.fixtures)
        except BadFixtures as error:
            parser.error(str(error))
    elif arguments.host and arguments.domain:
        server = stranger(arguments.host, arguments.domain)
    else:
        parser.error("--fixtures, or --host and --domain")
    only = frozenset(filter(None, arguments.only.split(",")))
    unknown = only - {one.id for one in CHECKS}
    if unknown:
        parser.error(f"no such check: {', '.join(sorted(unknown))}; allowed: {', '.join(one.id for one in CHECKS)}")
    results = []
    for result in run_all(server, harmless=arguments.harmless, only=only):
        results.append(result)
        print(row(result), flush=True)
    print(summary(results))
    if arguments.report is not None:
        keep(results, arguments.report)
    return int(any(result.verdict == "fail" for result in results))


if __name__ == "__main__":
    sys.exit(main())
