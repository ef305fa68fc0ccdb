"""One account, one sign-in for every shared application (CT-3.2), with real applications in a real browser; and VNeID (BP-9)."""

import base64
import hashlib
import imaplib
import json
import os
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import expect

from tcv import applications, mailbox
from tcv.files import write_private
from tcv.paths import ROOT
from tcv.site import Site

READY = 5
NUMBERS = {"ready": "092090000001", "first-password": "092090000002", "suspended": "092090000003"}


@pytest.fixture(scope="session")
def ready(facts):
    """People who can sign in."""
    return [each for each in facts["accounts"] if each["kind"] == "person" and each["state"] == "ready"]


@pytest.fixture
def person(ready):
    return ready[READY]


@pytest.fixture
def other(ready):
    """Somebody who stays signed in: mellon cannot sign out who has a session in another browser."""
    return ready[READY + 1]


@pytest.fixture
def address_of(facts):
    """Where an application is."""
    return lambda name, path="": f"https://{name}.{facts['domain']}/{path}"


def told(page):
    """What the portal told an application of whoever is signed in there."""
    return page.evaluate("fetch('/toi').then(answer => answer.json())")


def asks(page, token):
    """What an application answers another program that has a token."""
    return page.evaluate(
        "token => fetch('/api', {headers: {Authorization: `Bearer ${token}`}}).then(answer => answer.status)", token
    )


def test_ct_3_2_one_sign_in_opens_every_application_and_one_sign_out_leaves_all(webmail, person, address_of):
    page = webmail.page
    page.goto(address_of("lichhop"))
    page.locator("#sign-in").click()
    webmail.try_to_sign_in(person["address"], person["password"])
    expect(page.locator("#person")).to_have_text(person["name"])
    expect(page.locator("#address")).to_have_text(person["address"])
    webmail.screenshot("6-ung-dung-dung-chung")

    # No second sign-in, by whatever protocol.
    page.goto(address_of("congviec", "vao"))
    expect(page.locator("#person")).to_have_text(person["name"])
    page.goto(address_of("hoso"))
    expect(page.locator("#person")).to_have_text(person["name"])
    page.goto(address_of("thuvien"))
    expect(page.locator("#address")).to_have_text(person["address"])

    page.goto(address_of("lichhop"))
    # The portal opens the sign-out page of every application, and then sends people back by itself.
    page.locator("#sign-out").click()
    expect(page.locator("#nobody")).to_be_visible()
    assert page.url.startswith(address_of("lichhop"))
    page.goto(address_of("congviec"))
    expect(page.locator("#nobody")).to_be_visible()
    for name, path in (("congviec", "vao"), ("hoso", "")):
        page.goto(address_of(name, path))
        expect(page.get_by_placeholder("Mật khẩu")).to_be_visible()


@pytest.mark.parametrize("name", ["hoso", "thuvien"], ids=["saml", "cas"])
def test_ct_3_2_an_application_signs_people_in_by_saml_and_by_cas(webmail, other, address_of, name):
    page = webmail.page
    page.goto(address_of(name))
    webmail.try_to_sign_in(other["address"], other["password"])
    expect(page.locator("#address")).to_have_text(other["address"])
    assert page.url.startswith(address_of(name))


def test_ct_3_2_the_portal_lists_what_somebody_may_use(webmail, person):
    page = webmail.page
    page.goto(webmail.portal_url)
    webmail.try_to_sign_in(person["address"], person["password"])
    menu = page.locator("#appslist")
    for title in ("Lịch họp", "Giao việc", "Ghi chú", "Hồ sơ cán bộ", "Thư viện số", "Chấm công"):
        expect(menu.get_by_text(title)).to_be_visible()
    expect(menu.get_by_text("Quản trị")).to_have_count(0)


def test_ct_3_2_who_may_not_use_an_application_is_refused_at_the_portal(webmail, person, address_of):
    page = webmail.page
    page.goto(address_of("quantri", "vao"))
    webmail.try_to_sign_in(person["address"], person["password"])
    expect(page.locator(".message-negative, .alert-danger, .message").first).to_be_visible()
    assert page.url.startswith(webmail.portal_url)
    page.goto(address_of("quantri"))
    expect(page.locator("#nobody")).to_be_visible()


def test_ct_3_2_nobody_is_sent_back_to_an_address_that_is_not_declared(webmail, person, address_of):
    page = webmail.page
    page.goto(webmail.portal_url)
    webmail.try_to_sign_in(person["address"], person["password"])
    expect(page.locator("#appslist")).to_be_visible()
    wanted = f"response_type=code&client_id=lichhop&scope=openid&redirect_uri={address_of('congviec', 've')}"
    page.goto(f"{webmail.portal_url}oauth2/authorize?{wanted}")
    assert page.url.startswith(webmail.portal_url)
    assert "code=" not in page.url


