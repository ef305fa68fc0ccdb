"""The directory entry of each kind of account (CT-3.2), and of a function address."""

from dataclasses import replace
from datetime import date

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import Account
from ansible_collections.thucongvu.mail.plugins.module_utils.directory import (
    account_dn,
    account_entry,
    administrators_entry,
    function_entries,
    list_entries,
    policy_entries,
    quota_value,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.mailing_lists import ListMembers
from ansible_collections.thucongvu.mail.plugins.module_utils.password_policy import password_policies
from ansible_collections.thucongvu.mail.plugins.module_utils.sending_limits import Limit, Limits

BASE = "dc=cantho,dc=gov,dc=vn"
PERSON = Account(
    kind="person",
    id="ct-0001",
    address="nvminh@cantho.gov.vn",
    name="Nguyễn Văn Minh",
    display_name="Nguyễn Văn Minh - Sở Nội vụ",
    family_name="Nguyễn",
    middle_name="Văn",
    given_name="Minh",
    agency_id="sonv",
    agency_name="Sở Nội vụ",
    agency_kind="department",
    unit_id="sonv-vp",
    unit_name="Văn phòng",
    position="Chuyên viên",
    phone="0292 3 820 000",
    status="active",
    quota_bytes=5 * 1024**3,
    registered=date(2016, 1, 4),
    born="",
    password_class="person",
    sending=Limits(Limit(500, 3600), None),
)
NOBODY = {"family_name": None, "middle_name": None, "given_name": None, "position": "", "phone": "", "registered": None}
UNIT = replace(
    PERSON,
    kind="unit",
    id="sonv-vp",
    address="vanphong.sonv@cantho.gov.vn",
    name="Văn phòng",
    display_name="Văn phòng - Sở Nội vụ",
    quota_bytes=10 * 1024**3,
    password_class="unit",
    **NOBODY,
)
AGENCY = replace(
    UNIT,
    kind="agency",
    id="sonv",
    address="sonv@cantho.gov.vn",
    name="Sở Nội vụ",
    display_name="Sở Nội vụ",
    unit_id=None,
    unit_name=None,
    quota_bytes=None,
    password_class="agency",
)


@pytest.mark.parametrize(
    ("account", "dn"),
    [
        (PERSON, "uid=ct-0001,ou=people,dc=cantho,dc=gov,dc=vn"),
        (UNIT, "tcvRegisterId=sonv-vp,tcvRegisterId=sonv,ou=agencies,dc=cantho,dc=gov,dc=vn"),
        (AGENCY, "tcvRegisterId=sonv,ou=agencies,dc=cantho,dc=gov,dc=vn"),
    ],
    ids=lambda value: value.kind if isinstance(value, Account) else "",
)
def test_the_dn_outlives_a_change_of_name_address_and_place(account, dn):
    assert account_dn(account, BASE) == dn
    moved = replace(account, name="Trần Thị Lụa", address="khac@cantho.gov.vn", display_name="?")
    assert account_dn(moved, BASE) == dn


def test_a_person_moves_to_another_agency_under_the_same_dn():
    assert account_dn(replace(PERSON, agency_id="sotc", unit_id=None), BASE) == account_dn(PERSON, BASE)


@pytest.mark.parametrize(
    ("quota_bytes", "value"),
    [(None, "unlimited"), (10 * 1024**3, "10737418240B"), (5 * 1024**3, "5368709120B")],
    ids=["CT-4.1a", "CT-4.1b", "CT-4.1c"],
)
def test_a_quota_as_dovecot_reads_it(quota_bytes, value):
    assert quota_value(quota_bytes) == value


def test_a_persons_entry():
    assert account_entry(PERSON, BASE).attributes == {
        "objectClass": ["top", "person", "organizationalPerson", "inetOrgPerson", "tcvMailbox"],
        "uid": ["ct-0001"],
        "cn": ["Nguyễn Văn Minh"],
        "sn": ["Nguyễn"],
        "givenName": ["Minh"],
        # CT-4.2đ
        "displayName": ["Nguyễn Văn Minh - Sở Nội vụ"],
        "mail": ["nvminh@cantho.gov.vn"],
        "o": ["Sở Nội vụ"],
        "ou": ["Văn phòng"],
        "title": ["Chuyên viên"],
        "telephoneNumber": ["0292 3 820 000"],
        "tcvIdentitySubject": [],
        "tcvWorksIn": [],
        "tcvRegisterId": ["ct-0001"],
        "tcvMailboxKind": ["person"],
        "tcvMailboxStatus": ["active"],
        "tcvMailboxQuota": ["5368709120B"],
        "tcvSendingLimits": ["500/3600 -"],
        "tcvSearch": ["chuyen vien", "nguyen van minh", "nguyen van minh - so noi vu", "so noi vu", "van phong"],
        "tcvPlainName": ["nguyen van minh"],
        "tcvAgencyId": ["sonv"],
        "tcvUnitId": ["sonv-vp"],
        "pwdPolicySubentry": ["cn=person,ou=policies,dc=cantho,dc=gov,dc=vn"],
    }


def test_what_a_person_no_longer_has_is_said_to_be_absent():
    bare = replace(PERSON, unit_id=None, unit_name=None, position="", phone="", status="cancelled")
    attributes = account_entry(bare, BASE).attributes
    assert [attributes[name] for name in ("ou", "title", "telephoneNumber")] == [[], [], []]
    assert attributes["tcvMailboxStatus"] == ["cancelled"]


def test_a_name_of_one_syllable_is_its_own_family_name():
    one = replace(PERSON, name="Y", family_name="", middle_name="", given_name="Y")
    assert account_entry(one, BASE).attributes["sn"] == ["Y"]


@pytest.mark.parametrize(
    ("account", "quota", "unit", "words"),
    [
        (UNIT, "10737418240B", ["sonv-vp"], ["so noi vu", "van phong", "van phong - so noi vu"]),
        (AGENCY, "unlimited", [], ["so noi vu"]),
    ],
)
def test_a_shared_mailboxs_entry(account, quota, unit, words):
    assert account_entry(account, BASE).attributes == {
        "objectClass": ["top", "organizationalUnit", "tcvMailbox"],
        "cn": [account.name],
        "ou": [account.name],
        "o": ["Sở Nội vụ"],
        "manager": [],
        "tcvReceipts": [],
        "displayName": [account.display_name],
        "mail": [account.address],
        "tcvRegisterId": [account.id],
        "tcvMailboxKind": [account.kind],
        "tcvMailboxStatus": ["active"],
        "tcvMailboxQuota": [quota],
        "tcvSendingLimits": ["500/3600 -"],
        "tcvSearch": words,
        "tcvPlainName": [words[0] if unit == [] else "van phong"],
        "tcvAgencyId": ["sonv"],
        "tcvUnitId": unit,
        # CT-11.4
        "pwdPolicySubentry": [f"cn={account.kind},ou=policies,{BASE}"],
    }


def test_ct_10_5_a_functions_mail_goes_to_the_operator():
    (entry,) = function_entries([("hotro@cantho.gov.vn", "sotttt@cantho.gov.vn")], BASE)
    assert entry.dn == "cn=hotro,ou=functions,dc=cantho,dc=gov,dc=vn"
    assert entry.attributes == {
        "objectClass": ["top", "nisMailAlias"],
        "cn": ["hotro"],
        "rfc822MailMember": ["sotttt@cantho.gov.vn"],
    }


def test_ct_11_5_a_list_says_who_is_in_it_whose_it_is_and_who_posts():
    unit = ListMembers("sonv-vp", "Văn phòng", "danhsach.vanphong.sonv@cantho.gov.vn", UNIT, PERSON, (PERSON,))
    outer = ListMembers("tatca", "Tất cả", "tatca@cantho.gov.vn", AGENCY, None, (), ("sonv-vp",))
    inner_entry, outer_entry = list_entries([unit, outer], BASE)
    assert inner_entry.dn == f"cn=sonv-vp,ou=lists,{BASE}"
    assert inner_entry.attributes["mail"] == ["danhsach.vanphong.sonv@cantho.gov.vn"]
    assert inner_entry.attributes["member"] == [account_dn(PERSON, BASE)]
    assert inner_entry.attributes["owner"] == [account_dn(UNIT, BASE)]
    assert inner_entry.attributes["tcvMayPost"] == [account_dn(UNIT, BASE), account_dn(PERSON, BASE)]
    assert outer_entry.attributes["member"] == [inner_entry.dn]
    assert outer_entry.attributes["tcvMayPost"] == [account_dn(AGENCY, BASE)]


def test_ct_11_1_the_directory_says_who_heads_a_mailbox_and_who_works_in_it():
    head = replace(PERSON, works_in=("sonv@cantho.gov.vn", "vanphong.sonv@cantho.gov.vn"))
    assert account_entry(head, BASE).attributes["tcvWorksIn"] == list(head.works_in)
    assert account_entry(PERSON, BASE).attributes["tcvWorksIn"] == []
    assert account_entry(replace(AGENCY, head_id="ct-0001"), BASE).attributes["manager"] == [account_dn(PERSON, BASE)]
    assert account_entry(AGENCY, BASE).attributes["manager"] == []


def test_the_group_of_administrators_is_there_only_with_members():
    assert administrators_entry([], BASE) == []
    (entry,) = administrators_entry([PERSON], BASE)
    assert entry.dn == f"cn=administrators,ou=groups,{BASE}"
    assert entry.attributes["member"] == [account_dn(PERSON, BASE)]


def test_ct_10_3_ct_11_4_a_policy_says_all_that_the_regulation_does_and_that_nothing_else_holds(regulations):
    for regulation in regulations.values():
        entries = {entry.attributes["cn"][0]: entry.attributes for entry in policy_entries(regulation, BASE)}
        wanted = password_policies(regulation)
        assert set(entries) == set(wanted)
        for name, attributes in entries.items():
            said = {key: [value.value] for key, value in wanted[name].items()}
            assert {key: attributes[key] for key in said} == said
            assert all(not attributes[key] for key in attributes if key.startswith("pwdM") and key not in said)


def test_a_suspended_mailbox_keeps_its_password_and_a_closed_one_has_none():
    assert "userPassword" not in account_entry(replace(PERSON, status="suspended"), BASE).attributes
    assert account_entry(replace(PERSON, status="cancelled"), BASE).attributes["userPassword"] == []
