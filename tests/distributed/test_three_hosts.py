"""Directory, mail and webmail on three hosts: what crosses between them works, is TLS, and nothing else is open."""

import http.client
import json
import os
import re
import smtplib
import socket
import ssl
import urllib.parse
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import ldap3
import pytest

from tcv import mailbox
from tcv.demo.proof import correspondents, prove

# What a daemon offers without TLS (LMTP, Valkey, clamd, rspamd, the resolver's control) stays on its own host.
INSIDE_PORTS = [24, 3310, 6379, 8953, 11332, 11333, 11334]


@pytest.fixture(scope="module")
def facts() -> dict:
    return json.loads(Path(os.environ["TCV_DEMO"]).read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def context(facts: dict) -> ssl.SSLContext:
    return mailbox.trusting(Path(facts["ca_file"]))


def test_three_hosts_play_three_parts(facts: dict):
    assert len({part["host"] for part in facts["parts"].values()}) == 3


def test_mail_flows(facts: dict):
    prove(facts)


def test_a_person_binds_to_the_directory_with_starttls(facts: dict):
    person, _ = correspondents(facts["accounts"])
    tls = ldap3.Tls(
        validate=ssl.CERT_REQUIRED,
        ca_certs_file=facts["ca_file"],
        valid_names=[f"ldap.{facts['domain']}"],
        version=ssl.PROTOCOL_TLS_CLIENT,
    )
    server = ldap3.Server(facts["parts"]["directory"]["host"], port=389, tls=tls, connect_timeout=5)
    connection = ldap3.Connection(server, person["dn"], person["password"])
    connection.open()
    assert connection.start_tls()
    assert connection.bind(), connection.result


class Browser:
    """A browser without a window: keeps each name's cookies, knows services by their names, talks to the webmail's host."""

    def __init__(self, facts: dict, context: ssl.SSLContext) -> None:
        self.address = facts["parts"]["webmail"]["host"]
        self.context = context
        self.cookies: dict[str, dict[str, str]] = {}

    def ask(self, url: str, form: dict[str, str] | None = None) -> tuple[str, str]:
        """The page to which an address leads in the end, and its address."""
        for _step in range(10):
            name, path = re.match(r"https://([^/]+)(/.*)", url).groups()
            connection = http.client.HTTPSConnection(name, context=self.context)
            plain = socket.create_connection((self.address, 443), timeout=30)
            connection.sock = self.context.wrap_socket(plain, server_hostname=name)
            kept = self.cookies.setdefault(name, {})
            headers = {"Cookie": "; ".join(f"{key}={value}" for key, value in kept.items()), "Accept": "text/html"}
            body = urllib.parse.urlencode(form) if form else None
            headers |= {"Content-Type": "application/x-www-form-urlencoded"} if form else {}
            connection.request("POST" if form else "GET", path, body=body, headers=headers)
            answer = connection.getresponse()
            for cookie in answer.headers.get_all("Set-Cookie") or []:
                key, value = cookie.split(";", 1)[0].split("=", 1)
                kept[key] = value
            page = answer.read().decode()
            connection.close()
            if answer.status != 302:
                return url, page
            url, form = urllib.parse.urljoin(url, answer.headers["Location"]), None
        raise AssertionError(f"no end of redirections: {url}")


def test_ct_3_2_the_webmail_signs_in_across_hosts(facts: dict, context: ssl.SSLContext):
    """The portal asks the directory's host, Dovecot on the mail host asks the portal whose the webmail's token is."""
    person, _ = correspondents(facts["accounts"])
    browser = Browser(facts, context)
    where, page = browser.ask(facts["webmail_url"])
    assert where.startswith(f"https://sso.{facts['domain']}/"), where
    inputs = re.findall(r"<input[^>]*>", page)
    hidden = [
        (re.search(r'name="([^"]*)"', one), re.search(r'value="([^"]*)"', one)) for one in inputs if "hidden" in one
    ]
    form = {name[1]: value[1] if value else "" for name, value in hidden if name}
    where, page = browser.ask(where, form | {"user": person["address"], "password": person["password"]})
    assert where.startswith(facts["webmail_url"]), where
    assert "_task=mail" in where, page[:500]
    assert 'id="mailboxlist"' in page


@pytest.mark.parametrize("part", ["directory", "mail", "webmail"])
def test_what_has_no_tls_is_not_reachable_from_outside(facts: dict, part: str):
    reachable = []
    for port in INSIDE_PORTS:
        try:
            with socket.create_connection((facts["parts"][part]["host"], port), timeout=0.5):
                reachable.append(port)
        except OSError:
            continue
    assert reachable == []


def test_the_mail_ports_are_open_on_the_mail_host_alone(facts: dict):
    for part in ("directory", "webmail"):
        for port in (25, 587, 993):
            with pytest.raises(OSError, match=r"timed out|refused"):
                socket.create_connection((facts["parts"][part]["host"], port), timeout=0.5)


def test_a_message_to_an_unknown_recipient_is_refused_by_the_directorys_answer(facts: dict, context: ssl.SSLContext):
    person, _ = correspondents(facts["accounts"])
    message = EmailMessage()
    message["From"] = person["address"]
    message["To"] = f"khong.co.ai@{facts['domain']}"
    message["Message-ID"] = make_msgid(domain=facts["domain"])
    message.set_content("x")
    service = mailbox.Service(f"smtp.{facts['domain']}", facts["host"], facts["ports"]["submission"])
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        mailbox.send(service, context, (person["address"], person["password"]), message)
