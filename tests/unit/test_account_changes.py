"""What a run brings to accounts, by kinds of change, from what the directory's host has found."""

from dataclasses import replace

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.account_changes import Changes
from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import desired_accounts
from ansible_collections.thucongvu.mail.plugins.module_utils.directory import account_dn
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register

BASE = "dc=cantho,dc=gov,dc=vn"
NOTHING = {"added": [], "modified": [], "without_password": [], "statuses": [], "attributes": {}, "steps": 0}


@pytest.fixture
def accounts(cantho, small_register):
    """The small register's accounts by DN."""
    found = desired_accounts(load_register(small_register, cantho), cantho, "cantho.gov.vn")
    return {account_dn(account, BASE): account for account in found}


def changes_of(accounts, reset=(), **plan):
    return Changes.of({**NOTHING, "changed": True, **plan}, accounts, reset)


MINH = f"uid=p1,ou=people,{BASE}"
UT = f"uid=p4,ou=people,{BASE}"


def with_status(accounts, before, after):
    """The changes when one person's status changes."""
    accounts = {**accounts, MINH: replace(accounts[MINH], status=after)}
    statuses = [{"dn": MINH, "before": before, "after": after}]
    attributes = {"tcvMailboxStatus": [MINH], "userPassword": [MINH]}
    without = [MINH] if before == "cancelled" else []
    return changes_of(
        accounts, modified=[MINH], statuses=statuses, attributes=attributes, without_password=without, steps=1
    )


@pytest.mark.parametrize(
    ("before", "after", "kind", "leaves", "ends"),
    [
        ("active", "suspended", "suspended", True, True),
        ("active", "cancelled", "closed", True, True),
        ("suspended", "cancelled", "closed", False, True),
        ("suspended", "active", "resumed", False, False),
        # With a first password, which whoever is still signed in does not know (CT-5.3).
        ("cancelled", "active", "back", False, True),
    ],
)
def test_ct_5_3_ct_5_4_a_change_of_status_is_one_kind_of_change(accounts, before, after, kind, leaves, ends):
    found = with_status(accounts, before, after)
    assert found.kinds == {kind: 1}
    assert bool(found.leaving) is leaves
    assert bool(found.ended) is ends


def test_one_account_may_change_in_several_ways_and_counts_once_in_each(accounts):
    attributes = {"cn": [MINH], "displayName": [MINH, UT], "o": [UT], "tcvAgencyId": [UT], "title": [MINH]}
    found = changes_of(accounts, modified=[MINH, UT], attributes=attributes, steps=2)
    assert found.kinds == {"renamed": 2, "moved": 1, "position": 1}
    words = found.by_kind()
    assert "2: đổi tên hoặc tên hiển thị / another name or display name" in words
    assert words.index("another name") < words.index("another agency") < words.index("another position")


def test_what_is_no_kind_of_its_own_is_counted_as_other(accounts):
    assert changes_of(accounts, modified=[UT], attributes={"tcvSearch": [UT]}, steps=1).kinds == {"other": 1}


def test_other_entries_of_the_tree_are_counted_apart(accounts):
    policy = f"cn=person,ou=policies,{BASE}"
    found = changes_of(accounts, added=[MINH, policy], attributes={"pwdMinLength": [policy]}, steps=5)
    assert [account.id for account in found.new] == ["p1"]
    assert (found.others, found.kinds) == (4, {})
    assert "4: mục khác" in found.by_kind()


def test_whose_password_is_reset_is_signed_out(accounts):
    found = changes_of(accounts, {"p4"}, modified=[UT], without_password=[UT], steps=1)
    assert found.kinds == {"reset": 1}
    assert [account.id for account in found.ended] == ["p4"]


def test_nothing_to_do_is_nothing(accounts):
    found = Changes.of({**NOTHING, "changed": False}, accounts, ())
    assert (found.any, found.others, found.kinds, found.by_kind()) == (False, 0, {}, "")
    assert [account.id for account in found.cancelled] == ["p2"]
