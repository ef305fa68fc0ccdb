"""Passwords by a regulation (CT-10.3, CT-11.4): first ones that can be read aloud, and a check that names the clause."""

from __future__ import annotations

import math
import secrets
import string
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.password_owner import ForbiddenContents
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.password_owner import Owner
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import (
        CharacterClass,
        Cited,
        Forbidden,
        PasswordRule,
    )

# Strength of a first password. It is on paper until its receiver changes it, so it must stand guessing, not only the
# rule's minimum; 64 bits are beyond what a sign-in that locks, or a stolen hash, gives time for.
LEAST_BITS = 64
# What an owner's name rules out is drawn again. Common names (Thị Thu) rule out a quarter; a bit more allows for a half.
_OWNER_BITS = 1

# A syllable is onset, vowel and perhaps a final. No two sound alike in any of the three regions (no g/gh, s/x, tr/ch,
# l/n, d/gi/r/v), and there is one way only to cut two of them apart (no h, which would read into the final before it).
_ONSETS = ("b", "ch", "d", "k", "kh", "m", "n", "nh", "ph", "t", "th", "x")
_VOWELS = ("a", "e", "i", "u")
_FINALS = ("", "m", "n", "p", "t")
_SYLLABLES = tuple("".join(parts) for parts in product(_ONSETS, _VOWELS, _FINALS))
_LEAST_PAIRS = 3
# The shortest syllables have two letters.
_SHORTEST_PAIR = 4
# Neither 0, 1, 5, 6, 8, 9, nor l, o, s, q, g are used, nor their capitals: each looks like another one.
_DIGITS = "2347"
_SPECIALS = "@#%+=?*$"
# So many draws in a row fail only for an owner whose name rules out nearly all passwords; then somebody has to look.
_DRAWS = 1000

CHARACTERS: Mapping[CharacterClass, str] = {
    "upper": string.ascii_uppercase,
    "lower": string.ascii_lowercase,
    "digit": string.digits,
    "special": string.punctuation,
}
MISSING: Mapping[CharacterClass, str] = {
    "upper": "password.no_upper",
    "lower": "password.no_lower",
    "digit": "password.no_digit",
    "special": "password.no_special",
}
HOLDS: Mapping[Forbidden, str] = {
    "account": "password.holds_account",
    "name": "password.holds_name",
    "birth_date": "password.holds_birth_date",
}
_PRINTABLE = frozenset(" " + "".join(CHARACTERS.values()))


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a password breaks a rule.

    Attributes:
        key: The message.
        broken: What the rule says, with its source.
        values: What the message's placeholders stand for.
    """

    key: str
    broken: Cited[object]
    values: Mapping[str, object] = field(default_factory=dict)

    @property
    def clause(self) -> str | None:
        """Return the clause, None where the regulation is silent."""
        return self.broken.clause

    def __str__(self) -> str:
        """Return the sentence in both languages; without a clause it says where the rule comes from."""
        return say(self.key, clause=self.broken.source, **self.values)


@dataclass(frozen=True, slots=True)
class _Form:
    """What first passwords by a rule are made of: pairs of syllables, one of these signs, digits."""

    pairs: int
    specials: str
    digits: int

    @property
    def bits(self) -> float:
        """Return the entropy of such a password."""
        syllable = math.log2(len(_SYLLABLES))
        return 2 * self.pairs * syllable + math.log2(len(self.specials)) + self.digits * math.log2(len(_DIGITS))

    def draw(self) -> str:
        """Return one such password."""
        syllables = 2 * self.pairs
        # One number for all of it: a province needs tens of thousands of passwords on its first day, and the system's random source
        # is slow to ask.
        number = secrets.randbelow(len(_SYLLABLES) ** syllables * len(self.specials) * len(_DIGITS) ** self.digits)
        parts: list[str] = []
        for signs, times in ((_SYLLABLES, syllables), (self.specials, 1), (_DIGITS, self.digits)):
            for _time in range(times):
                number, place = divmod(number, len(signs))
                parts.append(signs[place])
        words = "".join((parts[place] + parts[place + 1]).capitalize() for place in range(0, syllables, 2))
        return words + "".join(parts[syllables:])


def _form(rule: PasswordRule) -> _Form:
    """Return the form by a rule: digits for strength, more than three pairs of syllables only for length."""
    allowed = CHARACTERS["special"] if rule.specials.value is None else rule.specials.value
    # A rule may allow none of the signs that are easily told apart; then those that it allows have to do.
    specials = "".join(sign for sign in _SPECIALS if sign in allowed) or allowed
    bits = _Form(_LEAST_PAIRS, specials, 0).bits
    digits = math.ceil((LEAST_BITS + _OWNER_BITS - bits) / math.log2(len(_DIGITS)))
    for_length = math.ceil((rule.min_length.value - 1 - digits) / _SHORTEST_PAIR)
    return _Form(max(_LEAST_PAIRS, for_length), specials, digits)


def first_password_bits(rule: PasswordRule) -> float:
    """Return the entropy of a first password in bits, never less than 65, before an owner's name rules out any."""
    return _form(rule).bits


def generate_first_password(rule: PasswordRule, owner: Owner | None = None) -> str:
    """Return a new first password: three pairs of syllables, a sign, digits (``TamkhenPhuditMinhe#37472434``).

    It can be read aloud, satisfies the rule, and has at least 64 bits from the system's random source. No two of its
    characters look alike, unless a rule allows no sign of which that can be said. It is longer where the rule asks for it.

    Args:
        rule: The rule for the kind of mailbox.
        owner: Whose password it is; nothing of the owner that the rule forbids stands in it.

    Raises:
        CoreError: ``password.none_for_owner``: the owner's name rules out nearly every password; or as
            :class:`ForbiddenContents` of a name or date that is none.
    """
    form = _form(rule)
    contents = ForbiddenContents(rule.forbidden.value, owner) if owner is not None else None
    for _draw in range(_DRAWS):
        password = form.draw()
        if contents is None or not contents.found(password):
            return password
    raise CoreError("password.none_for_owner", draws=_DRAWS, clause=rule.forbidden.source)


def check_password(rule: PasswordRule, password: str, owner: Owner | None = None) -> list[Violation]:
    """Return every way in which a password breaks a rule; an empty list when it is right.

    Args:
        rule: The rule for the kind of mailbox.
        password: The password, which stands in no message.
        owner: Whose password it is; without one, forbidden contents are not looked for.

    Raises:
        CoreError: As :class:`ForbiddenContents`, of a name or date that is none.
    """
    violations: list[Violation] = []
    if len(password) < rule.min_length.value:
        violations.append(Violation("password.too_short", rule.min_length, {"least": rule.min_length.value}))
    if not _PRINTABLE.issuperset(password):
        violations.append(Violation("password.not_ascii", rule.specials))
    allowed = rule.specials.value
    if allowed is not None and any(sign in CHARACTERS["special"] and sign not in allowed for sign in password):
        violations.append(Violation("password.foreign_special", rule.specials, {"allowed": allowed}))
    for name in rule.required.value:
        if not any(character in CHARACTERS[name] for character in password):
            violations.append(Violation(MISSING[name], rule.required))
    if owner is not None:
        found = ForbiddenContents(rule.forbidden.value, owner).found(password)
        violations.extend(Violation(HOLDS[name], rule.forbidden) for name in found)
    return violations
