"""What no tracked file may hold: where this machine gets its packages, and where somebody's checkout stands."""

import configparser
import os
import re
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import pytest

PROJECT = Path(__file__).resolve().parents[2]
REGISTRIES = [
    "pypi.org",
    "files.pythonhosted.org",
    "galaxy.ansible.com",
    "registry.npmjs.org",
    "proxy.golang.org",
    "index.crates.io",
    "docker.io",
    "quay.io",
    "ghcr.io",
    "gcr.io",
    "deb.debian.org",
    "security.debian.org",
    "snapshot.debian.org",
    "ftp.debian.org",
]
FOLDERS = re.compile(r"(?<![\w.~/-])/(?:work|home|root|Users|mnt|media)/[\w.-]+")


def tracked() -> dict[str, str]:
    """The text of every tracked file but this one."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    found = {}
    for name in listed.split("\0"):
        path = PROJECT / name
        if name and path.is_file() and not path.is_symlink() and path != Path(__file__).resolve():
            found[name] = path.read_text(encoding="utf-8", errors="replace")
    return found


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return tracked()


def own_mirrors() -> set[str]:
    """Hosts from which this machine's own pip, uv and apt take packages."""
    found = {value for name, value in os.environ.items() if re.match(r"(?:PIP|UV)_\w*(?:INDEX|LINKS)\w*$", name)}
    for path in (Path("/etc/pip.conf"), Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf"):
        config = configparser.ConfigParser(interpolation=None)
        if path.is_file():
            config.read(path)
            found |= {value for section in config.values() for value in section.values()}
    for path in [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*")]:
        if path.is_file():
            found.add(path.read_text(encoding="utf-8", errors="replace"))
    urls = {url for text in found for url in re.findall(r"https?://\S+", text)}
    return {host for url in urls if (host := urlsplit(url).hostname)}


@pytest.mark.parametrize("place", ["well known", "this machine's"])
def test_no_file_names_a_registry(texts, place):
    hosts = set(REGISTRIES) if place == "well known" else own_mirrors()
    wanted = re.compile("|".join(rf"(?<![\w-]){re.escape(host)}(?![\w-])" for host in sorted(hosts)) or "(?!)")
    assert {name: found.group() for name, text in texts.items() if (found := wanted.search(text))} == {}


def test_no_file_knows_where_somebody_has_the_project(texts):
    assert {name: found.group() for name, text in texts.items() if (found := FOLDERS.search(text))} == {}
    assert [name for name, text in texts.items() if str(PROJECT) in text or f"{Path.home()}/" in text] == []


def test_every_link_stays_inside_the_project():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, check=True, capture_output=True, text=True).stdout
    links = [PROJECT / name for name in listed.split("\0") if name and (PROJECT / name).is_symlink()]
    assert PROJECT / "playbooks/group_vars" in links
    for link in links:
        assert not Path(os.readlink(link)).is_absolute(), link
        assert link.resolve(strict=True).is_relative_to(PROJECT), link
