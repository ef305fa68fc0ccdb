"""Addresses by Cần Thơ's regulation: every printed example, the ladder, and what is a valid address."""

import string
from dataclasses import replace
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import (
    Above,
    AddressForms,
    valid_local_part,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import AddressBook, Holder
from ansible_collections.thucongvu.mail.plugins.module_utils.names import agency_name, person_name
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import AgencyKind, Cited, NameType

FAMILIES = ["Nguyễn", "Trần", "Lê", "Đặng", "Âu Dương", "K'", "Y", "H’"]
MIDDLES = ["", "Văn", "Thị", "Thị Kim", "Ngọc-Anh", "Hữu Đức"]
GIVENS = ["Minh", "Ánh", "Đào", "Bé", "Ý", "Uyên"]
persons = st.builds(
    lambda *parts: " ".join(part for part in parts if part),
    st.sampled_from(FAMILIES),
    st.sampled_from(MIDDLES),
    st.sampled_from(GIVENS),
)
letters = st.text(alphabet=string.ascii_letters + "àáảãạăâđêôơưĐÔ '-&,.", min_size=1, max_size=90)


def agency_candidates(regulation, kind, name, above=None):
    return list(AddressForms(regulation).agency(kind, name, Above("", "", above) if above else None))


def unit_candidates(regulation, agency_kind, name, agency):
    return list(AddressForms(regulation).unit(agency_kind, name, agency))


def person_candidates(regulation, name):
    return list(AddressForms(regulation).person(name))


def addresses(candidates):
    return [candidate.address for candidate in candidates]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Sở Nội vụ", ["sonv", "sonoivu"]),
        ("Sở Ngoại vụ", ["sonv", "songoaivu"]),
        ("Sở Kế hoạch và Đầu tư", ["sokhdt", "sokehoachvadautu"]),
        ("Sở Kế hoạch và Đầu tư thành phố Cần Thơ", ["sokhdt", "sokehoachvadautu"]),
        ("Sở Giáo dục và Đào tạo", ["sogddt", "sogiaoducvadaotao"]),
        ("Sở Khoa học và Công nghệ", ["sokhcn", "sokhoahocvacongnghe"]),
        ("Sở Xây dựng", ["soxd", "soxaydung"]),
        ("Sở Thông tin và Truyền thông", ["sotttt", "sothongtinvatruyenthong"]),
        ("SỞ THÔNG TIN VÀ TRUYỀN THÔNG", ["sotttt", "sothongtinvatruyenthong"]),
        ("Sở Lao động - Thương binh và Xã hội", ["soldtbxh", "solaodongthuongbinhvaxahoi"]),
        ("Sở Y tế", ["soyt", "soyte"]),
        ("Sở “Nội vụ”…", ["sonv", "sonoivu"]),
    ],
)
def test_ct_4_2a_departments(cantho, name, wanted):
    assert addresses(agency_candidates(cantho, "department", name)) == wanted


@pytest.mark.parametrize(
    "name",
    ["UBND quận Ninh Kiều", "Ủy ban nhân dân quận Ninh Kiều", "Uỷ ban Nhân dân Quận Ninh Kiều", "Quận Ninh Kiều"],
)
def test_ct_4_2b_one_district_office_however_it_is_written(cantho, name):
    assert addresses(agency_candidates(cantho, "district", name)) == ["ninhkieu", "qninhkieu"]


def test_communes_that_share_a_name_take_their_type_then_their_district(cantho):
    assert addresses(agency_candidates(cantho, "commune", "UBND thị trấn Thạnh An", "vinhthanh")) == [
        "thanhan",
        "ttthanhan",
        "thanhan.vinhthanh",
        "ttthanhan.vinhthanh",
    ]


def test_a_commune_without_issued_parent_has_no_form_with_it(cantho):
    assert addresses(agency_candidates(cantho, "commune", "xã Thạnh An")) == ["thanhan", "xathanhan"]


@pytest.mark.parametrize(
    ("kind", "name", "first"),
    [
        ("board", "Ban Dân tộc", "bandt"),
        ("board", "Ban Quản lý các khu chế xuất và công nghiệp Cần Thơ", "banqlkcxcn"),
        ("sector", "Công an thành phố Cần Thơ", "congan"),
        ("sector", "Văn phòng UBND thành phố", "vpubnd"),
        ("sector", "Văn phòng Ủy ban nhân dân TP. Cần Thơ", "vpubnd"),
        ("political", "Thành ủy Cần Thơ", "thanhuy"),
        ("political", "Quận ủy Ninh Kiều", "quanuyninhkieu"),
        ("sociopolitical", "Ủy ban Mặt trận Tổ quốc Việt Nam thành phố Cần Thơ", "ubmttqvn"),
        ("commune", "Phường 12", "12"),
    ],
)
def test_other_kinds_of_ct_2_1(cantho, kind, name, first):
    assert addresses(agency_candidates(cantho, kind, name))[0] == first


