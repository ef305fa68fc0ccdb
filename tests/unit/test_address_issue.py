"""Which form of one name's address is issued when some are taken."""

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import Above, AddressForms, Workplace
from ansible_collections.thucongvu.mail.plugins.module_utils.address_issue import (
    candidate_data,
    issued_candidate,
    read_candidate,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError


def issued(regulation, candidates, taken):
    found = issued_candidate(regulation, list(candidates), taken if isinstance(taken, dict) else dict.fromkeys(taken))
    return None if found is None else (found.address, found.clause)


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [
        ([], ("nvminh", "CT-4.2c")),
        (["nvminh"], ("nvanminh", "CT-4.2d")),
        (["NVMinh@cantho.gov.vn"], ("nvanminh", "CT-4.2d")),
        (["nvanminh"], ("nvminh", "CT-4.2c")),
        (["nvminh", "nvanminh"], ("nguyenvanminh", "CT-4.2d")),
        (["nvminh", "nvanminh", "nguyenvanminh"], None),
    ],
)
def test_ct_4_2d_forms_in_their_order_and_then_the_operator(cantho, taken, wanted):
    assert issued(cantho, AddressForms(cantho).person("Nguyễn Văn Minh"), taken) == wanted


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [
        ([], "datnv"),
        (["datnv"], "datnv2"),
        (["datnv", "datnv2", "datnv3", "datnv5"], "datnv4"),
        ([f"datnv{number or ''}" for number in (0, *range(2, 12))], "datnv12"),
        (["datnv.soyte"], "datnv"),
    ],
)
def test_cb_7_3b_numbers_are_counted_and_the_workplace_is_only_for_who_asks(regulations, taken, wanted):
    regulation = regulations["caobang"]
    found = issued(regulation, AddressForms(regulation).person("Nông Văn Đạt", Workplace(agency="soyte")), taken)
    assert found == (wanted, "CB-7.3b")


BAO_LAC = ("baolac", "ttbaolac", "baolac.nguyenbinh")


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [
        ({"baolac": "district"}, "ttbaolac"),
        ({"baolac": "commune"}, "baolac.nguyenbinh"),
        ({"baolac": "agency"}, "baolac.nguyenbinh"),
        ({"baolac": "person"}, "baolac.nguyenbinh"),
        ({"baolac": "district", "ttbaolac": "unit"}, "baolac.nguyenbinh"),
        ({"ttbaolac": "commune"}, "baolac"),
        ({"hungdao": None}, "baolac"),
    ],
)
def test_cb_7_3a_the_type_is_only_for_who_meets_a_district(regulations, taken, wanted):
    regulation = regulations["caobang"]
    above = Above("district", "Huyện Nguyên Bình", "nguyenbinh")
    candidates = list(AddressForms(regulation).agency("commune", "Thị trấn Bảo Lạc", above))
    assert [candidate.address for candidate in candidates][:3] == list(BAO_LAC)
    assert issued(regulation, candidates, taken) == (wanted, "CB-7.3a")


def test_who_has_an_address_must_be_said_where_a_form_asks_for_it(regulations):
    regulation = regulations["caobang"]
    candidates = list(AddressForms(regulation).agency("commune", "Thị trấn Bảo Lạc"))
    for taken, key in (({"baolac": None}, "address.holder_needed"), ({"x": "huyen"}, "address.unknown_holder")):
        with pytest.raises(CoreError) as caught:
            issued_candidate(regulation, candidates, taken)
        assert caught.value.key == key
    assert "x belongs to huyen" in str(caught.value)
    assert "allowed: agency, unit, person, list, function, reserved, department" in str(caught.value)


def test_functions_and_reserved_addresses_are_never_issued(cantho):
    # No name gives these letters by this regulation, so the form is made by hand.
    (first, *rest) = (candidate_data(found) for found in AddressForms(cantho).person("Nguyễn Văn Minh"))
    for address in ("hotro", "admin"):
        candidates = [read_candidate({**first, "address": address}, 1), *(read_candidate(item, 2) for item in rest)]
        assert issued(cantho, candidates, []) == ("nvanminh", "CT-4.2d")


def test_candidates_are_the_same_after_a_way_through_plain_data(regulations):
    for regulation in regulations.values():
        forms = AddressForms(regulation)
        found = [
            *forms.person("Nông Văn Đạt", Workplace(agency="soyte")),
            *forms.unit("department", "Văn phòng", "soyte"),
        ]
        plain = [candidate_data(candidate) for candidate in found]
        assert [candidate_data(read_candidate(data, 1)) for data in plain] == plain


@pytest.mark.parametrize("data", ["nvminh", {"address": "nvminh"}, None, 5, [["a", "b"]]])
def test_what_is_no_candidate_is_refused_by_its_number(data):
    with pytest.raises(CoreError) as caught:
        read_candidate(data, 3)
    assert caught.value.key == "address.no_candidate"
    assert "Entry 3 is no form" in str(caught.value)


@pytest.mark.parametrize(
    ("province", "kind", "name", "short", "initials"),
    [
        ("caobang", "department", "Sở Thông tin và Truyền thông", "ittt", "ittt"),
        ("caobang", "department", "Thông tin và Truyền thông", "ittt", "ittt"),
        ("caobang", "district", "UBND huyện Hòa An", "hoan", "hoan"),
        ("caobang", "district", "Huyện Bảo Lạc", "baolac", "bl"),
        ("caobang", "sociopolitical", "Hội Liên hiệp phụ nữ tỉnh Cao Bằng", "lhpntinh", "lhpntinh"),
        ("caobang", "department", "Sở", "so", "so"),
        ("binhphuoc", "district", "UBND huyện Bù Gia Mập", "bgm", "bgm"),
        ("binhphuoc", "commune", "Xã Minh Hưng", "minhhung", "mh"),
        ("cantho", "department", "Sở Nội vụ", "noivu", "nv"),
    ],
)
def test_cb_7_3a_bp_4_1c_a_name_as_its_kind_shortens_it(regulations, province, kind, name, short, initials):
    forms = AddressForms(regulations[province])
    assert (forms.short_name(kind, name, "short"), forms.short_name(kind, name, "initials")) == (short, initials)
