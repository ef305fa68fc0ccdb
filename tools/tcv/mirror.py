"""Where this machine gets Debian packages and names from: test hosts do the same."""

import ipaddress
from pathlib import Path

from tcv.messages import Trouble
from tcv.programs import output

KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
SUITE = "trixie"
# Settings of this machine's apt that its network makes necessary.
NEEDED_SETTINGS = ("Acquire::http::Proxy", "Acquire::https::Proxy", "Acquire::Check-Valid-Until", "Acquire::Check-Date")


def archive(label: str) -> str | None:
    """The URI of one of Debian's archives in this machine's apt configuration."""
    found = output(
        [
            "apt-get",
            "indextargets",
            "--format",
            "$(REPO_URI)",
            "Created-By: Packages",
            "Origin: Debian",
            f"Label: {label}",
        ]
    )
    return found.splitlines()[0] if found else None


def sources() -> list[str]:
    """Lines of a sources.list for Debian 13."""
    main = archive("Debian")
    if main is None:
        raise Trouble("testhost", "no-mirror")
    suites = [(main, SUITE), (main, f"{SUITE}-updates")]
    security = archive("Debian-Security")
    if security is not None:
        suites.append((security, f"{SUITE}-security"))
    return [f"deb [signed-by={KEYRING}] {uri} {suite} main" for uri, suite in suites]


def apt_settings() -> str:
    """An apt.conf with the settings that this machine's network makes necessary."""
    lines = output(["apt-config", "dump"]).splitlines()
    return "".join(f"{line}\n" for line in lines if line.split(" ", 1)[0] in NEEDED_SETTINGS)


def nameservers() -> list[str]:
    """The name servers of this machine that a container can reach too."""
    found: list[str] = []
    for file in ("/etc/resolv.conf", "/run/systemd/resolve/resolv.conf"):
        if not found and Path(file).is_file():
            lines = [line.split() for line in Path(file).read_text(encoding="utf-8").splitlines()]
            found = [words[1] for words in lines if words[:1] == ["nameserver"] and not is_loopback(words[1])]
    return found


def is_loopback(address: str) -> bool:
    """Whether an address of resolv.conf (it may carry a zone) is the machine's own."""
    return ipaddress.ip_address(address.split("%", maxsplit=1)[0]).is_loopback
