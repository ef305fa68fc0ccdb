"""What of its owner may not stand in a password: account, name, date of birth (regulations' `passwords.*.forbidden`)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.text import unaccented

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Forbidden

# Shorter ones (an, vu) stand in too many passwords by chance.
LEAST_LETTERS = 3
# One reading for each sign that commonly stands for a letter; more readings would refuse more than they find.
READ_AS: Mapping[str, str] = dict(zip("0134578@$!", "oieastbasi", strict=True))
_TRANSLATE = str.maketrans(dict(READ_AS))
_BORN = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_BETWEEN_DIGITS = re.compile(r"(?<=[0-9])[^0-9A-Za-z](?=[0-9])")


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose password it is; what is empty is not looked for.

    Attributes:
        account: The address; what stands behind the ``@`` does not count.
        full_name: The name of the person, unit or agency, as it is written.
        born: The date of birth as the register has it: ``1990-03-25``, ``1990-03`` or ``1990``.
    """

    account: str = ""
    full_name: str = ""
    born: str = ""


def _account(owner: Owner) -> set[str]:
    local_part = owner.account.partition("@")[0].lower()
    return {local_part, *re.findall("[a-z]+", local_part)}


def _name(owner: Owner) -> set[str]:
    letters = unaccented(owner.full_name).replace("'", "").lower()
    syllables = re.findall("[a-z]+", letters)
    return {"".join(syllables), *syllables}


def _birth_date(owner: Owner) -> set[str]:
    """Return the year, and day and month in both orders: every longer way to write a date has one of these in it."""
    if not owner.born:
        return set()
    found = _BORN.fullmatch(owner.born)
    if found is None:
        raise CoreError("register.born")
    year, month, day = found.groups()
    return {year} if day is None else {year, day + month, month + day}


_CONTENTS = {"account": _account, "name": _name, "birth_date": _birth_date}


class ForbiddenContents:
    """What a rule forbids in the passwords of one owner, made ready for many passwords."""

    def __init__(self, forbidden: Iterable[Forbidden], owner: Owner) -> None:
        """Take an owner apart.

        Args:
            forbidden: What a rule forbids.
            owner: Whose password it is.

        Raises:
            CoreError: ``register.born``: no date of birth; as :func:`unaccented`: the name is no Vietnamese text.
        """
        self._words = {
            name: {word for word in _CONTENTS[name](owner) if len(word) >= LEAST_LETTERS} for name in forbidden
        }

    def found(self, password: str) -> list[Forbidden]:
        """Return what a password has of its owner, in the order of the rule.

        - ``account``: the local part, or a run of at least three letters in it (``vanphong.sokhdt``).
        - ``name``: a syllable of at least three letters without marks, or the whole name in one word.
        - ``birth_date``: the year; day and month in either order, also with a sign between (``25/03``).

        Case does not count, nor do digits and signs that stand for letters (``M1nh``, ``@n``).
        """
        small = password.lower()
        digits = _BETWEEN_DIGITS.sub("", small)
        readings = (small, digits, small.translate(_TRANSLATE))
        return [name for name, words in self._words.items() if any(word in text for word in words for text in readings)]
