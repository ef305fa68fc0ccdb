"""A second factor at the portal: chosen by people, required of administrators; an application's codes (RFC 6238) or a security key."""

import base64
import hashlib
import hmac
import re
import time

import pytest
from playwright.sync_api import expect


def code(secret, moment=None):
    """What an application shows for this half minute."""
    counter = int((moment or time.time()) // 30).to_bytes(8)
    digest = hmac.new(base64.b32decode(secret), counter, hashlib.sha1).digest()
    start = digest[-1] & 15
    return f"{int.from_bytes(digest[start : start + 4]) & 0x7FFFFFFF:010}"[-6:]


@pytest.fixture
def person(facts, on_webmail_host):
    """Somebody who has no second factor, and none again afterwards."""
    ready = [account for account in facts["accounts"] if account["kind"] == "person" and account["state"] == "ready"]
    account = ready[-5]
    register_id = account["dn"].split("=", 1)[1].split(",", 1)[0]
    command = ["/usr/share/lemonldap-ng/bin/lemonldap-ng-sessions", "secondfactors"]
    yield account
    for kind in ("TOTP", "WebAuthn"):
        on_webmail_host("runuser", "-u", "lemonldap", "--", *command, "delType", register_id, kind)


@pytest.fixture
def administrator(person, directory, facts):
    """The same person, as the only one who runs the system; the sample province names none."""
    group = f"cn=administrators,ou=groups,dc={facts['domain'].replace('.', ',dc=')}"
    directory.modify(group, f"objectClass: top\nobjectClass: groupOfNames\nmember: {person['dn']}", kind="add")
    yield person
    directory.modify(group, kind="delete")


def enrol(page):
    """Register an application for codes and return its secret."""
    page.get_by_role("link", name="totp2f").click()
    expect(page.locator("#secret")).not_to_be_empty()
    secret = page.locator("#secret").inner_text().replace(" ", "")
    page.locator("#code").fill(code(secret))
    page.locator("#verify").click()
    return secret


def sign_out(window):
    window.page.goto(f"{window.portal_url}?logout=1")
    expect(window.page.get_by_placeholder("Tên đăng nhập").or_(window.page.locator(".message[role]"))).to_be_visible()


def test_a_person_chooses_codes_and_from_then_on_the_webmail_asks_for_one(webmail, person, on_webmail_host):
    page = webmail.page
    webmail.portal(person)
    page.get_by_text("Kết nối như là").click()
    page.get_by_role("link", name="Xác thực hai yếu tố").click()
    webmail.screenshot("8-xac-thuc-hai-yeu-to")
    secret = enrol(page)
    expect(page.get_by_role("cell", name="TOTP", exact=True)).to_be_visible()
    sign_out(webmail)

    webmail.open()
    webmail.try_to_sign_in(person["address"], person["password"])
    expect(page.get_by_text("Nhập mã TOTP")).to_be_visible()
    webmail.screenshot("9-nhap-ma")
    # Of a day ago.
    page.locator("#extcode").fill(code(secret, time.time() - 86400))
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator(".message[role]")).to_contain_text("Mã xác thực không đúng")
    # Guessed codes are counted by where they come from, as passwords are.
    journal = on_webmail_host(
        "journalctl", "--unit", "lemonldap-ng-fastcgi-server", "--since", "-1min", "--output", "cat"
    )
    register_id = person["dn"].split("=", 1)[1].split(",", 1)[0]
    assert re.search(rf"\[warn\] Wrong second factor of {register_id} \([0-9a-f.:]+\)$", journal, re.MULTILINE)
    page.locator("#extcode").fill(code(secret))
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator("#mailboxlist")).to_be_visible()


def test_a_person_chooses_a_security_key(webmail, person):
    page = webmail.page
    devices = page.context.new_cdp_session(page)
    devices.send("WebAuthn.enable")
    key = {"protocol": "ctap2", "transport": "usb", "hasUserVerification": True, "isUserVerified": True}
    devices.send("WebAuthn.addVirtualAuthenticator", {"options": key | {"automaticPresenceSimulation": True}})
    webmail.portal(person)
    page.goto(f"{webmail.portal_url}2fregisters/webauthn")
    expect(page.get_by_role("cell", name="WebAuthn", exact=True)).to_be_visible()
    sign_out(webmail)

    webmail.open()
    webmail.try_to_sign_in(person["address"], person["password"])
    expect(page.locator("#mailboxlist")).to_be_visible()


def test_an_administrator_without_a_second_factor_opens_nothing_but_the_page_that_registers_one(webmail, administrator):
    page = webmail.page
    webmail.open()
    webmail.try_to_sign_in(administrator["address"], administrator["password"])
    expect(page.get_by_text("Tài khoản này phải xác thực hai yếu tố")).to_be_visible()
    assert not [cookie for cookie in page.context.cookies() if cookie["name"] == "tcvsso" and cookie["value"] != "0"]
    secret = enrol(page)
    expect(page.locator("#mailboxlist")).to_be_visible()
    sign_out(webmail)
    webmail.open()
    webmail.try_to_sign_in(administrator["address"], administrator["password"])
    page.locator("#extcode").fill(code(secret))
    page.get_by_role("button", name="Đăng nhập").click()
    expect(page.locator("#mailboxlist")).to_be_visible()
