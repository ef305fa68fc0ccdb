"""Action: refuse an inventory with a misspelt variable before any host is touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.inventory.manager import IGNORED
from ansible.plugins.action import ActionBase
from ansible.utils.vars import load_extra_vars

from ansible_collections.thucongvu.mail.plugins.module_utils.declared_variables import declared_variables
from ansible_collections.thucongvu.mail.plugins.module_utils.inventory_files import files_of_nobody
from ansible_collections.thucongvu.mail.plugins.module_utils.inventory_variables import (
    extra_problems,
    group_problems,
    inventory_problems,
    missing_problems,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import PROJECT


class ActionModule(ActionBase):
    """Runs on the controller only."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Fail with every problem of the inventory; change nothing."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec(
            {
                "sources": {"type": "list", "elements": "path", "required": True},
                "roles_dir": {"type": "path", "default": str(PROJECT / "roles")},
                "group_vars_dir": {"type": "path", "default": str(PROJECT / "group_vars" / "all")},
                "site_variables": {"type": "path", "default": str(PROJECT / "inventories" / "variables.yml")},
                "regulations_dir": {"type": "path", "default": str(PROJECT / "regulations")},
            }
        )
        declared = declared_variables(
            Path(arguments["roles_dir"]),
            Path(arguments["group_vars_dir"]),
            Path(arguments["site_variables"]),
            Path(arguments["regulations_dir"]),
        )
        sources = [Path(source) for source in arguments["sources"]]
        groups, hostvars = ((task_vars or {}).get(name, {}) for name in ("groups", "hostvars"))
        problems = inventory_problems(sources, declared, lambda name: IGNORED.search(name.encode()) is not None)
        problems += extra_problems(load_extra_vars(self._loader), declared)
        problems += files_of_nobody(sources, groups)
        problems += group_problems(groups)
        problems += missing_problems({host: hostvars[host] for host in groups.get("province", ())}, declared)
        if problems:
            raise AnsibleActionFail(str(ProblemsError(problems)))
        result.update(changed=False, msg=say("inventory.ok"))
        return result
