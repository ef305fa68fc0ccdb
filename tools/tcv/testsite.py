"""tools/testsite: the test hosts of a whole inventory, for Molecule and for trying things by hand.

create makes the hosts, the second inventory and the secrets; facts writes facts.json (as demo.json, with the parts of
several hosts) once the playbooks have run; play runs the operator's playbooks; destroy removes everything but the
logs.
"""

import argparse
import shutil
from pathlib import Path

from tcv import applications, machine
from tcv.facts import facts_of, keep, roles_of
from tcv.messages import guarded
from tcv.site import Site


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="tools/testsite", description=__doc__)
    parser.add_argument("command", choices=["create", "facts", "play", "destroy"])
    parser.add_argument("--inventory", type=Path, required=True, help="the province's inventory")
    parser.add_argument("--state", type=Path, required=True, help="folder for everything that is made")
    parser.add_argument("--check", action="store_true", help="play: only show what would change")
    parser.add_argument("playbooks", nargs="*", help="play: names of playbooks/*.yml")
    return parser.parse_args()


def remove_all_but_logs(state: Path) -> None:
    """Empty the state folder; the logs are what is left to read after a failed scenario."""
    if state.is_dir():
        for entry in state.iterdir():
            if entry.is_dir() and entry.name != "logs":
                shutil.rmtree(entry)
            elif entry.is_file():
                entry.unlink()


def main() -> int:
    wanted = parse()
    machine.enter()
    site = Site(wanted.inventory.resolve(), wanted.state.resolve())
    match wanted.command:
        case "create":
            site.create()
            site.play("secrets")
        case "facts":
            applications.start(site)
            keep(site.state / "facts.json", facts_of(site, site.province) | {"parts": roles_of(site)})
        case "play":
            for name in wanted.playbooks:
                outcome = site.play(name, *(["--check"] if wanted.check else []))
                # As Ansible's own recap says it.
                print(f"{name}: ok={outcome.ok} changed={outcome.changed}")
        case "destroy":
            site.destroy()
            remove_all_but_logs(site.state)
    return 0


if __name__ == "__main__":
    guarded(main)
