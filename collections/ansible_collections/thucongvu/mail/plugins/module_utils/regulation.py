"""Reading a regulation: its layers against the schema and against themselves, then as types."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import NATIONAL_DEFAULTS, REGULATIONS
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_check import contradictions
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_layers import ADDED_TO, Layers, read_layers
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import (
    MAILBOX_KINDS,
    Abbreviation,
    AddressRule,
    AgencyKind,
    Cited,
    LockRule,
    NameRules,
    NameType,
    Part,
    PasswordRule,
    Regulation,
    SecondFactor,
    TableEntry,
    Template,
    Value,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import dotted
from ansible_collections.thucongvu.mail.plugins.module_utils.terms import Term, parse_attempt, parse_size

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys


def _cited[T](entry: dict[str, Any], read: Callable[[Any], T], key: str = "value") -> Cited[T]:
    return Cited(read(entry[key]), entry["clause"], entry.get("why"))


@dataclass(frozen=True, slots=True)
class _Section:
    """The values below one place, of which it is known whether a national default holds."""

    values: Mapping[str, Value]
    place: str

    def cited[T](self, key: str, read: Callable[[Any], T]) -> Cited[T]:
        """Return one value with its source."""
        found = self.values[f"{self.place}.{key}"]
        return Cited(read(found.value), found.clause, found.why, found.silent_at is not None)


def _part(entry: dict[str, Any]) -> Part:
    rest = {key: value for key, value in entry.items() if key not in ("of", "as")}
    return Part(of=entry["of"], transform=entry["as"], **rest)


def _rule(entry: dict[str, Any]) -> AddressRule:
    templates = tuple(
        Template(
            tuple(_part(part) for part in candidate["parts"]),
            candidate["clause"],
            candidate.get("why"),
            candidate.get("on_request", False),
            frozenset(candidate.get("when_taken_by", ())),
        )
        for candidate in entry["candidates"]
    )
    collision = entry.get("collision", {"moves": "later", "scope": "domain"})
    return AddressRule(templates, _cited(entry["exhausted"], str), collision["moves"] == "both", collision["scope"])


def _types(entries: list[dict[str, Any]]) -> tuple[NameType, ...]:
    return tuple(NameType(tuple(item["names"]), item["short"]) for item in entries)


def _kind(name: str, entry: dict[str, Any]) -> AgencyKind:
    return AgencyKind(
        name,
        _cited(entry, str, "label"),
        entry["type_required"],
        _types(entry["types"]),
        _cited(entry["short_up_to"], int) if "short_up_to" in entry else None,
        _cited(entry["endings"], tuple) if "endings" in entry else None,
    )


def _table(entries: list[dict[str, Any]]) -> tuple[TableEntry, ...]:
    return tuple(TableEntry(item["name"], frozenset(item["kinds"]), _cited(item, str, "short")) for item in entries)


def _names(entry: dict[str, Any]) -> NameRules:
    return NameRules(
        short_up_to=_cited(entry["short_up_to"], int),
        acronyms_whole=_cited(entry["acronyms_whole"], bool),
        minor_words=_cited(entry["minor_words"], tuple),
        whole_words=_cited(entry["whole_words"], tuple),
        endings=_cited(entry["endings"], tuple),
        family_names=_cited(entry["family_names"], tuple),
        unit_types=_cited(entry["unit_types"], _types),
        abbreviations=tuple(
            Abbreviation(tuple(item["names"]), _cited(item, str, "short")) for item in entry["abbreviations"]
        ),
        agency_table=_table(entry["agency_table"]),
        unit_table=_table(entry["unit_table"]),
    )


def _term(text: str) -> Term | None:
    return None if text == "never" else Term.parse(text)


def _password(section: _Section, month_days: int) -> PasswordRule:
    return PasswordRule(
        min_length=section.cited("min_length", int),
        required=section.cited("required", tuple),
        specials=section.cited("specials", lambda value: None if value == "any" else str(value)),
        history=section.cited("history", int),
        forbidden=section.cited("forbidden", tuple),
        max_age=section.cited("max_age", lambda age: None if age == "never" else Term.parse(age).days(month_days)),
        change_on_receipt=section.cited("change_on_receipt", bool),
        first_sign_in_within=section.cited("first_sign_in_within", _term),
        second_factor=section.cited("second_factor", lambda value: SecondFactor(value["use"], tuple(value["kinds"]))),
        vneid_instead=section.cited("vneid_instead", bool),
    )


def _lock(section: _Section, month_days: int) -> LockRule:
    return LockRule(
        wrong_passwords=section.cited("wrong_passwords", parse_attempt),
        duration=section.cited(
            "duration", lambda text: None if text == "until unlocked" else Term.parse(text).seconds(month_days)
        ),
        receives=section.cited("receives", bool),
    )


def _rule_places(rule: dict[str, Any], keys: Keys) -> Iterator[tuple[Keys, str, dict[str, Any]]]:
    """Yield the parts of an address rule: its forms by number from 1, and what holds when two are equal or all are taken."""
    for index, candidate in enumerate(rule.get("candidates", ())):
        yield (*keys, "candidates", index), f"{dotted(keys)}.{index + 1}", candidate
    for name in ("collision", "exhausted"):
        if "candidates" in rule and name in rule:
            yield (*keys, name), dotted((*keys, name)), rule[name]


def _cited_places(data: object, keys: Keys = ()) -> Iterator[tuple[Keys, str, dict[str, Any]]]:
    """Yield place, name and entry of every value that can be asked for by name.

    An entry of a list to which regulations add is called by what tells it apart, not by its number.
    """
    if isinstance(data, dict):
        if "clause" in data or "candidates" in data:
            yield keys, dotted(keys), data
            yield from _rule_places(data, keys)
            return
        for key, value in data.items():
            yield from _cited_places(value, (*keys, key))
    elif isinstance(data, list):
        for index, entry in enumerate(data):
            if isinstance(entry, dict):
                name = entry.get(ADDED_TO.get(keys, "name"), index)
                yield (*keys, index), f"{dotted(keys)}.{name}", entry


def _values(layers: Layers) -> dict[str, Value]:
    found: dict[str, Value] = {}
    for keys, name, entry in _cited_places(layers.data):
        origin = layers.origin(keys)
        silent = origin.silent_at
        rest = {key: value for key, value in entry.items() if key not in ("clause", "why")}
        # A table may have one name twice, for different kinds of agency.
        key = f"{name}[{keys[-1]}]" if name in found else name
        found[key] = Value(
            key=key,
            value=entry.get("value", rest),
            clause=entry.get("clause"),
            why=entry.get("why"),
            file=origin.file.path,
            line=origin.line,
            silent_at=(silent[0].path, silent[0].line(silent[1])) if silent is not None else None,
        )
    return found


def _read(path: Path) -> Layers:
    layers = read_layers(path)
    problems = contradictions(layers)
    if path.parent == REGULATIONS and layers.data["id"] != path.stem:
        place = ("id",)
        problems.append(layers.problem("regulation.id_differs", place, layers.data["id"], allowed=path.stem))
    if problems:
        raise ProblemsError(problems)
    return layers


def read_regulation(path: Path) -> dict[str, Any]:
    """Return a regulation's values as plain data, once they are known to be right.

    Raises:
        ProblemsError: A file breaks the schema, or the regulation contradicts itself; every problem is listed.
    """
    return _read(path).data


@lru_cache(maxsize=16)
def _load(path: Path, _modified: tuple[int, ...]) -> Regulation:
    layers = _read(path)
    data = layers.data
    month_days = data["month_days"]["value"]
    gigabyte = data["gigabyte"]["value"]
    functions = data["functions"]
    values = _values(layers)
    return Regulation(
        path=path,
        id=data["id"],
        code=data["code"],
        title=data["title"],
        number=data["number"],
        issuer=data["issuer"],
        domain=_cited(data["domains"]["primary"], str),
        kinds=MappingProxyType({name: _kind(name, entry) for name, entry in data["kinds"].items()}),
        names=_names(data["names"]),
        agency_rules=MappingProxyType({kind: _rule(rule) for kind, rule in data["addresses"]["agency"].items()}),
        unit_rule=_rule(data["addresses"]["unit"]),
        person_rule=_rule(data["addresses"]["person"]),
        aliases_per_mailbox=_cited(data["addresses"]["aliases_per_mailbox"], int),
        display_names=MappingProxyType({kind: _cited(data["display_names"][kind], str) for kind in MAILBOX_KINDS}),
        quotas=MappingProxyType(
            {kind: _cited(entry, lambda size: parse_size(size, gigabyte)) for kind, entry in data["quotas"].items()}
        ),
        passwords=MappingProxyType(
            {kind: _password(_Section(values, f"passwords.{kind}"), month_days) for kind in data["passwords"]}
        ),
        lock=_lock(_Section(values, "lock"), month_days),
        operator=_cited(functions["operator"], str),
        functions=MappingProxyType({item["address"]: _cited(item, str, "address") for item in functions["addresses"]}),
        reserved=MappingProxyType({item["address"]: _cited(item, str, "address") for item in data["reserved"]}),
        values=MappingProxyType(values),
        month_days=month_days,
        gigabyte=gigabyte,
    )


def _modified(file: Path) -> tuple[int, ...]:
    """Return what tells that a regulation, what it may amend, or the national defaults are other than before."""
    files = [*sorted(file.parent.glob("*.yml")), NATIONAL_DEFAULTS]
    return tuple(found.stat().st_mtime_ns for found in files if found.exists())


def load_regulation(path: Path | str) -> Regulation:
    """Load a regulation; unchanged files are read once.

    Args:
        path: ``regulations/<id>.yml``.

    Raises:
        ProblemsError: A file cannot be read, breaks the schema, leaves something out or contradicts itself.
    """
    file = Path(path).resolve()
    return _load(file, _modified(file))