def test_ct_3_2_a_program_without_secret_signs_people_in_and_its_code_is_worth_nothing_to_others(
    webmail, person, address_of
):
    page = webmail.page
    page.goto(address_of("ghichu", "vao"))
    webmail.try_to_sign_in(person["address"], person["password"])
    expect(page.locator("#address")).to_have_text(person["address"])

    # Who catches a code has not what was hashed for it (RFC 7636, 4.6); and no code is given to who promises nothing.
    asked = f"{webmail.portal_url}oauth2/authorize?response_type=code&client_id=ghichu&scope=openid&state=x"
    back = f"&redirect_uri={address_of('ghichu', 've')}"
    challenge = base64.urlsafe_b64encode(hashlib.sha256(b"a" * 43).digest()).decode().rstrip("=")
    page.route(address_of("ghichu", "ve?*"), lambda route: route.fulfill(body="caught"))
    page.goto(f"{asked}{back}&code_challenge={challenge}&code_challenge_method=S256")
    (code,) = parse_qs(urlsplit(page.url).query)["code"]
    form = {
        "grant_type": "authorization_code",
        "client_id": "ghichu",
        "code": code,
        "redirect_uri": address_of("ghichu", "ve"),
    }
    for verifier in ({}, {"code_verifier": "b" * 43}):
        page.goto(webmail.portal_url)
        said = page.evaluate(
            "form => fetch('/oauth2/token', {method: 'POST', body: new URLSearchParams(form)}).then(a => a.json())",
            form | verifier,
        )
        assert "access_token" not in said
        assert said["error"] == "invalid_grant"
    page.goto(f"{asked}{back}")
    assert "code=" not in page.url


def test_ct_3_2_a_token_of_one_application_opens_no_other_and_no_mailbox(webmail, facts, person, address_of):
    page = webmail.page
    page.goto(address_of("lichhop", "vao"))
    webmail.try_to_sign_in(person["address"], person["password"])
    expect(page.locator("#person")).to_be_visible()
    token = told(page)["token"]
    # It asked for what opens mailboxes too, and did not get it.
    assert set(token["scope"].split()) == {"openid", "profile", "email"}
    assert asks(page, token["access_token"]) == 200
    page.goto(address_of("congviec"))
    assert asks(page, token["access_token"]) == 401
    assert asks(page, token["id_token"]) == 401

    service = mailbox.Service(f"imap.{facts['domain']}", facts["host"], facts["ports"]["imaps"])
    session = mailbox.Imap(service, mailbox.trusting(Path(facts["ca_file"])))
    said = f"user={person['address']}\1auth=Bearer {token['access_token']}\1\1".encode()
    with pytest.raises(imaplib.IMAP4.error):
        session.authenticate("XOAUTH2", lambda challenge: b"" if challenge else said)
    session.shutdown()


@pytest.fixture(scope="module")
def with_vneid(facts, directory, on_webmail_host):
    """VNeID switched on in the inventory, with a number for somebody in each state; and off again."""
    state = Path(os.environ.get("TCV_DEMO", ROOT / ".demo/demo.json")).parent
    site = Site(ROOT / "inventories" / facts["province"], state)
    values = site.state / "vneid-values.yml"
    write_private(values, json.dumps(applications.vneid(site)))
    authority = "/usr/local/share/ca-certificates/province.crt"
    on_webmail_host("tee", authority, said=site.ca.read_text(encoding="utf-8"))
    on_webmail_host("update-ca-certificates")
    chosen = {state: next(each for each in facts["accounts"] if each["state"] == state) for state in NUMBERS}
    for name, account in chosen.items():
        directory.modify(account["dn"], f"replace: tcvIdentitySubject\ntcvIdentitySubject: {NUMBERS[name]}")
    site.play("site", "--tags", "lemonldap", "--extra-vars", f"@{values}", log="vneid-on")
    yield chosen
    site.play("site", "--tags", "lemonldap", log="vneid-off")
    for account in chosen.values():
        directory.modify(account["dn"], "delete: tcvIdentitySubject")
    on_webmail_host("rm", authority)
    on_webmail_host("update-ca-certificates", "--fresh")
    values.unlink()


@pytest.fixture
def by_vneid(webmail, address_of):
    """Come to an application with VNeID (which `with_vneid` has switched on) and a number."""

    def sign_in(number):
        page = webmail.page
        page.goto(address_of("lichhop", "vao"))
        page.get_by_role("link", name="VNeID").click()
        page.locator("form.OpenIDConnect button[type=submit]").click()
        page.locator("input[name=number]").fill(number)
        page.get_by_role("button", name="Xác nhận").click()
        return page

    return sign_in


@pytest.mark.parametrize("state", ["ready", "first-password"])
def test_bp_9_vneid_signs_in_whom_the_directory_knows(by_vneid, with_vneid, state):
    page = by_vneid(NUMBERS[state])
    expect(page.locator("#person")).to_have_text(with_vneid[state]["name"])


def test_bp_9_a_first_password_opens_no_mailbox_although_vneid_opens_the_portal(by_vneid, with_vneid, facts):
    account = with_vneid["first-password"]
    expect(by_vneid(NUMBERS["first-password"]).locator("#person")).to_be_visible()
    service = mailbox.Service(f"imap.{facts['domain']}", facts["host"], facts["ports"]["imaps"])
    session = mailbox.Imap(service, mailbox.trusting(Path(facts["ca_file"])))
    with pytest.raises(imaplib.IMAP4.error):
        session.login(account["address"], account["password"])
    session.shutdown()


@pytest.mark.usefixtures("with_vneid")
@pytest.mark.parametrize("number", ["092090999999", NUMBERS["suspended"]], ids=["unknown", "suspended"])
def test_bp_9_vneid_signs_in_nobody_else(by_vneid, webmail, number):
    page = by_vneid(number)
    expect(page.locator(".message").first).to_be_visible()
    assert page.url.startswith(webmail.portal_url)


def test_bp_9_a_password_still_signs_in_beside_vneid(with_vneid, webmail, address_of):
    account = with_vneid["ready"]
    page = webmail.page
    page.goto(address_of("lichhop", "vao"))
    webmail.try_to_sign_in(account["address"], account["password"])
    expect(page.locator("#person")).to_have_text(account["name"])
