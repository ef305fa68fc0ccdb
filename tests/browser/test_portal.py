"""The sign-in portal as people meet it, with a real browser in Vietnamese: first change, refusals, expiry, leaving (CT-10.3, CT-11.4)."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

OWN = "Tram@Xanh47Khue"
FIRST = "Đây là mật khẩu cấp lần đầu hoặc cấp lại."
REFUSED = "Tên đăng nhập hoặc mật khẩu không đúng, hoặc tài khoản đang tạm khóa"

SEND = "form => fetch('/', {method: 'POST', body: new URLSearchParams(form)}).then(answer => answer.text())"


@pytest.fixture
def newcomer(facts, as_before):
    """Somebody who still has the first password."""
    return as_before(next(account for account in facts["accounts"] if account["state"] == "first-password"))


@pytest.fixture
def person(facts, as_before):
    """Somebody whose password and lock a test may change."""
    ready = [account for account in facts["accounts"] if account["kind"] == "person" and account["state"] == "ready"]
    return as_before(ready[-4])


def parts(account, directory):
    """The account's local part and the family name without marks, as people type them."""
    plain = directory.read(account["dn"], "tcvPlainName")["tcvPlainName"][0]
    return account["address"].split("@")[0], max(plain.split(), key=len).capitalize()


def rule_line(page, words):
    return page.locator("#ppolicy li").filter(has_text=words)


def test_ct_10_3_a_first_password_opens_the_change_page_alone_and_the_own_one_opens_the_webmail(
    webmail, newcomer, directory
):
    page = webmail.page
    webmail.open()
    webmail.try_to_sign_in(newcomer["address"], newcomer["password"])
    expect(page.locator(".message[role]")).to_contain_text(FIRST)
    expect(page.get_by_placeholder("Mật khẩu mới")).to_be_visible()
    webmail.screenshot("4-doi-mat-khau-lan-dau")
    assert not [cookie for cookie in page.context.cookies() if cookie["name"] == "tcvsso" and cookie["value"] != "0"]

    # What a page's script can see, it marks while somebody types.
    new = page.get_by_placeholder("Mật khẩu mới")
    account, name = parts(newcomer, directory)
    for weak, words in (
        ("Tr@m47K", "ít nhất 8 ký tự (CT-10.3)"),
        ("tram@xanh47khue", "chữ in hoa"),
        ("TRAM@XANH47KHUE", "chữ in thường"),
        ("Tram@XanhKhue", "chữ số 0–9"),
        ("TramXanh47Khue", "ký tự đặc biệt, ví dụ"),
        ("Trạm@Xanh47Khuê", "chữ không dấu"),
    ):
        new.fill("")
        new.press_sequentially(weak)
        expect(rule_line(page, words).locator(".fa-times")).to_have_count(1)
        change(page, weak, checked=False)
        expect(page.locator(".message[role]")).to_contain_text(
            "Chưa đổi được mật khẩu, vì mật khẩu mới chưa đúng quy định"
        )
        expect(page.locator(".message[role] .reasons li")).to_have_count(1)
        expect(page.locator(".message[role] .reasons")).to_contain_text(words)
    for weak, words in (
        (f"{account.capitalize()}@Xanh47K", "không được chứa tên tài khoản"),
        (f"Xanh@47{name}", "không được chứa họ, tên đệm hoặc tên"),
    ):
        change(page, weak)
        expect(page.locator(".message[role] .reasons")).to_contain_text(words)
    webmail.screenshot("5-mat-khau-chua-dung")
    change(page, newcomer["password"])
    expect(page.locator(".message[role]")).to_contain_text("trùng với một mật khẩu đã dùng gần đây")

    change(page, OWN)
    expect(page.locator(".message[role]")).to_contain_text("Mật khẩu đã được đổi")
    webmail.try_to_sign_in(newcomer["address"], OWN)
    expect(page.locator("#mailboxlist")).to_be_visible()


def change(page, password, old=None, *, checked=True):
    """Ask for a new password; unchecked, as a browser does that ignores what the page's script says of it."""
    if not checked:
        page.locator("#formpass").evaluate("form => { form.noValidate = true }")
    if old is not None:
        page.get_by_placeholder("Mật khẩu hiện tại").fill(old)
    page.locator("#newpassword").fill(password)
    page.locator("#newpassword").press("Shift")
    page.locator("#confirmpassword").fill(password)
    page.locator("#confirmpassword").press("Shift")
    page.locator("#formpass button[type=submit]").click()


def test_ct_10_3_who_changes_the_password_is_told_each_reason_and_the_other_sessions_end(visit, person, directory):
    elsewhere = visit()
    elsewhere.sign_in(person)
    here = visit()
    here.portal(person)
    page = here.page
    page.get_by_role("link", name="Mật khẩu").click()
    expect(rule_line(page, "ít nhất 8 ký tự (CT-10.3)")).to_be_visible()
    here.screenshot("6-doi-mat-khau")
    _, name = parts(person, directory)
    change(page, f"Xanh@47{name}", person["password"])
    expect(page.locator(".message[role] .reasons")).to_contain_text("không được chứa họ, tên đệm hoặc tên")
    page.get_by_role("link", name="Mật khẩu").click()
    change(page, OWN, "khong-phai-mat-khau")
    expect(page.locator(".message[role]")).to_contain_text("mật khẩu hiện tại nhập không đúng")
    page.get_by_role("link", name="Mật khẩu").click()
    change(page, OWN, person["password"])
    expect(page.locator(".message[role]")).to_contain_text("Mật khẩu đã được đổi")

    elsewhere.page.goto(elsewhere.portal_url)
    expect(elsewhere.page.get_by_placeholder("Tên đăng nhập")).to_be_visible()
    here.portal()
    expect(page.locator("#menu")).to_be_visible()


