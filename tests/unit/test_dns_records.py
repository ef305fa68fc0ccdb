"""What a province publishes, read back by a DNS library as another mail server would."""

import base64
import re

import dns.rdata
import dns.rdatatype
import dns.zone
import pytest
from cryptography.hazmat.primitives import serialization

from ansible_collections.thucongvu.mail.plugins.module_utils.dns_records import (
    Record,
    dns_records,
    dns_zone,
    policy_id,
    quoted,
    relative,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import make_rsa_key

DOMAIN = "cantho.gov.vn"
POLICY = "version: STSv1\nmode: testing\nmx: mx.cantho.gov.vn\nmax_age: 604800\n"
SERVICES = ["mx", "smtp", "imap", "mail", "ldap", "autoconfig", "autodiscover", "mta-sts"]


@pytest.fixture(scope="module")
def dkim_key():
    return make_rsa_key("")


@pytest.fixture(scope="module")
def records_with(dkim_key):
    def make(**change):
        return dns_records(
            **{
                "domain": DOMAIN,
                "hosts": [
                    {
                        "names": [f"mail01.{DOMAIN}", *(f"{name}.{DOMAIN}" for name in SERVICES)],
                        "ipv4": "198.51.100.10",
                        "ipv6": "2001:DB8:0::10",
                    }
                ],
                "mail_exchange": f"mx.{DOMAIN}",
                "submission": f"smtp.{DOMAIN}",
                "imap": f"imap.{DOMAIN}",
                "directory": f"ldap.{DOMAIN}",
                "autodiscover": f"autodiscover.{DOMAIN}",
                "mta_sts_policy": POLICY,
                "dkim_selector": "tcv",
                "dkim_key": dkim_key,
                "dmarc_policy": "reject",
                "caa_issuers": [],
                **change,
            }
        )

    return make


def read_back(records, domain=DOMAIN):
    return dns.zone.from_text(dns_zone(records, domain, f"mx.{domain}"), origin=f"{domain}.", relativize=False)


def answers(zone, name, kind):
    """What the zone answers, as text."""
    found = zone.get_rdataset(f"{name}.", kind)
    return sorted(data.to_text() for data in found) if found else []


def text_of(zone, name):
    """The one TXT record of a name, its character-strings joined as a verifier joins them."""
    (data,) = zone.get_rdataset(f"{name}.", "TXT")
    return b"".join(data.strings).decode()


def test_every_record_is_in_the_zone_and_nothing_else(records_with):
    records = records_with(caa_issuers=["letsencrypt.org"])
    zone = read_back(records)
    wanted = {
        (
            f"{DOMAIN}." if record.name == "@" else f"{record.name}.{DOMAIN}.",
            record.type,
            dns.rdata.from_text("IN", record.type, record.data).to_text(),
        )
        for record in records
    }
    found = {
        (str(name), dns.rdatatype.to_text(data.rdtype), data.to_text()) for name, _ttl, data in zone.iterate_rdatas()
    }
    assert wanted <= found
    assert {kind for _name, kind, _data in found - wanted} == {"SOA", "NS"}
    assert {ttl for _name, ttl, _data in zone.iterate_rdatas()} == {3600}


def test_each_service_is_found(records_with):
    zone = read_back(records_with())
    assert answers(zone, DOMAIN, "MX") == [f"10 mx.{DOMAIN}."]
    for name in ["mail01", *SERVICES]:
        assert answers(zone, f"{name}.{DOMAIN}", "A") == ["198.51.100.10"]
        assert answers(zone, f"{name}.{DOMAIN}", "AAAA") == ["2001:db8::10"]
    services = {
        "_submissions._tcp": f"0 1 465 smtp.{DOMAIN}.",
        "_submission._tcp": f"10 1 587 smtp.{DOMAIN}.",
        "_imaps._tcp": f"0 1 993 imap.{DOMAIN}.",
        "_pop3s._tcp": f"10 1 995 imap.{DOMAIN}.",
        # RFC 6186, 3.4: a single full stop says that the service is not offered.
        "_imap._tcp": "0 0 0 .",
        "_pop3._tcp": "0 0 0 .",
        "_sieve._tcp": f"0 1 4190 imap.{DOMAIN}.",
        "_ldap._tcp": f"0 1 389 ldap.{DOMAIN}.",
        "_autodiscover._tcp": f"0 1 443 autodiscover.{DOMAIN}.",
    }
    for name, target in services.items():
        assert answers(zone, f"{name}.{DOMAIN}", "SRV") == [target]


def test_who_may_send_and_what_to_do_with_the_rest(records_with):
    zone = read_back(records_with())
    assert text_of(zone, DOMAIN) == "v=spf1 mx -all"
    assert text_of(zone, f"mx.{DOMAIN}") == "v=spf1 a -all"
    assert text_of(zone, f"_dmarc.{DOMAIN}") == f"v=DMARC1; p=reject; adkim=s; aspf=s; rua=mailto:dmarc@{DOMAIN}"
    assert text_of(zone, f"_smtp._tls.{DOMAIN}") == f"v=TLSRPTv1; rua=mailto:tlsrpt@{DOMAIN}"
    assert re.fullmatch(r"v=STSv1; id=[A-Za-z0-9]{1,32}", text_of(zone, f"_mta-sts.{DOMAIN}"))


@pytest.mark.parametrize("policy", ["none", "quarantine", "reject"])
def test_the_dmarc_policy_is_the_operators(records_with, policy):
    assert f"; p={policy};" in text_of(read_back(records_with(dmarc_policy=policy)), f"_dmarc.{DOMAIN}")


def test_the_published_dkim_key_is_the_public_half(records_with, dkim_key):
    zone = read_back(records_with(dkim_selector="2026"))
    (data,) = zone.get_rdataset(f"2026._domainkey.{DOMAIN}.", "TXT")
    assert all(len(part) <= 255 for part in data.strings)
    tags = dict(tag.split("=", 1) for tag in text_of(zone, f"2026._domainkey.{DOMAIN}").split("; "))
    assert (tags["v"], tags["k"]) == ("DKIM1", "rsa")
    published = serialization.load_der_public_key(base64.b64decode(tags["p"], validate=True))
    private = serialization.load_pem_private_key(dkim_key.encode(), password=None)
    assert published == private.public_key()


@pytest.mark.parametrize(
    ("issuers", "answer"),
    [
        ([], ['0 issue ";"']),
        (["letsencrypt.org"], ['0 issue "letsencrypt.org"']),
        (
            ["pki.example", "letsencrypt.org; validationmethods=http-01"],
            ['0 issue "letsencrypt.org; validationmethods=http-01"', '0 issue "pki.example"'],
        ),
    ],
)
def test_who_may_issue_certificates(records_with, issuers, answer):
    assert answers(read_back(records_with(caa_issuers=issuers)), DOMAIN, "CAA") == answer


def test_several_hosts_and_one_without_ipv6(records_with):
    hosts = [
        {"names": [f"mail01.{DOMAIN}", f"mx.{DOMAIN}"], "ipv4": "198.51.100.10", "ipv6": None},
        {"names": [f"ldap01.{DOMAIN}", f"ldap.{DOMAIN}"], "ipv4": "198.51.100.11", "ipv6": "2001:db8::11"},
    ]
    zone = read_back(records_with(hosts=hosts))
    assert answers(zone, f"mx.{DOMAIN}", "A") == ["198.51.100.10"]
    assert answers(zone, f"mx.{DOMAIN}", "AAAA") == []
    assert answers(zone, f"ldap.{DOMAIN}", "AAAA") == ["2001:db8::11"]


def test_a_host_that_bears_a_service_name_is_there_once(records_with):
    names = [f"mx.{DOMAIN}", f"smtp.{DOMAIN}", f"mx.{DOMAIN}"]
    records = records_with(hosts=[{"names": names, "ipv4": "198.51.100.10", "ipv6": None}])
    assert [record.name for record in records if record.type == "A"] == ["mx", "smtp"]


HOST = {"names": [f"mail01.{DOMAIN}"], "ipv4": "198.51.100.10", "ipv6": None}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"hosts": [{**HOST, "ipv4": "2001:db8::1"}]}, f"mail01.{DOMAIN}: '2001:db8::1' is not an IPv4 address."),
        ({"hosts": [{**HOST, "ipv6": "198.51.100.10"}]}, f"mail01.{DOMAIN}: '198.51.100.10' is not an IPv6 address."),
        ({"hosts": [{**HOST, "ipv4": "mail01"}]}, f"mail01.{DOMAIN}: 'mail01' is not an IPv4 address."),
        (
            {"hosts": [{**HOST, "names": ["mail01.elsewhere.example"]}]},
            f"The name mail01.elsewhere.example lies outside {DOMAIN}: its records belong to another zone.",
        ),
        ({"hosts": [{**HOST, "names": [f"mail01.x{DOMAIN}"]}]}, f"The name mail01.x{DOMAIN} lies outside {DOMAIN}"),
        ({"mail_exchange": "mx.elsewhere.example"}, "The name mx.elsewhere.example lies outside"),
        ({"dmarc_policy": "refuse"}, "dns_dmarc_policy: 'refuse' is not allowed; allowed: none, quarantine, reject."),
        ({"dkim_selector": "tcv 2026"}, "dkim_selector: 'tcv 2026' is not valid"),
        ({"dkim_selector": ""}, "dkim_selector: '' is not valid"),
        ({"dkim_key": "chuỗi"}, "The DKIM key must be a private RSA key in PEM."),
        ({"caa_issuers": ['x"; evil']}, "dns_caa_issuers: 'x\"; evil' is not valid"),
        ({"caa_issuers": ["letsencrypt.org\n@ TXT x"]}, "such as letsencrypt.org."),
    ],
)
def test_what_cannot_be_published_is_refused_with_what_is_allowed(records_with, change, message):
    with pytest.raises(CoreError) as refused:
        records_with(**change)
    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("name", "shown"), [(DOMAIN, "@"), (f"mx.{DOMAIN}", "mx"), (f"a.b.{DOMAIN}", "a.b"), (f"{DOMAIN}.{DOMAIN}", DOMAIN)]
)
def test_a_name_as_the_zone_writes_it(name, shown):
    assert relative(name, DOMAIN) == shown


@pytest.mark.parametrize("text", ["", "a", 'say "no" \\ 1', "x" * 255, "x" * 256, "x" * 1000, 'x"' * 200])
def test_a_text_is_read_back_as_it_was(text):
    data = dns.rdata.from_text("IN", "TXT", quoted(text))
    assert b"".join(data.strings) == text.encode()


def test_the_policys_id_and_the_zones_serial_change_with_their_content_and_only_then(records_with):
    assert policy_id(POLICY) == policy_id(POLICY)
    assert policy_id(POLICY) != policy_id(POLICY.replace("testing", "enforce"))

    def serial(records):
        return read_back(records).get_rdataset(f"{DOMAIN}.", "SOA")[0].serial

    assert serial(records_with()) == serial(records_with())
    assert serial(records_with()) != serial(records_with(dmarc_policy="none"))


def test_a_record_says_its_line():
    assert Record("@", "MX", "10 mx.cantho.gov.vn.", "mx").line() == "@ 3600 IN MX 10 mx.cantho.gov.vn."
