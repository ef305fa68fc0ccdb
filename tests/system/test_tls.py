"""TLS 1.2 or newer on every port, a certificate for each name, and no sign-in without TLS (CT-9.10, RFC 8996, RFC 8314)."""

import base64
import contextlib
import socket
import ssl
import threading
import warnings

import ldap3
import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils import secrets_store

IMPLICIT = ["submissions", "imaps", "pop3s", "ldaps", "https"]
UPGRADED = {
    "smtp": (b"EHLO test.example\r\n", b"STARTTLS\r\n", b"220"),
    "submission": (b"EHLO test.example\r\n", b"STARTTLS\r\n", b"220"),
    "sieve": (None, b"STARTTLS\r\n", b"OK"),
}
# The extended request 1.3.6.1.4.1.1466.20037 (RFC 4511, 4.14).
LDAP_STARTTLS = b"\x30\x1d\x02\x01\x01\x77\x18\x80\x16" + b"1.3.6.1.4.1.1466.20037"


def old_context(version):
    """A client that speaks just one version, however old."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version = version
        context.maximum_version = version
    return context


def plain(site, port):
    return socket.create_connection((site.address, site.facts["ports"][port]), timeout=15)


def read(connection, until=b"\n"):
    said = b""
    while until not in said:
        more = connection.recv(4096)
        if not more:
            break
        said += more
    return said


def ready_for_tls(site, port):
    """A connection on which the handshake is next."""
    connection = plain(site, port)
    if port in UPGRADED:
        greeting, upgrade, answer = UPGRADED[port]
        if port == "sieve":
            while b'OK "' not in read(connection):
                pass
        else:
            read(connection)
            connection.sendall(greeting)
            said = b""
            while not any(line.startswith(b"250 ") for line in said.splitlines()):
                said += read(connection)
        connection.sendall(upgrade)
        assert answer in read(connection)
    elif port == "ldap":
        connection.sendall(LDAP_STARTTLS)
        connection.recv(4096)
    return connection


@pytest.mark.parametrize("port", [*IMPLICIT, *UPGRADED, "ldap"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_current_version_is_spoken(site, port, version):
    service = site.service(port)
    with old_context(version).wrap_socket(ready_for_tls(site, port), server_hostname=service.name) as secured:
        assert secured.version() == {ssl.TLSVersion.TLSv1_2: "TLSv1.2", ssl.TLSVersion.TLSv1_3: "TLSv1.3"}[version]


@pytest.mark.parametrize("port", [*IMPLICIT, *UPGRADED, "ldap"])
@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_an_old_version_is_refused(site, port, version):
    service = site.service(port)
    with pytest.raises((ssl.SSLError, ConnectionResetError)):
        old_context(version).wrap_socket(ready_for_tls(site, port), server_hostname=service.name)


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
def test_this_machine_could_speak_the_old_version(tmp_path, version):
    """Without this, a client that cannot speak it would make the refusals above pass."""
    authority = secrets_store.make_certificate_authority("test")
    issued = secrets_store.issue_server_certificate(authority, ["localhost"], 1)
    chain = tmp_path / "chain.pem"
    chain.write_text(issued["key"] + issued["certificate"])
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(chain)
    server.set_ciphers("ALL:@SECLEVEL=0")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        server.minimum_version = version
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer():
            accepted, _ = listener.accept()
            with contextlib.suppress(OSError), server.wrap_socket(accepted, server_side=True) as secured:
                secured.recv(1)

        thread = threading.Thread(target=answer)
        thread.start()
        connection = socket.create_connection(listener.getsockname(), timeout=5)
        with old_context(version).wrap_socket(connection, server_hostname="localhost") as secured:
            assert secured.version() in ("TLSv1", "TLSv1.1")
        thread.join()


NAMES = {
    "smtp": ["mx"],
    "submission": ["smtp"],
    "submissions": ["smtp"],
    "imaps": ["imap"],
    "pop3s": ["imap"],
    "sieve": ["imap"],
    "ldap": ["ldap"],
    "ldaps": ["ldap"],
    "https": ["mail", "autoconfig", "autodiscover", "mta-sts"],
}


@pytest.mark.parametrize(("port", "name"), [(port, name) for port, names in NAMES.items() for name in names])
def test_the_certificate_is_valid_for_the_name(site, port, name):
    with site.context.wrap_socket(ready_for_tls(site, port), server_hostname=f"{name}.{site.domain}") as secured:
        assert secured.getpeercert()


@pytest.mark.parametrize("port", [110, 143])
def test_ports_without_tls_are_closed(site, port):
    with pytest.raises(OSError, match=r"timed out|refused"):
        socket.create_connection((site.address, port), timeout=2)


@pytest.mark.parametrize("port", ["smtp", "submission"])
def test_smtp_offers_no_sign_in_before_tls(site, sender, port):
    with plain(site, port) as connection:
        read(connection)
        connection.sendall(b"EHLO test.example\r\n")
        said = b""
        while b"250 " not in said:
            said += read(connection)
        assert b"STARTTLS" in said
        assert b"AUTH" not in said
        secret = base64.b64encode(f"\0{sender['address']}\0{sender['password']}".encode())
        connection.sendall(b"AUTH PLAIN " + secret + b"\r\n")
        assert read(connection).startswith((b"530 ", b"503 "))


def test_smtp_on_25_offers_no_sign_in_at_all(site):
    with site.outside() as session:
        session.starttls(context=site.context)
        session.ehlo()
        assert "auth" not in session.esmtp_features


def test_sieve_offers_no_sign_in_before_tls(site, sender):
    with plain(site, "sieve") as connection:
        said = b""
        while b'OK "' not in said:
            said += read(connection)
        assert b'"SASL" ""' in said
        secret = base64.b64encode(f"\0{sender['address']}\0{sender['password']}".encode())
        connection.sendall(b'AUTHENTICATE "PLAIN" "' + secret + b'"\r\n')
        assert read(connection).startswith(b"NO")


def test_ldap_refuses_a_password_in_clear(site, sender):
    server = ldap3.Server(site.address, port=site.facts["ports"]["ldap"], connect_timeout=5)
    connection = ldap3.Connection(server, sender["dn"], sender["password"])
    assert not connection.bind()
    assert connection.result["description"] == "confidentialityRequired"


def test_nothing_smuggled_before_the_handshake_is_answered_after_it(site):
    with plain(site, "submission") as connection:
        read(connection)
        connection.sendall(b"EHLO test.example\r\n")
        said = b""
        while b"250 " not in said:
            said += read(connection)
        connection.sendall(b"STARTTLS\r\nNOOP\r\n")
        assert read(connection).startswith(b"220")
        connection.settimeout(3)
        with contextlib.suppress(ssl.SSLError, OSError):
            context = old_context(ssl.TLSVersion.TLSv1_2)
            secured = context.wrap_socket(connection, server_hostname=f"smtp.{site.domain}")
            with pytest.raises(TimeoutError):
                secured.recv(100)
