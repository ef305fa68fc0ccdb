"""What a regulation says, as types. Every value keeps its clause, or the reason for it where the text is silent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import Phrase
from ansible_collections.thucongvu.mail.plugins.module_utils.sending_limits import Limit, Limits
from ansible_collections.thucongvu.mail.plugins.module_utils.terms import Rate, Term, parse_size

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

type MailboxKind = Literal["agency", "unit", "person"]
type CharacterClass = Literal["upper", "lower", "digit", "special"]
type Forbidden = Literal["account", "name", "birth_date"]
type Scope = Literal["domain", "district", "agency"]

MAILBOX_KINDS: tuple[MailboxKind, ...] = ("agency", "unit", "person")


@dataclass(frozen=True, slots=True)
class Cited[T]:
    """A value with its source.

    Attributes:
        value: The value.
        clause: Where the regulation says it, for example ``CT-4.1b``; None where it is silent.
        why: The reason, always there when the regulation is silent.
        national: Whether it is known to be the national default, which holds where a regulation says no more than `silent`;
            False also where a regulation's own file chose a value on which its text is silent.
    """

    value: T
    clause: str | None
    why: str | None = None
    national: bool = False

    @property
    def source(self) -> str | Phrase:
        """Return the clause, or words for where the value comes from when the regulation is silent."""
        return self.clause or Phrase("regulation.national_default" if self.national else "regulation.silent")


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a regulation as its file says it, for those who show, compare or look up values by name.

    Attributes:
        key: Its place, dotted: ``passwords.person.min_length``.
        value: As it stands in the file: text, number, flag, list or mapping.
        clause: As in :class:`Cited`.
        why: As in :class:`Cited`.
        file: The file in which it stands.
        line: Its line there.
        silent_at: File and line where the regulation says that it is silent, so that a national default holds.
    """

    key: str
    value: Any
    clause: str | None
    why: str | None
    file: Path
    line: int
    silent_at: tuple[Path, int] | None


@dataclass(frozen=True, slots=True)
class NameType:
    """The words with which a kind's names begin, and the letters that stand for them in a short address."""

    names: tuple[str, ...]
    short: str


@dataclass(frozen=True, slots=True)
class AgencyKind:
    """A kind of agency (CT-2.1).

    Attributes:
        short_up_to: Up to how many words a name stays in full, where that differs from the other kinds (CB-7.3a).
        endings: What is no part of the name at its end, where that differs from the other kinds.
    """

    id: str
    label: Cited[str]
    type_required: bool
    types: tuple[NameType, ...]
    short_up_to: Cited[int] | None = None
    endings: Cited[tuple[str, ...]] | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """One part of an address.

    Attributes:
        of: What it is taken from: ``type``, ``name``, ``parent``, ``agency``, ``family``, ``ordinal`` and so on.
        transform: How: ``full``, ``initials``, ``short``, ``table``, ``issued``, ``number`` and so on.
        before: What is written in front of it when something stands in front.
        start: Of an ordinal, the first number.
        width: Of an ordinal, the fewest digits; zeros stand in front.
        digits: Of an identity number, how many of its last digits.
    """

    of: str
    transform: str
    before: str = ""
    start: int = 2
    width: int = 1
    digits: int = 4


@dataclass(frozen=True, slots=True)
class Template:
    """One form of an address, and the clause that gives it.

    Attributes:
        on_request: Never issued by itself; who is registered may ask for it (CB-7.3b: the workplace).
        when_taken_by: The form is tried only when one of these has a form in front of it: kinds of agency, ``agency``,
            ``unit``, ``person``, ``function`` or ``reserved``; empty means always.
    """

    parts: tuple[Part, ...]
    clause: str | None
    why: str | None
    on_request: bool = False
    when_taken_by: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class AddressRule:
    """The forms in the order in which they are tried, and what follows when all are taken.

    Attributes:
        both_move: Whether of two with an equal first form both take the next one (BP-4.1e), not only the later.
        scope: Among whom forms are compared when both move.
    """

    templates: tuple[Template, ...]
    exhausted: Cited[str]
    both_move: bool = False
    scope: Scope = "domain"


@dataclass(frozen=True, slots=True)
class Abbreviation:
    """Names that stand for one acronym."""

    names: tuple[str, ...]
    short: Cited[str]


@dataclass(frozen=True, slots=True)
class TableEntry:
    """A name with a fixed short form, in agencies of some kinds."""

    name: str
    kinds: frozenset[str]
    short: Cited[str]


