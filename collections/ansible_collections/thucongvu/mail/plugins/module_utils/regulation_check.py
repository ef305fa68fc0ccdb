"""What a regulation's file may not contradict, beyond what its schema can say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import dotted, joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys, YamlFile

# What each part of an agency's or unit's address can be taken as.
_TRANSFORMS = {
    "type": ("full", "initials", "short"),
    "parent": ("issued",),
    "agency": ("issued",),
    "name": ("full", "initials", "short", "table"),
    "family": ("full", "initials"),
    "middle": ("full", "initials"),
    "given": ("full", "initials"),
}


def clauses(data: object, keys: Keys = ()) -> Iterator[tuple[Keys, str]]:
    """Yield every clause that a regulation's data cite, with its place."""
    if isinstance(data, dict):
        for key, value in data.items():
            if key == "clause" and value is not None:
                yield (*keys, key), value
            else:
                yield from clauses(value, (*keys, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from clauses(value, (*keys, index))


def _problem(file: YamlFile, key: str, keys: Keys, value: str | None, **values: object) -> Problem:
    return Problem(key, values, file.path, file.line(keys), dotted(keys), value)


def _clause_problems(file: YamlFile) -> Iterator[Problem]:
    code = file.data["code"]
    for keys, clause in clauses(file.data):
        if not clause.startswith(f"{code}-"):
            yield _problem(file, "regulation.foreign_clause", keys, clause, clause=clause, code=code)


def _unknown_kinds(file: YamlFile, keys: Keys, kinds: list[str]) -> Iterator[Problem]:
    known = file.data["kinds"]
    for position, kind in enumerate(kinds):
        if kind not in known:
            place = (*keys, "kinds", position)
            yield _problem(file, "regulation.unknown_kind", place, kind, kind=kind, allowed=joined(known))


def _kind_problems(file: YamlFile) -> Iterator[Problem]:
    """Yield kinds that are not known, and kinds that do not have exactly one address rule."""
    data = file.data
    for index, entry in enumerate(data["names"]["unit_table"]):
        yield from _unknown_kinds(file, ("names", "unit_table", index), entry["kinds"])
    ruled: set[str] = set()
    for index, rule in enumerate(data["addresses"]["agency"]):
        keys = ("addresses", "agency", index)
        yield from _unknown_kinds(file, keys, rule["kinds"])
        for position, kind in enumerate(rule["kinds"]):
            if kind in ruled:
                yield _problem(file, "regulation.kind_twice", (*keys, "kinds", position), kind, kind=kind)
            ruled.add(kind)
    for kind in data["kinds"]:
        if kind not in ruled:
            yield _problem(file, "regulation.kind_without_rule", ("kinds", kind), kind, kind=kind)


def _part_problems(file: YamlFile, keys: Keys, rule: dict[str, Any]) -> Iterator[Problem]:
    """Yield parts that cannot be taken as the rule asks."""
    for number, candidate in enumerate(rule["candidates"]):
        for index, part in enumerate(candidate["parts"]):
            allowed = _TRANSFORMS[part["of"]]
            if part["as"] not in allowed:
                place = (*keys, "candidates", number, "parts", index, "as")
                values = {"of": part["of"], "transform": part["as"], "allowed": joined(allowed)}
                yield _problem(file, "regulation.transform_unfit", place, part["as"], **values)


def _address_problems(file: YamlFile) -> Iterator[Problem]:
    """Yield addresses that stand twice among functions and reserved ones, and what mail to functions lacks."""
    functions = file.data["functions"]
    seen: set[str] = set()
    lists: tuple[tuple[Keys, list[dict[str, Any]]], ...] = (
        (("functions", "addresses"), functions["addresses"]),
        (("reserved",), file.data["reserved"]),
    )
    for keys, entries in lists:
        for index, entry in enumerate(entries):
            address = entry["address"]
            if address in seen:
                yield _problem(file, "regulation.address_twice", (*keys, index, "address"), address, address=address)
            seen.add(address)
    operator = functions["operator"]["value"]
    if operator in seen:
        place = ("functions", "operator", "value")
        yield _problem(file, "regulation.operator_taken", place, operator, address=operator)
    if not any("help" in entry for entry in functions["addresses"]):
        yield _problem(file, "regulation.no_help", ("functions", "addresses"), None)


def contradictions(file: YamlFile) -> list[Problem]:
    """Return what a regulation that fits its schema still has against itself.

    Args:
        file: The file, already valid by the schema.
    """
    found = [*_clause_problems(file), *_kind_problems(file), *_address_problems(file)]
    for index, rule in enumerate(file.data["addresses"]["agency"]):
        found.extend(_part_problems(file, ("addresses", "agency", index), rule))
    for kind in ("unit", "person"):
        found.extend(_part_problems(file, ("addresses", kind), file.data["addresses"][kind]))
    return sorted(found, key=lambda problem: problem.line or 0)
