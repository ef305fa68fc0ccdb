"""A name in a list against the register: equal by a rule, or another name."""

import unicodedata

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.list_names import NameIndex, same_name
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register

AGENCIES = """\
- id: sonv
  name: Sở Nội vụ
  kind: department
  units:
    - {id: sonv-vp, name: Văn phòng}
    - {id: sonv-tt, name: Thanh tra}
    - {id: sonv-th, name: Phòng Tổng hợp - Hòa giải}
- {id: thanhtra, name: Thanh tra thành phố, kind: sector, address: thanhtra}
- id: ninhkieu
  name: UBND quận Ninh Kiều
  kind: district
  units:
    - {id: nk-vp, name: Văn phòng UBND}
- {id: thanhan, name: UBND xã Thạnh An, kind: commune}
- {id: hoi1, name: Hội Nông dân, kind: sociopolitical, address: hoi1}
- {id: hoi2, name: Hội Nông dân, kind: sociopolitical, parent: ninhkieu, address: hoi2}
- {id: tu, name: Thành ủy, kind: political}
- {id: kho, name: Kho lưu trữ, kind: department, address: kho}
"""


@pytest.fixture
def register(cantho, make_register):
    return load_register(make_register(AGENCIES), cantho)


@pytest.fixture
def index(register, cantho):
    return NameIndex(register.agencies.values(), cantho)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Nguyễn Thị Hòa", "Nguyễn Thị Hoà"),
        ("Trần Thúy Hằng", "Trần Thuý Hằng"),
        ("Lê Khỏe", "Lê Khoẻ"),
        ("Đỗ Quý", "Đỗ Qúy"),
        ("LÊ  VĂN HÒA", "lê văn hoà"),
        ("Nguyễn Văn Đạt", unicodedata.normalize("NFD", "Nguyễn Văn Đạt")),
    ],
)
def test_two_spellings_of_one_name(one, other):
    assert same_name(one) == same_name(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Trần Hải Đường", "Trần Hải Dương"),
        ("Lê Hoa", "Lê Hoà"),
        ("Lê Hòa", "Lê Hóa"),
        ("Lê Hoá", "Lê Hoà"),
        ("Lê Mua", "Lê Mùa"),
        ("Lê Thuy", "Lê Thùy"),
        ("Lê Minh An", "Lê An Minh"),
        ("Lê Nghĩa", "Lê Nghiã"),
        ("Lê Toàn", "Lê Tòan"),
    ],
)
def test_near_is_another_name(one, other):
    assert same_name(one) != same_name(other)


@pytest.mark.parametrize(
    ("name", "ids"),
    [
        ("Sở Nội vụ", ["sonv"]),
        ("SỞ NỘI VỤ", ["sonv"]),
        ("Sở Nội vụ thành phố Cần Thơ", ["sonv"]),
        ("sở  nội vụ:", ["sonv"]),
        ("Sở Nôi vụ", []),
        ("So Noi vu", []),
        ("Nội vụ", []),
        ("UBND quận Ninh Kiều", ["ninhkieu"]),
        ("Uỷ ban nhân dân quận Ninh Kiều", ["ninhkieu"]),
        ("ỦY BAN NHÂN DÂN QUẬN NINH KIỀU", ["ninhkieu"]),
        ("Quận Ninh Kiều", ["ninhkieu"]),
        ("Huyện Ninh Kiều", []),
        ("Xã Thạnh An", ["thanhan"]),
        ("Xã Thành An", []),
        ("Thị trấn Thạnh An", []),
        ("Hội Nông dân", ["hoi1", "hoi2"]),
        ("Thanh tra", ["thanhtra"]),
        ("Kho lưu trữ", ["kho"]),
        ("Thành uỷ Cần Thơ", ["tu"]),
        ("Huyện ủy", []),
    ],
)
def test_the_agencies_that_a_name_means(index, name, ids):
    assert [agency.id for agency in index.agencies(name)] == ids


@pytest.mark.parametrize(
    ("agency", "name", "ids"),
    [
        ("sonv", "Văn phòng", ["sonv-vp"]),
        ("sonv", "VĂN PHÒNG", ["sonv-vp"]),
        ("sonv", "Phòng Tổng hợp, Hoà giải", ["sonv-th"]),
        ("sonv", "Phòng Tổng hợp", []),
        ("sonv", "Chánh Văn phòng", []),
        ("ninhkieu", "Văn phòng", []),
        ("ninhkieu", "Văn phòng Ủy ban nhân dân", ["nk-vp"]),
    ],
)
def test_the_units_that_a_name_means(register, index, agency, name, ids):
    assert [unit.id for unit in index.units(register.agencies[agency], name)] == ids


def test_a_unit_is_meant_before_an_agency_whose_name_is_longer(register, index):
    assert [place.id for place in index.either(register.agencies["sonv"], "Thanh tra")] == ["sonv-tt"]
    assert [place.id for place in index.either(register.agencies["sonv"], "Thanh tra thành phố")] == ["thanhtra"]
    assert [place.id for place in index.either(None, "Thanh tra")] == ["thanhtra"]


def test_text_in_an_older_encoding_is_refused(index):
    with pytest.raises(CoreError) as caught:
        index.agencies("Së Néi vô")
    assert caught.value.key == "text.legacy"
