"""LemonLDAP::NG's configuration for shared applications and for VNeID."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import sentence
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import public_pem_of
from ansible_collections.thucongvu.mail.plugins.module_utils.sso_clients import SCOPES, metadata_path

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.sso_clients import SsoClient
    from ansible_collections.thucongvu.mail.plugins.module_utils.vneid import Vneid

type Keys = dict[str, Any]

# What applications are told of a person, by the name that they see: the portal's name of it. `uid` is the register's id, which
# outlives a change of address.
_PROFILE = {
    "name": "cn",
    "family_name": "sn",
    "given_name": "givenName",
    "preferred_username": "mail",
    "title": "title",
    "agency": "agency",
    "agency_name": "o",
}
_EMAIL = {"email": "mail"}
_ADMINISTRATORS = 'inGroup("administrators")'


def rule_of(client: SsoClient) -> str:
    """Return the portal's rule of who may use an application; whoever signs in has an active account."""
    rules = [f'$agency eq "{agency}"' for agency in client.agencies]
    if client.administrators:
        rules.append(_ADMINISTRATORS)
    return " or ".join(rules) or "1"


def secret_of(name: str, secrets: Mapping[str, str]) -> str:
    """Return a secret.

    Raises:
        CoreError: It has not been made.
    """
    if not secrets.get(name):
        raise CoreError("sso.no_secret", name=name)
    return secrets[name]


def _oidc(client: SsoClient, secrets: Mapping[str, str]) -> Keys:
    prefix = "oidcRPMetaDataOptions"
    options: Keys = {
        "ClientID": client.name,
        "ClientSecret": "" if client.secret_name is None else secret_of(client.secret_name, secrets),
        "Public": int(client.public),
        "RequirePKCE": int(client.public),
        "RedirectUris": " ".join(client.redirect_uris),
        "PostLogoutRedirectUris": client.url,
        "LogoutUrl": client.sign_out_url,
        "LogoutType": "front",
        "LogoutSessionRequired": 1,
        "LogoutBypassConfirm": 1,
        "IDTokenSignAlg": client.id_token_alg,
        "IDTokenForceClaims": 1,
        "BypassConsent": 1,
        "AccessTokenExpiration": 300,
        "UserIDAttr": "uid",
        "Rule": rule_of(client),
    }
    return {
        "oidcRPMetaDataOptions": {client.name: {f"{prefix}{name}": value for name, value in options.items()}},
        "oidcRPMetaDataExportedVars": {client.name: _PROFILE | _EMAIL},
        "oidcRPMetaDataOptionsExtraClaims": {client.name: {"profile": " ".join(_PROFILE)}},
        # A scope without a rule is given to whoever asks for it.
        "oidcRPMetaDataScopeRules": {client.name: {scope: "0" for scope in SCOPES if scope not in client.scopes}},
    }


def _saml(client: SsoClient) -> Keys:
    prefix = "samlSPMetaDataOptions"
    text = metadata_path(client.metadata_file).read_text(encoding="utf-8")
    # The inventory's own file, already looked at.
    root = ElementTree.fromstring(text)  # noqa: S314
    signs = any(element.get("AuthnRequestsSigned") in {"true", "1"} for element in root.iter())
    options: Keys = {
        "NameIDFormat": "email",
        "SignSSOMessage": 1,
        "SignSLOMessage": 1,
        "CheckSSOMessageSignature": int(signs),
        "CheckSLOMessageSignature": 1,
        "EnableIDPInitiatedURL": 0,
        "EncryptionMode": "none",
        "SessionNotOnOrAfterTimeout": 36000,
        "NotOnOrAfterTimeout": 300,
        "Rule": rule_of(client),
    }
    basic = "urn:oasis:names:tc:SAML:2.0:attrname-format:basic"
    told = {"uid": "uid"} | {value: name for name, value in (_PROFILE | _EMAIL).items()}
    return {
        "samlSPMetaDataXML": {client.name: {"samlSPMetaDataXML": text}},
        "samlSPMetaDataOptions": {client.name: {f"{prefix}{name}": value for name, value in options.items()}},
        "samlSPMetaDataExportedAttributes": {
            client.name: {value: f"0;{name};{basic};{name}" for value, name in told.items()}
        },
    }


def _cas(client: SsoClient) -> Keys:
    prefix = "casAppMetaDataOptions"
    options: Keys = {
        "Service": " ".join(client.services),
        "UserAttribute": "mail",
        "AllowProxy": 0,
        "Logout": 1,
        "Rule": rule_of(client),
    }
    return {
        "casAppMetaDataOptions": {client.name: {f"{prefix}{name}": value for name, value in options.items()}},
        "casAppMetaDataExportedVars": {client.name: {"uid": "uid", **_PROFILE, **_EMAIL}},
    }


