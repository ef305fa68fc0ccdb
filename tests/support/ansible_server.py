"""Runs ansible-playbook for the tests: the real program, imported once and forked for each run.

Importing Ansible takes longer than a small playbook does. Jobs come as lines of JSON on standard input (``argv``, ``environment``,
``folder``, ``umask`` and ``output``, the file for what the run prints); the exit code goes back as a line.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
import traceback
from typing import Any

from ansible.cli.playbook import PlaybookCLI

# What every run would import again: Ansible's own parts, and what the project's plugins use.
EARLY = """
ansible.executor.module_common ansible.executor.playbook_executor ansible.executor.task_executor
ansible.plugins.action ansible.plugins.connection ansible.plugins.filter.core ansible.plugins.filter.mathstuff
ansible.plugins.strategy ansible.plugins.test.core ansible.template ansible.vars.manager
cryptography.hazmat.primitives.serialization cryptography.x509 jsonschema passlib.hash ruamel.yaml
"""
for module in EARLY.split():
    importlib.import_module(module)


def run(job: dict[str, Any]) -> None:
    """Be ansible-playbook, in a process of its own; never returns."""
    code = 1
    try:
        out = os.open(job["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        silence = os.open(os.devnull, os.O_RDONLY)
        for source, target in ((silence, 0), (out, 1), (out, 2)):
            os.dup2(source, target)
        os.chdir(job["folder"])
        os.environ.update(job["environment"])
        os.umask(job["umask"])
        sys.argv = ["ansible-playbook", *job["argv"]]
        PlaybookCLI.cli_executor(sys.argv)
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    answers = os.fdopen(os.dup(1), "w")
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            run(json.loads(line))
        _child, status = os.waitpid(child, 0)
        answers.write(f"{os.waitstatus_to_exitcode(status)}\n")
        answers.flush()


if __name__ == "__main__":
    main()