def test_ct_11_4_a_shared_mailbox_is_shown_the_rule_of_its_own_class(webmail, facts):
    unit = next(one for one in facts["accounts"] if one["kind"] == "unit" and one["state"] == "ready")
    webmail.portal(unit)
    webmail.page.get_by_role("link", name="Mật khẩu").click()
    expect(rule_line(webmail.page, "ít nhất 8 ký tự (CT-11.4)")).to_be_visible()


@pytest.mark.parametrize(
    ("days", "shown"), [(80, "Mật khẩu sẽ hết thời hạn sau 9 ngày"), (91, "Mật khẩu đã hết thời hạn sử dụng")]
)
def test_ct_10_3_the_end_of_a_password_is_announced_and_then_asks_for_a_new_one(
    webmail, person, directory, days, shown
):
    changed = datetime.now(UTC) - timedelta(days=days, minutes=5)
    directory.modify(person["dn"], f"replace: pwdChangedTime\npwdChangedTime: {changed:%Y%m%d%H%M%SZ}")
    webmail.open()
    webmail.try_to_sign_in(person["address"], person["password"])
    expect(webmail.page.get_by_text(shown)).to_be_visible()
    if days <= 90:
        webmail.page.get_by_role("button", name="Tiếp tục").click()
    else:
        change(webmail.page, OWN)
        expect(webmail.page.locator(".message[role]")).to_contain_text("Mật khẩu đã được đổi")
        webmail.try_to_sign_in(person["address"], OWN)
    expect(webmail.page.locator("#mailboxlist")).to_be_visible()


def test_no_refusal_tells_whether_there_is_such_an_account(visit, facts, person, directory):
    suspended = next(account for account in facts["accounts"] if account["state"] == "suspended")
    locked = f"{datetime.now(UTC):%Y%m%d%H%M%SZ}"
    attempts = {
        "nobody": (f"khong-co-ai@{facts['domain']}", "Tram@Xanh47Khue"),
        "wrong": (person["address"], "khong-phai-mat-khau"),
        "suspended": (suspended["address"], suspended["password"]),
        "locked": (person["address"], person["password"]),
    }
    pages = {}
    for name, (address, password) in attempts.items():
        if name == "locked":
            directory.modify(person["dn"], f"replace: pwdAccountLockedTime\npwdAccountLockedTime: {locked}")
        window = visit()
        window.portal()
        window.try_to_sign_in(address, password)
        expect(window.page.locator(".message[role]")).to_contain_text(REFUSED)
        # All that differs is what was typed and what differs on every page.
        pages[name] = re.sub(
            r'value="[^"]*"', "", window.page.locator("#logincontent").inner_html().replace(address, "")
        )
    assert len(set(pages.values())) == 1, pages


def test_the_form_of_a_forced_change_tells_a_stranger_nothing(webmail, person, facts):
    """Sent without what a right first password has opened, it gets one answer for every name."""
    webmail.portal()
    answers = {}
    for address in (person["address"], f"khong-co-ai@{facts['domain']}"):
        form = {"user": address, "oldpassword": "x", "newpassword": OWN, "confirmpassword": OWN}
        page = webmail.page.evaluate(SEND, form)
        answers[address] = re.findall(r'trmsg="(\d+)"', page)
    assert set(map(tuple, answers.values())) == {("82",)}, answers


@pytest.mark.parametrize("leaving", ["webmail", "portal"])
def test_who_leaves_one_leaves_all(visit, people, leaving):
    window = visit()
    window.sign_in(people[0])
    other = window.page.context.new_page()
    other.goto(window.portal_url)
    expect(other.locator("#menu")).to_be_visible()
    if leaving == "webmail":
        window.page.locator("#taskmenu a.logout").click()
    else:
        other.goto(f"{window.portal_url}?logout=1")
    left = window.page if leaving == "webmail" else other
    expect(left.get_by_placeholder("Tên đăng nhập").or_(left.locator(".message[role]"))).to_be_visible()
    other.goto(window.portal_url)
    expect(other.get_by_placeholder("Tên đăng nhập")).to_be_visible()
    window.open()
    expect(window.page.get_by_placeholder("Tên đăng nhập")).to_be_visible()


def test_everybody_sees_their_sessions_and_ends_them(visit, people):
    elsewhere, here = visit(), visit()
    elsewhere.portal(people[0])
    here.portal(people[0])
    page = here.page
    page.get_by_role("link", name="Phiên đăng nhập").click()
    mine = page.locator("#tcvSessions")
    expect(mine.get_by_text("Phiên này")).to_be_visible()
    expect(mine.locator("tbody tr").first).to_contain_text("Chrome, Linux")
    here.screenshot("7-phien-dang-nhap")
    mine.get_by_role("button", name="Kết thúc mọi phiên khác").click()
    expect(mine.locator("tbody tr")).to_have_count(1)
    elsewhere.page.goto(elsewhere.portal_url)
    expect(elsewhere.page.get_by_placeholder("Tên đăng nhập")).to_be_visible()
    page.get_by_role("link", name="Lịch sử đăng nhập").click()
    expect(page.locator("#loginHistory tbody tr").first).to_be_visible()
