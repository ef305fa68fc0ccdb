"""Running a playbook: its output into a log, what it is at to whoever watches, its failure in one line."""

import json
import os
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tcv.messages import Trouble
from tcv.paths import ROOT


@dataclass(frozen=True)
class Outcome:
    """What a playbook did, over all hosts."""

    ok: int
    changed: int


def environment() -> dict[str, str]:
    """Ansible's environment: the project's settings wherever it is started, and the events callback."""
    return os.environ | {
        "ANSIBLE_CONFIG": str(ROOT / "ansible.cfg"),
        "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tools/callback_plugins"),
        "ANSIBLE_CALLBACKS_ENABLED": "ansible.posix.profile_tasks,progress",
        "ANSIBLE_NOCOLOR": "1",
    }


def play(name: str, arguments: Sequence[str], log: Path, *, watch: Callable[[str], None] = lambda _: None) -> Outcome:
    """Run playbooks/NAME.yml; watch hears the role, or the play, that it is at."""
    log.parent.mkdir(parents=True, exist_ok=True)
    reading, writing = os.pipe()
    command = ["ansible-playbook", *arguments, f"playbooks/{name}.yml"]
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment() | {"TCV_EVENTS": str(writing)},
            pass_fds=(writing,),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=subprocess.STDOUT,
        )
        os.close(writing)
        failure: dict[str, Any] = {}
        hosts: dict[str, dict[str, int]] = {}
        current_play = ""
        with os.fdopen(reading, encoding="utf-8") as events:
            for line in events:
                event = json.loads(line)
                match event["event"]:
                    case "play":
                        current_play = event["name"]
                    case "task":
                        watch(event["role"] or current_play)
                    case "failed":
                        failure = failure or event
                    case "stats":
                        hosts = event["hosts"]
        code = process.wait()
    if code != 0:
        raise failed(name, failure, log)
    totals = [sum(host[key] for host in hosts.values()) for key in ("ok", "changed")]
    return Outcome(*totals)


def failed(name: str, failure: dict[str, Any], log: Path) -> Trouble:
    """The failing task and its own message; without one (a playbook that could not start) the log's last words."""
    if failure:
        values = {"host": failure["host"], "task": failure["task"], "error": failure["message"].strip()}
        return Trouble("demo", "task-failed", playbook=name, log=log, **values)
    lines = [line for line in log.read_text(encoding="utf-8").splitlines() if line.strip()]
    errors = [line for line in lines if "ERROR" in line] or lines[-1:] or ["?"]
    return Trouble("demo", "playbook-failed", playbook=name, log=log, error=errors[0])
