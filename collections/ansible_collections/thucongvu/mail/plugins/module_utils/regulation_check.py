"""What a regulation's file may not contradict, beyond what its schema can say."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import MAILBOX_KINDS
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_words import word_problems
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import joined

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_layers import Layers
    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys

# What each part of an address can be taken as.
_TRANSFORMS = {
    "type": ("full", "initials", "short"),
    "parent_type": ("full", "initials", "short"),
    "parent": ("issued", "full", "initials", "short", "table"),
    "agency": ("issued",),
    "unit": ("issued",),
    "district": ("issued",),
    "name": ("full", "initials", "short", "table"),
    "family": ("full", "initials"),
    "middle": ("full", "initials"),
    "given": ("full", "initials"),
    "born": ("year", "month_year"),
    "identity": ("last_digits",),
    "ordinal": ("number",),
}
# Sections with further entries by kind of agency, and what else these may be called: kinds of mailbox and roles.
_BY_KIND: dict[str, tuple[str, ...]] = {
    "quotas": (*MAILBOX_KINDS, "function", "list"),
    "sending": (*MAILBOX_KINDS, "function", "list"),
    "passwords": (*MAILBOX_KINDS, "administrator"),
}
# Who besides kinds of agency may have an address already.
_HOLDERS = ("agency", "unit", "person", "function", "reserved")


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


def _clause_problems(layers: Layers) -> Iterator[Problem]:
    code = layers.data["code"]
    for keys, clause in clauses(layers.data):
        if clause != code and not clause.startswith(f"{code}-"):
            yield layers.problem("regulation.foreign_clause", keys, clause, clause=clause, code=code)


def _unknown_kinds(layers: Layers, keys: Keys, kinds: list[str], more: tuple[str, ...] = ()) -> Iterator[Problem]:
    known = (*layers.data["kinds"], *more)
    for position, kind in enumerate(kinds):
        if kind not in known:
            values = {"kind": kind, "allowed": joined(known)}
            yield layers.problem("regulation.unknown_kind", (*keys, position), kind, **values)


def _foreign_entries(
    layers: Layers, keys: Keys, entries: dict[str, Any], more: tuple[str, ...] = ()
) -> Iterator[Problem]:
    """Yield entries of a section that are called by a kind which does not exist."""
    known = (*more, *layers.data["kinds"])
    for kind in entries:
        if kind not in known:
            values = {"kind": kind, "allowed": joined(known)}
            yield layers.problem("regulation.unknown_kind", (*keys, kind), kind, **values)


def _kind_problems(layers: Layers) -> Iterator[Problem]:
    """Yield kinds that are not known, and kinds that have no address rule."""
    data = layers.data
    for table in ("agency_table", "unit_table"):
        for index, entry in enumerate(data["names"][table]):
            yield from _unknown_kinds(layers, ("names", table, index, "kinds"), entry["kinds"])
    rules = data["addresses"]["agency"]
    yield from _foreign_entries(layers, ("addresses", "agency"), rules)
    for section, more in _BY_KIND.items():
        yield from _foreign_entries(layers, (section,), data[section], more)
    for kind in data["kinds"]:
        if kind not in rules:
            yield layers.problem("regulation.kind_without_rule", ("kinds", kind), kind, kind=kind)


def _part_problems(layers: Layers, keys: Keys, rule: dict[str, Any]) -> Iterator[Problem]:
    """Yield parts that cannot be taken as the rule asks, and ordinals that are not one and the last word."""
    for number, candidate in enumerate(rule["candidates"]):
        place = (*keys, "candidates", number)
        yield from _unknown_kinds(layers, (*place, "when_taken_by"), candidate.get("when_taken_by", []), _HOLDERS)
        in_front = rule["candidates"][:number]
        if "when_taken_by" in candidate and all("on_request" in other for other in in_front):
            yield layers.problem(
                "regulation.never_tried", (*place, "when_taken_by"), joined(candidate["when_taken_by"])
            )
        ordinals = [index for index, part in enumerate(candidate["parts"]) if part["of"] == "ordinal"]
        if len(ordinals) > 1:
            yield layers.problem("regulation.ordinal_twice", (*place, "parts", ordinals[1], "of"), "ordinal")
        if ordinals and not candidate.get("on_request") and number + 1 < len(rule["candidates"]):
            behind = rule["candidates"][number + 1 :]
            if any(not other.get("on_request") for other in behind):
                yield layers.problem("regulation.behind_ordinal", (*place, "parts", ordinals[0], "of"), "ordinal")
        for index, part in enumerate(candidate["parts"]):
            allowed = _TRANSFORMS[part["of"]]
            if part["as"] not in allowed:
                values = {"of": part["of"], "transform": part["as"], "allowed": joined(allowed)}
                where = (*place, "parts", index, "as")
                yield layers.problem("regulation.transform_unfit", where, part["as"], **values)


def _address_problems(layers: Layers) -> Iterator[Problem]:
    """Yield addresses that stand twice among functions and reserved ones, and what mail to functions lacks."""
    functions = layers.data["functions"]
    seen: set[str] = set()
    lists: tuple[tuple[Keys, list[dict[str, Any]]], ...] = (
        (("functions", "addresses"), functions["addresses"]),
        (("reserved",), layers.data["reserved"]),
    )
    for keys, entries in lists:
        for index, entry in enumerate(entries):
            address = entry["address"]
            if address in seen:
                place = (*keys, index, "address")
                yield layers.problem("regulation.address_twice", place, address, address=address)
            seen.add(address)
    operator = functions["operator"]["value"]
    if operator in seen:
        place = ("functions", "operator", "value")
        yield layers.problem("regulation.operator_taken", place, operator, address=operator)
    if not any("help" in entry for entry in functions["addresses"]):
        yield layers.problem("regulation.no_help", ("functions", "addresses"), None)


def _days(data: dict[str, Any]) -> Iterator[tuple[Keys, str]]:
    """Yield every date of a regulation with its place; one that comes each year gets a year that is no leap year."""
    for key in ("issued", "effective"):
        yield (key,), data[key]
    for index, entry in enumerate(data["domains"]["legacy"]["value"]):
        if entry["until"] is not None:
            yield ("domains", "legacy", "value", index, "until"), entry["until"]
    for level, report in data["reports"].items():
        for index, day in enumerate(report["dates"]["value"]):
            yield ("reports", level, "dates", "value", index), f"2025-{day}"


def _day_problems(layers: Layers) -> Iterator[Problem]:
    for keys, day in _days(layers.data):
        try:
            date.fromisoformat(day if "-" in day else f"{day}-01-01")
        except ValueError:
            yield layers.problem("regulation.no_such_day", keys, day)


def contradictions(layers: Layers) -> list[Problem]:
    """Return what a regulation whose files fit the schema still has against itself.

    Args:
        layers: The regulation, with what it amends and the national defaults.
    """
    found = [
        *_clause_problems(layers),
        *_kind_problems(layers),
        *_address_problems(layers),
        *_day_problems(layers),
        *word_problems(layers),
    ]
    addresses = layers.data["addresses"]
    for kind, rule in addresses["agency"].items():
        found.extend(_part_problems(layers, ("addresses", "agency", kind), rule))
    for mailbox in ("unit", "person"):
        found.extend(_part_problems(layers, ("addresses", mailbox), addresses[mailbox]))
    return sorted(found, key=lambda problem: problem.line or 0)
