"""The agencies file, written: addresses put where none stands, every comment, line and order kept."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING, Any

import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import dotted
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import BYTE_ORDER_MARK, parse_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys, YamlFile

# What may stand behind the key `address` when there is none.
_NOTHING = re.compile(r"""[ \t]*:(?:[ \t]*(?:'[ \t]*'|"[ \t]*"|~|null\b|Null\b|NULL\b))?(?=[ \t]*(?:[,}#\r\n]|\Z))""")
_LINE_END = re.compile(r"\r\n|\n|\r")


def _entry(root: yaml.Node, keys: Keys) -> yaml.MappingNode:
    """Return the entry that stands at the given keys."""
    node = root
    for key in keys:
        node = (
            node.value[key] if isinstance(key, int) else next(value for name, value in node.value if name.value == key)
        )
    assert isinstance(node, yaml.MappingNode)  # noqa: S101  # keys come from the same tree
    return node


def _scalar(address: str) -> str:
    """Return an address as YAML text; in quotes where YAML would read something else (12, on)."""
    try:
        plain = isinstance(yaml.safe_load(address), str)
    except ValueError:
        plain = False  # it has the form of a date and is none (2026-13-45)
    return address if plain else f"'{address}'"


def _edit(text: str, entry: yaml.MappingNode, address: str) -> tuple[int, int, str] | None:
    """Return what to put where: from, to, and the text between; None where the entry has no address in an unusual form."""
    named: dict[str, tuple[yaml.Node, yaml.Node]] = {name.value: (name, value) for name, value in entry.value}
    if "address" in named:
        name, present = named["address"]
        start = name.end_mark.index
        nothing = _NOTHING.match(text, start)
        if nothing is None:
            if present.value.strip(" \t"):
                raise ValueError(f"line {name.start_mark.line + 1} has an address")
            return None
        return start, nothing.end(), f": {address}"
    key, value = named["name"]
    if entry.flow_style:
        return value.end_mark.index, value.end_mark.index, f", address: {address}"
    indent = " " * key.start_mark.column
    line_end = "\r\n" if "\r\n" in text else "\n"
    if value.end_mark.column == 0:
        # A text in block style ends where the next line begins.
        return value.end_mark.index, value.end_mark.index, f"{indent}address: {address}{line_end}"
    end = _LINE_END.search(text, value.end_mark.index)
    if end is None:
        return len(text), len(text), f"{line_end}{indent}address: {address}"
    return end.end(), end.end(), f"{indent}address: {address}{end.group()}"


def _not_plain(file: YamlFile, keys: Keys) -> Problem:
    place = (*keys, "address")
    return Problem("register.not_plain", {}, file.path, file.line(place), dotted(place))


def with_agency_addresses(file: YamlFile, addresses: Mapping[Keys, str]) -> str:
    """Return the text of agencies.yml with addresses written into entries that have none.

    Args:
        file: The file as it was read.
        addresses: The address by the entry's place in the file.

    Raises:
        ValueError: An entry has an address already: an issued address never changes (CT-4.2a).
        ProblemsError: An entry is written so (anchor, tag, block) that the edit would change anything else in what the
            file says.
    """
    root = file.root
    if root is None or not addresses:
        return file.text
    mark = BYTE_ORDER_MARK if file.text.startswith(BYTE_ORDER_MARK) else ""
    text = file.text.removeprefix(BYTE_ORDER_MARK)
    edits = {keys: _edit(text, _entry(root, keys), _scalar(address)) for keys, address in addresses.items()}
    unusual = [keys for keys, edit in edits.items() if edit is None]
    if unusual:
        raise ProblemsError(_not_plain(file, keys) for keys in unusual)
    for start, end, new in sorted(filter(None, edits.values()), reverse=True):
        text = text[:start] + new + text[end:]
    expected: Any = copy.deepcopy(file.data)
    for keys, address in addresses.items():
        entry = expected
        for key in keys:
            entry = entry[key]
        entry["address"] = address
    try:
        if parse_yaml(file.path, mark + text).data == expected:
            return mark + text
    except ProblemsError:
        pass
    # Entries share text (an alias), so that what one is given another one would get too.
    raise ProblemsError(_not_plain(file, keys) for keys in addresses)