@dataclass(frozen=True, slots=True)
class NameRules:
    """How names are read and shortened."""

    short_up_to: Cited[int]
    acronyms_whole: Cited[bool]
    minor_words: Cited[tuple[str, ...]]
    whole_words: Cited[tuple[str, ...]]
    endings: Cited[tuple[str, ...]]
    family_names: Cited[tuple[str, ...]]
    unit_types: Cited[tuple[NameType, ...]]
    abbreviations: tuple[Abbreviation, ...]
    agency_table: tuple[TableEntry, ...]
    unit_table: tuple[TableEntry, ...]


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What is asked for besides a password.

    Attributes:
        use: Whether it is never, on a person's own wish, or always asked for.
        kinds: What it may be: ``totp``, ``sms``, ``security_key``.
    """

    use: Literal["none", "optional", "required"]
    kinds: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PasswordRule:
    """What a password must be (CT-10.3, CT-11.4).

    Attributes:
        min_length: Fewest characters.
        required: Classes of characters of which it has at least one each.
        specials: The special characters allowed; None is every printable ASCII sign.
        history: How many passwords of before may not come again.
        forbidden: What may not stand in it.
        max_age: The greatest age in days; None is without end.
        change_on_receipt: Whether the first one must be changed by whoever receives it.
        first_sign_in_within: How long a first password can be used; None is without end.
        second_factor: What is asked for besides it.
        vneid_instead: Whether signing in with the national electronic identity does instead (BP-9).
    """

    min_length: Cited[int]
    required: Cited[tuple[CharacterClass, ...]]
    specials: Cited[str | None]
    history: Cited[int]
    forbidden: Cited[tuple[Forbidden, ...]]
    max_age: Cited[int | None]
    change_on_receipt: Cited[bool]
    first_sign_in_within: Cited[Term | None]
    second_factor: Cited[SecondFactor]
    vneid_instead: Cited[bool]


@dataclass(frozen=True, slots=True)
class LockRule:
    """When an account is locked (BP-6.2d).

    Attributes:
        wrong_passwords: The wrong password in a row that locks it (more than 5 is the sixth); None is never.
        duration: Seconds until it opens by itself; None means that somebody has to open it.
        receives: Whether it still receives mail.
    """

    wrong_passwords: Cited[int | None]
    duration: Cited[int | None]
    receives: Cited[bool]


@dataclass(frozen=True, slots=True)
class Regulation:
    """One regulation.

    Attributes:
        path: The file that it was read from.
        kinds: Kinds of agency by id.
        agency_rules: How agencies are addressed, by their kind.
        quotas: Bytes by kind of mailbox or of agency; None is unlimited.
        passwords: Rules by kind of mailbox, of agency, or by role.
        functions: Addresses of functions, delivered to the operator.
        operator: The operator's own address, without domain.
        reserved: Addresses that are never given.
        values: Every value by its dotted name, those of the parts above among them.
        month_days: How many days count as a month.
        gigabyte: How many bytes a GB has.
    """

    path: Path
    id: str
    code: str
    title: str
    number: str
    issuer: str
    domain: Cited[str]
    kinds: Mapping[str, AgencyKind]
    names: NameRules
    agency_rules: Mapping[str, AddressRule]
    unit_rule: AddressRule
    person_rule: AddressRule
    aliases_per_mailbox: Cited[int]
    display_names: Mapping[MailboxKind, Cited[str]]
    quotas: Mapping[str, Cited[int | None]]
    passwords: Mapping[str, PasswordRule]
    lock: LockRule
    operator: Cited[str]
    functions: Mapping[str, Cited[str]]
    reserved: Mapping[str, Cited[str]]
    values: Mapping[str, Value]
    month_days: int
    gigabyte: int

    def quota(self, kind: MailboxKind, agency_kind: str) -> Cited[int | None]:
        """Return the quota of a mailbox: of an agency by its kind, where the regulation has one for it."""
        return self.quotas.get(agency_kind if kind == "agency" else kind, self.quotas[kind])

    def sending(self, kind: MailboxKind, agency_kind: str) -> Limits:
        """Return how much a mailbox may send: of an agency by its kind, where the regulation has rates for it."""
        by_kind = kind == "agency" and f"sending.{agency_kind}.inside" in self.values
        place = f"sending.{agency_kind if by_kind else kind}"
        rates = [self.rate(f"{place}.{where}").value for where in ("inside", "outside")]
        inside, outside = (None if one is None else Limit(one.count, one.per.seconds(self.month_days)) for one in rates)
        return Limits(inside, outside)

    def password_class(self, kind: MailboxKind, agency_kind: str) -> str:
        """Return by which class of password rules a mailbox goes; see :meth:`password_rule`."""
        return agency_kind if kind == "agency" and agency_kind in self.passwords else kind

    def password_rule(self, kind: MailboxKind, agency_kind: str) -> PasswordRule:
        """Return the password rule of a mailbox: of an agency by its kind, where the regulation has one for it."""
        return self.passwords[self.password_class(kind, agency_kind)]

    @property
    def delegates_most(self) -> Cited[int | None]:
        """Return to how many people besides the head a shared mailbox may be given; None for any number (CT-11.1)."""
        found = self.values["shared_mailboxes.delegates"]
        return Cited(None if found.value == "unlimited" else int(found.value), found.clause, found.why)

    def receipts(self, kind: MailboxKind) -> bool:
        """Return whether a mailbox of an agency or unit confirms what it receives (CT-7.1)."""
        return bool(self.values[f"receipts.{kind}"].value)

    def term(self, key: str) -> Cited[Term | None]:
        """Return a term by its dotted name, such as ``leavers.close_within``; None for ``never``."""
        found = self.values[key]
        return Cited(None if found.value == "never" else Term.parse(found.value), found.clause, found.why)

    def rate(self, key: str) -> Cited[Rate | None]:
        """Return a rate by its dotted name, such as ``sending.person.outside``; None for ``unlimited``."""
        found = self.values[key]
        return Cited(Rate.parse(found.value), found.clause, found.why)

    def size(self, key: str) -> Cited[int | None]:
        """Return a size in bytes by its dotted name, such as ``attachments.max_size``; None for ``unlimited``."""
        found = self.values[key]
        return Cited(parse_size(found.value, self.gigabyte), found.clause, found.why)
