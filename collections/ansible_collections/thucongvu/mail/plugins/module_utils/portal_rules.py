"""Password rules as the sign-in portal needs them: a line to show and a check for each part of a rule (CT-10.3, CT-11.4).

The portal's Perl and a browser's script read the patterns, so they keep to what both take in the same way. What a pattern
cannot say, of whose account or name a password holds, the portal looks for with the words of the directory's entry. Nothing
there knows a date of birth; that line is only shown, and :func:`check_password` alone looks for it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import LANGUAGES, sentence
from ansible_collections.thucongvu.mail.plugins.module_utils.password_owner import LEAST_LETTERS, READ_AS
from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import CHARACTERS, HOLDS, MISSING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import (
        CharacterClass,
        Cited,
        PasswordRule,
        Regulation,
    )

_ONE_OF: Mapping[CharacterClass, str] = {
    "upper": "[A-Z]",
    "lower": "[a-z]",
    "digit": "[0-9]",
    "special": r"[!-/:-@\[-`{-~]",
}


@dataclass(frozen=True, slots=True)
class _Line:
    """One part of a rule: its message, what the regulation says, and how a password is tried against it."""

    key: str
    said: Cited[Any]
    values: Mapping[str, object]
    check: Mapping[str, str]

    def as_data(self) -> dict[str, str]:
        """Return the part as the portal reads it."""
        words = {name: sentence(self.key, name, clause=self.said.source, **self.values) for name in LANGUAGES}
        return {"key": self.key, **self.check, **words}


def _escaped(signs: str) -> str:
    """Return signs as they stand within the brackets of a pattern."""
    return "".join(f"\\{sign}" for sign in signs)


def _lines(rule: PasswordRule) -> Iterator[_Line]:
    length = rule.min_length
    yield _Line("password.too_short", length, {"least": length.value}, {"needs": rf"^[\s\S]{{{length.value}}}"})
    for name in rule.required.value:
        yield _Line(MISSING[name], rule.required, {}, {"needs": _ONE_OF[name]})
    yield _Line("password.not_ascii", rule.specials, {}, {"refuses": "[^ -~]"})
    allowed = rule.specials.value
    if allowed is not None:
        foreign = "".join(sign for sign in CHARACTERS["special"] if sign not in allowed)
        yield _Line(
            "password.foreign_special", rule.specials, {"allowed": allowed}, {"refuses": f"[{_escaped(foreign)}]"}
        )
    for content in rule.forbidden.value:
        yield _Line(HOLDS[content], rule.forbidden, {}, {"holds": content})
    if rule.history.value:
        # slapd alone knows those of before.
        yield _Line("password.in_history", rule.history, {"count": rule.history.value}, {})


def portal_rules(regulation: Regulation) -> dict[str, Any]:
    """Return the password rules of all classes of mailboxes as data.

    Args:
        regulation: The regulation.

    Returns:
        ``classes``: by the name of the directory's password policy, lines with ``key``, ``vi``, ``en``, and one of ``needs``
        (a pattern that has to be found), ``refuses`` (one that may not be) and ``holds`` (``account``, ``name``,
        ``birth_date``). ``read_as``: signs that stand for letters. ``least_letters``: of a word that is looked for.
        ``second_factor``: the classes that sign in with one, whether they want to or not.
    """
    return {
        "classes": {name: [line.as_data() for line in _lines(rule)] for name, rule in regulation.passwords.items()},
        "least_letters": LEAST_LETTERS,
        "read_as": dict(READ_AS),
        "second_factor": [
            name for name, rule in regulation.passwords.items() if rule.second_factor.value.use == "required"
        ],
    }
