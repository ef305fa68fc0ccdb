"""An inventory's variables against what is declared: a misspelt one is refused, never just ignored."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.inventory_files import inventory_variables
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import joined, nearest
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Opaque

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.declared_variables import Declared
    from ansible_collections.thucongvu.mail.plugins.module_utils.inventory_files import Variable

_TYPES: dict[str, type] = {"str": str, "int": int, "bool": bool, "float": float, "list": list, "dict": dict}


def _text(value: Any) -> str | None:  # noqa: ANN401  # any YAML value
    return None if isinstance(value, dict | list | Opaque) else str(value)


def _value_problem(variable: Variable, declared: Declared) -> Problem | None:
    """Return what is wrong with a value; a template or an encrypted value is known only when it is used."""
    value = variable.value
    if declared.type is None or isinstance(value, Opaque) or (isinstance(value, str) and "{{" in value):
        return None
    wanted = _TYPES[declared.type]
    fits = isinstance(value, wanted) and (wanted is not int or not isinstance(value, bool))
    if not fits:
        key, allowed = "inventory.type", declared.type
    elif declared.choices and value not in declared.choices:
        key, allowed = "inventory.choice", joined(declared.choices)
    elif declared.pattern is not None and re.fullmatch(declared.pattern, value) is None:
        key, allowed = "inventory.choice", declared.allowed
    else:
        return None
    return Problem(key, {"allowed": allowed}, variable.file, variable.line, variable.name, _text(value))


def inventory_problems(
    sources: Iterable[Path], declared: Mapping[str, Declared], ignored: Callable[[str], bool]
) -> list[Problem]:
    """Return what is wrong with the variables of inventories.

    Args:
        sources: Inventory folders or files.
        ignored: Whether Ansible takes no file or folder of that name for an inventory.
        declared: What may be set, by name; names that begin with ``ansible_`` always may.

    Returns:
        Problems with file, line, name, value and the nearest known name, in the order in which files are read.
    """
    found = inventory_variables(sources, ignored)
    problems = list(found.problems)
    for variable in found.variables:
        if variable.scope == "all":
            problems.append(
                Problem("inventory.all", {"name": variable.name}, variable.file, variable.line, variable.name)
            )
        if variable.name.startswith("ansible_"):
            continue
        known = declared.get(variable.name)
        if known is None:
            values = {"name": variable.name, "near": nearest(variable.name, declared)}
            problems.append(
                Problem("inventory.unknown", values, variable.file, variable.line, variable.name, _text(variable.value))
            )
            continue
        problem = _value_problem(variable, known)
        if problem is not None:
            problems.append(problem)
    return problems


def group_problems(groups: Mapping[str, Iterable[str]]) -> list[Problem]:
    """Return what is wrong with the groups of the inventory as Ansible read it.

    Args:
        groups: Hosts by group.
    """
    problems: list[Problem] = []
    province = set(groups.get("province", ()))
    if not province:
        return [Problem("inventory.no_province")]
    for name in ("directory", "mail", "webmail"):
        hosts = list(groups.get(name, ()))
        if len(hosts) != 1:
            problems.append(
                Problem("inventory.group_size", {"group": name, "count": len(hosts), "hosts": joined(hosts) or "-"})
            )
        for host in hosts:
            if host not in province:
                problems.append(Problem("inventory.outside", {"group": name, "host": host}))
    return problems
