"""The podman network of the test hosts."""

import ipaddress
import json
from dataclasses import dataclass
from pathlib import Path

from tcv.messages import Trouble
from tcv.programs import output, run

NAME = "thucongvu"
# Never 192.0.2.0/24 or 203.0.113.0/24: such a network can hide what the machine itself reaches under these addresses.
CANDIDATES = "10.213.0.0/16"
SUBNET6 = "fd7a:7463:7600::/64"


@dataclass(frozen=True)
class Network:
    """The networks of the test hosts, and podman's own resolver on it."""

    subnets: list[str]
    gateway: str


def ipv6_works() -> bool:
    """Whether this machine's kernel speaks IPv6."""
    switch = Path("/proc/sys/net/ipv6/conf/all/disable_ipv6")
    return switch.is_file() and switch.read_text(encoding="ascii").strip() == "0"


def free_subnet() -> str:
    """A subnet that no route of this machine touches."""
    routes = json.loads(output(["ip", "-json", "-4", "route", "show", "table", "all"]))
    taken = [ipaddress.ip_network(route["dst"], strict=False) for route in routes if route["dst"] != "default"]
    for subnet in ipaddress.ip_network(CANDIDATES).subnets(new_prefix=24):
        if not any(subnet.overlaps(other) for other in taken if isinstance(other, ipaddress.IPv4Network)):
            return str(subnet)
    raise Trouble("testhost", "no-subnet", candidates=CANDIDATES)


def ensure() -> Network:
    """The network, made if it is not there."""
    if run(["podman", "network", "exists", NAME], check=False).returncode != 0:
        addresses = ["--subnet", free_subnet()]
        if ipv6_works():
            addresses += ["--ipv6", "--subnet", SUBNET6]
        run(["podman", "network", "create", *addresses, NAME])
    return describe()


def describe() -> Network:
    """The network as podman has it."""
    subnets = json.loads(output(["podman", "network", "inspect", NAME]))[0]["subnets"]
    return Network([subnet["subnet"] for subnet in subnets], subnets[0]["gateway"])


def own_addresses() -> list[str]:
    """This machine's end of the network, in each family: the first address of each subnet."""
    return [str(ipaddress.ip_network(subnet)[1]) for subnet in describe().subnets]


def remove() -> None:
    """Remove the network."""
    if run(["podman", "network", "exists", NAME], check=False).returncode == 0:
        run(["podman", "network", "rm", NAME])
