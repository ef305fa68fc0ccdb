"""Who is reminded when that a password will end, and what the mail says."""

import json
from datetime import UTC, datetime, timedelta
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.notice import Words
from ansible_collections.thucongvu.mail.plugins.module_utils.notice_words import reminder_words
from ansible_collections.thucongvu.mail.plugins.module_utils.password_reminders import (
    Account,
    Sent,
    generalized_time,
    message,
    read_account,
    reminder,
    reminders,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.reminders_send import Memory, Settings

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
CHANGED = datetime(2026, 3, 1, 2, 0, tzinfo=UTC)
MAX_AGE = timedelta(days=92)
# In Vietnam 1 June 2026, 9:00.
ENDS = CHANGED + MAX_AGE
POLICY = "cn=person,ou=policies,dc=cantho,dc=gov,dc=vn"
ATTRIBUTES = {
    "mail": ["nvminh@cantho.gov.vn"],
    "displayname": ["Nguyễn Văn Minh - Sở Nội vụ"],
    "tcvmailboxstatus": ["active"],
    "pwdchangedtime": ["20260301020000Z"],
    "pwdpolicysubentry": [POLICY],
}
WORDS = Words(**reminder_words("hotro@cantho.gov.vn", "https://sso.cantho.gov.vn/"))


def account(name="minh", changed=CHANGED, max_age=MAX_AGE):
    return Account(f"uid={name}", f"{name}@cantho.gov.vn", name, changed, max_age)


def at(days, hour=6):
    """So many days of the calendar before the end, in the morning in Vietnam."""
    ends = ENDS.astimezone(ZONE)
    return (ends - timedelta(days=days)).replace(hour=hour, minute=30)


@pytest.mark.parametrize(
    ("days_before", "sent", "due"),
    [
        (15, None, None),
        (14, None, 14),
        (13, 14, None),
        # The day before was missed.
        (13, None, 14),
        (8, 14, None),
        (7, 14, 7),
        (7, None, 7),
        (6, 7, None),
        (2, 14, 7),
        (1, 7, 1),
        # Several were missed: the nearest alone.
        (1, 14, 1),
        (1, None, 1),
        (1, 1, None),
        (0, 7, 1),
        (0, 1, None),
    ],
)
def test_ct_10_3_each_mail_is_due_once_and_a_missed_day_brings_the_nearest(days_before, sent, due):
    last = None if sent is None else Sent(CHANGED, sent)
    found = reminder(account(), last, at(days_before), ZONE)
    assert (found.days if found else None) == due
    if found:
        assert (found.left, found.ends) == (days_before, ENDS)


def test_days_are_those_of_the_provinces_calendar_and_not_of_utc():
    """At 23:30 of 17 May in Vietnam there are 15 days to 1 June; half an hour later 14."""
    assert reminder(account(), None, datetime(2026, 5, 17, 23, 30, tzinfo=ZONE), ZONE) is None
    found = reminder(account(), None, datetime(2026, 5, 18, 0, 0, tzinfo=ZONE).astimezone(UTC), ZONE)
    assert (found.days, found.left) == (14, 14)


def test_nobody_is_written_to_once_the_password_has_ended():
    assert reminder(account(), None, ENDS - timedelta(seconds=1), ZONE).days == 1
    assert reminder(account(), None, ENDS, ZONE) is None


def test_a_new_password_begins_anew():
    changed = CHANGED + timedelta(days=1)
    assert reminder(account(changed=changed), Sent(CHANGED, 1), at(5), ZONE).days == 7


def test_without_a_greatest_age_there_is_nothing_to_say():
    assert reminder(account(max_age=None), None, at(1), ZONE) is None


def test_whose_password_ends_first_is_written_to_first():
    later = [account(str(number), CHANGED + timedelta(days=number)) for number in (13, 0, 6)]
    found = reminders([*later, account("xa", CHANGED + timedelta(days=40))], {}, at(1), ZONE)
    assert [each.account.name for each in found] == ["0", "6", "13"]
    assert [each.days for each in found] == [1, 7, 14]


def test_what_the_directory_says_becomes_an_account():
    found = read_account("uid=ct-0001", ATTRIBUTES, {POLICY.lower(): MAX_AGE})
    assert found == Account(
        "uid=ct-0001",
        "nvminh@cantho.gov.vn",
        "Nguyễn Văn Minh - Sở Nội vụ",
        generalized_time("20260301020000Z"),
        MAX_AGE,
    )
    assert generalized_time("20260301020000.123456Z") == CHANGED
    assert read_account("uid=x", ATTRIBUTES, {}).max_age is None


@pytest.mark.parametrize(
    "other",
    [
        {"tcvmailboxstatus": ["suspended"]},
        {"tcvmailboxstatus": ["cancelled"]},
        {"pwdreset": ["TRUE"]},
        {"pwdchangedtime": []},
        {"mail": []},
    ],
)
def test_who_may_not_sign_in_or_must_change_anyway_is_not_reminded(other):
    assert read_account("uid=x", ATTRIBUTES | other, {POLICY.lower(): MAX_AGE}) is None


def test_the_mail_is_vietnamese_first_and_says_how_long_until_when_and_where():
    owner = Account("uid=x", "nvminh@cantho.gov.vn", "Nguyễn Văn Minh {help}\r\nBcc: x@y", CHANGED, MAX_AGE)
    due = reminder(owner, None, at(7), ZONE)
    mail = message_from_bytes(bytes(message(due, WORDS, at(7))), policy=policy.default)
    assert (mail["To"], mail["From"].addresses[0].addr_spec) == ("nvminh@cantho.gov.vn", "hotro@cantho.gov.vn")
    assert mail["From"].addresses[0].display_name == "Hỗ trợ thư điện tử công vụ"
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Bcc"] is None
    assert "hết hạn ngày 01/06/2026 (còn 7 ngày)" in mail["Subject"]
    vietnamese, english = mail.get_content().split("– – –")
    for text, days in ((vietnamese, "còn 7 ngày"), (english, "days left: 7")):
        assert days in text
        assert "01/06/2026" in text
        assert "nvminh@cantho.gov.vn" in text
        assert "https://sso.cantho.gov.vn/" in text
        assert "hotro@cantho.gov.vn" in text
        assert "Nguyễn Văn Minh {help} Bcc: x@y" in text


def test_what_was_sent_is_remembered_until_the_password_is_another(tmp_path):
    file = tmp_path / "sent.sqlite"
    memory = Memory(file)
    for dn in ("uid=a", "uid=b", "uid=gone"):
        memory.add(dn, Sent(CHANGED, 14))
    memory.add("uid=a", Sent(CHANGED, 7))
    memory.close()
    memory = Memory(file)
    assert memory.all() == {"uid=a": Sent(CHANGED, 7), "uid=b": Sent(CHANGED, 14), "uid=gone": Sent(CHANGED, 14)}
    memory.forget_all_but({"uid=a": CHANGED, "uid=b": CHANGED + timedelta(seconds=1)})
    assert memory.all() == {"uid=a": Sent(CHANGED, 7)}
    memory.close()


def test_the_settings_are_read_as_the_role_writes_them(tmp_path):
    values = {
        "uri": "ldap://ldap",
        "base_dn": "dc=vn",
        "bind_dn": "cn=reminders",
        "bind_password": "mật",
        "ca_file": "ca.pem",
    }
    words = reminder_words("hotro@cantho.gov.vn", "https://sso.cantho.gov.vn/")
    (tmp_path / "settings.json").write_text(json.dumps({**values, "mails_per_minute": 60, "words": words}))
    assert Settings.of(tmp_path / "settings.json") == Settings(**values, mails_per_minute=60, words=WORDS)
