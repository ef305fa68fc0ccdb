"""tools/bench deployment: how long a deployment takes, against the floor of a plain apt, in one run on one machine."""

import csv
import json
import os
import shutil
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from tcv import machine, mailbox, testhost
from tcv.facts import PORTS
from tcv.files import write_yaml
from tcv.messages import Trouble, guarded, text
from tcv.paths import ROOT, WORK
from tcv.programs import output, run
from tcv.progress import Progress
from tcv.site import Site

FOLDER = WORK / "bench"
AGENCY = "so-do-thu-nghiem"
PEOPLE = [
    "Nguyễn Văn An",
    "Trần Thị Bích",
    "Lê Hoàng Cường",
    "Phạm Ngọc Dung",
    "Huỳnh Minh Đức",
    "Võ Thị Giang",
    "Đặng Quốc Huy",
    "Bùi Thanh Khiết",
    "Đỗ Thị Lệ",
    "Hồ Văn Mẫn",
]
COLUMNS = ["id", "full_name", "unit", "position", "phone", "registered", "status", "address"]
# The aims: times the floor, seconds, seconds.
FIRST_TIMES_FLOOR = 2.5
SECOND_SECONDS = 60.0
AGENCY_SECONDS = 30.0


def packages(host: str) -> set[str]:
    """The Debian packages installed on a host."""
    return set(output(["podman", "exec", host, "dpkg-query", "-W", "-f", "${Package}\n"]).split())


def timed(work: Callable[[], object]) -> float:
    """Seconds that a piece of work takes."""
    started = time.monotonic()
    work()
    return time.monotonic() - started


def floor(host: str, state: Path, names: set[str]) -> float:
    """Install the same packages on a fresh host with plain apt."""
    testhost.create(host, host, str(state))
    try:
        install = "apt-get update && apt-get install -y --no-install-recommends " + " ".join(sorted(names))
        command = ["podman", "exec", "--env", "DEBIAN_FRONTEND=noninteractive", host, "sh", "-c", install]
        return timed(lambda: run(command))
    finally:
        testhost.destroy(host)


def copy_register(site: Site) -> Path:
    """A register of the benchmark's own, so that the province's stays as it is."""
    register = site.state / "register"
    shutil.copytree(site.inventory / "register", register)
    write_yaml(site.overlay / "group_vars/province/register.yml", {"register_dir": str(register)})
    return register


def add_agency(register: Path) -> None:
    """One agency with ten people, as an operator would type them."""
    agencies = register / "agencies.yml"
    unit = {"id": "van-phong", "name": "Văn phòng", "address": ""}
    agency = {"id": AGENCY, "name": "Sở Đo thử nghiệm", "kind": "department", "address": "", "units": [unit]}
    with agencies.open("a", encoding="utf-8") as out:
        yaml.safe_dump([agency], out, allow_unicode=True, sort_keys=False)
    with (register / "people" / f"{AGENCY}.csv").open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(COLUMNS)
        for number, name in enumerate(PEOPLE, 1):
            rows.writerow([f"do{number:03d}", name, "van-phong", "Chuyên viên", "", "2026-01-05", "active", ""])


def agency_until_sign_in(site: Site, host: str) -> None:
    """From the new rows in the register to the first sign-in of one of its people."""
    site.play("register", log="agency-register")
    site.play("accounts", log="agency-accounts")
    file = site.first_passwords / f"{AGENCY}.yml"
    address, entry = next((key, value) for key, value in site.decrypted(file).items() if value["kind"] == "person")
    service = mailbox.Service(f"imap.{site.domain}", host, PORTS["imaps"])
    with mailbox.Imap(service, mailbox.trusting(site.ca)) as session:
        session.login(address, entry["password"])
        session.select("INBOX", readonly=True)


def measure(province: str) -> dict[str, float]:
    """All figures, in seconds."""
    site = Site(ROOT / "inventories" / province, FOLDER / "site")
    progress = Progress("bench", phases=6)
    figures: dict[str, float] = {}
    site.destroy()
    shutil.rmtree(site.state, ignore_errors=True)
    try:
        with progress.phase("host"):
            site.create()
            container = site.container(site.hosts[0])
            fresh = packages(container)
            site.play("secrets")
            register = copy_register(site)
        for key in ("first", "second"):
            with progress.phase(key):
                started = time.monotonic()
                outcome = site.play("site", log=f"site-{key}", watch=progress.step)
                figures[key] = time.monotonic() - started
                progress.note(text("bench", "changed", changed=outcome.changed, ok=outcome.ok))
        if outcome.changed:
            raise Trouble("bench", "not-idempotent", changed=outcome.changed, log=site.log("site-second"))
        with progress.phase("accounts"):
            site.play("register")
            figures["accounts"] = timed(lambda: site.play("accounts", watch=progress.step))
        with progress.phase("agency"):
            add_agency(register)
            figures["agency"] = timed(lambda: agency_until_sign_in(site, testhost.address(container)))
        installed = packages(container) - fresh
    finally:
        site.destroy()
    with progress.phase("floor"):
        figures["floor"] = floor(f"{site.name}-floor", site.state, installed)
        progress.note(text("bench", "packages", number=len(installed)))
    shutil.rmtree(site.state)
    return figures


def machine_facts() -> dict[str, Any]:
    """What the figures were measured on."""
    cpu = [
        line.split(":", 1)[1].strip() for line in Path("/proc/cpuinfo").read_text().splitlines() if "model name" in line
    ]
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return {"cores": os.cpu_count(), "memory_gib": round(memory / 2**30, 1), "cpu": cpu[0] if cpu else ""}


def kept_facts(now: datetime) -> dict[str, Any]:
    """What is kept beside figures: when, of which commit and on which machine they were measured."""
    return {
        "when": now.isoformat(timespec="seconds"),
        "commit": output(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"]),
        "machine": machine_facts(),
    }


def lines(figures: dict[str, float]) -> list[tuple[str, str, str, str]]:
    """The table: what, figure, aim, verdict."""
    ratio = figures["first"] / figures["floor"]
    aims = {
        "first": (f"≤ {FIRST_TIMES_FLOOR} × ({ratio:.2f} ×)", ratio <= FIRST_TIMES_FLOOR),
        "second": (f"≤ {SECOND_SECONDS:.0f} s", figures["second"] <= SECOND_SECONDS),
        "agency": (f"≤ {AGENCY_SECONDS:.0f} s", figures["agency"] <= AGENCY_SECONDS),
    }
    rows = []
    for key in ("floor", "first", "second", "accounts", "agency"):
        aim, met = aims.get(key, ("", None))
        verdict = "" if met is None else text("bench", "met" if met else "missed")
        rows.append((text("bench", f"row-{key}"), f"{figures[key]:.1f} s", aim, verdict))
    return rows


def main() -> int:
    machine.enter()
    now = datetime.now(UTC)
    figures = measure(os.environ.get("PROVINCE", "cantho"))
    file = FOLDER / f"{now:%Y-%m-%dT%H%M%SZ}.json"
    kept = {
        **kept_facts(now),
        "seconds": {key: round(value, 2) for key, value in figures.items()},
        "first_times_floor": round(figures["first"] / figures["floor"], 2),
        "aims": {"first_times_floor": FIRST_TIMES_FLOOR, "second": SECOND_SECONDS, "agency": AGENCY_SECONDS},
    }
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print()
    for what, figure, aim, verdict in lines(figures):
        print(f"  {what:<76} {figure:>9}  {aim:<18} {verdict}".rstrip())
    print(f"\n  {file}")
    return 0


if __name__ == "__main__":
    guarded(main)
