"""What a new entry is made of."""

from __future__ import annotations


def addModlist(entry):  # noqa: N802 python-ldap's own name
    """Return pairs of attribute and values."""
    return list(entry.items())
