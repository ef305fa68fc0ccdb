"""Shared applications that sign people in through the portal or the directory (CT-3.2), as an inventory declares them.

Each protocol has keys of its own. What is wrong is said with the place of the value, before any host is touched.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree import ElementTree

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import PROJECT
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import joined, nearest, variable_problems

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys

PROTOCOLS = ("oidc", "saml", "cas", "ldap")
# What a token may tell of a person. The scope that opens mailboxes is not among them: no shared application gets it.
SCOPES = ("openid", "profile", "email")
# Those of a key that the portal publishes; one shared with the application would let it write tokens of its own.
ALGORITHMS = ("RS256", "RS384", "RS512")
# The system's own clients, and an account that the check of the directory's access rules uses.
RESERVED = ("dovecot", "portal", "webmail")

_NAME = re.compile(r"[a-z][a-z0-9-]{0,30}[a-z0-9]")
_REGISTER_ID = re.compile(r"[a-z0-9][a-z0-9._-]*")
_HOST = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?[.])+[a-z0-9-]{2,63}")
# Neither white space, which would part one address from the next, nor what means something to whoever reads the configuration.
_PATH = re.compile(r"[A-Za-z0-9._~/%:@!,;=&?+-]*")
_SAML = "{urn:oasis:names:tc:SAML:2.0:metadata}"


@dataclass(frozen=True, slots=True)
class SsoClient:
    """A shared application.

    Attributes:
        name: Its short name: the client's id, the directory's account, the secret's name.
        protocol: How it signs people in.
        title: What people see in the portal's menu.
        url: Where it is.
        agencies: Whose people may use it, by the register's ids; everybody's where empty and `administrators` is false.
        administrators: Whether administrators may use it whatever their agency, and nobody else where there are no agencies.
        redirect_uris: Of OpenID Connect, where people come back to.
        scopes: Of OpenID Connect, what it may ask for.
        sign_out_url: Of OpenID Connect, what the portal opens in a frame when somebody signs out.
        public: Of OpenID Connect, whether it runs on people's devices and so can keep no secret (PKCE in its place).
        id_token_alg: Of OpenID Connect, how the portal signs.
        metadata_file: Of SAML, the application's description.
        services: Of CAS, the addresses that a ticket may be made for.
        networks: Of LDAP, from where it asks the directory.
    """

    name: str
    protocol: str
    title: str
    url: str
    agencies: tuple[str, ...] = ()
    administrators: bool = False
    redirect_uris: tuple[str, ...] = ()
    scopes: tuple[str, ...] = SCOPES
    sign_out_url: str = ""
    public: bool = False
    id_token_alg: str = ALGORITHMS[0]
    metadata_file: str = ""
    services: tuple[str, ...] = ()
    networks: tuple[str, ...] = ()

    @property
    def secret_name(self) -> str | None:
        """The variable of its secret, None where it has none."""
        needs = self.protocol == "ldap" or (self.protocol == "oidc" and not self.public)
        return f"secret_sso_{self.name.replace('-', '_')}" if needs else None


def _text(value: object) -> None:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise CoreError("sso.text")


def _name(value: object) -> None:
    if not isinstance(value, str) or _NAME.fullmatch(value) is None:
        raise CoreError("sso.name")
    if value in RESERVED:
        raise CoreError("sso.reserved", reserved=joined(RESERVED))


def _url(value: object) -> None:
    try:
        parts = urlsplit(value) if isinstance(value, str) else None
        right = parts is not None and (parts.port is None or parts.port > 0)
    except ValueError:
        right = False
    if (
        not right
        or parts is None
        or parts.scheme != "https"
        or "@" in parts.netloc
        or _HOST.fullmatch(parts.netloc.rpartition(":")[0] if ":" in parts.netloc else parts.netloc) is None
        or parts.fragment
        or "#" in str(value)
        or _PATH.fullmatch(str(value).removeprefix("https://")) is None
    ):
        raise CoreError("sso.url")


def _flag(value: object) -> None:
    if not isinstance(value, bool):
        raise CoreError("inventory.type", allowed="bool")


def _register_id(value: object) -> None:
    if not isinstance(value, str) or _REGISTER_ID.fullmatch(value) is None:
        raise CoreError("sso.agency")


def _network(value: object) -> None:
    try:
        network = ipaddress.ip_network(value) if isinstance(value, str) else None
    except ValueError:
        network = None
    # The whole Internet is nobody's network.
    if network is None or network.prefixlen == 0:
        raise CoreError("sso.network")


def _one_of(*allowed: str) -> Callable[[object], None]:
    def check(value: object) -> None:
        if value not in allowed:
            raise CoreError("inventory.choice", allowed=joined(allowed))

    return check


def metadata_path(value: str) -> Path:
    """Return where a file of the inventory stands, named from the top of the project."""
    return PROJECT / value


def _metadata(value: object) -> None:
    if not isinstance(value, str) or not value:
        raise CoreError("sso.metadata_missing")
    path = metadata_path(value)
    try:
        # The operator's own file; it comes from no stranger.
        root = ElementTree.fromstring(path.read_bytes())  # noqa: S314
    except OSError:
        raise CoreError("sso.metadata_missing") from None
    except ElementTree.ParseError as error:
        raise CoreError("sso.metadata_xml", reason=error) from None
    if root.tag != f"{_SAML}EntityDescriptor" or not root.get("entityID"):
        raise CoreError("sso.metadata_entity")
    services = root.findall(f"{_SAML}SPSSODescriptor/{_SAML}AssertionConsumerService")
    if not services:
        raise CoreError("sso.metadata_entity")
    for service in services:
        if not (service.get("Location") or "").startswith("https://"):
            raise CoreError("sso.metadata_https", location=service.get("Location") or "-")


@dataclass(frozen=True, slots=True)
class _Key:
    """What a key of an entry takes: one value that passes the check, or several."""

    check: Callable[[object], None]
    required: bool = False
    several: bool = False


_COMMON = {
    "name": _Key(_name, required=True),
    "protocol": _Key(_one_of(*PROTOCOLS), required=True),
    "title": _Key(_text, required=True),
    "url": _Key(_url, required=True),
}
_WHO = {"agencies": _Key(_register_id, several=True), "administrators": _Key(_flag)}
KEYS: dict[str, dict[str, _Key]] = {
    "oidc": {
        **_COMMON,
        **_WHO,
        "redirect_uris": _Key(_url, required=True, several=True),
        "scopes": _Key(_one_of(*SCOPES), several=True),
        "sign_out_url": _Key(_url),
        "public": _Key(_flag),
        "id_token_alg": _Key(_one_of(*ALGORITHMS)),
    },
    "saml": {**_COMMON, **_WHO, "metadata_file": _Key(_metadata, required=True)},
    "cas": {**_COMMON, **_WHO, "services": _Key(_url, required=True, several=True)},
    # The directory lets an application see everybody who may sign in; whom it serves it decides itself.
    "ldap": {**_COMMON, "networks": _Key(_network, required=True, several=True)},
}

type Found = Iterator[tuple[Keys, CoreError, object]]


def _values(place: Keys, key: _Key, value: object) -> Found:
    """Yield what is wrong with the value of a key."""
    if key.several and not isinstance(value, list):
        yield place, CoreError("inventory.type", allowed="list"), value
        return
    several = value if key.several and isinstance(value, list) else [value]
    if key.several and not several:
        yield place, CoreError("sso.none"), None
    for number, each in enumerate(several):
        try:
            key.check(each)
        except CoreError as error:
            yield (*place, number) if key.several else place, error, each


def _entry(place: Keys, entry: object) -> Found:
    """Yield what is wrong with one entry by itself."""
    if not isinstance(entry, dict):
        yield place, CoreError("inventory.type", allowed="dict"), entry
        return
    protocol = entry.get("protocol")
    keys = KEYS.get(protocol) if isinstance(protocol, str) else None
    if keys is None:
        wrong = CoreError("inventory.choice", allowed=joined(PROTOCOLS))
        yield (
            ((*place, "protocol"), wrong, protocol)
            if "protocol" in entry
            else (
                place,
                CoreError("schema.missing_key", missing="protocol"),
                None,
            )
        )
        return
    for name in entry:
        if name not in keys:
            error = CoreError("sso.unknown", protocol=protocol, near=nearest(str(name), keys), allowed=joined(keys))
            yield (*place, str(name)), error, entry[name]
    for name, key in keys.items():
        if name in entry:
            yield from _values((*place, name), key, entry[name])
        elif key.required:
            yield place, CoreError("schema.missing_key", missing=name), None
    scopes = entry.get("scopes")
    if isinstance(scopes, list) and "openid" not in scopes:
        yield (*place, "scopes"), CoreError("sso.openid"), None


def _all(entries: object) -> Found:
    """Yield what is wrong with the entries."""
    if not isinstance(entries, list):
        yield (), CoreError("inventory.type", allowed="list"), entries
        return
    names: set[object] = set()
    for number, entry in enumerate(entries):
        yield from _entry((number,), entry)
        name = entry.get("name") if isinstance(entry, dict) else None
        # The secret's name has no hyphens, so two that differ in these alone would share it.
        same = name.replace("-", "_") if isinstance(name, str) else None
        if same is not None and same in names:
            yield (number, "name"), CoreError("sso.twice"), name
        names.add(same)


def sso_problems(
    entries: object, place: Callable[[Keys], tuple[Path | None, int | None]] = lambda _: (None, None)
) -> list[Problem]:
    """Return what is wrong with the variable `sso_clients`.

    Args:
        entries: Its value.
        place: File and line of a value within it, by its keys.
    """
    return variable_problems("sso_clients", _all(entries), place)


def read_clients(entries: Any) -> tuple[SsoClient, ...]:  # noqa: ANN401  # any YAML value
    """Return the applications that the variable `sso_clients` declares.

    Raises:
        ProblemsError: Something is wrong with it.
    """
    problems = sso_problems(entries)
    if problems:
        raise ProblemsError(problems)
    found: list[SsoClient] = []
    for entry in entries:
        values: dict[str, Any] = {
            key: tuple(value) if isinstance(value, list) else value for key, value in entry.items()
        }
        found.append(SsoClient(**values))
    return tuple(found)


def required_secrets(clients: tuple[SsoClient, ...]) -> list[dict[str, str]]:
    """Return what `playbooks/secrets.yml` makes for the applications: name and kind of each secret."""
    found = [{"name": client.secret_name, "kind": "password"} for client in clients if client.secret_name is not None]
    if any(client.protocol == "saml" for client in clients):
        found.append({"name": "secret_portal_saml_key", "kind": "rsa_key"})
    return found


def directory_accounts(clients: tuple[SsoClient, ...], secrets: dict[str, str]) -> list[dict[str, str]]:
    """Return the service accounts below ``ou=services`` of the applications that ask the directory itself.

    Args:
        clients: All applications.
        secrets: The secrets by name; one that is not there yet is empty, which the directory never gets to see.
    """
    return [
        {"name": f"app-{client.name}", "password": secrets.get(client.secret_name or "", "")}
        for client in clients
        if client.protocol == "ldap"
    ]
