"""Making the secrets of a province: service passwords, the certificate authority and signing keys."""

from __future__ import annotations

import secrets
import string
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError

CA_YEARS = 10
# 32 letters and digits carry 190 bits, need no quoting in any daemon's configuration, and are AES-256's key length for Roundcube.
PASSWORD_LENGTH = 32
# RFC 8301 asks for at least 1024 and recommends 2048; larger keys do not fit one TXT string and are not verified everywhere.
DKIM_KEY_BITS = 2048

Secret = str | dict[str, str]


def private_pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    """Return a private key as unencrypted PKCS#8 PEM text."""
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def certificate_pem(certificate: x509.Certificate) -> str:
    """Return a certificate as PEM text."""
    return certificate.public_bytes(serialization.Encoding.PEM).decode()


def make_password(_subject: str) -> str:
    """Return a random password for a service account."""
    alphabet = string.ascii_letters + string.digits
    return "".join(secrets.choice(alphabet) for _ in range(PASSWORD_LENGTH))


def make_rsa_key(_subject: str) -> str:
    """Return a new RSA key for DKIM (RFC 6376) as PEM text."""
    return private_pem(rsa.generate_private_key(public_exponent=65537, key_size=DKIM_KEY_BITS))


def make_certificate_authority(subject: str) -> dict[str, str]:
    """Return ``{"certificate": PEM, "key": PEM}`` of a new certificate authority named after the subject.

    Raises:
        CoreError: A certificate cannot carry the name: it is empty, or longer than 64 letters (RFC 5280, A.1).
    """
    key = ec.generate_private_key(ec.SECP384R1())
    try:
        common_name = x509.NameAttribute(NameOID.COMMON_NAME, subject)
    except ValueError as error:
        raise CoreError("secrets.subject", subject=repr(subject), reason=error) from error
    name = x509.Name([x509.NameAttribute(NameOID.COUNTRY_NAME, "VN"), common_name])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=365 * CA_YEARS))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        # Python 3.13 refuses an authority that does not say keyCertSign.
        .add_extension(key_usage(sign_certificates=True), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA384())
    )
    return {"certificate": certificate_pem(certificate), "key": private_pem(key)}


def key_usage(sign_certificates: bool) -> x509.KeyUsage:
    """Return the key usage of an authority or of a server (RFC 5280, 4.2.1.3)."""
    return x509.KeyUsage(
        digital_signature=not sign_certificates,
        key_cert_sign=sign_certificates,
        crl_sign=sign_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def issue_server_certificate(authority: dict[str, str], names: list[str], days: int) -> dict[str, str]:
    """Return ``{"certificate": PEM chain, "key": PEM}`` for a server that answers to the DNS names.

    Args:
        authority: What `make_certificate_authority` returned.
        names: DNS names, the first of which is the common name. One that comes twice stands in the certificate once.
        days: How long the certificate is valid.

    Raises:
        CoreError: There is no name, or the authority's key is of a kind that mail programs do not know.
    """
    names = list(dict.fromkeys(names))
    if not names:
        raise CoreError("secrets.names")
    ca_certificate = x509.load_pem_x509_certificate(authority["certificate"].encode())
    ca_key = serialization.load_pem_private_key(authority["key"].encode(), password=None)
    if not isinstance(ca_key, ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey):
        raise CoreError("secrets.authority_key")
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0])]))
        .issuer_name(ca_certificate.subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(key_usage(sign_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(ca_certificate.public_key()),  # type: ignore[arg-type]
            critical=False,
        )
        .sign(ca_key, hashes.SHA256())
    )
    return {"certificate": certificate_pem(certificate), "key": private_pem(key)}


def certificate_still_good(pem: str, authority: dict[str, str], names: list[str], days_left: int) -> bool:
    """Tell whether a server certificate is signed by the authority, has exactly the names, and is valid now and for some days yet."""
    try:
        certificate = x509.load_pem_x509_certificate(pem.encode())
        ca_certificate = x509.load_pem_x509_certificate(authority["certificate"].encode())
        certificate.verify_directly_issued_by(ca_certificate)
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except Exception:  # any defect of the certificate is one answer: make a new one
        return False
    present = sorted(extension.value.get_values_for_type(x509.DNSName))
    now = datetime.now(UTC)
    # One that begins later was made while the controller's clock was wrong; nobody accepts it.
    valid = certificate.not_valid_before_utc <= now and certificate.not_valid_after_utc > now + timedelta(
        days=days_left
    )
    return valid and present == sorted(set(names))


def public_key_of(key_pem: str) -> bytes:
    """Return the public half of an RSA key as DER, as a DKIM record carries it in Base64 (RFC 6376, 3.6.1).

    Raises:
        CoreError: It is no private RSA key in PEM.
    """
    try:
        key = serialization.load_pem_private_key(key_pem.encode(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise CoreError("secrets.dkim_key") from error
    if not isinstance(key, rsa.RSAPrivateKey):
        raise CoreError("secrets.dkim_key")
    return key.public_key().public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)


def public_pem_of(key_pem: str) -> str:
    """Return the public half of an RSA key as PEM text (SubjectPublicKeyInfo), as the portal publishes it.

    Raises:
        CoreError: It is no private RSA key in PEM.
    """
    key = serialization.load_der_public_key(public_key_of(key_pem))
    return key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()


MAKERS: dict[str, Callable[[str], Secret]] = {
    "password": make_password,
    "rsa_key": make_rsa_key,
    "certificate_authority": make_certificate_authority,
}


def missing_secrets(required: list[dict[str, str]], existing: dict[str, object], subject: str) -> dict[str, Secret]:
    """Return new values for the required secrets that do not exist yet.

    Args:
        required: Each with ``name`` and ``kind`` (a key of `MAKERS`).
        existing: What the vault file holds.
        subject: The name that a certificate authority gets.

    Raises:
        CoreError: An entry has no name, or its kind is unknown.
    """
    made: dict[str, Secret] = {}
    for entry in required:
        name, kind = entry.get("name"), entry.get("kind", "")
        if not name:
            raise CoreError("secrets.name", entry=dict(entry))
        if kind not in MAKERS:
            raise CoreError("secrets.kind", name=name, kind=repr(kind), allowed=", ".join(MAKERS))
        if name not in existing:
            made[name] = MAKERS[kind](subject)
    return made
