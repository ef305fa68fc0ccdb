"""Debian 13 test hosts: systemd containers in podman that Ansible treats like any host of a data centre."""

import argparse
import json
import os
import shutil
import time
from pathlib import Path

from tcv import image, machine, mirror, network
from tcv.messages import Trouble, guarded, text
from tcv.paths import RUNTIME, STORE
from tcv.programs import output, run

BOOT_SECONDS = 120
OWNER_LABEL = "thucongvu.owner"


def state(name: str) -> str | None:
    """podman's word for the container's state, or None where there is none."""
    done = run(["podman", "container", "inspect", "--format", "{{.State.Status}}", name], check=False)
    return done.stdout.strip() if done.returncode == 0 else None


def is_lost(name: str) -> bool:
    """Whether podman takes the test host for running although its monitor was killed: podman can only remove such a one."""
    inspected = output(["podman", "container", "inspect", "--format", "{{.State.Status}} {{.State.ConmonPid}}", name])
    status, monitor = inspected.split()
    if status not in {"running", "stopping"}:
        return False
    # Empty once the process has ended, also while nobody has taken note of its end yet.
    command = Path("/proc", monitor, "cmdline")
    return not (command.is_file() and b"conmon" in command.read_bytes())


def owner(name: str) -> str:
    """The state folder that the test host was made for."""
    return output(["podman", "container", "inspect", "--format", f'{{{{index .Config.Labels "{OWNER_LABEL}"}}}}', name])


def nameservers() -> list[str]:
    """What a test host asks for names when it starts: the machine's own servers, or podman's on the gateway."""
    return mirror.nameservers() or [network.describe().gateway]


def create(name: str, hostname: str, folder: str) -> str:
    """Make the test host, or start it, wait until it has booted, and return its address."""
    with machine.alone():
        image.ensure()
        network.ensure()
        remove_orphans()
        found = made(name, hostname, folder)
    if found != "running":
        run(["podman", "start", name])
    wait_for_boot(name)
    return address(name)


def made(name: str, hostname: str, folder: str) -> str | None:
    """Make the test host unless it is there; return podman's word for its state before."""
    found = state(name)
    if found is not None and is_lost(name):
        remove_host(name)
        found = None
    if found is None:
        # Without --privileged systemd units cannot set their limits and name spaces on these hosts.
        # --no-hosts and --dns=none leave /etc/hosts and /etc/resolv.conf plain files, which the roles may own.
        flags = ["--systemd=always", "--privileged", "--no-hosts", "--dns=none", f"--network={network.NAME}"]
        labels = ["--label", f"{OWNER_LABEL}={folder}"]
        command = ["podman", "create", "--name", name, "--hostname", hostname, *flags, *labels]
        run([*command, image.NAME, "/lib/systemd/systemd"])
        lines = "".join(f"nameserver {server}\n" for server in nameservers())
        file = RUNTIME / f"{name}.resolv.conf"
        file.write_text(lines, encoding="ascii")
        run(["podman", "cp", str(file), f"{name}:/etc/resolv.conf"])
        file.unlink()
    elif owner(name) != folder:
        raise Trouble("testhost", "foreign", name=name, owner=owner(name))
    return found


def wait_for_boot(name: str) -> None:
    """Wait until systemd says that the host runs; a failed unit is a failed boot."""
    deadline = time.monotonic() + BOOT_SECONDS
    while True:
        # "--wait" would miss the first moments, in which systemd does not answer yet.
        said = run(["podman", "exec", name, "systemctl", "is-system-running"], check=False).stdout.strip()
        if said == "running":
            return
        if said in {"degraded", "maintenance"}:
            failed = output(["podman", "exec", name, "systemctl", "--failed", "--plain", "--no-legend"])
            units = ", ".join(line.split()[0] for line in failed.splitlines())
            raise Trouble("testhost", "boot-failed", name=name, state=said, units=units)
        if time.monotonic() > deadline:
            raise Trouble("testhost", "boot-slow", name=name, seconds=BOOT_SECONDS, state=said)
        time.sleep(0.1)


