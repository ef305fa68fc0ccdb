"""Reading a regulation: its file against the schema and against itself, then as types."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import REGULATION_SCHEMA
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_check import contradictions
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import (
    MAILBOX_KINDS,
    Abbreviation,
    AddressRule,
    AgencyKind,
    Cited,
    NameRules,
    NameType,
    Part,
    PasswordRule,
    Regulation,
    TableEntry,
    Template,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import schema_problems
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import load_yaml

if TYPE_CHECKING:
    from collections.abc import Callable


def _cited[T](entry: dict[str, Any], read: Callable[[Any], T], key: str = "value") -> Cited[T]:
    return Cited(read(entry[key]), entry["clause"], entry.get("why"))


def _rule(entry: dict[str, Any]) -> AddressRule:
    templates = tuple(
        Template(
            tuple(Part(part["of"], part["as"], part.get("before", "")) for part in candidate["parts"]),
            candidate["clause"],
            candidate.get("why"),
        )
        for candidate in entry["candidates"]
    )
    return AddressRule(templates, _cited(entry["exhausted"], str))


def _kind(name: str, entry: dict[str, Any]) -> AgencyKind:
    types = tuple(NameType(tuple(item["names"]), item["short"]) for item in entry["types"])
    return AgencyKind(name, _cited(entry, str, "label"), entry["type_required"], types)


def _names(entry: dict[str, Any]) -> NameRules:
    return NameRules(
        short_up_to=_cited(entry["short_up_to"], int),
        acronyms_whole=_cited(entry["acronyms_whole"], bool),
        minor_words=_cited(entry["minor_words"], tuple),
        endings=_cited(entry["endings"], tuple),
        family_names=_cited(entry["family_names"], tuple),
        abbreviations=tuple(
            Abbreviation(tuple(item["names"]), _cited(item, str, "short")) for item in entry["abbreviations"]
        ),
        unit_table=tuple(
            TableEntry(item["name"], frozenset(item["kinds"]), _cited(item, str, "short"))
            for item in entry["unit_table"]
        ),
    )


def _password(entry: dict[str, Any], month_days: int) -> PasswordRule:
    def days(term: str) -> int:
        amount, unit = term.split(" ")
        return int(amount) * (month_days if unit == "months" else 1)

    return PasswordRule(
        min_length=_cited(entry["min_length"], int),
        required=_cited(entry["required"], tuple),
        specials=_cited(entry["specials"], lambda value: None if value == "any" else str(value)),
        max_age=_cited(entry["max_age"], days),
        change_on_receipt=_cited(entry["change_on_receipt"], bool),
    )


def _size(gigabyte: int) -> Callable[[str], int | None]:
    return lambda size: None if size == "unlimited" else int(size.removesuffix(" GB")) * gigabyte


def read_regulation(path: Path) -> dict[str, Any]:
    """Return a regulation's file as plain data, once it is known to be right.

    Raises:
        ProblemsError: The file breaks the schema or contradicts itself; every problem is listed.
    """
    file = load_yaml(path)
    problems = schema_problems(file, REGULATION_SCHEMA) or contradictions(file)
    if problems:
        raise ProblemsError(problems)
    data: dict[str, Any] = file.data
    return data


@lru_cache(maxsize=8)
def _load(path: Path, _modified: int) -> Regulation:
    data = read_regulation(path)
    month_days = data["month_days"]["value"]
    size = _size(data["gigabyte"]["value"])
    functions = data["functions"]
    return Regulation(
        path=path,
        id=data["id"],
        code=data["code"],
        title=data["title"],
        number=data["number"],
        issuer=data["issuer"],
        kinds=MappingProxyType({name: _kind(name, entry) for name, entry in data["kinds"].items()}),
        names=_names(data["names"]),
        agency_rules=MappingProxyType(
            {kind: _rule(rule) for rule in data["addresses"]["agency"] for kind in rule["kinds"]}
        ),
        unit_rule=_rule(data["addresses"]["unit"]),
        person_rule=_rule(data["addresses"]["person"]),
        display_names=MappingProxyType({kind: _cited(data["display_names"][kind], str) for kind in MAILBOX_KINDS}),
        quotas=MappingProxyType({kind: _cited(data["quotas"][kind], size) for kind in MAILBOX_KINDS}),
        passwords=MappingProxyType({kind: _password(data["passwords"][kind], month_days) for kind in MAILBOX_KINDS}),
        operator=_cited(functions["operator"], str),
        functions=MappingProxyType({item["address"]: _cited(item, str, "address") for item in functions["addresses"]}),
        reserved=MappingProxyType({item["address"]: _cited(item, str, "address") for item in data["reserved"]}),
    )


def load_regulation(path: Path | str) -> Regulation:
    """Load a regulation; the same unchanged file is read once.

    Args:
        path: ``regulations/<id>.yml``.

    Raises:
        ProblemsError: The file cannot be read, breaks the schema or contradicts itself.
    """
    file = Path(path).resolve()
    return _load(file, file.stat().st_mtime_ns if file.exists() else 0)
