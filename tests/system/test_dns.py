"""The published records say what is true of the live servers."""

import re
import socket

import pytest


@pytest.fixture
def ask(host):
    def lookup(name, kind):
        return host.check_output("dig +short @127.0.0.1 %s %s", name, kind).splitlines()

    return lookup


def test_the_resolver_is_the_hosts_own(host):
    assert "nameserver 127.0.0.1" in host.file("/etc/resolv.conf").content_string


def test_mail_is_received_where_mx_says(site, ask):
    assert ask(site.domain, "MX") == [f"10 mx.{site.domain}."]
    assert site.address in ask(f"mx.{site.domain}", "A")


@pytest.mark.parametrize(
    ("name", "pattern"),
    [
        ("{domain}", r"v=spf1 mx -all"),
        ("tcv._domainkey.{domain}", r"v=DKIM1; k=rsa; p=[A-Za-z0-9+/=]{300,}"),
        ("_dmarc.{domain}", r"v=DMARC1; p=(none|quarantine|reject);.*rua=mailto:dmarc@"),
        ("_mta-sts.{domain}", r"v=STSv1; id=[0-9a-f]+"),
        ("_smtp._tls.{domain}", r"v=TLSRPTv1; rua=mailto:tlsrpt@"),
    ],
)
def test_text_records(site, ask, name, pattern):
    texts = ["".join(line.split('"')[1::2]) for line in ask(name.format(domain=site.domain), "TXT")]
    assert any(re.match(pattern, text) for text in texts), texts


@pytest.mark.parametrize(
    "service", ["_submissions", "_submission", "_imaps", "_pop3s", "_sieve", "_ldap", "_autodiscover"]
)
def test_each_service_record_leads_to_an_open_port(site, ask, service):
    (record,) = ask(f"{service}._tcp.{site.domain}", "SRV")
    _priority, _weight, port, target = record.split()
    assert ask(target, "A") == [site.address]
    with socket.create_connection((site.address, int(port)), timeout=10):
        pass


@pytest.mark.parametrize("service", ["_imap", "_pop3"])
def test_services_without_tls_are_said_not_to_be_offered(site, ask, service):
    assert ask(f"{service}._tcp.{site.domain}", "SRV") == ["0 0 0 ."]


@pytest.mark.parametrize("name", ["mail", "autoconfig", "autodiscover", "mta-sts", "imap", "smtp", "ldap"])
def test_each_name_leads_to_the_host(site, ask, name):
    assert ask(f"{name}.{site.domain}", "A") == [site.address]


def test_who_may_issue_certificates_is_published(site, ask):
    assert ask(site.domain, "CAA")
