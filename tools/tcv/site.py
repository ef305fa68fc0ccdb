"""A province deployed on test hosts: its inventory, and a state folder with everything that is true only of the test.

The playbooks run over the province's own inventory and a second one from the state folder, which says how to reach the
test hosts and what is different about them.
"""

import hashlib
import ipaddress
import json
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from tcv import applications, network, playbook, testhost
from tcv.files import write_private, write_yaml
from tcv.messages import Trouble
from tcv.paths import ROOT
from tcv.programs import output

FOLDER_MODE = 0o700
# Names that can never be anybody's (RFC 2606).
OUTSIDE = "outside.example"
FORGED = "forged.example"


@dataclass(frozen=True)
class Site:
    """An inventory, and the test's state folder.

    A guest has no test hosts of its own: its register and accounts are brought to another site's host, under that site's
    domain and with its secrets.
    """

    inventory: Path
    state: Path
    hosting: "Site | None" = None

    @property
    def name(self) -> str:
        """What its containers are called: each state folder has its own, so that checkouts do not get in each other's way."""
        digest = hashlib.sha256(str(self.state.resolve()).encode()).hexdigest()
        return f"tcv-{self.province}-{digest[:6]}"

    @property
    def overlay(self) -> Path:
        """The second inventory."""
        return self.state / "inventory"

    @property
    def vault_password(self) -> Path:
        """The file with the vault's password."""
        return (self.hosting or self).state / "vault-password"

    @property
    def first_passwords(self) -> Path:
        """The folder with one encrypted file an agency."""
        return self.state / "first-passwords"

    @property
    def ca(self) -> Path:
        """The certificate of the province's own CA."""
        return (self.hosting or self).state / "ca.pem"

    def log(self, name: str) -> Path:
        """Where a playbook's output goes."""
        return self.state / "logs" / f"{name}.log"

    @cached_property
    def declared(self) -> dict[str, Any]:
        """What the province's own inventory says."""
        command = ["ansible-inventory", "-i", str(self.inventory), "--playbook-dir", str(ROOT / "playbooks"), "--list"]
        if self.vault_password.exists():
            command += ["--vault-password-file", str(self.vault_password)]
        found: dict[str, Any] = json.loads(output(command))
        return found

    def members(self, group: str) -> list[str]:
        """The hosts of a group and its children."""
        entry = self.declared.get(group, {})
        hosts = list(entry.get("hosts", []))
        for child in entry.get("children", []):
            hosts += [host for host in self.members(child) if host not in hosts]
        return hosts

    @property
    def hosts(self) -> list[str]:
        """The province's hosts."""
        hosts = self.members("province")
        if not hosts:
            raise Trouble("demo", "no-hosts", inventory=self.inventory)
        return hosts

    def container(self, host: str) -> str:
        """The container that plays a host."""
        if self.hosting is not None:
            return self.hosting.container(self.hosting.hosts[0])
        return self.name if len(self.hosts) == 1 else f"{self.name}-{host.split('.', maxsplit=1)[0]}"

    @property
    def domain(self) -> str:
        """The mail domain."""
        return (self.hosting or self).variable("domain")

    @property
    def province(self) -> str:
        """The province's short name."""
        return self.variable("province")

    def variable(self, name: str) -> str:
        """A variable that the inventory must declare for the whole province."""
        value = self.declared["_meta"]["hostvars"][self.hosts[0]].get(name)
        if value is None:
            raise Trouble("demo", "no-variable", inventory=self.inventory, name=name)
        return str(value)

    def create(self) -> None:
        """Make the test hosts and everything in the state folder that the playbooks need."""
        self.state.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        if not self.vault_password.exists():
            write_private(self.vault_password, secrets.token_urlsafe(32) + "\n")
        for host in self.hosts:
            testhost.create(self.container(host), host, str(self.state.resolve()))
        applications.create(self)
        self.write_overlay()

    def move_in(self) -> None:
        """As a guest, write what differs from the hosting site: the host's name, and where its own files go."""
        if self.hosting is None:
            raise ValueError("only a guest moves in")
        self.state.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        [name] = self.hosts
        lent = yaml.safe_load((self.hosting.overlay / "hosts.yml").read_text(encoding="utf-8"))
        [connection] = lent["all"]["hosts"].values()
        (self.overlay / "group_vars/province").mkdir(parents=True, exist_ok=True)
        write_yaml(self.overlay / "hosts.yml", {"all": {"hosts": {name: connection}}})
        settings = yaml.safe_load((self.hosting.overlay / "group_vars/province/test.yml").read_text(encoding="utf-8"))
        own = {
            "domain": self.domain,
            "first_passwords_dir": str(self.first_passwords),
            "rules_file": str(self.state / "rules.yml"),
        }
        write_yaml(self.overlay / "group_vars/province/test.yml", settings | own)
        vault = self.overlay / "group_vars/province/vault.yml"
        write_private(vault, (self.hosting.overlay / "group_vars/province/vault.yml").read_text(encoding="utf-8"))

    def destroy(self) -> None:
        """Remove the test hosts that were made for this state folder."""
        for name in testhost.owned_by(str(self.state.resolve())):
            testhost.destroy(name)

    def write_overlay(self) -> None:
        """Write the second inventory."""
        connection = {"ansible_connection": "containers.podman.podman", "ansible_user": "root"}
        hosts = {
            host: connection | {"ansible_host": self.container(host)} | self.public_addresses(host)
            for host in self.hosts
        }
        settings = {
            "secrets_file": str(self.overlay / "group_vars/province/vault.yml"),
            "first_passwords_dir": str(self.first_passwords),
            "rules_file": str(self.state / "rules.yml"),
            "ca_file": str(self.ca),
            "dns_zone_file": str(self.state / "dns" / f"{self.domain}.zone"),
            "serve_own_zone": True,
            "resolver_forwarders": testhost.nameservers(),
            "resolver_dnssec": False,
            "resolver_zones_extra": outside_zones(
                network.describe().gateway, testhost.address(applications.container(self))
            ),
            "rspamd_online_checks": False,
            "clamav_signature_source": "supplied",
            "clamav_supplied_signatures": str(ROOT / "tests/fixtures/clamav"),
            "directory_client_networks": network.describe().subnets,
            "base_time_sync": False,
            # The tests come from there, with wrong passwords too.
            "trusted_networks": [str(ipaddress.ip_network(own)) for own in network.own_addresses()],
        } | applications.inventory(self)
        (self.overlay / "group_vars/province").mkdir(parents=True, exist_ok=True)
        write_yaml(self.overlay / "hosts.yml", {"all": {"hosts": hosts}})
        write_yaml(self.overlay / "group_vars/province/test.yml", settings)

    def public_addresses(self, host: str) -> dict[str, str]:
        """The test host's addresses in place of those that the province publishes."""
        ipv4, ipv6 = testhost.addresses(self.container(host))
        declared = self.declared["_meta"]["hostvars"][host]
        return {
            key: value for key, value in {"public_ipv4": ipv4, "public_ipv6": ipv6}.items() if key in declared and value
        }

    def arguments(self) -> list[str]:
        """What every playbook of this site is called with."""
        inventories = ["-i", str(self.inventory), "-i", str(self.overlay)]
        return [*inventories, "--vault-password-file", str(self.vault_password)]

    def play(
        self, name: str, *more: str, log: str | None = None, watch: Callable[[str], None] = lambda _: None
    ) -> playbook.Outcome:
        """Run one of the operator's playbooks on this site."""
        return playbook.play(name, [*self.arguments(), *more], self.log(log or name), watch=watch)

    def accounts(self) -> list[dict[str, str]]:
        """The accounts with their first passwords, agency by agency."""
        found: list[dict[str, str]] = []
        for file in sorted(self.first_passwords.glob("*.yml")):
            entries = self.decrypted(file)
            found += [{"address": address} | entry for address, entry in entries.items()]
        return found

    def decrypted(self, file: Path) -> dict[str, dict[str, str]]:
        """The content of an encrypted YAML file."""
        secret = VaultSecret(self.vault_password.read_bytes().strip())
        vault = VaultLib([("default", secret)])
        content: dict[str, dict[str, str]] = yaml.safe_load(vault.decrypt(file.read_bytes())) or {}
        return content


