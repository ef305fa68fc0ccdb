"""tools/bench accounts: 50,000 people into the directory, against the floor of OpenLDAP's own programs over the same entries."""

import base64
import csv
import json
import os
import shutil
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import yaml
from passlib.hash import ldap_salted_sha512

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import desired_accounts, function_aliases
from ansible_collections.thucongvu.mail.plugins.module_utils.directory import (
    Entry,
    account_entry,
    function_entries,
    list_entries,
    policy_entries,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.mailing_lists import desired_lists
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from tcv import machine, playbook
from tcv.bench import FOLDER, kept_facts
from tcv.bench_engine import measured
from tcv.files import write_yaml
from tcv.messages import Trouble, guarded, text
from tcv.paths import ROOT
from tcv.programs import run
from tcv.progress import Progress
from tcv.sample_register import COLUMNS, PEOPLE_FOLDER
from tcv.site import Site

PEOPLE = 50_000
NEWCOMERS = 100
# Of what is over in seconds, the middle one of so many.
TIMES = 3
# ldapadd writes each entry by itself and may take an hour for all: it is stopped after so many seconds, and what it has made by then
# gives its pace. It would be slower later on, so this favours the floor.
FLOOR_SECONDS = 120
# Entries of the peer way, one module run each.
SINGLES = 200
# The aims: times the floor, times the floor, seconds, times as fast an entry.
FIRST_TIMES_FLOOR = 1.5
AGAIN_TIMES_FLOOR = 3.0
AGENCY_SECONDS = 10.0
TIMES_PEER = 200.0

DATABASE = "/var/lib/ldap/province"
KEPT = "/var/lib/ldap/bench"
AS_ROOT = "-Q -Y EXTERNAL -H ldapi:///"


class Host:
    """The directory's host."""

    def __init__(self, container: str, base: str) -> None:
        self.container = container
        self.base = base

    def shell(self, command: str) -> str:
        """What a command prints there."""
        return run(["podman", "exec", self.container, "sh", "-ec", command]).stdout

    def seconds(self, command: str) -> float:
        """How long a command takes there, without the way to it."""
        clock = "date +%s.%N"
        started, ended = self.shell(f"{clock}; {command} > /dev/null; {clock}").split()
        return float(ended) - float(started)

    def keep(self) -> None:
        """Keep the directory as it is."""
        self.shell(f"systemctl stop slapd; rm -rf {KEPT}; cp -a {DATABASE} {KEPT}; systemctl start slapd")

    def bring_back(self) -> None:
        """Make the directory what was kept."""
        self.shell(f"systemctl stop slapd; rm -rf {DATABASE}; mv {KEPT} {DATABASE}; systemctl start slapd")

    def memory(self) -> int:
        """Bytes that slapd has in memory."""
        status = self.shell('cat "/proc/$(systemctl show --property MainPID --value slapd)/status"')
        return int(status.split("VmRSS:", 1)[1].split()[0]) * 1024


def middle(work: Callable[[], float]) -> float:
    """The middle one of some measurements."""
    return statistics.median(work() for _time in range(TIMES))


def make_register(site: Site) -> Path:
    """A register of invented people with addresses, one of whose departments runs the system."""
    folder = site.state / "register"
    shutil.rmtree(folder, ignore_errors=True)
    regulation = ROOT / "regulations" / f"{site.variable('regulation')}.yml"
    measured("make", folder, PEOPLE)
    operator = load_regulation(regulation).operator.value
    add_agency(folder, {"id": "dieuhanh", "name": "Trung tâm Điều hành", "kind": "department", "address": operator})
    for work in ("register", "finish"):
        measured(work, folder, regulation)
    write_yaml(site.overlay / "group_vars/province/register.yml", {"register_dir": str(folder)})
    return folder


def add_agency(register: Path, agency: dict[str, str]) -> None:
    """One agency more."""
    with (register / "agencies.yml").open("a", encoding="utf-8") as out:
        yaml.safe_dump([agency], out, allow_unicode=True, sort_keys=False)


def add_newcomers(register: Path) -> None:
    """One agency more with its people, who have their addresses."""
    agency = {"id": "themmoi", "name": "Sở Thêm Mới", "kind": "department", "address": "sothemmoi"}
    add_agency(register, agency)
    with (register / PEOPLE_FOLDER / f"{agency['id']}.csv").open("w", encoding="utf-8", newline="") as out:
        rows = csv.writer(out, lineterminator="\n")
        rows.writerow(COLUMNS)
        for number in range(NEWCOMERS):
            person = [f"moi{number}", "Nguyễn Văn Mới", "", "Chuyên viên", "", "2026-01-05", "active"]
            rows.writerow([*person, f"nguyenvanmoi{number:03d}"])


def entries_of(site: Site, register: Path, base: str) -> list[Entry]:
    """The entries that accounts.yml makes of a register, with hashes of passwords."""
    regulation = load_regulation(ROOT / "regulations" / f"{site.variable('regulation')}.yml")
    found = load_register(register, regulation)
    accounts = desired_accounts(found, regulation, site.domain)
    aliases = function_aliases(regulation, found, site.domain)
    lists = desired_lists(found, regulation, accounts, site.domain)
    entries = [*policy_entries(regulation, base), *(account_entry(account, base) for account in accounts)]
    for entry in entries:
        if "tcvMailboxStatus" in entry.attributes:
            hashed = ldap_salted_sha512.hash(os.urandom(12).hex())
            entry.attributes.update({"userPassword": [hashed], "pwdReset": ["TRUE"]})
    return [*entries, *function_entries(aliases, base), *list_entries(lists, base)]


def ldif(entries: list[Entry]) -> Iterator[str]:
    """Entries as ldapadd reads them (RFC 2849)."""
    for entry in entries:
        yield f"dn: {entry.dn}\n"
        for name, values in entry.attributes.items():
            for value in values:
                yield f"{name}:: {base64.b64encode(value.encode()).decode()}\n"
        yield "\n"


def floor_of_adding(site: Site, host: Host, register: Path) -> tuple[float, int]:
    """Seconds an entry that ldapadd takes for the same entries, and how many they are; afterwards the directory is as it was."""
    entries = entries_of(site, register, host.base)
    file = site.state / "entries.ldif"
    with file.open("w", encoding="ascii") as out:
        out.writelines(ldif(entries))
    run(["podman", "cp", str(file), f"{host.container}:/var/tmp/bench.ldif"])
    file.unlink()
    host.keep()
    count = f"ldapsearch {AS_ROOT} -LLL -b {host.base} 1.1 | grep -c '^dn:'"
    before = int(host.shell(count))
    seconds = host.seconds(f"{{ timeout {FLOOR_SECONDS} ldapadd {AS_ROOT} -f /var/tmp/bench.ldif || [ $? = 124 ]; }}")
    made = int(host.shell(count)) - before
    host.shell("rm /var/tmp/bench.ldif")
    host.bring_back()
    return seconds / made, len(entries)


def accounts_play(site: Site, log: str, progress: Progress, *, changes: bool) -> float:
    """Seconds that accounts.yml takes as operators start it; refused when it changes something or nothing, wrongly."""
    started = time.monotonic()
    outcome = site.play("accounts", log=f"bench-{log}", watch=progress.step)
    seconds = time.monotonic() - started
    if bool(outcome.changed) is not changes:
        raise Trouble("bench", "accounts-wrong", changed=outcome.changed, log=site.log(f"bench-{log}"))
    return seconds


def peer(site: Site, host: Host) -> float:
    """Seconds an entry that community.general's ldap_entry takes in a loop."""
    entry = {"dn": f"uid=do-{{{{ item }}}},ou=people,{host.base}", "objectClass": ["account"]}
    task = {
        "name": "Make entries one by one",
        "community.general.ldap_entry": {**entry, "attributes": {"uid": "do-{{ item }}"}},
        "loop": f"{{{{ range({SINGLES}) | list }}}}",
        "loop_control": {"label": "{{ item }}"},
    }
    play = {"name": "The peer way", "hosts": "directory", "gather_facts": False, "become": True, "tasks": [task]}
    file = site.state / "peer.yml"
    write_yaml(file, [play])
    started = time.monotonic()
    done = run_playbook(site, file)
    seconds = (time.monotonic() - started) / SINGLES
    if done:
        raise Trouble("bench", "accounts-wrong", changed=0, log=done)
    host.shell(
        f"for number in $(seq 0 {SINGLES - 1}); do echo uid=do-$number,ou=people,{host.base}; done > /var/tmp/peer; "
        f"ldapdelete {AS_ROOT} -f /var/tmp/peer; rm /var/tmp/peer"
    )
    return seconds


def run_playbook(site: Site, file: Path) -> str:
    """Run a playbook of the benchmark's own; its last words when it fails."""
    command = [
        "env",
        *(f"{name}={value}" for name, value in playbook.environment().items() if name.startswith("ANSIBLE_")),
    ]
    done = run([*command, "ansible-playbook", *site.arguments(), str(file)], check=False)
    return done.stdout[-2000:] if done.returncode else ""


def measure(site: Site, progress: Progress) -> dict[str, float]:
    """All figures of a site without accounts: seconds, entries and bytes."""
    base = "dc=" + site.domain.replace(".", ",dc=")
    host = Host(site.container(site.hosts[0]), base)
    figures: dict[str, float] = {}
    with progress.phase("accounts-register"):
        register = make_register(site)
    with progress.phase("accounts-floor-first"):
        figures["floor_entry"], figures["entries"] = floor_of_adding(site, host, register)
        figures["floor_first"] = figures["floor_entry"] * figures["entries"]
    with progress.phase("accounts-first"):
        figures["first"] = accounts_play(site, "first", progress, changes=True)
        figures["memory"] = host.memory()
    search = f"ldapsearch {AS_ROOT} -LLL -b {base} '*' +"
    with progress.phase("accounts-again"):
        figures["floor_again"] = middle(lambda: host.seconds(search))
        figures["again"] = middle(lambda: accounts_play(site, "again", progress, changes=False))
    with progress.phase("accounts-agency"):
        add_newcomers(register)
        figures["agency"] = accounts_play(site, "agency", progress, changes=True)
    with progress.phase("accounts-peer"):
        figures["peer_entry"] = peer(site, host)
    return figures


def ratios(figures: dict[str, float]) -> dict[str, float]:
    """What the aims are about."""
    return {
        "first_times_floor": figures["first"] / figures["floor_first"],
        "again_times_floor": figures["again"] / figures["floor_again"],
        "times_peer": figures["peer_entry"] / (figures["first"] / figures["entries"]),
    }


def lines(figures: dict[str, float]) -> list[tuple[str, str, str, str]]:
    """The table: what, figure, aim, verdict."""
    found = ratios(figures)
    first, again, faster = found["first_times_floor"], found["again_times_floor"], found["times_peer"]
    aims = {
        "first": (f"≤ {FIRST_TIMES_FLOOR} × ({first:.2f} ×)", first <= FIRST_TIMES_FLOOR),
        "again": (f"≤ {AGAIN_TIMES_FLOOR:.0f} × ({again:.2f} ×)", again <= AGAIN_TIMES_FLOOR),
        "agency": (f"≤ {AGENCY_SECONDS:.0f} s", figures["agency"] <= AGENCY_SECONDS),
        "peer_entry": (f"≥ {TIMES_PEER:.0f} × ({faster:.0f} ×)", faster >= TIMES_PEER),
    }
    rows = []
    for key in ("floor_first", "first", "floor_again", "again", "agency", "peer_entry"):
        aim, met = aims.get(key, ("", None))
        verdict = "" if met is None else text("bench", "met" if met else "missed")
        rows.append((text("bench", f"row-accounts-{key.replace('_', '-')}"), f"{figures[key]:.2f} s", aim, verdict))
    return [*rows, (text("bench", "row-accounts-memory"), f"{figures['memory'] / 2**20:.0f} MiB", "", "")]


def main() -> int:
    machine.enter()
    now = datetime.now(UTC)
    site = Site(ROOT / "inventories" / os.environ.get("PROVINCE", "cantho"), FOLDER / "accounts-site")
    progress = Progress("bench", phases=7)
    site.destroy()
    shutil.rmtree(site.state, ignore_errors=True)
    try:
        with progress.phase("accounts-host"):
            site.create()
            for name in ("secrets", "site"):
                site.play(name, watch=progress.step)
        figures = measure(site, progress)
    finally:
        site.destroy()
    shutil.rmtree(site.state)
    file = FOLDER / f"accounts-{now:%Y-%m-%dT%H%M%SZ}.json"
    kept = {
        **kept_facts(now),
        "load": os.getloadavg(),
        "people": PEOPLE,
        "figures": {key: round(value, 4) for key, value in figures.items()},
        **{key: round(value, 2) for key, value in ratios(figures).items()},
        "aims": {
            "first_times_floor": FIRST_TIMES_FLOOR,
            "again_times_floor": AGAIN_TIMES_FLOOR,
            "agency": AGENCY_SECONDS,
            "times_peer": TIMES_PEER,
        },
    }
    file.write_text(json.dumps(kept, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    print()
    for what, figure, aim, verdict in lines(figures):
        print(f"  {what:<90} {figure:>9}  {aim:<18} {verdict}".rstrip())
    print(f"\n  {file}")
    return 0


if __name__ == "__main__":
    guarded(main)
