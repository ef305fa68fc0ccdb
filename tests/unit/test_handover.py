"""The hand-over of a shared mailbox (CB-12.3, QT-4.2, BD-10): from whom to whom, and the protocol."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
import typst

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import desired_accounts
from ansible_collections.thucongvu.mail.plugins.module_utils.handover import (
    folder_counts,
    heads,
    plan_handover,
    protocol,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register

PROJECT = Path(__file__).resolve().parents[2]
PAGE = PROJECT / "collections/ansible_collections/thucongvu/mail/plugins/plugin_utils/handover.typ"


@pytest.fixture(scope="module")
def accounts(regulations):
    register = load_register(PROJECT / "inventories/cantho/register", regulations["cantho"])
    return desired_accounts(register, regulations["cantho"], "cantho.gov.vn")


@pytest.fixture
def agency(accounts):
    return next(one for one in accounts if one.id == "sonv")


def test_cb_12_3_from_whom_to_whom_and_who_works_in_it_besides(accounts, agency):
    found = plan_handover(agency, accounts, "ct-0002")
    assert (found.before.id, found.after.id) == ("ct-0002", "ct-0001")
    assert [one.id for one in found.delegates] == ["ct-0003"]
    assert plan_handover(agency, accounts, "").before is None
    assert plan_handover(agency, accounts, "gone").before is None


@pytest.mark.parametrize(
    ("which", "manager", "key"),
    [("ct-0001", "", "handover.person"), ("sonv", "ct-0001", "handover.same_head")],
)
def test_what_is_no_hand_over_is_refused(accounts, which, manager, key):
    mailbox = next(one for one in accounts if one.id == which)
    with pytest.raises(CoreError) as refused:
        plan_handover(mailbox, accounts, manager)
    assert refused.value.key == key
    assert "allowed" in str(refused.value)


def test_a_mailbox_without_a_head_in_the_register_is_refused(accounts):
    orphan = next(one for one in accounts if one.kind == "unit" and one.head_id is None)
    with pytest.raises(CoreError, match="allowed"):
        plan_handover(orphan, accounts, "ct-0001")


def test_heads_are_read_as_the_directory_says_them():
    ldif = (
        "dn: tcvRegisterId=sonv,ou=agencies,dc=cantho\ntcvRegisterId: sonv\nmanager: uid=ct-0001,ou=people,dc=cantho\n\n"
        "dn: tcvRegisterId=p1,ou=agencies,dc=cantho\nmanager: uid=ct-0009,ou=people,dc=cantho\ntcvRegisterId: p1\n\n"
    )
    assert heads(ldif) == {"sonv": "ct-0001", "p1": "ct-0009"}
    assert heads("") == {}


def test_counts_are_read_as_dovecot_says_them():
    assert folder_counts('[{"mailbox":"INBOX","messages":"12"},{"mailbox":"Sent","messages":"3"}]') == {
        "INBOX": 12,
        "Sent": 3,
    }
    assert folder_counts("") == {}


def test_the_protocol_is_a_page_with_every_folder_before_and_after(accounts, agency):
    content = protocol(
        plan_handover(agency, accounts, "ct-0002"),
        {"INBOX": 12, "Sent": 3},
        {"INBOX": 12, "Sent": 3, "Archive": 0},
        moment=datetime(2026, 11, 28, 9, 30, tzinfo=UTC),
        request="15/QĐ-SNV",
        operator="van.hanh",
    )
    assert content["rows"] == [["INBOX", "12", "12"], ["Archive", "0", "0"], ["Sent", "3", "3"]]
    assert content["totals"] == ["15", "15"]
    page = typst.compile(PAGE, sys_inputs={"protocol": json.dumps(content, ensure_ascii=False)})
    assert page.startswith(b"%PDF-")
