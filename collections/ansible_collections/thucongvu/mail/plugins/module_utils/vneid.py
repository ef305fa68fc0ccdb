"""VNeID as a second way to sign in (BP-9): an OpenID Connect provider above the portal, off unless an inventory has it.

What the provider says of itself lies in the inventory as two files, so that whom the portal believes is decided there and not by
whoever answers under the provider's name on the day of a deployment.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import PROJECT
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import joined, nearest, variable_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys

# OpenID Connect Discovery 1.0, 3: what a sign-in cannot do without.
METADATA = ("issuer", "authorization_endpoint", "token_endpoint", "jwks_uri")
_CLAIM = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")


@dataclass(frozen=True, slots=True)
class Vneid:
    """The provider as an inventory describes it.

    Attributes:
        client_id: The name that the provider gave the portal.
        metadata_file: What the provider publishes at ``/.well-known/openid-configuration``.
        keys_file: Its public keys (JWK Set, RFC 7517).
        claim: The claim of the ID token that stands in the directory as ``tcvIdentitySubject``.
    """

    client_id: str
    metadata_file: str
    keys_file: str
    claim: str = "sub"

    def read(self, file: str) -> str:
        """Return what a file of the inventory says, without its layout."""
        return json.dumps(json.loads((PROJECT / file).read_text(encoding="utf-8")), sort_keys=True)


def _text(value: object) -> None:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise CoreError("sso.text")


def _claim(value: object) -> None:
    if not isinstance(value, str) or _CLAIM.fullmatch(value) is None:
        raise CoreError("sso.vneid_claim")


def _json_with(*needed: str) -> Callable[[object], None]:
    def check(value: object) -> None:
        try:
            text = (PROJECT / str(value)).read_text(encoding="utf-8")
        except (OSError, ValueError):
            raise CoreError("sso.vneid_file") from None
        try:
            content = json.loads(text)
        except ValueError:
            content = None
        missing = [name for name in needed if not isinstance(content, dict) or not content.get(name)]
        if missing:
            raise CoreError("sso.vneid_json", missing=joined(missing))

    return check


KEYS: dict[str, Callable[[object], None]] = {
    "client_id": _text,
    "metadata_file": _json_with(*METADATA),
    "keys_file": _json_with("keys"),
    "claim": _claim,
}
_OPTIONAL = ("claim",)


def _all(value: object) -> Iterator[tuple[Keys, CoreError, object]]:
    if not isinstance(value, dict):
        yield (), CoreError("inventory.type", allowed="dict"), value
        return
    for name in value:
        if name not in KEYS:
            yield (
                (str(name),),
                CoreError("sso.vneid_unknown", near=nearest(str(name), KEYS), allowed=joined(KEYS)),
                None,
            )
    for name, check in KEYS.items():
        if name in value:
            try:
                check(value[name])
            except CoreError as error:
                yield (name,), error, value[name]
        elif value and name not in _OPTIONAL:
            yield (), CoreError("schema.missing_key", missing=name), None


def vneid_problems(
    value: object, place: Callable[[Keys], tuple[Path | None, int | None]] = lambda _: (None, None)
) -> list[Problem]:
    """Return what is wrong with the variable `vneid`.

    Args:
        value: Its value; an empty one switches VNeID off.
        place: File and line of a value within it, by its keys.
    """
    return variable_problems("vneid", _all(value), place)


def read_vneid(value: Any) -> Vneid | None:  # noqa: ANN401  # any YAML value
    """Return the provider that the variable `vneid` describes, None where it is off.

    Raises:
        ProblemsError: Something is wrong with it.
    """
    problems = vneid_problems(value)
    if problems:
        raise ProblemsError(problems)
    return Vneid(**value) if value else None
