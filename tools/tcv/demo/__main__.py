"""tools/demo up|down: deploy a province on a test host, prove that mail flows, say how to look at it; or remove it."""

import argparse
import json
import shutil
from pathlib import Path

from tcv import applications, machine, testhost
from tcv.demo import proof, report
from tcv.facts import facts_of, keep
from tcv.messages import Trouble, guarded, text
from tcv.paths import ROOT
from tcv.progress import Progress
from tcv.site import Site

PLAYBOOKS = ("secrets", "site", "register", "accounts")


def up(site: Site, province: str) -> None:
    """Deploy, or find everything in place, and prove it."""
    if not site.inventory.is_dir():
        known = ", ".join(sorted(folder.name for folder in site.inventory.parent.iterdir() if folder.is_dir()))
        raise Trouble("demo", "unknown-province", province=province, known=known)
    if len(site.hosts) != 1:
        raise Trouble("demo", "one-host", inventory=site.inventory, number=len(site.hosts))
    make_room(site, province)
    progress = Progress("demo", phases=len(PLAYBOOKS) + 3)
    with progress.phase("testhost"):
        site.create()
    for name in PLAYBOOKS:
        with progress.phase(name):
            outcome = site.play(name, watch=progress.step)
            progress.note(text("demo", "changed", changed=outcome.changed, ok=outcome.ok))
    with progress.phase("applications"):
        applications.start(site)
    facts = facts_of(site, province)
    demo_file = site.state / "demo.json"
    keep(demo_file, facts)
    with progress.phase("proof"):
        proof.prove(facts)
    print()
    print(report.report(facts, str(demo_file)))


def make_room(site: Site, province: str) -> None:
    """Remove the demo of another province from the same folder: its first passwords and secrets are not this one's."""
    kept = site.state / "demo.json"
    if not kept.is_file():
        return
    before = json.loads(kept.read_text(encoding="utf-8"))["province"]
    if before != province:
        print(text("demo", "make-room", before=before, province=province), flush=True)
        site.destroy()
        shutil.rmtree(site.state)


def down(site: Site, *, keep_image: bool) -> None:
    """Remove everything that the demo made."""
    site.destroy()
    if site.state.is_dir():
        shutil.rmtree(site.state)
    testhost.clean(keep_image=keep_image)
    print(text("demo", "removed"))


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="tools/demo", description=__doc__)
    parser.add_argument("command", choices=["up", "down"])
    parser.add_argument("--province", default="cantho", help="folder in inventories/ (default: cantho)")
    parser.add_argument("--state", type=Path, default=ROOT / ".demo", help="folder for everything the demo makes")
    parser.add_argument("--keep-image", action="store_true", help="down: keep the Debian 13 image for the next time")
    return parser.parse_args()


def main() -> int:
    wanted = parse()
    machine.enter()
    site = Site(ROOT / "inventories" / wanted.province, wanted.state.resolve())
    if wanted.command == "up":
        up(site, wanted.province)
    else:
        down(site, keep_image=wanted.keep_image)
    return 0


if __name__ == "__main__":
    guarded(main)
