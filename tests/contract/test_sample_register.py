"""Cần Thơ's sample register: large enough, with the regulation's own examples, and complete."""

from collections import Counter

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import (
    accounts_without_address,
    desired_accounts,
    function_aliases,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import AddressForms
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import plan_register


@pytest.fixture
def register(cantho, project):
    return load_register(project / "inventories/cantho/register", cantho)


def test_every_kind_of_ct_2_1_and_the_numbers(cantho, register):
    units = [unit for agency in register.agencies.values() for unit in agency.units]
    assert {agency.kind for agency in register.agencies.values()} == set(cantho.kinds)
    assert len(register.agencies) >= 12
    assert len(units) >= 30
    assert len(register.people) >= 200
    assert Counter(person.status for person in register.people)["cancelled"] >= 3


def test_everything_has_its_address_and_issuing_changes_nothing(cantho, register):
    found = plan_register(register, cantho)
    assert (found.issued, found.pending) == ((), ())
    assert accounts_without_address(register) == []


def test_the_regulations_own_examples(cantho, register):
    by_address = {account.address: account for account in desired_accounts(register, cantho, "cantho.gov.vn")}

    def name_of(address):
        account = by_address[f"{address}@cantho.gov.vn"]
        return account.name, account.agency_name

    assert name_of("sonv")[0] == "Sở Nội vụ"
    assert name_of("songoaivu")[0] == "Sở Ngoại vụ"
    assert name_of("vanphong.sokhdt") == ("Văn phòng", "Sở Kế hoạch và Đầu tư")
    assert name_of("vpubnd.ninhkieu") == ("Văn phòng", "UBND quận Ninh Kiều")
    assert name_of("sotttt")[0] == "Sở Thông tin và Truyền thông"
    for address in ("nvminh", "nvanminh", "nguyenvanminh"):
        assert name_of(address)[0] == "Nguyễn Văn Minh"
    assert ("hotro@cantho.gov.vn", "sotttt@cantho.gov.vn") in function_aliases(cantho, register, "cantho.gov.vn")


def test_ct_4_2d_by_order_of_registration_and_the_fourth_by_the_operator(register):
    same = sorted(
        (person for person in register.people if person.full_name == "Nguyễn Văn Minh"),
        key=lambda person: person.registered,
    )
    assert [person.address for person in same[:3]] == ["nvminh", "nvanminh", "nguyenvanminh"]
    assert len(same) == 4
    assert same[3].address not in {"", "nvminh", "nvanminh", "nguyenvanminh"}


def test_names_really_clash(cantho, register):
    forms = AddressForms(cantho)
    moved = [person for person in register.people if person.address != next(forms.person(person.full_name)).address]
    assert len(moved) >= 20
