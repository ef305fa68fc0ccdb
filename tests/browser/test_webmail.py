"""What people do in the webmail, with a real browser: sign in, write to a colleague, read (issue 2, CT-4.2đ)."""

import re
import secrets

import pytest
from playwright.sync_api import Error, expect

BODY = "Kính gửi Quý cơ quan,\nĐề nghị cử cán bộ dự họp đúng giờ, mang theo báo cáo quý.\nTrân trọng./."


def test_a_browser_that_does_not_know_the_provinces_ca_refuses_the_page(start_browser, facts):
    with start_browser(None) as stranger:
        page = stranger.new_page()
        with pytest.raises(Error, match="ERR_CERT_AUTHORITY_INVALID"):
            page.goto(facts["webmail_url"])


def test_the_sign_in_page_is_vietnamese_and_says_whose_it_is(webmail):
    webmail.open()
    page = webmail.page
    expect(page).to_have_title("Đăng nhập ứng dụng công vụ")
    expect(page.get_by_placeholder("Tên đăng nhập")).to_be_focused()
    whose = page.locator("#header").evaluate("place => getComputedStyle(place, '::after').content")
    assert re.fullmatch(r'"Thư điện tử công vụ (thành phố|tỉnh) .+"', whose)
    webmail.screenshot("1-dang-nhap")


def test_a_wrong_password_is_refused_in_vietnamese(webmail, people, facts):
    webmail.open()
    webmail.try_to_sign_in(people[0]["address"], "khong-phai-mat-khau")
    refusal = webmail.page.locator(".message")
    expect(refusal).to_contain_text("Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang tạm khóa")
    expect(refusal).to_contain_text(f"hotro@{facts['domain']}")
    expect(webmail.page.get_by_placeholder("Mật khẩu")).to_be_visible()


@pytest.fixture
def newcomer(people, on_webmail_host):
    """Somebody who was never in the webmail: it remembers nobody to whom they wrote, and no name of theirs."""
    person = people[0]
    on_webmail_host("runuser", "-u", "roundcube", "--", "/usr/share/roundcube/bin/deluser.sh", person["address"])
    return person


def test_a_person_writes_to_a_colleague_of_the_directory_who_reads_it(visit, newcomer, people):
    sender, recipient = newcomer, people[1]
    subject = f"Giấy mời họp giao ban số {secrets.randbelow(90000) + 10000}/GM-UBND"

    writing = visit()
    strangers = asked_of_others(writing)
    writing.sign_in(sender)
    writing.compose()
    page = writing.page
    to = page.locator("#compose_to .recipient-input")
    # Part of the name, as people type it.
    to.locator("input").press_sequentially(" ".join(recipient["name"].split()[1:]).lower())
    page.locator("#rcmKSearchpane li", has_text=recipient["address"]).click()
    expect(to.locator("li.recipient")).to_contain_text([recipient["name"]])
    page.locator("#compose-subject").fill(subject)
    page.locator("#composebody").fill(BODY)
    writing.screenshot("2-soan-thu")
    page.locator("#compose-content button.send").click()
    expect(page.locator("#messagestack")).to_contain_text("Thư đã được gửi thành công.")

    reading = visit()
    strangers += asked_of_others(reading)
    reading.sign_in(recipient)
    message = reading.message(subject)
    expect(message.locator(".fromto")).to_have_text(f"{sender['name']} - {sender['agency']}")
    message.click()
    shown = reading.page.frame_locator("#messagecontframe")
    expect(shown.locator("h2.subject")).to_contain_text(subject)
    expect(shown.locator(".header-summary")).to_contain_text(f"{sender['name']} - {sender['agency']}")
    for line in BODY.splitlines():
        expect(shown.locator("#messagebody")).to_contain_text(line)
    reading.rest("messagecontframe")
    reading.screenshot("3-doc-thu")
    assert strangers == []


def asked_of_others(webmail):
    """Fills with what the page asks of any other server than the webmail and the portal."""
    asked = []
    own = (webmail.url, webmail.url.replace("//mail.", "//sso."), "data:", "blob:")
    webmail.page.on("request", lambda ask: None if ask.url.startswith(own) else asked.append(ask.url))
    return asked


def test_a_new_persons_name_is_that_of_the_directory_and_stays_so(visit, newcomer, on_webmail_host):
    """CT-4.2đ: the display name shows the full name and the agency, also after the person moved to another one."""
    wanted = f"{newcomer['name']} - {newcomer['agency']} <{newcomer['address']}>"
    first = visit()
    first.sign_in(newcomer)
    first.compose()
    # The first is the person's own; behind it stand the shared mailboxes that are theirs.
    expect(first.page.locator("#_from option").first).to_have_text(wanted)

    first.open("?_task=settings&_action=edit-identity&_framed=1&_iid=" + first.page.locator("#_from").input_value())
    expect(first.page.get_by_label("Họ và tên")).to_be_disabled()
    expect(first.page.get_by_label("Chữ ký", exact=True)).to_be_enabled()

    rename = f"UPDATE identities SET name = 'Cơ quan cũ' WHERE email = '{newcomer['address']}'"  # noqa: S608 of our own register
    on_webmail_host("runuser", "-u", "roundcube", "--", "sqlite3", "/var/lib/roundcube-data/roundcube.sqlite", rename)
    later = visit()
    later.sign_in(newcomer)
    later.compose()
    expect(later.page.locator("#_from option").first).to_have_text(wanted)


@pytest.fixture
def delegation(facts):
    """A shared mailbox and its delegate, as accounts."""
    accounts = {account["address"]: account for account in facts["accounts"]}
    given = next(one for one in facts["delegations"] if one["delegates"])
    return accounts[given["mailbox"]], accounts[given["delegates"][0]]


def test_ct_11_1_a_delegate_reads_the_agencys_mail_and_writes_in_its_name(visit, delegation, people):
    agency, delegate = delegation
    subject = f"Công văn số {secrets.randbelow(90000) + 10000}/CV"
    writing = visit()
    writing.sign_in(people[1])
    writing.compose()
    to = writing.page.locator("#compose_to .recipient-input input")
    to.fill(agency["address"])
    to.press("Enter")
    writing.page.locator("#compose-subject").fill(subject)
    writing.page.locator("#composebody").fill(BODY)
    writing.page.locator("#compose-content button.send").click()
    expect(writing.page.locator("#messagestack")).to_contain_text("Thư đã được gửi thành công.")

    working = visit()
    working.sign_in(delegate)
    page = working.page
    folders = page.locator("#mailboxlist")
    expect(folders).to_contain_text("Dùng chung")
    expect(folders).to_contain_text(agency["name"])
    working.open(f"?_task=mail&_mbox=shared%2F{agency['address'].replace('@', '%40')}")
    expect(working.message(subject)).to_have_count(1)
    working.screenshot("4-hop-thu-chung")

    answer = f"Trả lời {subject}"
    working.compose()
    page.locator("#_from").select_option(label=f"{agency['name']} <{agency['address']}>")
    to = page.locator("#compose_to .recipient-input input")
    to.fill(people[1]["address"])
    to.press("Enter")
    page.locator("#compose-subject").fill(answer)
    page.locator("#composebody").fill(BODY)
    page.locator("#compose-content button.send").click()
    expect(page.locator("#messagestack")).to_contain_text("Thư đã được gửi thành công.")

    reading = visit()
    reading.sign_in(people[1])
    expect(reading.message(answer).locator(".fromto")).to_have_text(agency["name"])
    working.open(f"?_task=mail&_mbox=shared%2F{agency['address'].replace('@', '%40')}%2FSent")
    expect(working.message(answer)).to_have_count(1)
