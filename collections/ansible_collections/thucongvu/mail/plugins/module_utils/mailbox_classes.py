"""Classes of mailboxes by name: person, unit, agency, a kind of agency, or a role that a regulation has rules for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Cited, PasswordRule, Regulation


def _of_class[T](regulation: Regulation, rules: Mapping[str, T], name: str) -> T:
    if name in rules:
        return rules[name]
    if name in regulation.kinds:
        return rules["agency"]
    allowed = ", ".join(dict.fromkeys((*rules, *regulation.kinds)))
    raise CoreError("regulation.unknown_class", regulation=regulation.id, name=name, allowed=allowed)


def quota_of_class(regulation: Regulation, name: str) -> Cited[int | None]:
    """Return the quota of a class of mailboxes (CT-4.1); of a kind of agency its own, where the regulation has one.

    Args:
        regulation: The regulation.
        name: ``person``, ``unit``, ``agency``, a kind of agency or a role.

    Raises:
        CoreError: ``regulation.unknown_class``: no such class; it says which there are.
    """
    return _of_class(regulation, regulation.quotas, name)


def password_rule_of_class(regulation: Regulation, name: str) -> PasswordRule:
    """Return the password rule of a class of mailboxes (CT-10.3, CT-11.4); see :func:`quota_of_class`.

    Args:
        regulation: The regulation.
        name: ``person``, ``unit``, ``agency``, a kind of agency or a role.

    Raises:
        CoreError: ``regulation.unknown_class``: no such class; it says which there are.
    """
    return _of_class(regulation, regulation.passwords, name)
