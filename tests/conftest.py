"""What all tests share: the project's folders, its regulation, and registers made in a folder of the test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(PROJECT / "collections"))

from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation  # noqa: E402
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation  # noqa: E402

# A register with every kind of account, one that is closed, and somebody who waits for an address.
AGENCIES = """\
- id: tttt
  name: Sở Thông tin và Truyền thông
  kind: department
  address: sotttt
  units:
    - {id: tttt-vp, name: Văn phòng, address: vanphong.sotttt}
- {id: nv, name: Sở Nội vụ, kind: department, address: sonv}
"""
PEOPLE = {
    "tttt": [
        "p1,Nguyễn Văn Minh,tttt-vp,Chánh Văn phòng,,2016-01-04,active,nvminh",
        "p2,Lê Minh,,,,2016-01-05,cancelled,lminh",
        "p3,Trần Thị Hoa,,,,2016-01-06,active,",
    ],
    "nv": ["p4,Danh Út,,,,2016-01-06,active,dut"],
}

HEADER = "id,full_name,unit,position,phone,registered,status,address"

SUPPORT = PROJECT / "tests" / "support"

type RegisterMaker = Callable[..., Path]


@dataclass(frozen=True)
class Play:
    """One run of ansible-playbook: exit code, everything printed, and each task's result in order."""

    returncode: int
    stdout: str
    tasks: list[dict[str, Any]]

    @property
    def results(self) -> list[dict[str, Any]]:
        """The tasks' results alone."""
        return [task["result"] for task in self.tasks]


class AnsibleServer:
    """ansible-playbook, started once for all tests (tests/support/ansible_server.py)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.count = 0
        programs = Path(sys.executable).parent
        environment = {
            **os.environ,
            "PATH": f"{programs}:{os.environ['PATH']}",
            "ANSIBLE_CONFIG": str(PROJECT / "ansible.cfg"),
            "ANSIBLE_CALLBACK_PLUGINS": str(SUPPORT / "callback_plugins"),
            "ANSIBLE_CALLBACKS_ENABLED": "record",
            "ANSIBLE_NOCOLOR": "true",
            "ANSIBLE_LOCALHOST_WARNING": "false",
        }
        self.process = subprocess.Popen(
            [sys.executable, str(SUPPORT / "ansible_server.py")],
            cwd=PROJECT,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def run(self, *argv: object, environment: dict[str, str] | None = None, umask: int = 0o022) -> Play:
        """Run ansible-playbook with these arguments, from the top of the project."""
        self.count += 1
        output, record = self.folder / f"{self.count}.out", self.folder / f"{self.count}.jsonl"
        job = {
            "argv": [str(word) for word in argv],
            "environment": {**(environment or {}), "TCV_RECORD": str(record)},
            "folder": str(PROJECT),
            "umask": umask,
            "output": str(output),
        }
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(json.dumps(job) + "\n")
        self.process.stdin.flush()
        code = int(self.process.stdout.readline())
        lines = record.read_text(encoding="utf-8").splitlines() if record.exists() else []
        return Play(code, output.read_text(encoding="utf-8"), [json.loads(line) for line in lines])

    def play(
        self,
        tasks: list[dict[str, Any]],
        *argv: object,
        host: str = "localhost",
        connection: str = "local",
        **options: Any,
    ) -> Play:
        """Run tasks on a host, this machine if none is named, in the one play of a playbook of their own."""
        playbook = self.folder / f"{self.count + 1}.yml"
        play = {"name": "Test", "hosts": host, "connection": connection, "gather_facts": False, "tasks": tasks}
        playbook.write_text(yaml.safe_dump([play], allow_unicode=True, sort_keys=False), encoding="utf-8")
        return self.run("-i", f"{host},", playbook, *argv, **options)


@pytest.fixture(scope="session")
def ansible(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AnsibleServer]:
    """Runs of the real ansible-playbook."""
    server = AnsibleServer(tmp_path_factory.mktemp("ansible"))
    yield server
    server.process.communicate()


@pytest.fixture
def project() -> Path:
    """The top of the project."""
    return PROJECT


@pytest.fixture(scope="session")
def cantho() -> Regulation:
    """Cần Thơ's regulation."""
    return load_regulation(PROJECT / "regulations" / "cantho.yml")


@pytest.fixture(scope="session")
def regulations() -> dict[str, Regulation]:
    """Every regulation by its id."""
    return {path.stem: load_regulation(path) for path in sorted((PROJECT / "regulations").glob("*.yml"))}


@pytest.fixture
def make_register(tmp_path: Path) -> RegisterMaker:
    """Make a register from the text of agencies.yml and rows of people by agency."""

    def make(agencies: str, **people: str | bytes | list[str]) -> Path:
        folder = tmp_path / "register"
        (folder / "people").mkdir(parents=True, exist_ok=True)
        (folder / "agencies.yml").write_text(agencies, encoding="utf-8")
        for agency, rows in people.items():
            content = "\n".join([HEADER, *rows, ""]) if isinstance(rows, list) else rows
            path = folder / "people" / f"{agency}.csv"
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return make


@pytest.fixture
def small_register(make_register: RegisterMaker) -> Path:
    """A small register, for the test to change."""
    return make_register(AGENCIES, **PEOPLE)
