"""A regulation's password rules as the attributes of OpenLDAP's password policies, each with its source.

The names are those of draft-behera-ldap-password-policy-10 and, for the checker, of the module ppm, as OpenLDAP 2.6 has
them (slapo-ppolicy(5), slapm-ppm(5)). The entry of a policy needs beside them ``pwdAttribute: userPassword`` and the
object classes ``pwdPolicy`` and ``pwdPolicyChecker``.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.password_reminders import DAYS
from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import CHARACTERS
from ansible_collections.thucongvu.mail.plugins.module_utils.terms import Term

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import (
        CharacterClass,
        Cited,
        Forbidden,
        LockRule,
        PasswordRule,
        Regulation,
    )

_DAY = Term(1, "days").seconds(1)
# How long before its end a directory speaks of it: from the first reminder on, and for half of a shorter age.
_WARNED_DAYS = max(DAYS)

_PPM_CLASSES: Mapping[CharacterClass, str] = {
    "upper": "class-upperCase",
    "lower": "class-lowerCase",
    "digit": "class-digit",
    "special": "class-special",
}
# A date of birth does not stand in the directory; only check_password can look for it.
_PPM_ATTRIBUTES: Mapping[Forbidden, str] = {"account": "mail", "name": "cn,tcvPlainName"}


def _of(said: Cited[Any], value: str | int | bool) -> Cited[str]:
    """Return a value as the directory writes it, with the source of what the regulation says."""
    return replace(said, value=str(value).upper() if isinstance(value, bool) else str(value))


def ppm_arguments(rule: PasswordRule) -> str:
    """Return the configuration of ppm, one parameter a line: classes, allowed signs and what an entry forbids.

    It compares names letter by letter, so the entry holds the name without marks beside the name. What ppm leaves to
    :func:`check_password`: it takes a local part with a dot as one word, and knows no dates of birth.

    Args:
        rule: The rule of a class of mailboxes.
    """
    allowed = rule.specials.value
    foreign = "" if allowed is None else "".join(sign for sign in CHARACTERS["special"] if sign not in allowed)
    attributes = [_PPM_ATTRIBUTES[name] for name in rule.forbidden.value if name in _PPM_ATTRIBUTES]
    parameters = {
        # What a class needs stands with the class; ppm's own default asks for points besides.
        "minQuality": "0",
        # An entry is named after the register's id, which nobody would choose.
        "checkRDN": "0",
        "checkAttributes": ",".join(attributes),
        "forbiddenChars": foreign,
        "maxConsecutivePerClass": "0",
        "useCracklib": "0",
    }
    lines = [f"{name} {value}".rstrip() for name, value in parameters.items()]
    lines.extend(
        f"{ppm_class} {CHARACTERS[name]} {int(name in rule.required.value)} 1 0"
        for name, ppm_class in _PPM_CLASSES.items()
    )
    return "".join(f"{line}\n" for line in lines)


def _lock(lock: LockRule) -> dict[str, Cited[str]]:
    """Return when an account is locked (BP-6.2d)."""
    wrong = lock.wrong_passwords
    found = {"pwdLockout": _of(wrong, wrong.value is not None)}
    if wrong.value is not None:
        # Only together: a number without pwdLockout locks nobody.
        found["pwdMaxFailure"] = _of(wrong, wrong.value)
        # Wrong ones in a row: nothing but a right one begins the count anew.
        found["pwdFailureCountInterval"] = _of(wrong, 0)
        found["pwdLockoutDuration"] = _of(lock.duration, lock.duration.value or 0)
    return found


def policy_attributes(rule: PasswordRule, lock: LockRule) -> dict[str, Cited[str]]:
    """Return the attributes of one password policy (CT-10.3, CT-11.4, BP-6.2d, BP-9), by name.

    Args:
        rule: The rule of a class of mailboxes.
        lock: When accounts are locked.

    Returns:
        Each value as the directory writes it (seconds, counts, ``TRUE``), with the clause of the rule that it follows.
    """
    age = rule.max_age
    days = age.value or 0
    return {
        "pwdMinLength": _of(rule.min_length, rule.min_length.value),
        # 2 refuses what cannot be checked (a hash), so that no way to change a password goes around the rule.
        "pwdCheckQuality": _of(rule.required, 2),
        "pwdUseCheckModule": _of(rule.required, value=True),
        "pwdCheckModuleArg": _of(rule.required, ppm_arguments(rule)),
        "pwdInHistory": _of(rule.history, rule.history.value),
        "pwdMaxAge": _of(age, days * _DAY),
        "pwdExpireWarning": _of(age, min(_WARNED_DAYS * _DAY, days * _DAY // 2)),
        # Mail programs eat grace sign-ins without showing anything.
        "pwdGraceAuthNLimit": _of(age, 0),
        "pwdMustChange": _of(rule.change_on_receipt, rule.change_on_receipt.value),
        "pwdAllowUserChange": _of(rule.change_on_receipt, value=True),
        # Where the old password is asked for is the page on which it is changed; with TRUE nobody could set a forgotten one anew.
        "pwdSafeModify": _of(rule.change_on_receipt, value=False),
        **_lock(lock),
    }


def password_policies(regulation: Regulation) -> dict[str, dict[str, Cited[str]]]:
    """Return the password policy of each class of mailboxes that the regulation has rules for.

    Args:
        regulation: The regulation.

    Returns:
        By ``person``, ``unit``, ``agency``, and each further kind of agency or role; see :func:`policy_attributes`.
    """
    return {name: policy_attributes(rule, regulation.lock) for name, rule in regulation.passwords.items()}
