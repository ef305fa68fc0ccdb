"""The sign-in portal over the wire: whose tokens open a mailbox, what a refusal leaves, passwords tried as the core does."""

import base64
import html
import http.client
import imaplib
import json
import re
import secrets
import socket
import subprocess
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.mailbox_classes import password_rule_of_class
from ansible_collections.thucongvu.mail.plugins.module_utils.password_owner import Owner
from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import check_password
from ansible_collections.thucongvu.mail.plugins.module_utils.portal_rules import portal_rules
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.text import unaccented
from tcv import mailbox
from tcv.paths import ROOT

TRY_RULES = """
use strict; use warnings; use lib '/usr/local/share/thucongvu-portal/perl'; use JSON; use ThuCongVu::PasswordRules;
my $asked = decode_json(join '', <STDIN>);
print encode_json([map { my $case = $_; [map { $_->{key} }
  ThuCongVu::PasswordRules::broken($asked->{rules}, $case->{class}, $case->{password}, $case->{entry})] } @{$asked->{cases}}]);
"""


class Connection(http.client.HTTPSConnection):
    """A connection to a site's address under one of the site's names."""

    def __init__(self, site, name):
        super().__init__(name, context=site.context, timeout=mailbox.TIMEOUT)
        self.site = site

    def connect(self):
        plain = socket.create_connection((self.site.address, self.port), self.timeout)
        self.sock = self.site.context.wrap_socket(plain, server_hostname=self.host)


class Visitor:
    """Somebody at the portal with a program in place of a browser: follows redirects and keeps cookies."""

    def __init__(self, site):
        self.site, self.cookies = site, {}
        self.url = f"https://sso.{site.domain}/"

    def ask(self, method, url, form=None, **headers):
        parts = urlsplit(url)
        connection = Connection(self.site, parts.netloc)
        headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, f"{parts.path}?{parts.query}", urlencode(form or {}), headers)
        answer = connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer, answer.read().decode()

    def try_to_sign_in(self, url, user, password):
        _, page = self.ask("GET", url)
        hidden = re.findall(r'<input[^>]*type="hidden"[^>]*>', page)
        form = {
            name.group(1): html.unescape(value.group(1))
            for field in hidden
            if (name := re.search(r'name="([^"]*)"', field)) and (value := re.search(r'value="([^"]*)"', field))
        }
        return self.ask("POST", url, form | {"user": user, "password": password})

    def token(self, account, client, secret, redirect, scope):
        """What an application gets when somebody signs in to it."""
        query = {"response_type": "code", "client_id": client, "redirect_uri": redirect, "scope": scope, "state": "x"}
        url = f"{self.url}oauth2/authorize?{urlencode(query)}"
        answer, _ = self.try_to_sign_in(url, account["address"], account["password"])
        for _hop in range(5):
            place = urljoin(url, answer.headers["Location"])
            if place.startswith(redirect):
                break
            answer, _ = self.ask("GET", place)
        code = parse_qs(urlsplit(place).query)["code"][0]
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect}
        basic = base64.b64encode(f"{client}:{secret}".encode()).decode()
        _, said = self.ask("POST", f"{self.url}oauth2/token", form, Authorization=f"Basic {basic}")
        return json.loads(said)["access_token"]


@pytest.fixture
def visitor(site):
    return Visitor(site)


def opens(site, account, token):
    """Whether a token opens somebody's mailbox."""
    session = mailbox.Imap(site.service("imaps"), site.context)
    try:
        session.authenticate("XOAUTH2", lambda _: f"user={account['address']}\x01auth=Bearer {token}\x01\x01".encode())
    except imaplib.IMAP4.error:
        return False
    finally:
        session.shutdown()
    return True


def test_the_webmails_token_opens_its_holders_mailbox_until_the_session_ends(site, visitor, host, sender, recipient):
    config = host.check_output("grep -h oauth_client_secret /etc/roundcube/config.inc.php")
    secret = json.loads(config.split("=", 1)[1].strip().rstrip(";"))
    place = f"https://mail.{site.domain}/index.php/login/oauth"
    token = visitor.token(sender, "webmail", secret, place, "openid email imap")
    assert opens(site, sender, token)
    assert not opens(site, recipient, token)
    visitor.ask("GET", f"{visitor.url}?logout=1")
    assert not opens(site, sender, token)