@pytest.mark.parametrize(
    ("kind", "agency", "name", "wanted"),
    [
        ("department", "sokhdt", "Văn phòng", ["vanphong.sokhdt"]),
        ("district", "ninhkieu", "Văn phòng", ["vpubnd.ninhkieu", "vanphong.ninhkieu"]),
        ("district", "ninhkieu", "Văn phòng UBND", ["vpubnd.ninhkieu", "vanphongubnd.ninhkieu"]),
        ("department", "sonv", "Phòng Tổ chức - Hành chính", ["ptchc.sonv", "phongtochuchanhchinh.sonv"]),
        ("department", "sonv", "Thanh tra", ["thanhtra.sonv"]),
    ],
)
def test_ct_4_2b_units(cantho, kind, agency, name, wanted):
    assert addresses(unit_candidates(cantho, kind, name, agency)) == wanted


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Nguyễn Văn Minh", ["nvminh", "nvanminh", "nguyenvanminh"]),
        ("NGUYỄN VĂN MINH", ["nvminh", "nvanminh", "nguyenvanminh"]),
        ("Lê Minh", ["lminh", "leminh"]),
        ("Minh", ["minh"]),
        ("K'Bé", ["kbe"]),
        ("Nguyễn Thị Kim Hoa", ["ntkhoa", "nthikimhoa", "nguyenthikimhoa"]),
        ("Âu Dương Thị Minh Khai", ["adtmkhai", "adthiminhkhai", "auduongthiminhkhai"]),
    ],
)
def test_ct_4_2c_and_ct_4_2d_persons(cantho, name, wanted):
    assert addresses(person_candidates(cantho, name)) == wanted


def test_each_candidate_cites_its_clause_or_says_why_there_is_none(cantho):
    clauses = [candidate.clause for candidate in person_candidates(cantho, "Nguyễn Văn Minh")]
    assert clauses == ["CT-4.2c", "CT-4.2d", "CT-4.2d"]
    for candidate in agency_candidates(cantho, "commune", "xã Thạnh An", "vinhthanh"):
        assert candidate.clause or candidate.why


@pytest.mark.parametrize(
    ("kind", "name", "key"),
    [
        ("department", "Nội vụ", "register.type"),
        ("department", "Sở", "register.only_type"),
        ("commune", "Cờ Đỏ", "register.type"),
        ("sector", "...", "text.empty"),
        ("sector", "C«ng an", "text.legacy"),
    ],
)
def test_an_agencys_name_that_does_not_fit_is_refused(cantho, kind, name, key):
    with pytest.raises(CoreError) as caught:
        agency_candidates(cantho, kind, name)
    assert caught.value.key == key


@pytest.mark.parametrize(
    ("text", "valid"),
    [
        ("nvminh", True),
        ("vanphong.sokhdt", True),
        ("nvminh2", True),
        ("a" * 64, True),
        ("a" * 65, False),
        ("", False),
        (".nvminh", False),
        ("nvminh.", False),
        ("nv..minh", False),
        ("NVMinh", False),
        ("nv-minh", True),
        ("nv_minh", True),
        ("nv-.minh", False),
        ("-nvminh", False),
        ("nvminh_", False),
        ("nv minh", False),
        ("nvminh@cantho.gov.vn", False),
        ("nvđinh", False),
        ("nvminh\n", False),
        ("nv+minh", False),
        ("１２", False),
    ],
)
def test_what_a_valid_address_is(text, valid):
    assert valid_local_part(text) is valid


@given(persons)
def test_a_persons_candidates_are_always_valid_and_differ(cantho, name):
    found = addresses(person_candidates(cantho, name))
    assert found
    assert all(map(valid_local_part, found))
    assert len(set(found)) == len(found)


@given(name=letters, kind=st.sampled_from(["sector", "political", "sociopolitical"]))
def test_an_agencys_and_a_units_candidates_are_always_valid(cantho, name, kind):
    try:
        agency = agency_candidates(cantho, kind, name)
        unit = unit_candidates(cantho, kind, name, "sonv")
    except CoreError:
        return
    assert all(valid_local_part(candidate.address) for candidate in agency + unit)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("Nguyễn Văn Minh", ("Nguyễn", "Văn", "Minh")),
        ("Lê Minh", ("Lê", "", "Minh")),
        ("Minh", ("", "", "Minh")),
        ("Âu Dương Khai", ("Âu Dương", "", "Khai")),
        ("Âu Dương", ("Âu", "", "Dương")),
        ("Nguyễn Thị Kim Hoa", ("Nguyễn", "Thị Kim", "Hoa")),
    ],
)
def test_the_given_name_is_the_last_syllable(cantho, name, parts):
    found = person_name(name, cantho.names.family_names.value)
    assert (found.family, found.middle, found.given) == parts


def test_functions_and_reserved_addresses_are_taken_from_the_start(cantho):
    book = AddressBook.of(cantho)
    assert {"hotro", "postmaster", "abuse", "admin"} <= set(book.holders)
    taken = book.claim("hotro", Holder("person", "p1", "Hồ Trỗ"))
    assert taken is not None
    assert taken.kind == "function"


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("Cần Thơ", ["cantho"]),
        ("Trường Đam Rông 10", ["tdr10", "truongdamrong10"]),
        ("Viện " + "nghiên cứu khoa học " * 5, ["v" + "nckh" * 5]),
    ],
    ids=["nothing but an ending stays", "a number stays whole", "a form of more than 64 characters is left out"],
)
def test_the_edges_of_an_agencys_forms(cantho, name, wanted):
    assert addresses(agency_candidates(cantho, "sector", name)) == wanted


def test_the_longest_type_that_fits_is_taken(cantho):
    types = (NameType(("Ban",), "b"), NameType(("Ban Quản lý",), "bql"), NameType(("Ban Q",), "bq"))
    kind = AgencyKind("board", Cited("Ban", None), True, types)
    for order in permutations(types):
        found = agency_name("Ban Quản lý dự án", replace(kind, types=order), cantho.names)
        assert (found.type_short, [word.letters for word in found.words]) == ("bql", ["du", "an"])
