"""Passwords by a regulation (CT-10.3, CT-11.4): first ones that can be read aloud, and a check that names the clause."""

from __future__ import annotations

import math
import re
import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import CharacterClass, PasswordRule

# Strength of a first password. It is on paper until its receiver changes it, so it must stand guessing, not only the
# rule's minimum; 64 bits are beyond what a sign-in that locks, or a stolen hash, gives time for.
LEAST_BITS = 64

# A syllable is onset, vowel and perhaps a final. No two sound alike in any of the three regions (no g/gh, s/x, tr/ch,
# l/n, d/gi/r/v), and there is one way only to cut two of them apart (no h, which would read into the final before it).
_ONSETS = ("b", "ch", "d", "k", "kh", "m", "n", "nh", "ph", "t", "th", "x")
_VOWELS = ("a", "e", "i", "u")
_FINALS = ("", "m", "n", "p", "t")
_SYLLABLES = 6
# Neither 0, 1, 5, 6, 8, 9, nor l, o, s, q, g are used, nor their capitals: each looks like another one.
_DIGITS = "2347"
_SPECIALS = "@#%+=?*$"

_CLASSES: dict[CharacterClass, tuple[str, re.Pattern[str]]] = {
    "upper": ("password.no_upper", re.compile(r"[A-Z]")),
    "lower": ("password.no_lower", re.compile(r"[a-z]")),
    "digit": ("password.no_digit", re.compile(r"[0-9]")),
    "special": ("password.no_special", re.compile(r"[!-/:-@\[-`{-~]")),
}
_SIGNS = re.compile(r"[!-/:-@\[-`{-~]")
_PRINTABLE = re.compile(r"[ -~]*")


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a password breaks a rule.

    Attributes:
        key: The message.
        clause: The clause, None where the regulation is silent.
        values: What the message's placeholders stand for.
    """

    key: str
    clause: str | None
    values: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the sentence in both languages."""
        return say(self.key, clause=self.clause or "-", **self.values)


def _specials(rule: PasswordRule) -> str:
    """Return the special characters that the generator may use."""
    allowed = rule.specials.value
    return "".join(sign for sign in _SPECIALS if allowed is None or sign in allowed)


def _digits_needed(rule: PasswordRule) -> int:
    """Return how many digits follow the syllables, so that strength and length are reached."""
    specials = _specials(rule)
    if not specials and "special" in rule.required.value:
        raise CoreError("password.none_fits", allowed=_SPECIALS)
    syllable = math.log2(len(_ONSETS) * len(_VOWELS) * len(_FINALS))
    bits = _SYLLABLES * syllable + (math.log2(len(specials)) if specials else 0)
    for_strength = math.ceil((LEAST_BITS - bits) / math.log2(len(_DIGITS)))
    # The shortest syllables have two letters.
    for_length = rule.min_length.value - 2 * _SYLLABLES - (1 if specials else 0)
    return max(1, for_strength, for_length)


def first_password_bits(rule: PasswordRule) -> float:
    """Return the entropy of a first password in bits; never less than 64."""
    syllables = _SYLLABLES * math.log2(len(_ONSETS) * len(_VOWELS) * len(_FINALS))
    specials = _specials(rule)
    return syllables + math.log2(len(specials) or 1) + _digits_needed(rule) * math.log2(len(_DIGITS))


def generate_first_password(rule: PasswordRule) -> str:
    """Return a new first password: three pairs of syllables, a sign, digits (``TamkhenPhuditMinhe#3747243``).

    It can be read aloud, has no characters that look alike, satisfies the rule, and has at least 64 bits from the
    system's random source.

    Args:
        rule: The rule for the kind of mailbox.

    Raises:
        CoreError: ``password.none_fits``: the rule allows no special character that the generator may use.
    """
    digits = _digits_needed(rule)
    syllables = [
        secrets.choice(_ONSETS) + secrets.choice(_VOWELS) + secrets.choice(_FINALS) for _number in range(_SYLLABLES)
    ]
    words = "".join((syllables[index] + syllables[index + 1]).capitalize() for index in range(0, _SYLLABLES, 2))
    specials = _specials(rule)
    special = secrets.choice(specials) if specials else ""
    return words + special + "".join(secrets.choice(_DIGITS) for _number in range(digits))


def check_password(rule: PasswordRule, password: str) -> list[Violation]:
    """Return every way in which a password breaks a rule; an empty list when it is right.

    Args:
        rule: The rule for the kind of mailbox.
        password: The password, which stands in no message.
    """
    violations: list[Violation] = []
    if len(password) < rule.min_length.value:
        violations.append(Violation("password.too_short", rule.min_length.clause, {"least": rule.min_length.value}))
    allowed = rule.specials.value
    if _PRINTABLE.fullmatch(password) is None:
        violations.append(Violation("password.not_ascii", rule.specials.clause))
    if allowed is not None and any(sign not in allowed for sign in _SIGNS.findall(password)):
        violations.append(Violation("password.foreign_special", rule.specials.clause, {"allowed": allowed}))
    for name in rule.required.value:
        key, pattern = _CLASSES[name]
        if pattern.search(password) is None:
            violations.append(Violation(key, rule.required.clause))
    return violations
