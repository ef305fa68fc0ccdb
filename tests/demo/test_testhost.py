"""Test hosts survive what happens to a developer's machine: a killed session, a deleted checkout, two checkouts at once."""

import os
import shutil
import signal
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tcv.programs import output

ROOT = Path(__file__).resolve().parents[2]


def tool(*words):
    return subprocess.run(["tools/testhost", *words], cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture
def names():
    """Names for hosts of this test, which go with it."""
    names = [f"tcv-try-{os.getpid()}-{number}" for number in range(3)]
    yield names
    for name in names:
        tool("destroy", name)


def create(name, state):
    state.mkdir(exist_ok=True)
    done = tool("create", name, "--state", str(state))
    assert done.returncode == 0, done.stderr
    return done.stdout


def known():
    return output(["podman", "ps", "--all", "--format", "{{.Names}}"]).split()


def test_a_host_whose_processes_were_killed_is_made_anew(names, tmp_path):
    create(names[0], tmp_path / "state")
    pids = output(["podman", "container", "inspect", "--format", "{{.State.ConmonPid}} {{.State.Pid}}", names[0]])
    for pid in pids.split():
        os.kill(int(pid), signal.SIGKILL)
    create(names[0], tmp_path / "state")
    done = tool("exec", names[0], "--", "systemctl", "is-system-running")
    assert done.stdout.strip() == "running", done.stderr


def test_the_host_of_a_deleted_checkout_goes_and_no_other(names, tmp_path):
    create(names[0], tmp_path / "deleted")
    create(names[1], tmp_path / "kept")
    shutil.rmtree(tmp_path / "deleted")
    create(names[2], tmp_path / "new")
    assert set(names) & set(known()) == {names[1], names[2]}


def test_another_checkouts_host_is_left_alone(names, tmp_path):
    create(names[0], tmp_path / "one")
    (tmp_path / "other").mkdir()
    refused = tool("create", names[0], "--state", str(tmp_path / "other"))
    assert refused.returncode == 1
    assert str(tmp_path / "one") in refused.stderr
    assert names[0] in known()


def test_hosts_are_made_at_the_same_time(names, tmp_path):
    with ThreadPoolExecutor() as pool:
        said = list(pool.map(create, names, [tmp_path / name for name in names]))
    assert all(name in text for name, text in zip(names, said, strict=True))
    assert set(names) <= set(known())
