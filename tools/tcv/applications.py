"""Shared applications on a test host of their own, as a province has them beside its mail system (CT-3.2).

Small programs (tests/support/applications) behind one Apache: three sign people in by OpenID Connect, one each by SAML, CAS and
the directory, and one stands in for VNeID.
"""

import base64
import json
import secrets
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import (
    issue_server_certificate,
    make_rsa_key,
)
from tcv import network, testhost
from tcv.files import write_private
from tcv.paths import ROOT
from tcv.programs import run

if TYPE_CHECKING:
    from tcv.site import Site

SOURCE = ROOT / "tests/support/applications"
FOLDER = "/etc/applications"
PACKAGES = (
    "apache2",
    "libapache2-mod-auth-cas",
    "libapache2-mod-auth-mellon",
    "libapache2-mod-wsgi-py3",
    "python3-authlib",
    "python3-flask",
    "python3-ldap",
    "python3-requests",
)
CAS = "<Location />\nAuthType CAS\nRequire valid-user\n</Location>\n"
MELLON = f"""\
<Location />
AuthType Mellon
MellonEnable auth
MellonSecureCookie On
MellonEndpointPath /mellon
MellonSPMetadataFile {FOLDER}/saml.xml
MellonSPPrivateKeyFile {FOLDER}/saml.key
MellonSPCertFile {FOLDER}/saml.pem
MellonIdPMetadataFile {FOLDER}/portal.xml
Require valid-user
</Location>
"""
PROVIDER = "vneid.outside.example"
DAYS = 365


@dataclass(frozen=True)
class Application:
    """One application: its name, how it signs people in, its title, whom it serves, and whether it keeps no secret."""

    name: str
    protocol: str
    title: str
    only_administrators: bool = False
    public: bool = False


# The first is the one that demo.json tells of.
ALL = (
    Application("lichhop", "oidc", "Lịch họp"),
    Application("congviec", "oidc", "Giao việc"),
    Application("quantri", "oidc", "Quản trị", only_administrators=True),
    Application("ghichu", "oidc", "Ghi chú", public=True),
    Application("hoso", "saml", "Hồ sơ cán bộ"),
    Application("thuvien", "cas", "Thư viện số"),
    Application("chamcong", "ldap", "Chấm công"),
)


def container(site: "Site") -> str:
    """The container that plays the applications' host."""
    return f"{(site.hosting or site).name}-applications"


def url(site: "Site", application: Application = ALL[0]) -> str:
    """Where people find an application."""
    return f"https://{application.name}.{site.domain}/"


def kept(site: "Site", name: str, make: str) -> str:
    """Something secret of the applications' own, made once."""
    file = site.state / "applications" / name
    file.parent.mkdir(mode=0o700, exist_ok=True)
    if not file.exists():
        write_private(file, make_rsa_key("") if make == "key" else secrets.token_urlsafe(24))
    return file.read_text(encoding="utf-8")


def create(site: "Site") -> str:
    """Make the applications' host and return its address."""
    return testhost.create(container(site), f"applications.{site.domain}", str(site.state.resolve()))


def inventory(site: "Site") -> dict[str, Any]:
    """What the province's inventory says of the applications."""
    metadata = site.state / "applications/hoso.xml"
    entries = []
    for each in ALL:
        base = url(site, each)
        entry: dict[str, Any] = {"name": each.name, "protocol": each.protocol, "title": each.title, "url": base}
        match each.protocol:
            case "oidc":
                entry |= {"redirect_uris": [f"{base}ve"], "sign_out_url": f"{base}da-ra"}
                entry |= {"administrators": True} if each.only_administrators else {}
                entry |= {"public": True} if each.public else {}
            case "saml":
                entry |= {"metadata_file": str(metadata)}
                write_private(metadata, saml_metadata(site, base))
            case "cas":
                entry |= {"services": [base]}
            case _:
                entry |= {"networks": network.describe().subnets}
        entries.append(entry)
    return {"sso_clients": entries}


def saml_pair(site: "Site") -> dict[str, str]:
    """Key and certificate by which the application signs what it asks the portal (SAML)."""
    pem = kept(site, "saml.key", "key")
    key = rsa_key(pem)
    file = site.state / "applications/saml.pem"
    if not file.exists():
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"hoso.{site.domain}")])
        now = datetime.now(UTC)
        made = x509.CertificateBuilder(
            name, name, key.public_key(), x509.random_serial_number(), now, now + timedelta(days=DAYS)
        )
        signed = made.sign(key, hashes.SHA256())
        write_private(file, signed.public_bytes(serialization.Encoding.PEM).decode())
    return {"key": pem, "certificate": file.read_text(encoding="utf-8")}


def saml_metadata(site: "Site", base: str) -> str:
    """What the application says of itself (SAML 2.0), as mellon expects to be addressed."""
    lines = saml_pair(site)["certificate"].splitlines()[1:-1]
    values = {"base": base, "certificate": "".join(lines)}
    return (SOURCE / "hoso.xml").read_text(encoding="utf-8") % values


