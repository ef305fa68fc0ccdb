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


class Webmail:
    """A browser without a window: keeps cookies, knows the service's name, talks to its address."""

    def __init__(self, facts: dict, context: ssl.SSLContext) -> None:
        self.name = f"mail.{facts['domain']}"
        self.address = facts["parts"]["webmail"]["host"]
        self.context = context
        self.cookies: dict[str, str] = {}

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """Status, where it sends the browser, and the page."""
        connection = http.client.HTTPSConnection(self.name, context=self.context)
        plain = socket.create_connection((self.address, 443), timeout=30)
        connection.sock = self.context.wrap_socket(plain, server_hostname=self.name)
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body=urllib.parse.urlencode(form) if form else None, headers=headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, value = cookie.split(";", 1)[0].split("=", 1)
            self.cookies[name] = value
        page = answer.read().decode()
        connection.close()
        return answer.status, answer.headers.get("Location", ""), page


def test_the_webmail_signs_in_across_hosts(facts: dict, context: ssl.SSLContext):
    person, _ = correspondents(facts["accounts"])
    webmail = Webmail(facts, context)
    _, _, page = webmail.ask("GET", "/")
    token = re.search(r'name="_token" value="([^"]+)"', page)
    assert token, page[:500]
    form = {
        "_token": token.group(1),
        "_task": "login",
        "_action": "login",
        "_user": person["address"],
        "_pass": person["password"],
    }
    status, target, page = webmail.ask("POST", "/?_task=login", form)
    assert status == 302, page[:500]
    assert "_task=mail" in target


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