def test_another_applications_token_opens_no_mailbox(site, visitor, host, sender):
    """The portal gives it, and says that it is alive; only what it was given for keeps it out."""
    line = host.check_output("grep -h introspection_url /etc/dovecot/oauth2-introspection.conf")
    secret = re.search(r"dovecot:([^@]+)@", line).group(1)
    token = visitor.token(sender, "dovecot", secret, f"https://imap.{site.domain}/", "openid email imap")
    basic = base64.b64encode(f"dovecot:{secret}".encode()).decode()
    _, said = visitor.ask("POST", f"{visitor.url}oauth2/introspect", {"token": token}, Authorization=f"Basic {basic}")
    alive = json.loads(said)
    assert alive["active"]
    assert "imap" not in alive["scope"].split()
    assert not opens(site, sender, token)
    assert not opens(site, sender, secrets.token_hex(32))


def test_a_refused_sign_in_leaves_one_line_with_the_address(site, visitor, host, since, sender):
    """By it sources that guess are shut out."""
    nobody = f"khong-co-{secrets.token_hex(4)}@{site.domain}"
    visitor.try_to_sign_in(visitor.url, nobody, "Tram@Xanh47Khue")
    visitor.try_to_sign_in(visitor.url, sender["address"], "Khong@Phai47Day")
    journal = host.check_output("journalctl --unit lemonldap-ng-fastcgi-server --since %s --output cat", since)
    for said in (f"{nobody} was not found in LDAP directory", f"Bad password for {sender['address']}"):
        (line,) = [line for line in journal.splitlines() if said in line]
        assert re.search(r"\([0-9a-f.:]+\)$", line), line
    assert "Khong@Phai47Day" not in journal


def test_bp_6_2d_six_wrong_passwords_at_the_portal_lock_the_mailbox_too(site, visitor, trial):
    def signs_in(password):
        visitor.cookies.clear()
        _, page = visitor.try_to_sign_in(visitor.url, trial["address"], password)
        return 'trmsg="5"' not in page

    assert signs_in(trial["password"])
    assert not any(signs_in(f"{trial['password']}x") for _attempt in range(6))
    assert not signs_in(trial["password"])
    with pytest.raises(imaplib.IMAP4.error):
        site.imap(trial)


def test_ct_10_3_the_portal_finds_in_a_password_what_the_core_finds(site):
    """Every class of every regulation; whose account and names stand in it too, with marks, digits and signs for letters."""
    owners = [
        Owner(f"nvminh@{site.domain}", "Nguyễn Văn Minh"),
        Owner(f"vanphong.sokhdt@{site.domain}", "Văn phòng Sở Kế hoạch và Đầu tư"),
        Owner(f"kbe@{site.domain}", "H'Kbé Đinh Ðức".replace("Ð", "Đ")),
    ]
    tried = [
        "", "Tr@m47K", "Tram@Xanh47Khue", "tram@xanh47", "TRAM@XANH47", "Tram@XanhKhue", "TramXanh47", "Trạm@Xanh47Khuê",
        "nvMinh@47Xa", "Xa@47Nguyen", "Xa@47Nguy3nX", "M1nh@47Xanh", "V@n47xanhXa", "Phong#47Khue", "S0khdt@Xanh47", "Dinh@47Khue",
        "DUC#47khue", "HKbe@47Xanh", "Xanh 47 @ Khue", "Tram^Xanh47", "Tram\nXanh@47", "D@u47TuXanh", "Kế@47Hoach",
    ]  # fmt: skip
    cases, wanted, rules = [], [], {}
    for path in sorted((ROOT / "regulations").glob("*.yml")):
        regulation = load_regulation(path)
        for name, lines in portal_rules(regulation)["classes"].items():
            rules[f"{regulation.id} {name}"] = lines
            rule = password_rule_of_class(regulation, name)
            for owner in owners:
                entry = {"mail": owner.account, "tcvPlainName": unaccented(owner.full_name).lower()}
                for password in tried:
                    cases.append({"class": f"{regulation.id} {name}", "password": password, "entry": entry})
                    wanted.append({item.key for item in check_password(rule, password, owner)})
    shared = portal_rules(load_regulation(ROOT / "regulations/cantho.yml"))
    asked = {"rules": shared | {"classes": rules}, "cases": cases}
    container = site.facts.get("parts", {}).get("webmail", site.facts)["container"]
    command = ["podman", "exec", "--interactive", container, "perl", "-e", TRY_RULES]
    said = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, check=True).stdout
    found = [set(keys) for keys in json.loads(said)]
    wrong = [(case, keys, right) for case, keys, right in zip(cases, found, wanted, strict=True) if keys != right]
    assert wrong == []
