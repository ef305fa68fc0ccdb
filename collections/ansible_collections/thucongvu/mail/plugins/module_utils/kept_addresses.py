"""Addresses that stay though the rules would now give others: an issued address never changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import form_of
from ansible_collections.thucongvu.mail.plugins.module_utils.explain import Entry, candidates_of, entries
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import RegisterForms

if TYPE_CHECKING:
    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Register
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation


@dataclass(frozen=True, slots=True)
class Kept:
    """An issued address that is on no form of the regulation.

    Attributes:
        entry: Whose it is.
        form: The first form that the regulation gives the name; None where it leaves it to the operator.
    """

    entry: Entry
    form: str | None


def kept_addresses(register: Register, regulation: Regulation) -> tuple[Kept, ...]:
    """Return the issued addresses that a regulation would not give; they stay as they are. Linear in the register's size.

    Args:
        register: The register.
        regulation: The regulation that holds now.
    """
    forms = RegisterForms(register, regulation)
    found: list[Kept] = []
    for entry in entries(register):
        if entry.address:
            candidates = candidates_of(entry, forms)
            if form_of(candidates, entry.address) is None:
                issued = (candidate.address for candidate in candidates if not candidate.on_request)
                found.append(Kept(entry, next(issued, None)))
    return tuple(found)
