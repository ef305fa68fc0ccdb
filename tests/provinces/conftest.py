"""One running host, to which one province after another brings its register and accounts."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tcv import facts, programs
from tcv.site import Site

ROOT = Path(__file__).resolve().parents[2]
PROVINCES = ("caobang", "quangtri", "binhduong", "binhphuoc")


def clear(site: Site) -> None:
    """Take the accounts of the province before out of the directory; the mail host keeps running."""
    container = site.container(site.hosts[0])
    base = ",".join(f"dc={label}" for label in site.domain.split("."))
    for branch in ("people", "agencies"):
        top = f"ou={branch},{base}"
        search = ["ldapsearch", "-Q", "-LLL", "-Y", "EXTERNAL", "-H", "ldapi:///", "-b", top, "-s", "one", "dn"]
        listed = programs.output(["podman", "exec", container, *search, "-o", "ldif-wrap=no"])
        names = [line.removeprefix("dn: ") for line in listed.splitlines() if line.startswith("dn: ")]
        if names:
            delete = ["ldapdelete", "-Q", "-Y", "EXTERNAL", "-H", "ldapi:///", "-r", *names]
            programs.run(["podman", "exec", container, *delete])


@pytest.fixture(scope="module")
def hosting() -> Site:
    """The site that was deployed, whose host all use."""
    return Site(ROOT / "inventories/caobang", Path(os.environ["TCV_STATE"]))


@pytest.fixture(scope="module", params=PROVINCES)
def moved_in(request: pytest.FixtureRequest, hosting: Site) -> tuple[Site, dict]:
    """A province whose register and accounts are on the host, and what its users know."""
    clear(hosting)
    site = Site(ROOT / "inventories" / request.param, hosting.state / request.param, hosting)
    site.move_in()
    for name in ("register", "accounts"):
        site.play(name)
    return site, facts.facts_of(site, request.param)
