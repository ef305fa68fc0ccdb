"""Service passwords, the DKIM key, and an authority whose certificates real verifiers accept."""

import datetime
import ipaddress
import re
import socket
import ssl
import threading

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from cryptography.x509.verification import PolicyBuilder, Store, VerificationError

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import (
    certificate_still_good,
    issue_server_certificate,
    make_certificate_authority,
    make_password,
    make_rsa_key,
    missing_secrets,
    public_key_of,
)

NAMES = ["mail01.cantho.gov.vn", "mx.cantho.gov.vn", "imap.cantho.gov.vn"]
NOW = datetime.datetime.now(datetime.UTC)


def certificate_of(made):
    return x509.load_pem_x509_certificate(made["certificate"].encode())


@pytest.fixture(scope="module")
def authority():
    return make_certificate_authority("Thư công vụ Thành phố Cần Thơ")


@pytest.fixture(scope="module")
def stranger():
    """Another authority of the same name, as a second run of a mistaken secrets.yml would make."""
    return make_certificate_authority("Thư công vụ Thành phố Cần Thơ")


@pytest.fixture(scope="module")
def issued(authority):
    return issue_server_certificate(authority, NAMES, 397)


def test_a_password_needs_no_quoting_and_never_comes_twice():
    passwords = {make_password("") for _ in range(200)}
    assert len(passwords) == 200
    assert all(re.fullmatch(r"[A-Za-z0-9]{32}", password) for password in passwords)


def test_the_authority_says_what_it_may(authority):
    certificate = certificate_of(authority)
    assert certificate.subject == certificate.issuer
    assert [name.value for name in certificate.subject] == ["VN", "Thư công vụ Thành phố Cần Thơ"]
    constraints = certificate.extensions.get_extension_for_class(x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)
    usage = certificate.extensions.get_extension_for_class(x509.KeyUsage)
    assert (usage.critical, usage.value.key_cert_sign, usage.value.crl_sign) == (True, True, True)
    assert not usage.value.digital_signature
    years = (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days / 365
    assert 10 <= years < 10.1
    assert certificate.not_valid_before_utc < NOW
    key = serialization.load_pem_private_key(authority["key"].encode(), password=None)
    assert key.public_key() == certificate.public_key()


def test_a_server_certificate_says_what_it_is_for(authority, issued):
    certificate = certificate_of(issued)
    alternative = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert alternative.get_values_for_type(x509.DNSName) == NAMES
    assert certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == NAMES[0]
    assert certificate.issuer == certificate_of(authority).subject
    purposes = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    # Browsers accept no more than 398 days.
    assert (certificate.not_valid_after_utc - certificate.not_valid_before_utc).days <= 398
    key = serialization.load_pem_private_key(issued["key"].encode(), password=None)
    assert key.public_key() == certificate.public_key()


@pytest.mark.parametrize("name", NAMES)
def test_a_strict_verifier_accepts_each_name(authority, issued, name):
    verifier = PolicyBuilder().store(Store([certificate_of(authority)])).build_server_verifier(x509.DNSName(name))
    chain = verifier.verify(certificate_of(issued), [])
    assert chain == [certificate_of(issued), certificate_of(authority)]


def test_a_strict_verifier_refuses_other_names_another_authority_and_the_day_after(authority, stranger, issued):
    def verify(authority, name="mx.cantho.gov.vn", time=NOW, subject=None):
        policy = PolicyBuilder().store(Store([certificate_of(authority)])).time(time)
        subject = subject or x509.DNSName(name)
        policy.build_server_verifier(subject).verify(certificate_of(issued), [])

    verify(authority)
    with pytest.raises(VerificationError):
        verify(authority, "ldap.cantho.gov.vn")
    with pytest.raises(VerificationError):
        verify(authority, subject=x509.IPAddress(ipaddress.ip_address("192.0.2.1")))
    with pytest.raises(VerificationError):
        verify(stranger)
    with pytest.raises(VerificationError):
        verify(authority, time=NOW + datetime.timedelta(days=398))


@pytest.fixture
def server(tmp_path, issued):
    """A TLS server on loopback with the certificate; calls come from a context that the test brings."""
    chain = tmp_path / "chain.pem"
    chain.write_text(issued["certificate"] + issued["key"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain)

    def call(client, name):
        with socket.create_server(("127.0.0.1", 0)) as listener:

            def answer():
                accepted, _address = listener.accept()
                with accepted:
                    try:
                        with context.wrap_socket(accepted, server_side=True) as secured:
                            secured.sendall(b"xin chao")
                    except OSError:
                        return  # the client hung up, which is for the test to judge

            thread = threading.Thread(target=answer)
            thread.start()
            try:
                with (
                    socket.create_connection(listener.getsockname(), timeout=10) as plain,
                    client.wrap_socket(plain, server_hostname=name) as secured,
                ):
                    return secured.recv(100)
            finally:
                thread.join(10)

    return call


def test_python_trusts_the_server_by_the_authority_and_by_nothing_else(server, authority, stranger):
    trusting = ssl.create_default_context(cadata=authority["certificate"])
    for name in NAMES:
        assert server(trusting, name) == b"xin chao"
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        server(trusting, "ldap.cantho.gov.vn")
    for client in (ssl.create_default_context(cadata=stranger["certificate"]), ssl.create_default_context()):
        with pytest.raises(ssl.SSLCertVerificationError):
            server(client, NAMES[0])


def test_a_host_that_bears_a_service_name_has_it_once(authority):
    """A host may be called as one of its services: mail.<domain> is both host and webmail."""
    names = ["mail.cantho.gov.vn", "mx.cantho.gov.vn", "mail.cantho.gov.vn"]
    made = issue_server_certificate(authority, names, 397)
    alternative = certificate_of(made).extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert alternative.get_values_for_type(x509.DNSName) == names[:2]
    assert certificate_still_good(made["certificate"], authority, names, 30)


def test_a_certificate_of_no_name_is_refused(authority):
    with pytest.raises(CoreError) as refused:
        issue_server_certificate(authority, [], 397)
    assert "at least one DNS name (certificates_names)" in str(refused.value)


def test_an_authoritys_key_is_of_a_kind_that_mail_programs_know(authority):
    with pytest.raises(CoreError) as refused:
        issue_server_certificate({**authority, "key": ED25519}, NAMES, 1)
    assert "must be an RSA key or an elliptic curve key" in str(refused.value)


# A key that some authorities have and that mail programs do not know.
ED25519 = """\
-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g
-----END PRIVATE KEY-----
"""


@pytest.mark.parametrize(
    ("change", "good"),
    [
        ({}, True),
        ({"names": NAMES[::-1]}, True),
        ({"names": [*NAMES, NAMES[0]]}, True),
        ({"names": NAMES[:2]}, False),
        ({"names": [*NAMES, "ldap.cantho.gov.vn"]}, False),
        ({"names": []}, False),
        ({"days_left": 396}, True),
        ({"days_left": 397}, False),
        ({"pem": ""}, False),
        ({"pem": "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"}, False),
        ({"authority": "stranger"}, False),
        ({"pem": "authority"}, False),
        ({"pem": "not yet"}, False),
        ({"pem": "no names"}, False),
    ],
    ids=str,
)
def test_a_certificate_is_made_anew_exactly_when_it_must(authority, stranger, issued, change, good):
    special = {
        "stranger": stranger,
        "authority": authority["certificate"],
        "not yet": unusual(authority, datetime.timedelta(days=1), NAMES),
        "no names": unusual(authority, datetime.timedelta(days=-1), None),
    }
    change = {key: special.get(value, value) if isinstance(value, str) else value for key, value in change.items()}
    arguments = {"pem": issued["certificate"], "authority": authority, "names": NAMES, "days_left": 30, **change}
    assert certificate_still_good(**arguments) is good


def unusual(authority, begin, names):
    """A certificate of the authority that begins then, and has these names or none."""
    key = serialization.load_pem_private_key(authority["key"].encode(), password=None)
    builder = (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, NAMES[0])]))
        .issuer_name(certificate_of(authority).subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(NOW + begin)
        .not_valid_after(NOW + datetime.timedelta(days=300))
    )
    if names:
        builder = builder.add_extension(
            x509.SubjectAlternativeName([x509.DNSName(name) for name in names]), critical=False
        )
    return builder.sign(key, hashes.SHA384()).public_bytes(serialization.Encoding.PEM).decode()


