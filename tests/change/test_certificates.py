"""The other sources of certificates: files of the operator's, and an ACME authority (here Pebble, Let's Encrypt's own test server)."""

import os
import shlex
import socket
import ssl
from pathlib import Path

import pytest
from cryptography import x509

from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import (
    issue_server_certificate,
    make_certificate_authority,
)
from tcv import testhost
from tcv.messages import Trouble
from tcv.programs import output, run
from tcv.site import Site

PEBBLE_DIRECTORY = "https://localhost:14000/dir"
PEBBLE_AUTHORITY = "/usr/local/share/ca-certificates/pebble.crt"


@pytest.fixture(scope="module")
def site():
    site = Site(Path(os.environ["TCV_INVENTORY"]), Path(os.environ["TCV_STATE"]))
    yield site
    site.play("site", "--tags", "certificates,postfix,dovecot,openldap,nginx", log="certificates-back")


@pytest.fixture(scope="module")
def container(site):
    return site.container(site.members("mail")[0])


def inside(container, script):
    return output(["podman", "exec", container, "sh", "-ec", script])


def presented(container, port, name):
    """The certificate that a service presents, whoever issued it."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    plain = socket.create_connection((testhost.address(container), port), timeout=15)
    with context.wrap_socket(plain, server_hostname=name) as secured:
        return x509.load_der_x509_certificate(secured.getpeercert(binary_form=True))


def issuer(certificate):
    return certificate.issuer.rfc4514_string()


@pytest.mark.parametrize("what", ["supplied", "expired"])
def test_supplied_files(site, container, tmp_path, what):
    """Good files are served everywhere; an expired certificate is refused and the one before goes on."""
    authority = make_certificate_authority("Cơ quan chứng thực thử")
    names = [
        f"{name}.{site.domain}"
        for name in ("mx", "smtp", "imap", "mail", "ldap", "autoconfig", "autodiscover", "mta-sts")
    ]
    issued = issue_server_certificate(authority, names, 30 if what == "supplied" else 0)
    files = {"certificate": issued["certificate"], "key": issued["key"], "ca": authority["certificate"]}
    settings = ["certificates_source=supplied"]
    for kind, content in files.items():
        (tmp_path / kind).write_text(content)
        settings.append(f"certificates_supplied_{kind}={tmp_path / kind}")
    before = presented(container, 993, names[2]).serial_number
    play = [
        "--tags",
        "certificates,postfix,dovecot,openldap,nginx",
        "--extra-vars",
        " ".join(map(shlex.quote, settings)),
    ]
    if what == "expired":
        with pytest.raises(Trouble) as refused:
            site.play("site", *play, log="certificates-expired")
        assert "openssl" in str(refused.value)
        assert presented(container, 993, names[2]).serial_number == before
        return
    site.play("site", *play, log="certificates-supplied")
    for port, name in ((993, "imap"), (465, "smtp"), (636, "ldap"), (443, "mail")):
        assert "Cơ quan chứng thực thử" in issuer(presented(container, port, f"{name}.{site.domain}"))
    assert "BEGIN" not in site.log("certificates-supplied").read_text(encoding="utf-8")


@pytest.fixture
def pebble(container):
    inside(
        container,
        "DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends pebble >/dev/null"
        " && mkdir -p /run/pebble && cd /run/pebble"
        " && openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=pebble"
        "    -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem 2>/dev/null"
        f" && cp cert.pem {PEBBLE_AUTHORITY} && update-ca-certificates >/dev/null 2>&1"
        """ && printf '%s' '{"pebble": {"listenAddress": "127.0.0.1:14000", "managementListenAddress": "127.0.0.1:15000",
            "certificate": "/run/pebble/cert.pem", "privateKey": "/run/pebble/key.pem", "httpPort": 80, "tlsPort": 443}}' > config.json"""
        " && systemd-run --unit pebble --setenv=PEBBLE_VA_NOSLEEP=1 --setenv=PEBBLE_WFE_NONCEREJECT=0"
        "    pebble -config /run/pebble/config.json -dnsserver 127.0.0.1:53"
        " && timeout 30 sh -c 'until openssl s_client -connect 127.0.0.1:14000 </dev/null >/dev/null 2>&1; do sleep 0.2; done'",
    )
    yield
    run(["podman", "exec", container, "systemctl", "stop", "pebble"], check=False)
    inside(container, f"rm -rf /etc/letsencrypt {PEBBLE_AUTHORITY} && update-ca-certificates --fresh >/dev/null 2>&1")


@pytest.mark.usefixtures("pebble")
def test_an_acme_authority(site, container):
    settings = f"certificates_source=acme certificates_acme_directory={PEBBLE_DIRECTORY}"
    site.play("site", "--extra-vars", settings, log="certificates-acme")
    for port, name in ((993, "imap"), (465, "smtp"), (443, "mail")):
        certificate = presented(container, port, f"{name}.{site.domain}")
        assert "Pebble" in issuer(certificate)
        names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
        assert f"{name}.{site.domain}" in names.get_values_for_type(x509.DNSName)
    again = site.play("site", "--extra-vars", settings, log="certificates-acme-again")
    assert again.changed == 0
    assert "certbot" in inside(container, "systemctl list-timers --all --no-pager")
