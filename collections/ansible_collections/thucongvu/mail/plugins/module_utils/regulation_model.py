"""What a regulation says, as types. Every value keeps its clause, or the reason for it where the text is silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

type MailboxKind = Literal["agency", "unit", "person"]
type CharacterClass = Literal["upper", "lower", "digit", "special"]

MAILBOX_KINDS: tuple[MailboxKind, ...] = ("agency", "unit", "person")


@dataclass(frozen=True, slots=True)
class Cited[T]:
    """A value with its source.

    Attributes:
        value: The value.
        clause: Where the regulation says it, for example ``CT-4.1b``; None where it is silent.
        why: The reason, always there when the regulation is silent.
    """

    value: T
    clause: str | None
    why: str | None = None

    @property
    def source(self) -> str:
        """Return the clause, or a dash where the regulation is silent."""
        return self.clause or "-"


@dataclass(frozen=True, slots=True)
class NameType:
    """The words with which a kind's names begin, and the letters that stand for them in a short address."""

    names: tuple[str, ...]
    short: str


@dataclass(frozen=True, slots=True)
class AgencyKind:
    """A kind of agency (CT-2.1)."""

    id: str
    label: Cited[str]
    type_required: bool
    types: tuple[NameType, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an address.

    Attributes:
        of: What it is taken from: ``type``, ``name``, ``parent``, ``agency``, ``family``, ``middle`` or ``given``.
        transform: ``full``, ``initials``, ``short``, ``table`` or ``issued``.
        before: What is written in front of it when something stands in front.
    """

    of: str
    transform: str
    before: str


@dataclass(frozen=True, slots=True)
class Template:
    """One form of an address, and the clause that gives it."""

    parts: tuple[Part, ...]
    clause: str | None
    why: str | None


@dataclass(frozen=True, slots=True)
class AddressRule:
    """The forms in the order in which they are tried, and what follows when all are taken."""

    templates: tuple[Template, ...]
    exhausted: Cited[str]


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """Names that stand for one acronym."""

    names: tuple[str, ...]
    short: Cited[str]


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A unit's name with a fixed form in agencies of some kinds."""

    name: str
    kinds: frozenset[str]
    short: Cited[str]


@dataclass(frozen=True, slots=True)
class NameRules:
    """How names are read and shortened."""

    short_up_to: Cited[int]
    acronyms_whole: Cited[bool]
    minor_words: Cited[tuple[str, ...]]
    endings: Cited[tuple[str, ...]]
    family_names: Cited[tuple[str, ...]]
    abbreviations: tuple[Abbreviation, ...]
    unit_table: tuple[TableEntry, ...]


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """What a password must be (CT-10.3, CT-11.4).

    Attributes:
        min_length: Fewest characters.
        required: Classes of characters of which it has at least one each.
        specials: The special characters allowed; None is every printable ASCII sign.
        max_age: The greatest age in days.
        change_on_receipt: Whether the first one must be changed by whoever receives it.
    """

    min_length: Cited[int]
    required: Cited[tuple[CharacterClass, ...]]
    specials: Cited[str | None]
    max_age: Cited[int]
    change_on_receipt: Cited[bool]


@dataclass(frozen=True, slots=True)
class Regulation:
    """One regulation.

    Attributes:
        path: The file that it was read from.
        kinds: Kinds of agency by id.
        agency_rules: How agencies are addressed, by their kind.
        quotas: Bytes by kind of mailbox; None is unlimited.
        functions: Addresses of functions, delivered to the operator.
        operator: The operator's own address, without domain.
        reserved: Addresses that are never given.
    """

    path: Path
    id: str
    code: str
    title: str
    number: str
    issuer: str
    kinds: Mapping[str, AgencyKind]
    names: NameRules
    agency_rules: Mapping[str, AddressRule]
    unit_rule: AddressRule
    person_rule: AddressRule
    display_names: Mapping[MailboxKind, Cited[str]]
    quotas: Mapping[MailboxKind, Cited[int | None]]
    passwords: Mapping[MailboxKind, PasswordRule]
    operator: Cited[str]
    functions: Mapping[str, Cited[str]]
    reserved: Mapping[str, Cited[str]]