def test_the_dkim_key_is_rsa_of_2048_bits_and_its_public_half_is_what_der_says():
    pem = make_rsa_key("")
    key = serialization.load_pem_private_key(pem.encode(), password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.key_size == 2048
    assert serialization.load_der_public_key(public_key_of(pem)) == key.public_key()


@pytest.mark.parametrize("pem", ["", "chuỗi", ED25519])
def test_a_dkim_key_that_is_no_rsa_key_is_refused(pem):
    with pytest.raises(CoreError) as refused:
        public_key_of(pem)
    assert "The DKIM key must be a private RSA key in PEM." in str(refused.value)


REQUIRED = [{"name": "secret_ca", "kind": "certificate_authority"}, {"name": "secret_a", "kind": "password"}]


def test_only_what_is_missing_is_made():
    made = missing_secrets(REQUIRED, {}, "Cần Thơ")
    assert set(made) == {"secret_ca", "secret_a"}
    assert certificate_of(made["secret_ca"]).subject.rfc4514_string() == "CN=Cần Thơ,C=VN"
    assert set(missing_secrets(REQUIRED, {"secret_ca": "x", "other": "y"}, "Cần Thơ")) == {"secret_a"}
    assert missing_secrets(REQUIRED, {"secret_ca": "x", "secret_a": "y"}, "Cần Thơ") == {}


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        (
            {"name": "secret_b", "kind": "passwort"},
            "secret_b is of the unknown kind 'passwort'; allowed: password, rsa_key, certificate_authority.",
        ),
        ({"name": "secret_b"}, "secret_b is of the unknown kind ''; allowed: password"),
        ({"kind": "password"}, "the entry {'kind': 'password'} has no name"),
    ],
)
def test_a_required_secret_that_is_not_well_declared_is_refused(entry, message):
    with pytest.raises(CoreError) as refused:
        missing_secrets([*REQUIRED, entry], {}, "Cần Thơ")
    assert message in str(refused.value)


@pytest.mark.parametrize("subject", ["", "Tỉnh " * 20])
def test_a_name_that_a_certificate_cannot_carry_is_refused(subject):
    with pytest.raises(CoreError) as refused:
        make_certificate_authority(subject)
    assert f"The authority cannot be called {subject!r}" in str(refused.value)
