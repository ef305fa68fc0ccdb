"""Entries of one of a register's YAML files, each with its place and its problems."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem
from ansible_collections.thucongvu.mail.plugins.module_utils.register_check import Place
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import dotted, joined, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.thucongvu.mail.plugins.module_utils.register_check import Checks
    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys, YamlFile

# Keys whose values are true or false, or lists; every other key's is text.
_FLAGS = ("receipts",)
_LISTS = ("units", "aliases", "delegates", "members")


class EntryReader:
    """Reads the entries of one file; what is wrong goes to the checks."""

    def __init__(self, file: YamlFile, checks: Checks) -> None:
        self.file = file
        self.checks = checks

    def problem(self, key: str, keys: Keys, value: object = None, **values: object) -> None:
        """Note a problem at a key."""
        shown_value = None if value is None else str(value)
        place = Problem(key, values, self.file.path, self.file.line(keys), dotted(keys) or "-", shown_value)
        self.checks.problems.append(place)

    def place(self, keys: Keys) -> Place:
        """Return where a key stands."""
        return Place(self.file.path, self.file.line(keys))

    def entries(
        self, keys: Keys, found: object, known: tuple[str, ...], required: tuple[str, ...]
    ) -> Iterator[tuple[Keys, dict[str, Any]]]:
        """Yield a list's entries whose required keys are there and whose texts are texts."""
        if not isinstance(found, list):
            self.problem("register.list", keys, allowed=joined(known))
            return
        for index, entry in enumerate(found):
            place = (*keys, index)
            if not isinstance(entry, dict):
                self.problem("register.entry", place, allowed=joined(known))
            elif self._usable(place, entry, known, required):
                yield place, entry

    def _usable(self, keys: Keys, entry: dict[Any, Any], known: tuple[str, ...], required: tuple[str, ...]) -> bool:
        usable = True
        for name, value in entry.items():
            place = (*keys, str(name))
            if name not in known:
                self.problem("schema.unknown_key", place, near=nearest(str(name), known), allowed=joined(known))
            elif name in _FLAGS:
                if not isinstance(value, bool | None):
                    self.problem("register.flag", place, value)
                    usable = False
            elif name not in _LISTS and not isinstance(value, str) and (value is not None or name in required):
                self.problem("register.not_text", place, "" if value is None else value)
                usable = False
        for name in required:
            missing = name not in entry or (isinstance(entry[name], str) and not entry[name].strip())
            if missing:
                self.problem("register.field_missing", keys, missing=name)
                usable = False
        return usable

    def texts(self, keys: Keys, found: object) -> tuple[str, ...]:
        """Return a list of texts, empty where the key is not there or holds something else."""
        found = found if found is not None else []
        if isinstance(found, list) and all(isinstance(one, str) for one in found):
            return tuple(found)
        self.problem("register.text_list", keys, found)
        return ()