def outside_zones(address: str, provider: str) -> list[dict[str, str]]:
    """The outside world as the tests need it.

    A domain whose mail comes from this machine's end of the test network, with a name for that address, and one whose
    mail never does. Both ask for mail that is not proven to be refused. VNeID's stand-in has a name there too.
    """
    own = f"mx.{OUTSIDE}"
    proven = ['_dmarc 300 IN TXT "v=DMARC1; p=reject"', '@ 300 IN TXT "v=spf1 mx -all"', f"@ 300 IN MX 10 {own}."]
    return [
        zone(OUTSIDE, own, [*proven, f"mx 300 IN A {address}", f"vneid 300 IN A {provider}"]),
        zone(FORGED, own, [*proven[:1], '@ 300 IN TXT "v=spf1 -all"', f"@ 300 IN MX 10 {own}."]),
        zone(ipaddress.ip_address(address).reverse_pointer, own, [f"@ 300 IN PTR {own}."]),
    ]


def zone(name: str, server: str, records: list[str]) -> dict[str, str]:
    """A zone file."""
    head = [f"$ORIGIN {name}.", f"@ 300 IN SOA {server}. postmaster.{OUTSIDE}. 1 7200 3600 1209600 300"]
    return {"name": name, "content": "\n".join([*head, f"@ 300 IN NS {server}.", *records]) + "\n"}