def rsa_key(pem: str) -> rsa.RSAPrivateKey:
    """A private key of ours."""
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, rsa.RSAPrivateKey):
        raise TypeError("an RSA key is needed")
    return key


def public_jwk(pem: str) -> dict[str, str]:
    """The public half of a key as a provider publishes it (RFC 7517)."""
    numbers = rsa_key(pem).public_key().public_numbers()

    def digits(number: int) -> str:
        length = (number.bit_length() + 7) // 8
        return base64.urlsafe_b64encode(number.to_bytes(length, "big")).rstrip(b"=").decode()

    return {"kty": "RSA", "use": "sig", "alg": "RS256", "n": digits(numbers.n), "e": digits(numbers.e)}


def vneid(site: "Site") -> dict[str, Any]:
    """What the province's inventory says where VNeID is on, with the secret that the stand-in gave it."""
    issuer = f"https://{PROVIDER}"
    metadata = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/xac-thuc",
        "token_endpoint": f"{issuer}/ma",
        "jwks_uri": f"{issuer}/khoa",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }
    files = {
        "metadata_file": site.state / "applications/vneid.json",
        "keys_file": site.state / "applications/keys.json",
    }
    write_private(files["metadata_file"], json.dumps(metadata))
    write_private(files["keys_file"], json.dumps({"keys": [public_jwk(kept(site, "vneid.key", "key"))]}))
    described = {"client_id": site.province, "claim": "so_dinh_danh"} | {
        name: str(file) for name, file in files.items()
    }
    return {"vneid": described, "secret_vneid": kept(site, "vneid.secret", "text")}


def settings(site: "Site", vault: dict[str, Any]) -> list[dict[str, str]]:
    """What each application is told."""
    portal = f"https://sso.{site.domain}/"
    base_dn = ",".join(f"dc={label}" for label in site.domain.split("."))
    told = [
        {
            "name": each.name,
            "protocol": each.protocol,
            "title": each.title,
            "host": f"{each.name}.{site.domain}",
            "portal": portal,
            # The last one opens mailboxes, which no shared application gets.
            "scope": "openid profile email imap",
            "secret": str(vault.get(f"secret_sso_{each.name}", "")),
            "directory": f"ldap.{site.domain}",
            "base_dn": base_dn,
            "bind_dn": f"cn=app-{each.name},ou=services,{base_dn}",
        }
        for each in ALL
    ]
    provider = {
        "name": site.province,
        "protocol": "vneid",
        "host": PROVIDER,
        "issuer": f"https://{PROVIDER}",
        "portal": portal,
        "redirect_uri": f"{portal}?openidconnectcallback=1",
        "key": kept(site, "vneid.key", "key"),
        "secret": kept(site, "vneid.secret", "text"),
    }
    return [*told, provider]


def start(site: "Site") -> None:
    """Install the applications and start them, once the province's system runs."""
    name = container(site)
    vault = site.decrypted(site.overlay / "group_vars/province/vault.yml")
    told = settings(site, vault)
    hosts = [each["host"] for each in told]
    tls = issue_server_certificate(vault["secret_ca"], hosts, DAYS)
    saml = saml_pair(site)
    values = {"domain": site.domain, "host": f"applications.{site.domain}"}
    names = {f"sso.{site.domain}": site.members("webmail")[0], f"ldap.{site.domain}": site.members("directory")[0]}
    known = [f"{testhost.address(site.container(host))} {service}" for service, host in names.items()]
    content = {
        "settings.json": json.dumps({"applications": told}, ensure_ascii=False),
        "tls.pem": tls["certificate"],
        "tls.key": tls["key"],
        "saml.pem": saml["certificate"],
        "saml.key": saml["key"],
        "saml.xml": saml_metadata(site, f"https://hoso.{site.domain}/"),
        "ca.crt": site.ca.read_text(encoding="utf-8"),
        "hosts": "\n".join(["127.0.0.1 localhost", *known]) + "\n",
        "apache.conf": (SOURCE / "apache.conf").read_text(encoding="utf-8") % values
        + "".join(virtual_host(each) for each in told),
    }
    run(["podman", "exec", name, "mkdir", "-p", FOLDER])
    run(["podman", "cp", f"{SOURCE}/.", f"{name}:{FOLDER}"])
    # What is filled in takes the place of its form.
    with tempfile.TemporaryDirectory() as folder:
        for file, text in content.items():
            write_private(Path(folder, file), text)
        run(["podman", "cp", f"{folder}/.", f"{name}:{FOLDER}"])
    run(["podman", "exec", name, "sh", f"{FOLDER}/install", *PACKAGES])


def virtual_host(told: dict[str, str]) -> str:
    """An application's name in Apache, with the module that signs people in where it is Apache's work."""
    inner = {"saml": MELLON, "cas": CAS}.get(told["protocol"], "")
    return f"<VirtualHost *:443>\nServerName {told['host']}\nSSLEngine on\n{inner}</VirtualHost>\n"