def addresses(name: str) -> tuple[str, str]:
    """The test host's IPv4 and IPv6 address, reachable from this machine; the second is empty without IPv6."""
    if state(name) != "running":
        raise Trouble("testhost", "not-running", name=name)
    command = ["podman", "container", "inspect", "--format", "{{json .NetworkSettings.Networks}}", name]
    found = json.loads(output(command))[network.NAME]
    return str(found["IPAddress"]), str(found["GlobalIPv6Address"])


def address(name: str) -> str:
    """The test host's IPv4 address."""
    return addresses(name)[0]


def destroy(name: str) -> None:
    """Remove the test host, and the network with the last one."""
    with machine.alone():
        if state(name) is not None:
            remove_host(name)
        if not any_left():
            network.remove()


def remove_orphans() -> None:
    """Remove the test hosts whose state folder is gone, with a deleted checkout say: nobody can ask for it any more."""
    command = ["podman", "ps", "--all", "--format", f'{{{{.Names}}}} {{{{index .Labels "{OWNER_LABEL}"}}}}']
    for line in output([*command, "--filter", f"label={OWNER_LABEL}"]).splitlines():
        name, folder = line.split(" ", 1)
        if not Path(folder).is_dir():
            remove_host(name)


def remove_host(name: str) -> None:
    """Remove a test host and what podman keeps for it."""
    if is_lost(name):
        # Until it has tried to stop it, podman waits in vain for the monitor's word.
        run(["podman", "stop", "--time", "0", name], check=False)
    run(["podman", "rm", "--force", "--time", "2", "--volumes", name])


def any_left() -> bool:
    """Whether there is a test host."""
    return bool(output(["podman", "ps", "--all", "--quiet", "--filter", f"label={OWNER_LABEL}"]))


def owned_by(folder: str) -> list[str]:
    """The test hosts that were made for a state folder."""
    command = ["podman", "ps", "--all", "--format", "{{.Names}}", "--filter", f"label={OWNER_LABEL}={folder}"]
    return output(command).split()


def clean(*, keep_image: bool) -> None:
    """With no test host left, remove what they shared: network, image, store and mount namespace."""
    with machine.alone():
        if any_left() or keep_image:
            return
        network.remove()
        image.remove()
        machine.leave()
        if not machine.namespace_exists():
            for folder in (STORE, RUNTIME):
                if folder.is_dir():
                    shutil.rmtree(folder)


def parse() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="tools/testhost", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    creating = commands.add_parser("create")
    creating.add_argument("name")
    creating.add_argument("--hostname", help="full name of the host (default: NAME)")
    creating.add_argument("--state", type=Path, default=Path.cwd(), help="folder of whoever the host is for")
    for command in ("destroy", "address"):
        commands.add_parser(command).add_argument("name")
    executing = commands.add_parser("exec")
    executing.add_argument("name")
    executing.add_argument("words", nargs=argparse.REMAINDER, metavar="-- COMMAND")
    cleaning = commands.add_parser("clean", help="with no test host left, remove image, network and store")
    cleaning.set_defaults(name="")
    return parser.parse_args()


def main() -> int:
    wanted = parse()
    machine.enter()
    match wanted.command:
        case "create":
            # A host whose folder is not there counts as nobody's.
            wanted.state.mkdir(parents=True, exist_ok=True)
            made = create(wanted.name, wanted.hostname or wanted.name, str(wanted.state.resolve()))
            print(text("testhost", "created", name=wanted.name, address=made))
        case "destroy":
            destroy(wanted.name)
            print(text("testhost", "destroyed", name=wanted.name))
        case "address":
            print(address(wanted.name))
        case "clean":
            clean(keep_image=False)
        case "exec":
            address(wanted.name)
            words = wanted.words[1:] if wanted.words[:1] == ["--"] else wanted.words
            os.execvp("podman", ["podman", "exec", wanted.name, *words])
    return 0


if __name__ == "__main__":
    guarded(main)
