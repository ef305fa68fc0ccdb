"""A regulation's layers: its own file, the one that it amends, and below both what holds where a text is silent.

Each file is checked by itself against the schema. Then the layers are put over one another; of every value it stays known
in which file and line it stands, and whether the regulation says it or is silent.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import NATIONAL_DEFAULTS, REGULATION_SCHEMA
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import (
    dotted,
    joined,
    nearest,
    schema_problems,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import YamlFile, load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys

SILENT = "silent"
# What says which text a file holds; every file has its own.
IDENTITY = ("format", "id", "code", "title", "number", "issuer", "issued", "effective", "amends")
# Lists to which a regulation adds: the national entries go on holding, one of the same key is replaced.
ADDED_TO: dict[Keys, str] = {
    ("names", "abbreviations"): "short",
    ("functions", "addresses"): "address",
    ("reserved",): "address",
}
# What a regulation defines as a whole: where it names kinds of its own, the national ones do not come on top.
_WHOLE: tuple[Keys, ...] = (("kinds",), ("addresses", "agency"))
# A regulation may have further entries here, by kind of agency or by role, each with only what differs.
_OPEN: tuple[Keys, ...] = (("quotas",), ("sending",), ("passwords",))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value stands.

    Attributes:
        file: The file.
        keys: Its place in that file.
        silent_at: Where the regulation says that it is silent, None where it speaks.
    """

    file: YamlFile
    keys: Keys
    silent_at: tuple[YamlFile, Keys] | None = None

    @property
    def line(self) -> int:
        """Return the line of the value."""
        return self.file.line(self.keys)


@dataclass(slots=True)
class Layers:
    """A regulation with what it amends and the national defaults below it.

    Attributes:
        file: The regulation's own file.
        files: All of them, the own one first, the national defaults last.
        data: The values that hold, in the form of a file without `silent`.
        origins: Where each leaf stands.
    """

    file: YamlFile
    files: tuple[YamlFile, ...]
    data: dict[str, Any] = field(default_factory=dict)
    origins: dict[Keys, Origin] = field(default_factory=dict)

    def origin(self, keys: Keys) -> Origin:
        """Return where a value stands: its own place, or that of the nearest thing around it."""
        for size in range(len(keys), 0, -1):
            found = self.origins.get(keys[:size])
            if found is not None:
                return Origin(found.file, (*found.keys, *keys[size:]), found.silent_at)
        return Origin(self.file, keys)

    def problem(self, key: str, keys: Keys, value: str | None, **values: object) -> Problem:
        """Return a problem at the place where a value stands."""
        origin = self.origin(keys)
        return Problem(key, values, origin.file.path, origin.line, dotted(keys), value)


def _is_leaf(value: object) -> bool:
    """Tell whether a value is taken as a whole: everything but a section."""
    return not isinstance(value, dict) or "clause" in value or "candidates" in value


def without_silent(data: object) -> object:
    """Return data without the keys whose value is `silent`."""
    if isinstance(data, dict):
        return {key: without_silent(value) for key, value in data.items() if value != SILENT}
    if isinstance(data, list):
        return [without_silent(value) for value in data]
    return data


def _checked(path: Path) -> YamlFile:
    file = load_yaml(path)
    pruned = YamlFile(file.path, file.text, without_silent(file.data), file.root, file.lines)
    problems = schema_problems(pruned, REGULATION_SCHEMA)
    if problems:
        raise ProblemsError(problems)
    return file


@lru_cache(maxsize=1)
def _national(_modified: int) -> YamlFile:
    """Return the national defaults, read and checked once as long as they stay as they are."""
    return _checked(NATIONAL_DEFAULTS)


def _chain(path: Path) -> list[YamlFile]:
    """Return a regulation's file and those that it amends, the newest first."""
    found = [_checked(path)]
    while (amended := found[-1].data.get("amends")) is not None:
        here = found[-1]
        base = path.parent / f"{amended}.yml"

        def refused(key: str, here: YamlFile = here, amended: str = amended, **values: object) -> ProblemsError:
            return ProblemsError([Problem(key, values, here.path, here.line(("amends",)), "amends", amended)])

        if not base.is_file():
            allowed = ", ".join(sorted(other.stem for other in path.parent.glob("*.yml") if other != here.path))
            raise refused("regulation.amends_unknown", allowed=allowed)
        if any(file.path == base for file in found):
            raise refused("regulation.amends_circle")
        found.append(_checked(base))
        if found[-1].data["code"] != here.data["code"]:
            raise refused("regulation.amends_other", code=found[-1].data["code"], own=here.data["code"])
    return found


def _leaves(data: object, keys: Keys = ()) -> Iterator[tuple[Keys, Any]]:
    """Yield each leaf of a file with its place; `silent` counts as one."""
    if isinstance(data, dict) and not _is_leaf(data):
        for key, value in data.items():
            if keys or key not in IDENTITY:
                yield from _leaves(value, (*keys, key))
    else:
        yield keys, data


def _under(keys: Keys, section: Keys) -> bool:
    return keys[: len(section)] == section


