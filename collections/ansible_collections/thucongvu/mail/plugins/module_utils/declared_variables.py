"""The variables that a province may set: options of the roles, what group_vars/all has, and the site's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Declared:
    """What is known of a variable.

    Attributes:
        type: ``str``, ``int``, ``bool``, ``list``, ``dict`` or ``float``; None where nothing is said.
        choices: The values allowed, empty where any is.
        pattern: The form that a text must have, None where any may be.
        allowed: The form in words.
        required: Whether every host of a province needs it.
        asked: Whether it is a question of one run (``--extra-vars``), and nothing that an inventory may set.
    """

    type: str | None = None
    choices: tuple[str, ...] = ()
    pattern: str | None = None
    allowed: str = ""
    required: bool = False
    asked: bool = False


def _load(path: Path) -> Any:  # noqa: ANN401  # YAML
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def _of_roles(roles: Path) -> dict[str, Declared]:
    """Return the options of every role's entry points. Ansible checks their values too, but only on the host."""
    found: dict[str, Declared] = {}
    for path in sorted(roles.glob("*/meta/argument_specs.yml")):
        for entry in _load(path).get("argument_specs", {}).values():
            for name, option in entry.get("options", {}).items():
                kind = option.get("type")
                choices = tuple(str(choice) for choice in option.get("choices", ()))
                found[name] = Declared("str" if kind == "path" else kind, choices)
    return found


def _of_group_vars(folder: Path) -> dict[str, Declared]:
    """Return the variables of all provinces, and the secrets that one of them lists."""
    found: dict[str, Declared] = {}
    for path in sorted(folder.glob("*.yml")):
        content = _load(path)
        for name, default in content.items():
            # What the default is (unless Jinja makes it), a province's value must be.
            plain = None if isinstance(default, str) and "{" in default else type(default).__name__
            found[name] = Declared(plain if plain in ("str", "int", "bool", "list") else None)
        secrets = content.get("required_secrets", [])
        found.update({entry["name"]: Declared() for entry in secrets})
    return found


def declared_variables(roles: Path, group_vars: Path, site: Path, regulations: Path) -> Mapping[str, Declared]:
    """Return every variable that an inventory may set.

    Args:
        roles: The folder of the roles (meta/argument_specs.yml).
        group_vars: The folder group_vars/all.
        site: inventories/variables.yml.
        regulations: The folder of the regulations, one of which a province chooses.
    """
    found = {**_of_group_vars(group_vars), **_of_roles(roles)}
    for name, entry in _load(site).items():
        choices = tuple(entry.get("choices", ()))
        if entry.get("choices_from") == "regulations":
            choices = tuple(sorted(path.stem for path in regulations.glob("*.yml")))
        found[name] = Declared(
            entry["type"],
            choices,
            entry.get("pattern"),
            entry.get("allowed", ""),
            entry.get("required", False),
            entry.get("asked", False),
        )
    return found
