"""How full the mailboxes are, as operators read it (CB-13.1)."""

import csv
import io
from types import SimpleNamespace

from ansible_collections.thucongvu.mail.plugins.module_utils.quota_usage import (
    quota_usage_csv,
    quota_usage_report,
    usages,
)


def account(local, kind="person"):
    return SimpleNamespace(address=f"{local}@cantho.gov.vn", name=f"Tên {local}", agency_name="Sở Nội vụ", kind=kind)


def quota(local, value, limit, kind="STORAGE"):
    return {"username": f"{local}@cantho.gov.vn", "quota name": "mailbox", "type": kind, "value": value, "limit": limit}


ACCOUNTS = [account("it"), account("day"), account("sonv", "agency"), account("gan.day")]
QUOTAS = [
    quota("it", "1024", "5242880"),
    quota("day", "5242880", "5242880"),
    quota("day", "12", "-", "MESSAGE"),
    quota("SONV", "10485760", "-"),
    quota("gan.day", "4194304", "5242880"),
    # In the directory and not in the register any more.
    quota("la", "4194304", "5242880"),
]


def test_cb_13_1_the_fullest_come_first_and_the_unlimited_last():
    found = usages(ACCOUNTS, QUOTAS)
    assert [(usage.account.address.split("@")[0], usage.percent) for usage in found] == [
        ("day", 100),
        ("gan.day", 80),
        ("it", 0),
        ("sonv", None),
    ]


def test_the_report_counts_who_has_passed_each_percent():
    report = quota_usage_report(usages(ACCOUNTS, QUOTAS), [80, 95], 2)
    assert "Số hộp thư: 4; dung lượng đã dùng: 19457.0 MB." in report
    assert "Đã dùng từ 95 % trở lên: 1." in report
    assert "At 80 % or more: 2." in report
    assert "100 %  5120.0 / 5120.0 MB  day@cantho.gov.vn  Tên day - Sở Nội vụ" in report
    assert "sonv" not in report


def test_the_table_has_every_mailbox():
    rows = list(csv.DictReader(io.StringIO(quota_usage_csv(usages(ACCOUNTS, QUOTAS)).removeprefix("\ufeff"))))
    assert [row["percent"] for row in rows] == ["100", "80", "0", ""]
    assert rows[-1] | {"name": "", "agency": ""} == {
        "address": "sonv@cantho.gov.vn",
        "name": "",
        "agency": "",
        "kind": "agency",
        "used_mb": "10240.0",
        "quota_mb": "",
        "percent": "",
    }
