"""One name's candidates as plain data, and which of them is issued when some addresses are taken.

The register's plan (register_plan) looks at all names at once; this is for who asks about one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import Candidate, Numbering
from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import AddressBook, Holder, HolderKind
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Template

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation

_HOLDER_KINDS: tuple[HolderKind, ...] = get_args(HolderKind.__value__)


def candidate_data(candidate: Candidate) -> dict[str, Any]:
    """Return a candidate as plain data, with whether more numbers follow."""
    numbering = candidate.numbering
    return {
        "address": candidate.address,
        "clause": candidate.clause,
        "why": candidate.why,
        "step": candidate.step,
        "on_request": candidate.on_request,
        "when_taken_by": sorted(candidate.when_taken_by),
        "numbered": numbering is not None,
        "numbering": None if numbering is None else numbering._asdict(),
    }


def read_candidate(data: object, position: int) -> Candidate:
    """Return the candidate that plain data stand for, without the parts that its form was made of.

    Args:
        data: What :func:`candidate_data` returned.
        position: Which of a list it is, from 1, for the message.

    Raises:
        CoreError: ``address.no_candidate``: something else.
    """
    try:
        values = dict(data)  # type: ignore[call-overload]  # what is no mapping is refused below
        form = Template(
            (), values["clause"], values["why"], bool(values["on_request"]), frozenset(values["when_taken_by"])
        )
        numbering = Numbering(**values["numbering"]) if values["numbering"] else None
        return Candidate(str(values["address"]), form, int(values["step"]), numbering)
    except (TypeError, ValueError, KeyError):
        raise CoreError("address.no_candidate", position=position) from None


def _holder(regulation: Regulation, address: str, kind: str) -> Holder:
    if kind in regulation.kinds:
        return Holder("agency", address, address, agency_kind=kind)
    for known in _HOLDER_KINDS:
        if kind == known:
            return Holder(known, address, address)
    allowed = ", ".join((*_HOLDER_KINDS, *regulation.kinds))
    raise CoreError("address.unknown_holder", address=address, kind=kind, allowed=allowed)


def issued_candidate(
    regulation: Regulation, candidates: Sequence[Candidate], taken: Mapping[str, str | None]
) -> Candidate | None:
    """Return the candidate that is issued, None when the operator has to choose (CT-4.2d).

    Forms on request are passed over, those for who meets certain holders only where one of these is met (CB-7.3a), numbers
    are counted up (CB-7.3b), and the regulation's functions and reserved addresses are taken always.

    Args:
        regulation: The regulation.
        candidates: The forms in their order.
        taken: Addresses that somebody has, each with who: a kind of agency, ``agency``, ``unit``, ``person``, ``function``
            or ``reserved``; None where that is not known. What stands behind an ``@`` does not count.

    Raises:
        CoreError: ``address.unknown_holder``: no such holder. ``address.holder_needed``: the answer depends on who has an
            address, and that is not known.
    """
    book = AddressBook.of(regulation)
    wanted = {candidate.address for candidate in candidates}
    depends = any(candidate.when_taken_by for candidate in candidates)
    for address, kind in taken.items():
        local_part = address.partition("@")[0].lower()
        if kind is None and depends and local_part in wanted:
            raise CoreError("address.holder_needed", address=local_part)
        # Who has it makes no difference where it is not known and no form asks.
        book.claim(local_part, _holder(regulation, local_part, kind or "agency"))
    return book.first_free(candidates)[0]
