"""A change of rules: what is in force is recorded, and what another regulation changes for live accounts is acknowledged.

Addresses are not looked at: an issued one stays whatever the rules say (register_plan).
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.atomic_file import write_atomically
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.rule_strictness import Direction, Measures, direction
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import load_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Register
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation, Value

# What somebody who has a mailbox feels at once: whether and how they sign in, how much they keep and send, when they are
# shut out, how long their mail is kept. Months and gigabytes give the others their size. Left out is what concerns only
# what is issued from now on (names, addresses, kinds), the operator's own duties (requests, reports, logs, backups), and
# what people see (display names).
TOUCHING = (
    "passwords",
    "lock",
    "idle",
    "quotas",
    "sending",
    "leavers",
    "attachments",
    "protocols",
    "gigabyte",
    "month_days",
)
# Values that stand by kind of mailbox, or of agency.
_BY_KIND = ("passwords", "quotas", "sending")
_REVISION = re.compile(r"r[0-9a-f]{8}")
_MODE = 0o644


@dataclass(frozen=True, slots=True)
class Record:
    """The rules that live accounts follow.

    Attributes:
        regulation: The regulation's id.
        values: What touches live accounts, by dotted name, as the files say it.
    """

    regulation: str
    values: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """One changed value.

    Attributes:
        key: Its dotted name.
        before: As it was; None where there was none.
        after: As it is; None where there is none any more.
        value: Where the new one stands; None where there is none any more.
        direction: What it is for those who have an account.
        revision: What an operator acknowledges: short, and the same for the same change everywhere.
    """

    key: str
    before: Any
    after: Any
    value: Value | None
    direction: Direction
    revision: str


def rules_in(regulation: Regulation) -> Record:
    """Return what of a regulation touches live accounts."""
    values = {key: value.value for key, value in regulation.values.items() if key.split(".", 1)[0] in TOUCHING}
    return Record(regulation.id, values)


def read_record(path: Path) -> Record | None:
    """Return the rules that are in force; None when none have been applied yet.

    Args:
        path: The record's file.

    Raises:
        ProblemsError: The file cannot be read, or is no record.
    """
    if not path.exists():
        return None
    file = load_yaml(path)
    data = file.data
    fits = isinstance(data, dict) and set(data) == {"regulation", "values"}
    if not fits or not isinstance(data["regulation"], str) or not isinstance(data["values"], dict):
        raise ProblemsError([Problem("rules.record", {}, path, 1)])
    missing = [name for name in ("gigabyte", "month_days") if not isinstance(data["values"].get(name), int)]
    if missing:
        line = file.line(("values",))
        raise ProblemsError([Problem("schema.missing_key", {"missing": missing[0]}, path, line, "values")])
    return Record(data["regulation"], data["values"])


def record_text(record: Record) -> str:
    """Return a record as its file holds it."""
    head = "".join(f"# {line.strip()}\n" for line in say("rules.head").splitlines())
    data = {"regulation": record.regulation, "values": dict(sorted(record.values.items()))}
    return head + yaml.safe_dump(data, allow_unicode=True, sort_keys=False, default_flow_style=None, width=120)


def write_record(path: Path, record: Record) -> None:
    """Replace the record.

    Raises:
        ProblemsError: The file cannot be written.
    """
    try:
        write_atomically(path, record_text(record).encode(), _MODE)
    except OSError as error:
        raise ProblemsError([Problem("register.unwritable", {"reason": error.strerror}, path)]) from error


def revision(key: str, before: object, after: object) -> str:
    """Return what names a change: a letter, so that YAML takes it for text, and the beginning of a hash."""
    text = json.dumps([key, before, after], ensure_ascii=False, sort_keys=True)
    return f"r{hashlib.sha256(text.encode()).hexdigest()[:8]}"


def changes(record: Record, regulation: Regulation) -> tuple[Change, ...]:
    """Return what a regulation changes for live accounts, in its order; what is gone comes last.

    What is only written in other words is no change.

    Args:
        record: The rules in force.
        regulation: The regulation that is to be applied.
    """
    after = rules_in(regulation).values
    old, new = _measures(record.values), _measures(after)
    found: list[Change] = []
    for key in dict.fromkeys([*after, *record.values]):
        was, now = record.values.get(key), after.get(key)
        how = direction(key, was, now, old, new)
        if how != "same":
            found.append(Change(key, was, now, regulation.values.get(key), how, revision(key, was, now)))
    return tuple(found)


def _measures(values: Mapping[str, Any]) -> Measures:
    return Measures(values["month_days"], values["gigabyte"])


def check_revisions(acknowledged: Iterable[object]) -> frozenset[str]:
    """Return the acknowledged revisions; old ones among them do no harm.

    Raises:
        ProblemsError: Something is no revision.
    """
    found = list(acknowledged)
    wrong = [entry for entry in found if not isinstance(entry, str) or _REVISION.fullmatch(entry) is None]
    if wrong:
        name = "acknowledged_revisions"
        raise ProblemsError(Problem("rules.revision", {}, field=name, value=str(entry)) for entry in wrong)
    return frozenset(str(entry) for entry in found)


def touched(register: Register, regulation: Regulation) -> Mapping[str, int]:
    """Return how many mailboxes of a register each value of the regulation that touches live accounts touches.

    Args:
        register: The register.
        regulation: The regulation that is to be applied.
    """
    agencies = [agency for agency in register.agencies.values() if agency.address]
    addressed = [person for person in register.people if person.address]
    active = Counter(person.status for person in addressed)
    kinds = Counter(agency.kind for agency in agencies)
    units = sum(bool(unit.address) for agency in register.agencies.values() for unit in agency.units)
    people = active["active"] + active["suspended"]
    everybody = people + units + len(agencies)
    mailboxes = {"person": people, "unit": units}

    def count(key: str) -> int:
        section, _dot, rest = key.partition(".")
        if section == "leavers":
            return active["cancelled"]
        if section not in _BY_KIND:
            return everybody
        kind = rest.split(".", 1)[0]
        if kind == "agency":
            own = {name.split(".")[1] for name in regulation.values if name.startswith(f"{section}.")}
            return sum(number for name, number in kinds.items() if name not in own)
        return mailboxes.get(kind, kinds[kind])

    return {key: count(key) for key in rules_in(regulation).values}