def _menu(clients: Iterable[SsoClient]) -> Keys:
    """Return the list that a person sees after signing in: what they may use."""
    entries = {
        client.name: {
            "type": "application",
            "order": number,
            "options": {
                "name": client.title,
                "description": "",
                "uri": client.url,
                "display": rule if (rule := rule_of(client)) != "1" else "on",
                "logo": "",
            },
        }
        for number, client in enumerate(clients, 1)
    }
    return {"shared": {"type": "category", "catname": sentence("sso.menu", "vi"), "order": 1, **entries}}


def _merged(parts: Iterable[Keys]) -> Keys:
    found: Keys = {}
    for part in parts:
        for key, value in part.items():
            found.setdefault(key, {}).update(value)
    return found


def applications(clients: tuple[SsoClient, ...], secrets: Mapping[str, str], organisation: str, url: str) -> Keys:
    """Return the keys for shared applications.

    Args:
        clients: The applications.
        secrets: The secrets by name.
        organisation: Whom the portal signs for (SAML).
        url: Where the portal is.

    Raises:
        CoreError: A secret is missing or no key.
    """
    found = _merged(
        _oidc(client, secrets)
        if client.protocol == "oidc"
        else _saml(client)
        if client.protocol == "saml"
        else _cas(client)
        for client in clients
        if client.protocol != "ldap"
    )
    if clients:
        found["applicationList"] = _menu(clients)
    if "samlSPMetaDataXML" in found:
        key = secret_of("secret_portal_saml_key", secrets)
        found |= {
            "issuerDBSAMLActivation": 1,
            "samlServicePrivateKeySig": key,
            "samlServicePublicKeySig": public_pem_of(key),
            "samlOrganizationName": organisation,
            "samlOrganizationDisplayName": organisation,
            "samlOrganizationURL": url,
        }
    if "casAppMetaDataOptions" in found:
        # An address that no entry names gets no ticket, and one that only shares the host of an entry none either.
        found |= {"issuerDBCASActivation": 1, "casAccessControlPolicy": "error", "casStrictMatching": 1}
    return found


def upstream(vneid: Vneid | None, secret: str) -> Keys:
    """Return the keys that put VNeID beside the password.

    Who comes from there is the active account with that identity, and nobody where there is none. No password is asked, so that
    an expired or first one does not matter here (BP-9); mail programs still ask for it.

    Args:
        vneid: The provider, None where it is off.
        secret: What the provider gave the portal.

    Raises:
        CoreError: The secret is missing.
    """
    if vneid is None:
        return {}
    if not secret:
        raise CoreError("sso.vneid_secret")
    prefix = "oidcOPMetaDataOptions"
    options: Keys = {
        "ClientID": vneid.client_id,
        "ClientSecret": secret,
        "UserAttribute": vneid.claim,
        "Scope": "openid profile",
        "DisplayName": sentence("sso.vneid_sign_in", "vi"),
        "CheckJWTSignature": 1,
        "UseNonce": 1,
        # No PKCE: LemonLDAP::NG 2.21 makes verifiers of 16 characters, and RFC 7636 (4.1) asks for 43 at least.
        "IDTokenMaxAge": 30,
        "TokenEndpointAuthMethod": "client_secret_post",
        "UserinfoSource": "id_token",
        "JWKSTimeout": 86400,
    }
    active = "(&(objectClass=tcvMailbox)(tcvMailboxStatus=active)(tcvIdentitySubject=$user))"
    filters = json.dumps({"AuthLDAPFilter": active, "LDAPFilter": active})
    password, other = (
        f"{number}_{sentence(key, 'vi').replace(' ', '_')}"
        for number, key in ((1, "sso.password_sign_in"), (2, "sso.vneid_sign_in"))
    )
    return {
        "authentication": "Choice",
        "userDB": "Choice",
        "passwordDB": "Choice",
        "authChoiceModules": {password: "LDAP;LDAP;LDAP;;;{}", other: f"OpenIDConnect;LDAP;Null;;;{filters}"},
        "oidcOPMetaDataJSON": {"vneid": vneid.read(vneid.metadata_file)},
        "oidcOPMetaDataJWKS": {"vneid": vneid.read(vneid.keys_file)},
        "oidcOPMetaDataOptions": {"vneid": {f"{prefix}{name}": value for name, value in options.items()}},
        "oidcOPMetaDataExportedVars": {"vneid": {}},
    }
