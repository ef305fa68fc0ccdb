"""The variables that an inventory sets, each with the file and line where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import dotted, joined, nearest
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import load_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys, YamlFile

type Scope = Literal["all", "group", "host"]

_VAULT = b"$ANSIBLE_VAULT"
_YAML = (".yml", ".yaml", ".json", "")
_GROUP_KEYS = ("hosts", "vars", "children")


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable that an inventory sets.

    Attributes:
        scope: ``all`` where every host has it, otherwise ``group`` or ``host``.
        source: The file as it was read.
        keys: Where in the file the value stands.
    """

    name: str
    value: Any
    scope: Scope
    source: YamlFile
    keys: Keys

    @property
    def file(self) -> Path:
        """The file."""
        return self.source.path

    @property
    def line(self) -> int:
        """Where the value stands."""
        return self.source.line(self.keys)

    def place(self, inner: Keys) -> tuple[Path, int]:
        """Return where something within the value stands."""
        return self.file, self.source.line((*self.keys, *inner))


@dataclass(slots=True)
class InventoryVariables:
    """What was found in inventories."""

    variables: list[Variable] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def _files_below(path: Path) -> Iterator[Path]:
    """Yield the variable files that Ansible reads of a folder in group_vars or host_vars."""
    for entry in sorted(path.iterdir()):
        if entry.name.startswith(".") or entry.name.endswith("~"):
            continue
        if entry.is_dir():
            yield from _files_below(entry)
        elif entry.suffix in _YAML:
            yield entry


def _read(found: InventoryVariables, path: Path) -> YamlFile | None:
    """Return a YAML file, None when it is encrypted as a whole or has problems, which are noted."""
    try:
        with path.open("rb") as stream:
            if stream.read(len(_VAULT)) == _VAULT:
                return None
        return load_yaml(path)
    except ProblemsError as error:
        found.problems.extend(error.problems)
    except OSError as error:
        found.problems.append(Problem("yaml.unreadable", {"reason": error.strerror}, path))
    return None


def _add(found: InventoryVariables, file: YamlFile, keys: Keys, values: object, scope: Scope) -> None:
    """Add the variables that stand at a place of a file."""
    if values is None:
        return
    if not isinstance(values, dict):
        where = dotted(keys) or "-"
        found.problems.append(Problem("inventory.not_variables", {}, file.path, file.line(keys), where))
        return
    for name, value in values.items():
        found.variables.append(Variable(str(name), value, scope, file, (*keys, str(name))))


def _group(found: InventoryVariables, file: YamlFile, keys: Keys, name: str, group: object) -> None:
    """Add what a group in an inventory file sets, for itself, its hosts and its children."""
    if group is None:
        return
    if not isinstance(group, dict):
        found.problems.append(
            Problem("inventory.group_form", {"allowed": joined(_GROUP_KEYS)}, file.path, file.line(keys), dotted(keys))
        )
        return
    for key, content in group.items():
        place = (*keys, str(key))
        if key not in _GROUP_KEYS:
            values = {"near": nearest(str(key), _GROUP_KEYS), "allowed": joined(_GROUP_KEYS)}
            found.problems.append(Problem("inventory.group_key", values, file.path, file.line(place), dotted(place)))
        elif key == "vars":
            _add(found, file, place, content, "all" if name == "all" else "group")
        elif isinstance(content, dict):
            for child, inner in content.items():
                if key == "hosts":
                    _add(found, file, (*place, str(child)), inner, "host")
                else:
                    _group(found, file, (*place, str(child)), str(child), inner)


def _inventory_file(found: InventoryVariables, path: Path) -> None:
    file = _read(found, path)
    if file is None or file.data is None:
        return
    if not isinstance(file.data, dict):
        found.problems.append(Problem("inventory.not_inventory", {}, path, 1))
        return
    for name, group in file.data.items():
        _group(found, file, (str(name),), str(name), group)


def _folder(source: Path) -> Path:
    """Return where Ansible looks for the variable files of an inventory."""
    return source if source.is_dir() else source.parent


def _variable_files(folder: Path, kind: str) -> Iterator[tuple[str, Path]]:
    """Yield what lies in group_vars or host_vars, each with the name that Ansible takes it for."""
    base = folder / kind
    for entry in sorted(base.iterdir()) if base.is_dir() else ():
        if not entry.name.startswith(".") and not entry.name.endswith("~"):
            # A host's name has full stops of its own.
            named = entry.suffix in _YAML and not entry.is_dir()
            yield entry.stem if named else entry.name, entry


def files_of_nobody(sources: Iterable[Path], groups: Mapping[str, Iterable[str]]) -> list[Problem]:
    """Return the variable files that Ansible passes over, since no group or host bears their names.

    Args:
        sources: As for :func:`inventory_variables`.
        groups: Hosts by group, as Ansible read all sources.
    """
    problems: list[Problem] = []
    for folder in {_folder(source): None for source in sources if source.exists()}:
        for kind, known in (("group_vars", sorted(groups)), ("host_vars", sorted(groups.get("all", ())))):
            for name, path in _variable_files(folder, kind):
                if name not in known:
                    # Variables for all are refused for a reason of their own.
                    allowed = [own for own in known if own not in ("all", "ungrouped")]
                    values = {"name": name, "near": nearest(name, allowed), "allowed": joined(allowed)}
                    problems.append(Problem("inventory.nobody", values, path))
    return problems


def _inventory_files(folder: Path, ignored: Callable[[str], bool]) -> Iterator[Path]:
    """Yield the inventory files that Ansible reads of a folder, and of the folders in it."""
    for entry in sorted(folder.iterdir()):
        if ignored(entry.name):
            continue
        if entry.is_dir():
            yield from _inventory_files(entry, ignored)
        else:
            yield entry


def inventory_variables(sources: Iterable[Path], ignored: Callable[[str], bool]) -> InventoryVariables:
    """Return every variable that inventories set.

    Args:
        sources: Inventory folders or files, as given to ``ansible-playbook -i``. Files encrypted as a whole are left out:
            their names cannot be read without the password.
        ignored: Whether Ansible takes no file or folder of that name for an inventory.
    """
    found = InventoryVariables()
    for source in sources:
        if source.is_dir():
            files = list(_inventory_files(source, ignored))
        elif source.is_file():
            files = [source]
        else:
            # A list of hosts on the command line (`-i host,`) sets nothing.
            continue
        for path in files:
            if path.suffix in (".yml", ".yaml"):
                _inventory_file(found, path)
            else:
                found.problems.append(Problem("inventory.not_yaml", {}, path))
        for kind in ("group_vars", "host_vars"):
            for name, entry in _variable_files(_folder(source), kind):
                scope: Scope = "host" if kind == "host_vars" else "all" if name == "all" else "group"
                for path in _files_below(entry) if entry.is_dir() else [entry]:
                    file = _read(found, path)
                    if file is not None:
                        _add(found, file, (), file.data, scope)
    return found
