"""HTML mail from a stranger: nothing of it is fetched or run unless the reader asks for the pictures (BLACKBOX G5)."""

import secrets
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Error, expect

from tcv import mailbox

OUTSIDE = "https://hinh.outside.example"
PICTURE = f"{OUTSIDE}/theo-doi.png"
BACKGROUND = f"{OUTSIDE}/nen.png"
STYLE = "_action=modcss"
HTML = f"""<html><head><link rel="stylesheet" href="{OUTSIDE}/kieu.css"></head><body>
<p>Kính gửi Quý cơ quan</p>
<img src="{PICTURE}" width="40" height="40" alt="">
<div style="background-image: url({BACKGROUND})">Thông báo</div>
<script src="{OUTSIDE}/tu-xa.js"></script>
<script>top.scriptRan = 1; fetch("{OUTSIDE}/trong-thu")</script>
<img src="data:image/png;base64,AAAA" onerror="top.scriptRan = 1; fetch('{OUTSIDE}/loi-anh')" alt="">
<iframe src="{OUTSIDE}/khung.html"></iframe>
</body></html>"""
# Farther back than a week, so that the whole date is shown; late in the evening of UTC it is the next day in Vietnam.
SENT = (datetime.now(UTC) - timedelta(days=10)).replace(hour=20, minute=15, second=0, microsecond=0)


@pytest.fixture
def fetched(webmail):
    """What the browser asks of the stranger's server, which has a picture for every question."""
    asked = []

    def answer(route):
        asked.append(route.request.url)
        route.fulfill(content_type="image/svg+xml", body='<svg xmlns="http://www.w3.org/2000/svg"/>')

    webmail.page.context.route(f"{OUTSIDE}/**", answer)
    return asked


@pytest.fixture
def opened(webmail, facts, people):
    """The message, opened by the person who got it."""
    sender, recipient = people
    message = EmailMessage()
    message["From"] = formataddr((f"{sender['name']} - {sender['agency']}", sender["address"]))
    message["To"] = recipient["address"]
    message["Subject"] = subject = f"Thông báo số {secrets.randbelow(90000) + 10000}/TB-UBND"
    message["Date"] = format_datetime(SENT)
    message["Message-ID"] = make_msgid(domain=facts["domain"])
    message.set_content("Kính gửi Quý cơ quan")
    message.add_alternative(HTML, subtype="html")
    submission = mailbox.Service(f"smtp.{facts['domain']}", facts["host"], facts["ports"]["submission"])
    context = mailbox.trusting(Path(facts["ca_file"]))
    mailbox.send(submission, context, (sender["address"], sender["password"]), message)

    webmail.sign_in(recipient)
    webmail.message(subject).click()
    shown = webmail.page.frame_locator("#messagecontframe")
    expect(shown.locator("#messagebody")).to_contain_text("Kính gửi Quý cơ quan")
    webmail.rest("messagecontframe")
    return shown


def test_pictures_come_only_when_asked_for_and_scripts_never(webmail, fetched, opened, said_by_roundcube):
    expect(opened.locator("#remote-objects-message")).to_contain_text("nội dung từ bên ngoài trong thư này đã bị chặn")
    assert fetched == []

    with (
        webmail.page.expect_event("requestfailed", lambda asked: STYLE in asked.url),
        webmail.page.expect_request(PICTURE),
    ):
        opened.get_by_role("link", name="Cho phép", exact=True).click()
    webmail.rest("messagecontframe")
    expect(opened.locator("#messagebody")).to_contain_text("Kính gửi Quý cơ quan")
    assert set(fetched) == {PICTURE, BACKGROUND}
    assert webmail.page.evaluate("window.scriptRan") is None
    # Roundcube would fetch the style sheet itself, from whatever address a stranger names.
    about_style = [line for line in said_by_roundcube() if STYLE in line]
    assert about_style
    assert all("Action disabled" in line for line in about_style), about_style


def test_the_page_itself_loads_no_script_from_elsewhere(webmail, fetched):
    """The second wall: the Content-Security-Policy, should a script ever get through."""
    webmail.open()
    with pytest.raises(Error, match="Content Security Policy"):
        webmail.page.add_script_tag(url=f"{OUTSIDE}/tu-xa.js")
    assert fetched == []


def test_the_time_is_vietnams(opened):
    wanted = SENT.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).strftime("%d/%m/%Y 03:15")
    expect(opened.locator(".header-summary")).to_contain_text(wanted)
