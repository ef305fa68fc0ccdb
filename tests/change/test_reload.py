"""A setting that the daemon can reload is reloaded; one that needs a restart restarts; both are in force afterwards."""

import os
from pathlib import Path

import pytest

from tcv.messages import Trouble
from tcv.programs import output
from tcv.site import Site


@pytest.fixture(scope="module")
def site():
    return Site(Path(os.environ["TCV_INVENTORY"]), Path(os.environ["TCV_STATE"]))


def process(container, unit):
    return output(["podman", "exec", container, "systemctl", "show", "--value", "--property", "MainPID", unit]).strip()


def test_a_size_is_reloaded_and_a_protocol_restarts(site):
    container = site.container(site.members("mail")[0])
    first = process(container, "postfix.service")
    site.play("site", "--tags", "postfix", "--extra-vars", "postfix_max_message_bytes=20971520", log="reload")
    assert process(container, "postfix.service") == first
    assert "20971520" in output(["podman", "exec", container, "postconf", "message_size_limit"])
    site.play("site", "--tags", "postfix", "--extra-vars", "postfix_inet_protocols=ipv4", log="restart")
    second = process(container, "postfix.service")
    assert second != first
    assert "[::]:25" not in output(["podman", "exec", container, "ss", "-tln"])
    site.play("site", "--tags", "postfix", log="restart-back")
    assert "[::]:25" in output(["podman", "exec", container, "ss", "-tln"])


def test_a_run_that_was_cut_off_before_the_reload_is_made_good(site):
    """The file was written and the play died before its handler: the next run sees that the daemon has not read it."""
    container = site.container(site.members("mail")[0])
    output(["podman", "exec", container, "touch", "/etc/postfix/main.cf"])
    assert site.play("site", "--tags", "postfix", log="cut-off").changed > 0
    assert site.play("site", "--tags", "postfix", log="cut-off-again").changed == 0


def test_the_resolver_validates_by_default_and_a_host_without_dns_stops_the_run(site):
    """The test network's forwarder passes no DNSSEC on, so that nothing is answered: the old resolver stays the host's."""
    container = site.container(site.members("mail")[0])
    with pytest.raises(Trouble) as stopped:
        site.play("site", "--tags", "resolver", "--extra-vars", '{"resolver_dnssec": true}', log="resolver-dnssec")
    assert "resolver_dnssec: false" in str(stopped.value)
    assert "trust-anchor-file" in output(["podman", "exec", container, "cat", "/etc/unbound/unbound.conf"])
    site.play("site", "--tags", "resolver", log="resolver-back")
    assert "NOERROR" in output(["podman", "exec", container, "dig", f"mx.{site.domain}"])
