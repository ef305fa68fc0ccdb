"""An address as a list gives it: taken as it stands, or everything that is wrong with it; it is never mended."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import valid_local_part
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.text import check

if TYPE_CHECKING:
    from collections.abc import Iterator

_BETWEEN_WORDS = re.compile(r"[\x00-\x2f:-@\[-`{-\x7f\s]+")
_CLEAN = re.compile(r"[!-+\--~]*")


def _wrong_signs(text: str) -> Iterator[CoreError]:
    """Yield what stands in an address that no address has, each kind once."""
    if re.search(r"\s", text):
        yield CoreError("import.address_space")
    if "," in text:
        yield CoreError("import.address_comma")
    if not text.isascii():
        try:
            # Word by word: behind a vowel, an address's dot would pass for a mark of VIQR.
            for word in _BETWEEN_WORDS.split(text):
                check(word)
        except CoreError as error:
            yield error
        else:
            yield CoreError("import.address_marks")


def _wrong_domain(found: str, domain: str) -> CoreError | None:
    if found == domain:
        return None
    key = "import.address_cut" if domain.startswith(found) else "import.address_foreign"
    return CoreError(key, found=found or "-", domain=domain)


def read_address(text: str, domain: str) -> tuple[str, list[CoreError]]:
    """Return an address's local part, small, and what is wrong with it; the local part is empty when anything is.

    Mail takes no notice of capitals, so Nvminh@CANTHO.GOV.VN is nvminh.

    Args:
        text: The cell. Spaces and line breaks around the address are the cell's, not the address's.
        domain: The province's mail domain.
    """
    text = text.strip()
    if not text:
        return "", [CoreError("import.address_missing")]
    if text.count("@") > 1:
        return "", [CoreError("import.address_several")]
    wrong = list(_wrong_signs(text))
    local, at, found = text.lower().partition("@")
    if not at:
        wrong.append(CoreError("import.address_without_domain", domain=domain))
    elif _CLEAN.fullmatch(found) and (error := _wrong_domain(found, domain)) is not None:
        wrong.append(error)
    if _CLEAN.fullmatch(local) and not valid_local_part(local):
        wrong.append(CoreError("register.address_form"))
    return ("", wrong) if wrong else (local, [])
