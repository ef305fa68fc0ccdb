"""The lock files: every package pinned with its hashes, and nothing in them of the machine that wrote them."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCKS = [ROOT / "requirements.lock", ROOT / "tools/uv.requirements.lock"]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_every_package_is_pinned_with_hashes(lock: Path):
    entries = re.split(r"\n(?=[a-z0-9])", lock.read_text(encoding="utf-8"))
    packages = [entry for entry in entries if not entry.startswith("#")]
    assert packages
    assert [entry.split()[0] for entry in packages if "==" not in entry or "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_no_registry_and_no_path_of_a_machine(lock: Path):
    text = lock.read_text(encoding="utf-8")
    assert "://" not in text
    assert re.findall(r"(?:^|\s)/\w+", text) == []


def test_every_declared_package_is_locked():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    declared = project["project"]["dependencies"] + project["dependency-groups"]["dev"]
    names = {re.split(r"[<>=~!\[; ]", entry)[0].lower().replace("_", "-") for entry in declared}
    locked = set(re.findall(r"^([a-z0-9.-]+)==", LOCKS[0].read_text(encoding="utf-8"), re.MULTILINE))
    assert {name.replace(".", "-") for name in names} <= locked
