"""The action host_certificate: a pair of key and certificate that belong together, made anew only when it must be."""

import grp
import os

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import make_certificate_authority

GROUP = grp.getgrgid(os.getgid()).gr_name
NAMES = ["mail01.cantho.gov.vn", "mx.cantho.gov.vn"]


@pytest.fixture(scope="module")
def authority():
    return make_certificate_authority("Thư công vụ Cần Thơ")


def task(root, authority, names=NAMES, **options):
    arguments = {
        "authority": authority,
        "names": names,
        "root": str(root),
        "group": GROUP,
        "days": 397,
        "renew_days": 30,
        **options,
    }
    return {"name": "Certificate", "thucongvu.mail.host_certificate": arguments, "ignore_errors": True}


def matches(root):
    certificate = x509.load_pem_x509_certificate((root / "certificate.pem").read_bytes())
    key = serialization.load_pem_private_key((root / "key.pem").read_bytes(), password=None)
    return key.public_key() == certificate.public_key()


def test_a_pair_is_made_kept_and_made_anew(ansible, tmp_path, authority):
    root = tmp_path / "tls"
    done = ansible.play(
        [
            task(root, authority),
            task(root, authority),
            task(root, authority, renew_days=397),
            task(root, authority, names=[*NAMES, "ldap.cantho.gov.vn"]),
            task(root, authority, names=[]),
            task(root, {"certificate": authority["certificate"]}),
        ],
        "-vvvv",
        "--diff",
        environment={"ANSIBLE_INJECT_INVOCATION": "true"},
    )
    made, kept, due, named, nameless, keyless = done.results
    assert [result["changed"] for result in (made, kept, due, named)] == [True, False, True, True]
    # The key is written first: after a run that is cut off between the two, the certificate is still the one that has to go.
    assert [part["after_header"] for part in named["diff"]] == [
        str(root / name) for name in ("key.pem", "certificate.pem")
    ]
    assert matches(root)
    assert (root / "key.pem").stat().st_mode & 0o7777 == 0o640
    assert "at least one DNS name" in nameless["msg"]
    assert "run playbooks/secrets.yml first" in keyless["msg"]
    for secret in (authority["key"], (root / "key.pem").read_text()):
        for line in secret.splitlines()[1:-1]:
            assert line not in done.stdout
