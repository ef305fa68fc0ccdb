"""Rules of nftables from ports and networks."""

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.firewall import lets_in, nftables_rules
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError


@pytest.mark.parametrize(
    ("rules", "lines"),
    [
        ([], []),
        ([{"name": "smtp", "port": 25}], ['tcp dport 25 accept comment "smtp"']),
        ([{"name": "smtp", "port": 25, "sources": []}], ['tcp dport 25 accept comment "smtp"']),
        ([{"name": "smtp", "port": "25", "sources": None}], ['tcp dport 25 accept comment "smtp"']),
        (
            [{"name": "ldap", "port": 389, "sources": ["10.1.0.0/16", "192.0.2.7"]}],
            ['ip saddr { 10.1.0.0/16, 192.0.2.7/32 } tcp dport 389 accept comment "ldap"'],
        ),
        (
            [{"name": "ssh", "port": 22, "sources": ["fd00::/8"]}],
            ['ip6 saddr { fd00::/8 } tcp dport 22 accept comment "ssh"'],
        ),
        (
            [
                {"name": "ssh", "port": 22, "sources": ["FD00:0::/8", "10.0.0.0/8"]},
                {"name": "http for ACME", "port": 80},
            ],
            [
                'ip saddr { 10.0.0.0/8 } tcp dport 22 accept comment "ssh"',
                'ip6 saddr { fd00::/8 } tcp dport 22 accept comment "ssh"',
                'tcp dport 80 accept comment "http for ACME"',
            ],
        ),
        (
            [{"name": "edge", "port": 1}, {"name": "edge", "port": 65535}],
            [
                'tcp dport 1 accept comment "edge"',
                'tcp dport 65535 accept comment "edge"',
            ],
        ),
    ],
)
def test_rules(rules, lines):
    assert nftables_rules(rules) == lines


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        ({"name": "x", "port": 0}, "Firewall rule x: the port 0 is not valid; allowed: a number from 1 to 65535."),
        ({"name": "x", "port": 65536}, "Firewall rule x: the port 65536 is not valid"),
        ({"name": "x", "port": "imap"}, "Firewall rule x: the port 'imap' is not valid"),
        ({"name": "x", "port": -25}, "Firewall rule x: the port -25 is not valid"),
        ({"name": "x"}, "Firewall rule x: the port None is not valid"),
        ({"port": 25}, "the name '' is not valid; allowed: 1 to 60 letters a-z, digits, spaces, _ and -."),
        ({"name": 'x" drop', "port": 25}, "the name 'x\" drop' is not valid"),
        ({"name": "x\n", "port": 25}, "the name 'x\\n' is not valid"),
        ({"name": "x" * 61, "port": 25}, "is not valid; allowed: 1 to 60 letters"),
        (
            {"name": "x", "port": 25, "sources": ["10.1.2.3/16"]},
            "Firewall rule x: '10.1.2.3/16' is not a network such as 10.1.0.0/16 or fd00::/8 (10.1.2.3/16 has host bits set).",
        ),
        ({"name": "x", "port": 25, "sources": ["ldap.example"]}, "Firewall rule x: 'ldap.example' is not a network"),
        ({"name": "x", "port": 25, "sources": [10]}, "Firewall rule x: 10 is not a network"),
        ({"name": "x", "port": 25, "sources": "10.0.0.0/8"}, "Firewall rule x: '10.0.0.0/8' is not a list of networks"),
    ],
)
def test_a_rule_that_is_not_valid_is_refused_by_name(rule, message):
    with pytest.raises(CoreError) as refused:
        nftables_rules([{"name": "fine", "port": 1}, rule])
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("rule", "source", "port", "open_"),
    [
        ({"sources": []}, "198.51.100.7", 22, True),
        ({}, "fe80::1%eth0", 22, True),
        ({"sources": ["10.0.0.0/8", "fd00::/8"]}, "10.9.8.7", 22, True),
        ({"sources": ["10.0.0.0/8", "fd00::/8"]}, "fd00::1", 22, True),
        ({"sources": ["10.0.0.0/8", "fd00::/8"]}, "198.51.100.7", 22, False),
        ({"sources": ["10.0.0.0/8"]}, "fd00::1", 22, False),
        ({"sources": []}, "198.51.100.7", 2222, False),
    ],
)
def test_who_is_let_in(rule, source, port, open_):
    assert lets_in([{"name": "smtp", "port": 25}, {"name": "ssh", "port": 22, **rule}], source, port) is open_


def test_a_broken_rule_is_named_by_whoever_asks_first():
    with pytest.raises(CoreError, match=r"10\.0\.0\.0/33"):
        lets_in([{"name": "ssh", "port": 22, "sources": ["10.0.0.0/33"]}], "10.1.2.3", 22)
