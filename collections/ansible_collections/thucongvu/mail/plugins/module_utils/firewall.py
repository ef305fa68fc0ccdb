"""Rules of nftables from what the enabled services need."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError


def nftables_rules(rules: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return one nftables rule for each port and address family.

    Args:
        rules: Each with ``name``, ``port`` (TCP) and ``sources`` (networks; none means everybody).

    Raises:
        CoreError: A port, network or name is not valid; the message names the rule and what is allowed.
    """
    lines: list[str] = []
    for rule in rules:
        name, port, sources = str(rule.get("name", "")), rule.get("port"), rule.get("sources") or []
        if not re.fullmatch(r"[A-Za-z0-9 _-]{1,60}", name):
            raise CoreError("firewall.name", name=repr(name))
        if not re.fullmatch(r"[0-9]{1,5}", str(port)) or not 1 <= int(str(port)) <= 65535:
            raise CoreError("firewall.port", name=name, port=repr(port))
        if isinstance(sources, str):
            raise CoreError("firewall.sources", name=name, sources=repr(sources))
        networks: dict[str, list[str]] = {"ip": [], "ip6": []}
        for source in sources:
            try:
                network = ipaddress.ip_network(str(source))
            except ValueError as error:
                raise CoreError("firewall.source", name=name, source=repr(source), reason=error) from error
            networks["ip" if network.version == 4 else "ip6"].append(str(network))
        if not any(networks.values()):
            lines.append(f'tcp dport {port} accept comment "{name}"')
        for family, members in networks.items():
            if members:
                lines.append(f'{family} saddr {{ {", ".join(members)} }} tcp dport {port} accept comment "{name}"')
    return lines


def lets_in(rules: Sequence[Mapping[str, Any]], source: str, port: int) -> bool:
    """Tell whether a connection from an address to a TCP port is let in.

    Args:
        rules: As for :func:`nftables_rules`.
        source: IPv4 or IPv6 address; an interface behind % is left aside.
        port: TCP port.

    Raises:
        CoreError: As :func:`nftables_rules`.
        ValueError: The source is no address.
    """
    nftables_rules(rules)
    address = ipaddress.ip_address(source.split("%", maxsplit=1)[0])
    for rule in rules:
        networks = [ipaddress.ip_network(str(network)) for network in rule.get("sources") or []]
        if int(str(rule["port"])) == port and (not networks or any(address in network for network in networks)):
            return True
    return False
