"""Filter: a path of this project, wherever the playbook that asks stands."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from ansible.errors import AnsibleFilterError

DOCUMENTATION = r"""
name: project_path
short_description: A path of this project
description:
  - Turns a path relative to the top of the project into an absolute one, so that it does not depend on where the playbook stands.
positional: _input
options:
  _input:
    description: Path relative to the top of the project.
    type: str
    required: true
"""

EXAMPLES = r"""
regulation_file: "{{ ('regulations/' ~ regulation ~ '.yml') | project_path }}"
"""

RETURN = r"""
_value:
  description: The absolute path.
  type: str
"""

PROJECT = Path(__file__).resolve().parent.parent


def project_path(relative: str) -> str:
    """Return the absolute path of something in this project; a path that leads out of it is refused."""
    path = (PROJECT / relative).resolve()
    if not path.is_relative_to(PROJECT):
        raise AnsibleFilterError(f"project_path: {relative!r} leads out of the project")
    return str(path)


class FilterModule:
    """What Ansible loads."""

    def filters(self) -> dict[str, Callable[[str], str]]:
        """Return the filters of this file by name."""
        return {"project_path": project_path}