class _Overlay:
    """Puts the layers over one another, leaf by leaf."""

    def __init__(self, layers: Layers) -> None:
        self.layers = layers
        self.national = layers.files[-1]
        self.defaults = dict(_leaves(self.national.data))
        self.values: dict[Keys, Any] = {}
        self.origins = layers.origins
        self.problems: list[Problem] = []

    def speak(self, file: YamlFile, keys: Keys, value: object) -> None:
        """Take over what a regulation says."""
        self.values[keys] = without_silent(value)
        self.origins[keys] = Origin(file, keys)

    def be_silent(self, file: YamlFile, keys: Keys) -> None:
        """Let the national defaults hold for a leaf, or for every leaf of a section."""
        found = [leaf for leaf in self.defaults if _under(leaf, keys)]
        if not found:
            self.problems.append(self._no_default(file, keys))
        for gone in [leaf for leaf in self.values if _under(leaf, keys)]:
            del self.values[gone]
        for leaf in found:
            self.values[leaf] = self.defaults[leaf]
            self.origins[leaf] = Origin(self.national, leaf, (file, keys))

    def _no_default(self, file: YamlFile, keys: Keys) -> Problem:
        """Return what is wrong with a silence that no default stands for: a key misspelt, or one that has to be said."""
        place = (file.path, file.line(keys), dotted(keys), SILENT)
        if keys == ("domains", "primary"):
            return Problem("regulation.not_silent", {}, *place)
        size = next(
            size for size in range(len(keys)) if not any(_under(leaf, keys[: size + 1]) for leaf in self.defaults)
        )
        known = sorted({str(leaf[size]) for leaf in self.defaults if len(leaf) > size and _under(leaf, keys[:size])})
        return Problem(
            "schema.unknown_key", {"near": nearest(str(keys[size]), known), "allowed": joined(known)}, *place
        )

    def apply(self, file: YamlFile) -> None:
        """Put a file over what is there."""
        for keys, value in _leaves(file.data):
            if value == SILENT:
                self.be_silent(file, keys)
            else:
                self.speak(file, keys, value)

    def missing(self) -> None:
        """Note what the base neither says nor calls silent, once for a whole section."""
        base = self.layers.files[-2]
        told: set[Keys] = set()
        for leaf in [*self.defaults, ("domains", "primary")]:
            whole = next((keys for keys in _WHOLE if _under(leaf, keys)), None)
            wanted = whole or leaf
            if any(_under(keys, wanted) or _under(wanted, keys) for keys in self.values):
                continue
            size = next(size for size in range(1, len(wanted) + 1) if not self._known(wanted[:size]))
            place = wanted[:size]
            if place not in told:
                told.add(place)
                values = {"missing": dotted(place)}
                line = base.line(place[:-1])
                self.problems.append(Problem("regulation.missing", values, base.path, line, dotted(place[:-1]) or "-"))

    def _known(self, section: Keys) -> bool:
        return any(_under(keys, section) for keys in self.values)

    def add_lists(self) -> None:
        """Put the national entries behind those of the lists to which a regulation adds.

        A function of the regulation's own takes the place of a national reservation: else neither could be changed.
        """
        functions = self._own(("functions", "addresses"))
        for keys, name in ADDED_TO.items():
            origin = self.origins.get(keys)
            if origin is None:
                continue
            own = self._own(keys)
            known = {entry[name] for entry in own}
            if keys == ("reserved",):
                known |= {entry["address"] for entry in functions}
            added = [(number, entry) for number, entry in enumerate(self.defaults[keys]) if entry[name] not in known]
            self.values[keys] = [*own, *(entry for _number, entry in added)]
            for position, (number, _entry) in enumerate(added, len(own)):
                silent = origin.silent_at if origin.file is self.national else (origin.file, keys)
                self.origins[*keys, position] = Origin(self.national, (*keys, number), silent)

    def _own(self, keys: Keys) -> list[dict[str, Any]]:
        """Return the entries of a list that a regulation itself has."""
        origin = self.origins.get(keys)
        found: list[dict[str, Any]] = (
            self.values[keys] if origin is not None and origin.file is not self.national else []
        )
        return found

    def foreign_rules(self) -> None:
        """Drop the national address rules of kinds that the regulation does not have."""
        kinds = {keys[1] for keys in self.values if keys[0] == "kinds"}
        for keys in [keys for keys in self.values if _under(keys, ("addresses", "agency"))]:
            if keys[2] not in kinds and self.origins[keys].file is self.national:
                del self.values[keys]

    def finish(self) -> None:
        """Build the data that hold."""
        for section in _OPEN:
            self._inherit(section)
        data: dict[str, Any] = {key: self.layers.file.data[key] for key in IDENTITY if key in self.layers.file.data}
        for keys, value in self.values.items():
            inner: Any = data
            for key in keys[:-1]:
                inner = inner.setdefault(key, {})
            inner[keys[-1]] = value
        self.layers.data = data

    def _inherit(self, section: Keys) -> None:
        """Give the entries that stand by kind of agency or role what they do not say themselves."""
        names = {keys[1] for keys in self.values if keys[0] == section[0] and len(keys) > 2}
        kinds = {keys[1] for keys in self.values if keys[0] == "kinds"}
        for name in names - {"person", "unit", "agency"}:
            model = (*section, "agency" if name in kinds else "person")
            for leaf in [keys for keys in self.values if _under(keys, model)]:
                own = (*section, name, *leaf[2:])
                if own not in self.values:
                    self.values[own] = self.values[leaf]
                    self.origins[own] = self.origins[leaf]


def read_layers(path: Path) -> Layers:
    """Read a regulation with what it amends, over the national defaults.

    Args:
        path: ``regulations/<id>.yml``.

    Raises:
        ProblemsError: A file breaks the schema; or something is neither said nor called silent; every problem is listed.
    """
    chain = _chain(path)
    national = _national(NATIONAL_DEFAULTS.stat().st_mtime_ns)
    layers = Layers(chain[0], (*chain, national))
    overlay = _Overlay(layers)
    overlay.apply(chain[-1])
    overlay.missing()
    for file in reversed(chain[:-1]):
        overlay.apply(file)
    if overlay.problems:
        raise ProblemsError(overlay.problems)
    overlay.add_lists()
    overlay.foreign_rules()
    overlay.finish()
    return layers
