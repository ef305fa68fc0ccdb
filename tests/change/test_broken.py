"""A configuration that the daemon refuses stops the play with the daemon's own words, and the old service goes on."""

import os
import socket
from pathlib import Path

import pytest

from tcv.messages import Trouble
from tcv.programs import output
from tcv.site import Site

# The role's tag, its unit, a value that its daemon must refuse, what the daemon says of it, and the port that must go on.
CASES = [
    ("nginx", "nginx.service", "nginx_tls_certificate_file=/khong/co.pem", "/khong/co.pem", 443),
    (
        "dovecot",
        "dovecot.service",
        '{"dovecot_postmaster": "postmaster@x.vn\\nkhong_co_lenh_nay = 1"}',
        "khong_co_lenh_nay",
        993,
    ),
    # A relative path would be looked for in other places than the operator means.
    (
        "clamav",
        "clamav-daemon.service",
        "clamav_supplied_signatures=tests/fixtures/clamav",
        "clamav_supplied_signatures: 'tests/fixtures/clamav'",
        None,
    ),
    ("resolver", "unbound.service", '{"resolver_forwarders": ["khong-phai-dia-chi"]}', "khong-phai-dia-chi", None),
]


@pytest.fixture(scope="module")
def site() -> Site:
    return Site(Path(os.environ["TCV_INVENTORY"]), Path(os.environ["TCV_STATE"]))


def serving(container: str, unit: str) -> tuple[str, str]:
    """Since when the unit runs, and which process it is."""
    command = ["podman", "exec", container, "systemctl", "show", "--value", "--property"]
    state = output([*command, "ActiveState", unit])
    return state, output([*command, "MainPID", unit])


def configuration(container: str) -> str:
    """Checksums of everything in /etc."""
    return output(["podman", "exec", container, "sh", "-c", "find /etc -type f -exec sha256sum {} + | sort"])


@pytest.mark.parametrize(("tag", "unit", "broken", "said", "port"), CASES, ids=[case[0] for case in CASES])
def test_a_refused_configuration_changes_nothing(
    site: Site, tag: str, unit: str, broken: str, said: str, port: int | None
):
    container = site.container(site.members("mail")[0])
    running, before = serving(container, unit), configuration(container)
    assert running[0] == "active"
    with pytest.raises(Trouble) as refused:
        site.play("site", "--tags", tag, "--extra-vars", broken, log=f"broken-{tag}")
    assert said in str(refused.value)
    assert serving(container, unit) == running
    assert configuration(container) == before
    if port is not None:
        address = output(["podman", "exec", container, "hostname", "-I"]).split()[0]
        with socket.create_connection((address, port), timeout=5):
            pass
