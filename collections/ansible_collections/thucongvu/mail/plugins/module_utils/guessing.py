"""Networks and addresses from where passwords are guessed, as an operator names them; and the words of the alert."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import LANGUAGES, sentence
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, Problem
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import variable_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys

# What only the program on the host knows stays a placeholder.
_LATER = {name: f"{{{name}}}" for name in ("source", "count", "protocols", "minutes")}


def trusted_network(value: object) -> str:
    """Return a network as it is written everywhere.

    Raises:
        CoreError: It is none, or so large that it takes in strangers.
    """
    try:
        network = ipaddress.ip_network(value) if isinstance(value, str) else None
    except ValueError as error:
        raise CoreError("guessing.network", reason=error) from None
    if network is None:
        raise CoreError("guessing.network", reason=type(value).__name__)
    # Larger ones are a whole operator's, 2000::/3 or the Internet itself: nobody there would ever be refused.
    if network.prefixlen < (8 if network.version == 4 else 16):
        raise CoreError("guessing.too_large")
    return str(network)


def _all(value: object) -> Iterator[tuple[Keys, CoreError, object]]:
    if not isinstance(value, list):
        yield (), CoreError("inventory.type", allowed="list"), value
        return
    for number, each in enumerate(value):
        try:
            trusted_network(each)
        except CoreError as error:
            yield (number,), error, each


def trusted_network_problems(
    value: object, place: Callable[[Keys], tuple[Path | None, int | None]] = lambda _: (None, None)
) -> list[Problem]:
    """Return what is wrong with the variable `trusted_networks`.

    Args:
        value: Its value.
        place: File and line of a value within it, by its keys.
    """
    return variable_problems("trusted_networks", _all(value), place)


def source_address(value: str) -> str:
    """Return the address of one source in the form in which the firewall has it.

    Raises:
        CoreError: It is no address.
    """
    try:
        return str(ipaddress.ip_address(value.strip()))
    except ValueError:
        raise CoreError("guessing.source", source=repr(value)) from None


def alert_words(host: str) -> dict[str, str]:
    """Return the words of the alert by part (sign_in_guard.Words): Vietnamese first, English below it.

    Args:
        host: The host's name.
    """
    bodies = [sentence("guessing.alert_body", language, host=host, **_LATER) for language in LANGUAGES]
    return {
        "subject": " / ".join(
            sentence("guessing.alert_subject", language, source=_LATER["source"]) for language in LANGUAGES
        ),
        "body": "\n\n– – –\n\n".join(bodies) + "\n",
        "sender_name": sentence("guessing.alert_sender", "vi"),
        "portal": sentence("guessing.portal", "vi"),
        "mailbox": sentence("guessing.mailbox", "vi"),
    }
