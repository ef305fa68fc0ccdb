"""The accounts that a register asks for."""

from datetime import date

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import (
    Account,
    accounts_without_address,
    desired_accounts,
    function_aliases,
    mailbox_aliases,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.directory import account_entry
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register

AGENCIES = """\
- id: tttt
  name: Sở Thông tin  và Truyền thông
  kind: department
  address: sotttt
  units:
    - {id: tttt-vp, name: Văn phòng, address: vanphong.sotttt}
    - {id: tttt-x, name: Phòng Mới}
"""


AGENCY = "- {id: nv, name: Sở Nội vụ, kind: department, address: sonv}\n"


def with_column(name, rows):
    """A people file that has one of the optional columns."""
    header = f"id,full_name,unit,position,phone,registered,status,{name},address"
    return "\n".join([header, *rows, ""]).encode()


@pytest.fixture
def register(cantho, make_register):
    return load_register(
        make_register(
            AGENCIES,
            tttt=[
                "p1,Nguyễn  Văn Minh,tttt-vp,Chánh Văn phòng,0292 000 0001,2016-01-04,active,nvminh",
                "p2,Lê Minh,,,,2016-01-05,cancelled,lminh",
                "p3,Trần Thị Hoa,,,,2016-01-06,active,",
                "p4,Danh Út,,,,2016-01-06,cancelled,",
            ],
        ),
        cantho,
    )


def test_ct_4_1_classes_quotas_and_display_names(cantho, register):
    agency, unit, person, _cancelled = desired_accounts(register, cantho, "cantho.gov.vn")
    name = "Sở Thông tin và Truyền thông"
    assert agency == Account(
        kind="agency", id="tttt", address="sotttt@cantho.gov.vn", name=name, display_name=name,
        family_name=None, middle_name=None, given_name=None, agency_id="tttt", agency_name=name,
        agency_kind="department", unit_id=None, unit_name=None, position="", phone="", status="active",
        quota_bytes=None, registered=None, born="", password_class="agency", sending=cantho.sending("agency", "department"),
        receipts=True,
    )  # fmt: skip
    assert unit == Account(
        kind="unit", id="tttt-vp", address="vanphong.sotttt@cantho.gov.vn", name="Văn phòng",
        display_name=f"Văn phòng - {name}", family_name=None, middle_name=None, given_name=None,
        agency_id="tttt", agency_name=name, agency_kind="department", unit_id="tttt-vp", unit_name="Văn phòng",
        position="", phone="", status="active", quota_bytes=10 * 1024**3, registered=None, born="",
        password_class="unit", sending=cantho.sending("unit", "department"), receipts=True,
    )  # fmt: skip
    assert person == Account(
        kind="person", id="p1", address="nvminh@cantho.gov.vn", name="Nguyễn Văn Minh",
        display_name=f"Nguyễn Văn Minh - {name}", family_name="Nguyễn", middle_name="Văn", given_name="Minh",
        agency_id="tttt", agency_name=name, agency_kind="department", unit_id="tttt-vp", unit_name="Văn phòng",
        position="Chánh Văn phòng", phone="0292 000 0001", status="active", quota_bytes=5 * 1024**3,
        registered=date(2016, 1, 4), born="", password_class="person", sending=cantho.sending("person", "department"),
    )  # fmt: skip


def test_a_cancelled_person_is_an_account_that_is_cancelled(cantho, register):
    last = desired_accounts(register, cantho, "cantho.gov.vn")[-1]
    assert (last.address, last.status, last.unit_id) == ("lminh@cantho.gov.vn", "cancelled", None)


def test_what_has_no_address_is_no_account_and_is_listed(cantho, register):
    assert [account.id for account in desired_accounts(register, cantho, "d.vn")] == ["tttt", "tttt-vp", "p1", "p2"]
    assert [waiting.id for waiting in accounts_without_address(register)] == ["tttt-x", "p3"]


def test_ct_10_5_functions_go_to_the_operator(cantho, register):
    aliases = function_aliases(cantho, register, "cantho.gov.vn")
    assert ("hotro@cantho.gov.vn", "sotttt@cantho.gov.vn") in aliases
    assert {"postmaster@cantho.gov.vn", "abuse@cantho.gov.vn", "dmarc@cantho.gov.vn", "tlsrpt@cantho.gov.vn"} <= {
        address for address, _target in aliases
    }
    assert {target for _address, target in aliases} == {"sotttt@cantho.gov.vn"}


def test_aliases_lead_to_their_mailbox_and_a_closed_one_has_none(cantho, make_register):
    rows = [
        "p1,Nguyễn Văn Minh,,,,2016-01-04,active,minh.nv vanminh,nvminh",
        "p2,Lê Minh,,,,2016-01-05,cancelled,leminh,lminh",
        "p3,Trần Hoa,,,,2016-01-05,active,hoatran,",
    ]
    agencies = """
- id: nv
  name: Sở Nội vụ
  kind: department
  address: sonv
  aliases: [snv]
  units: [{id: nv-vp, name: Văn phòng, address: vanphong.sonv, aliases: [vp.snv]}]
"""
    register = load_register(make_register(agencies, nv=with_column("aliases", rows)), cantho)
    assert mailbox_aliases(register, "x.vn") == [
        ("snv@x.vn", "sonv@x.vn"),
        ("vp.snv@x.vn", "vanphong.sonv@x.vn"),
        ("minh.nv@x.vn", "nvminh@x.vn"),
        ("vanminh@x.vn", "nvminh@x.vn"),
    ]


@pytest.mark.parametrize(
    ("aliases", "key"),
    [
        ("lminh", "register.address_taken"),
        ("hotro", "register.address_reserved"),
        ("Lê", "register.address_form"),
        ("a b c d e f", "register.aliases"),
    ],
)
def test_an_alias_is_an_address_like_any_other(cantho, make_register, aliases, key):
    rows = ["p2,Lê Minh,,,,2016-01-05,active,,lminh", f"p1,Nguyễn Văn Minh,,,,2016-01-04,active,{aliases},nvminh"]
    with pytest.raises(ProblemsError) as caught:
        load_register(make_register(AGENCY, nv=with_column("aliases", rows)), cantho)
    (problem,) = caught.value.problems
    assert (problem.key, problem.field, problem.line) == (key, "aliases", 3)


def test_bp_9_the_register_says_who_a_person_is_at_vneid(cantho, make_register):
    rows = [
        "p1,Nguyễn Văn Minh,,,,2016-01-04,active,a7e3-9F,nvminh",
        "p2,Lê Minh,,,,2016-01-05,active,,lminh",
        # Who left and came back has two rows.
        "p3,Nguyễn Văn Minh,,,,2015-01-05,cancelled,a7e3-9F,minhnv",
    ]
    register = load_register(make_register(AGENCY, nv=with_column("vneid", rows)), cantho)
    _agency, *people = [
        account_entry(account, "dc=x").attributes for account in desired_accounts(register, cantho, "x.vn")
    ]
    assert [person["tcvIdentitySubject"] for person in people] == [["a7e3-9F"], [], ["a7e3-9F"]]


@pytest.mark.parametrize(
    ("subject", "key"),
    [
        ("0920 9000", "register.vneid"),
        ("đ1", "register.vneid"),
        ("=1+2", "register.vneid"),
        ("a7e3", "register.vneid_twice"),
    ],
)
def test_bp_9_a_vneid_subject_is_one_persons_and_no_message_repeats_it(cantho, make_register, subject, key):
    rows = ["p2,Lê Minh,,,,2016-01-05,active,a7e3,lminh", f"p1,Nguyễn Văn Minh,,,,2016-01-04,active,{subject},nvminh"]
    with pytest.raises(ProblemsError) as caught:
        load_register(make_register(AGENCY, nv=with_column("vneid", rows)), cantho)
    (problem,) = caught.value.problems
    assert (problem.key, problem.field, problem.line) == (key, "vneid", 3)
    assert subject not in str(problem)


def test_functions_without_operator_are_refused(cantho, make_register):
    register = load_register(make_register("- {id: nv, name: Sở Nội vụ, kind: department, address: sonv}\n"), cantho)
    with pytest.raises(CoreError) as caught:
        function_aliases(cantho, register, "cantho.gov.vn")
    assert caught.value.key == "register.no_operator"
    assert "sotttt" in str(caught.value)
