"""An inventory's variables against what is declared: a misspelt one is refused, never just ignored."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any

import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.guessing import trusted_network_problems
from ansible_collections.thucongvu.mail.plugins.module_utils.inventory_files import inventory_variables
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import joined, nearest
from ansible_collections.thucongvu.mail.plugins.module_utils.sso_clients import sso_problems
from ansible_collections.thucongvu.mail.plugins.module_utils.vneid import vneid_problems
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Opaque

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.declared_variables import Declared
    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys

_TYPES: dict[str, type] = {"str": str, "int": int, "bool": bool, "float": float, "list": list, "dict": dict}
# How a host is reached. Ansible has many more names of its own, each plugin some, so only what is nearly one of these is
# taken for a slip.
_CONNECTION = (
    "ansible_become",
    "ansible_become_method",
    "ansible_become_pass",
    "ansible_become_password",
    "ansible_become_user",
    "ansible_connection",
    "ansible_host",
    "ansible_password",
    "ansible_port",
    "ansible_private_key_file",
    "ansible_python_interpreter",
    "ansible_ssh_common_args",
    "ansible_ssh_private_key_file",
    "ansible_user",
)


# Variables whose values have a form of their own within.
_INNER: dict[str, Callable[[object, Callable[[Keys], tuple[Path, int]]], list[Problem]]] = {
    "sso_clients": sso_problems,
    "trusted_networks": trusted_network_problems,
    "vneid": vneid_problems,
}


def _text(value: Any) -> str | None:  # noqa: ANN401  # any YAML value
    return None if isinstance(value, dict | list | Opaque) else str(value)


def _slip(name: str, known: Iterable[str], alike: float) -> str | None:
    """Return the known name that a name is nearly, None where it is one itself or like none."""
    near = difflib.get_close_matches(name, known, 1, alike)
    return near[0] if near and near[0] != name else None


def _later(value: Any) -> bool:  # noqa: ANN401  # any YAML value
    """Tell whether a value is known only when it is used: a template or an encrypted one."""
    return isinstance(value, Opaque) or (isinstance(value, str) and "{{" in value)


def _wrong_value(value: Any, declared: Declared) -> tuple[str, str] | None:  # noqa: ANN401  # any YAML value
    """Return what is wrong with a value, as a message and what is allowed."""
    if declared.type is None or _later(value):
        return None
    wanted = _TYPES[declared.type]
    fits = isinstance(value, wanted) and (wanted is not int or not isinstance(value, bool))
    if not fits:
        return "inventory.type", declared.type
    if declared.choices and value not in declared.choices:
        return "inventory.choice", joined(declared.choices)
    if declared.pattern is not None and re.fullmatch(declared.pattern, str(value)) is None:
        return "inventory.choice", declared.allowed
    return None


def _read(text: str) -> Any:  # noqa: ANN401  # any YAML value
    """Return what a text of the command line stands for, as Ansible's filters take it: 5, true, [a]."""
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError, RecursionError):
        # PyYAML itself stumbles over a date that is none (2026-13-45), and over brackets without end.
        return text


def extra_problems(extra: Mapping[str, Any], declared: Mapping[str, Declared]) -> list[Problem]:
    """Return what is wrong with the variables of the command line.

    Args:
        extra: What ``--extra-vars`` sets. A name that is like none of ours is let be: what starts Ansible may pass its own.
        declared: What may be set, by name.
    """
    problems: list[Problem] = []
    for name, value in extra.items():
        place = f"--extra-vars {name}"
        known = declared.get(name)
        if known is None:
            near = _slip(name, declared, 0.8)
            if near is not None:
                problems.append(
                    Problem("inventory.unknown", {"name": name, "near": near}, field=place, value=_text(value))
                )
            continue
        plain = isinstance(value, str) and known.type != "str"
        wrong = _wrong_value(_read(value) if plain else value, known)
        if wrong is not None:
            problems.append(Problem(wrong[0], {"allowed": wrong[1]}, field=place, value=_text(value)))
    return problems


def inventory_problems(
    sources: Iterable[Path], declared: Mapping[str, Declared], ignored: Callable[[str], bool]
) -> list[Problem]:
    """Return what is wrong with the variables of inventories.

    Args:
        sources: Inventory folders or files.
        ignored: Whether Ansible takes no file or folder of that name for an inventory.
        declared: What may be set, by name. Names that begin with ``ansible_`` may, unless they are nearly a known one.

    Returns:
        Problems with file, line, name, value and the nearest known name, in the order in which files are read.
    """
    found = inventory_variables(sources, ignored)
    declared = {name: known for name, known in declared.items() if not known.asked}
    problems = list(found.problems)
    for variable in found.variables:
        if variable.scope == "all":
            problems.append(
                Problem("inventory.all", {"name": variable.name}, variable.file, variable.line, variable.name)
            )
        place = (variable.file, variable.line, variable.name, _text(variable.value))
        known = declared.get(variable.name)
        if variable.name.startswith("ansible_"):
            near = _slip(variable.name, _CONNECTION, 0.9)
            if near is not None:
                problems.append(Problem("inventory.connection", {"name": variable.name, "near": near}, *place))
        elif known is None:
            values = {"name": variable.name, "near": nearest(variable.name, declared)}
            problems.append(Problem("inventory.unknown", values, *place))
        elif (wrong := _wrong_value(variable.value, known)) is not None:
            problems.append(Problem(wrong[0], {"allowed": wrong[1]}, *place))
        elif variable.name in _INNER and not _later(variable.value):
            problems += _INNER[variable.name](variable.value, variable.place)
    return problems


def missing_problems(hosts: Mapping[str, Collection[str]], declared: Mapping[str, Declared]) -> list[Problem]:
    """Return the variables that hosts of a province lack.

    Args:
        hosts: The names of the variables that each host has, from wherever.
        declared: What may be set, by name.
    """
    problems: list[Problem] = []
    for name in (name for name, known in declared.items() if known.required):
        lacking = [host for host, names in hosts.items() if name not in names]
        if lacking:
            problems.append(Problem("inventory.missing", {"name": name, "hosts": joined(lacking)}))
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
