"""What operators read about single accounts, and the account that they mean."""

import csv
import io
import json
from types import SimpleNamespace

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.account_reports import (
    audit_report,
    last_use_csv,
    last_use_report,
    last_uses,
    ldap_time,
    opened_mailboxes,
    portal_sign_ins,
    shown_time,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.find_account import find_account
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError


def account(identity, local, name="Võ Ngọc Toàn"):
    return SimpleNamespace(
        id=identity, address=f"{local}@cantho.gov.vn", name=name, agency_name="Sở Nội vụ", status="active"
    )


def state(identity, last_use="", changed="", must_change=False):
    return {
        "id": identity,
        "created": "20260105010000Z",
        "last_use": last_use,
        "password_changed": changed,
        "must_change": must_change,
    }


ACCOUNTS = [account("ct-1", "vntoan"), account("ct-2", "ptlan"), account("sonv", "sonv"), account("lan", "vtlan")]


def uses(*states, noted=()):
    return {use.account.id: use.last for use in last_uses(ACCOUNTS, states, noted)}


def test_the_last_use_is_the_newest_of_whatever_noted_one():
    found = uses(
        state("ct-1", "20261120010203Z", "20261101000000Z"),
        state("ct-2", "20261120010203.123456Z", "20261122000000Z"),
        state("sonv", "20261120010203Z"),
        noted=[{"sonv": 1795496465.0}, {"sonv": 1795596465.5, "gone": 1.0}],
    )
    assert {key: f"{moment:%d}" for key, moment in found.items()} == {"ct-1": "20", "ct-2": "22", "sonv": "25"}


def test_a_password_that_somebody_else_wrote_is_no_use():
    assert uses(state("ct-1", changed="20261122000000Z", must_change=True)) == {"ct-1": None}


def test_never_used_come_first_then_the_longest_unused():
    found = last_uses(ACCOUNTS, [state("ct-1", "20261120000000Z"), state("ct-2"), state("lan", "20260120000000Z")], {})
    assert [use.account.id for use in found] == ["ct-2", "lan", "ct-1"]
    report = last_use_report(found, 2)
    assert "Lần dùng gần nhất của 3 tài khoản; chưa dùng lần nào: 1." in report
    assert "never used, made 2026-01-05 08:00" in report
    assert "vntoan" not in report


def test_the_table_is_for_a_spreadsheet_and_no_formula():
    found = last_uses([account("ct-1", "vntoan", name="=cmd|' /C calc'!A0")], [state("ct-1", "20261120000000Z")], [])
    text = last_use_csv(found)
    assert text.startswith("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text.removeprefix("\ufeff")))
    assert row["name"] == "'=cmd|' /C calc'!A0"
    assert (row["address"], row["last_use"]) == ("vntoan@cantho.gov.vn", "2026-11-20 07:00")


def test_what_mailboxes_and_portal_remember():
    assert opened_mailboxes(["1795596465.25 /var/mail/thucongvu/ct-1"]) == {"ct-1": 1795596465.25}
    sessions = [
        {
            "_session_uid": "ct-1",
            "_loginHistory": {"successLogin": [{"_utime": 7}, {"_utime": "9"}], "failedLogin": []},
        },
        {"_session_uid": "ct-2", "_loginHistory": {"failedLogin": [{"_utime": 9}]}},
        {"_session_uid": "ct-3", "_loginHistory": None},
    ]
    assert portal_sign_ins(sessions) == {"ct-1": 9.0}


def test_times_of_the_directory():
    assert ldap_time("") is None
    assert ldap_time("20261125084745.082813Z") == ldap_time("20261125084745Z")
    assert (shown_time(""), shown_time("20261125184745Z")) == ("", "2026-11-26 01:47")


RECORD = {
    "kind": "modified",
    "entry": "uid=ct-1",
    "actor": "minh@may",
    "result": "success",
    "attributes": "title",
    "address": "",
    "request": "12/CV-SNV",
    "happened": "1795596465000000",
    "changes": json.dumps({"title": [[], ["Trưởng phòng"]]}),
}


def test_records_are_told_in_both_languages():
    report = audit_report([RECORD, RECORD | {"result": "50", "changes": "", "request": "", "address": "2001:db8::7"}])
    assert "2 bản ghi" in report
    assert "2026-11-25 15:47:45  thay đổi / changed: uid=ct-1" in report
    assert "title: - -> Trưởng phòng" in report
    assert "theo văn bản: 12/CV-SNV / as asked for by 12/CV-SNV" in report
    assert "thay đổi / changed - bị từ chối (mã 50) / refused (code 50): uid=ct-1" in report
    assert "by minh@may (2001:db8::7)" in report


@pytest.mark.parametrize("kind", ["added", "modified", "deleted", "renamed", "password", "unlocked", "locked"])
def test_every_kind_has_its_words(kind):
    assert "uid=ct-1" in audit_report([RECORD | {"kind": kind}])


@pytest.mark.parametrize(
    ("text", "identity"),
    [
        ("vntoan@cantho.gov.vn", "ct-1"),
        ("VNToan", "ct-1"),
        (" CT-2 ", "ct-2"),
        ("sonv", "sonv"),
        ("lan", "lan"),
    ],
)
def test_an_account_is_found_by_address_or_id(text, identity):
    assert find_account(text, ACCOUNTS).id == identity


def test_an_address_goes_before_anothers_id():
    assert find_account("lan", [account("lan", "vtlan"), account("ct-9", "lan")]).id == "ct-9"


@pytest.mark.parametrize(
    ("text", "near"), [("vntoam", "vntoan"), ("vntoan@canthp.gov.vn", "vntoan@cantho.gov.vn"), ("", "-")]
)
def test_an_unknown_account_is_refused_with_the_nearest(text, near):
    with pytest.raises(CoreError) as refused:
        find_account(text, ACCOUNTS)
    assert f"the nearest: {near}." in str(refused.value)
