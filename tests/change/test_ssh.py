"""A host that is reached by SSH, as a data centre's are: the firewall must not shut its operator out."""

import json
import os
import subprocess
from pathlib import Path

import pytest

from tcv import network, testhost
from tcv.messages import Trouble
from tcv.programs import output
from tcv.site import Site


@pytest.fixture(scope="module")
def site():
    return Site(Path(os.environ["TCV_INVENTORY"]), Path(os.environ["TCV_STATE"]))


@pytest.fixture(scope="module")
def over_ssh(site, tmp_path_factory):
    """Variables by which the mail host is reached over SSH, with a key and a server of this test."""
    container = site.container(site.members("mail")[0])
    folder = tmp_path_factory.mktemp("ssh")
    key = folder / "key"
    output(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(key)])
    install = "DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends openssh-server"
    output(["podman", "exec", container, "sh", "-c", f"{install} && systemctl start ssh && mkdir -p -m 700 ~/.ssh"])
    subprocess.run(
        ["podman", "exec", "-i", container, "sh", "-c", "cat > ~/.ssh/authorized_keys"],
        input=key.with_suffix(".pub").read_bytes(),
        check=True,
    )
    yield {
        "ansible_connection": "ssh",
        "ansible_host": testhost.address(container),
        "ansible_ssh_private_key_file": str(key),
        "ansible_ssh_common_args": f"-o StrictHostKeyChecking=no -o UserKnownHostsFile={folder}/known_hosts",
    }
    output(["podman", "exec", container, "sh", "-c", "apt-get purge -y openssh-server && rm -r ~/.ssh"])
    site.play("site", "--tags", "base", log="ssh-back")


def test_the_firewall_never_shuts_the_operator_out(site, over_ssh):
    def play(networks, log):
        variables = json.dumps({**over_ssh, "admin_networks": networks})
        return site.play("site", "--tags", "base", "--extra-vars", variables, log=log)

    own, elsewhere = network.describe(), ["198.51.100.0/24"]
    with pytest.raises(Trouble) as refused:
        play(elsewhere, "ssh-elsewhere")
    assert own.gateway in str(refused.value)
    assert "admin_networks" in str(refused.value)
    play(own.subnets[:1] + elsewhere, "ssh-own")
    ruleset = output(["podman", "exec", site.container(site.members("mail")[0]), "nft", "list", "ruleset"])
    assert own.subnets[0] in ruleset
    assert play(own.subnets[:1] + elsewhere, "ssh-again").changed == 0
