"""Every example that the five regulations print, out of a small register of each province; and what the data say where a text
contradicts itself."""

from pathlib import Path

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import RegisterForms, planned_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

REGULATIONS = Path(__file__).resolve().parents[2] / "regulations"

# Each row: id, name, kind, the agency above, the address, the clause that the address is issued by.
PRINTED = {
    "cantho": [
        ("nv", "Sở Nội vụ", "department", None, "sonv", "CT-4.2a"),
        ("ngv", "Sở Ngoại vụ", "department", None, "songoaivu", "CT-4.2a"),
        ("tttt", "Sở Thông tin và Truyền thông", "department", None, "sotttt", "CT-4.2a"),
        ("kh", "Sở Kế hoạch và Đầu tư thành phố Cần Thơ", "department", None, "sokhdt", "CT-4.2a"),
        ("nk", "UBND quận Ninh Kiều", "district", None, "ninhkieu", "CT-4.2b"),
        ("kh-vp", "Văn phòng", "unit", "kh", "vanphong.sokhdt", "CT-4.2b"),
        ("nk-vp", "Văn phòng", "unit", "nk", "vpubnd.ninhkieu", "CT-4.2b"),
        ("p1", "Nguyễn Văn Minh", "person", "nv", "nvminh", "CT-4.2c"),
        ("p2", "Nguyễn Văn Minh", "person", "kh", "nvanminh", "CT-4.2d"),
        ("p3", "Nguyễn Văn Minh", "person", "nk", "nguyenvanminh", "CT-4.2d"),
    ],
    "caobang": [
        ("tt", "Sở Thông tin và Truyền thông Cao Bằng", "department", None, "soittt", "CB-7.3a"),
        ("yt", "Sở Y tế", "department", None, "soyte", "CB-7.3a"),
        ("dt", "Ban dân tộc tỉnh Cao Bằng", "board", None, "bandantoc", "CB-7.3a"),
        ("pn", "Hội Liên hiệp phụ nữ tỉnh Cao Bằng", "sociopolitical", None, "hoilhpntinh", "CB-7.3a"),
        ("nb", "Huyện Nguyên Bình", "district", None, "nguyenbinh", "CB-7.3a"),
        ("ha", "UBND huyện Hòa An", "district", None, "hoan", "CB-7.3a"),
        ("bl", "UBND huyện Bảo Lạc", "district", None, "baolac", "CB-7.3a"),
        ("hd1", "Xã Hưng Đạo", "commune", "nb", "hungdao.nguyenbinh", "CB-7.3a"),
        ("hd2", "UBND xã Hưng Đạo", "commune", "ha", "hungdao.hoan", "CB-7.3a"),
        ("tbl", "UBND thị trấn Bảo Lạc", "commune", "bl", "ttbaolac", "CB-7.3a"),
        ("p1", "Nông Văn Đạt", "person", "tt", "datnv", "CB-7.3b"),
        ("p2", "Nông Văn Đạt", "person", "yt", "datnv2", "CB-7.3b"),
    ],
    "quangtri": [
        ("kc", "Sở Khoa học và Công nghệ tỉnh Quảng Trị", "department", None, "skhcn", "QT-4.1"),
        ("p1", "Lê Thị Hoài Thương", "person", "kc", "lethihoaithuong", "QT-4.3a"),
    ],
    "binhphuoc": [
        ("bd", "UBND huyện Bù Đăng", "district", None, "hbda", "BP-4.1c"),
        ("pl", "UBND thị xã Phước Long", "district", None, "txpl", "BP-4.1c"),
        ("dp", "UBND huyện Đồng Phú", "district", None, "hdp", "BP-4.1c"),
        ("mh", "Xã Minh Hưng", "commune", "bd", "xmh.hbda", "BP-4.1c"),
        ("tm", "Phường Thác Mơ", "commune", "pl", "ptm.txpl", "BP-4.1c"),
        ("dg", "Thị trấn Đức Phong", "commune", "bd", "ttdp.hbda", "BP-4.1c"),
        ("tl", "Xã Tân Lập", "commune", "dp", "xtanlap.hdp", "BP-4.1e"),
        ("th", "Xã Thuận Lợi", "commune", "dp", "xthuanloi.hdp", "BP-4.1e"),
    ],
}


def texts(rows):
    """A register's files out of rows: the agencies with their units, and people registered one a day in the rows' order."""
    agencies, people = "", {}
    for identity, name, kind, above, _address, _clause in rows:
        if kind == "person":
            line = f"{identity},{name},,,,2016-01-{len(people) + 1:02d},active,"
            people.setdefault(above, []).append(line)
        elif kind != "unit":
            units = [f"{{id: {row[0]}, name: {row[1]}}}" for row in rows if row[2] == "unit" and row[3] == identity]
            parent = f", parent: {above}" if above else ""
            agencies += f"- {{id: {identity}, name: {name}, kind: {kind}{parent}, units: [{', '.join(units)}]}}\n"
    return agencies, people


@pytest.mark.parametrize("province", PRINTED)
def test_ct_4_2a_cb_7_3a_qt_4_1_bp_4_1c_every_printed_address(plan_of, province):
    regulation = load_regulation(REGULATIONS / f"{province}.yml")
    agencies, people = texts(PRINTED[province])
    plan = plan_of(regulation, agencies, **people)
    found = {item.subject.id: (item.candidate.address, item.candidate.clause) for item in plan.issued}
    assert found == {row[0]: (row[4], row[5]) for row in PRINTED[province]}
    assert plan.pending == ()


def test_cb_7_3b_the_workplace_instead_of_a_number_for_whoever_asks(make_register, plan_of):
    regulation = load_regulation(REGULATIONS / "caobang.yml")
    agencies, people = texts(PRINTED["caobang"])
    plan = plan_of(regulation, agencies, **people)
    register = planned_register(load_register(make_register(agencies, **people), regulation), plan)
    (second,) = [person for person in register.people if person.id == "p2"]
    wanted = [form for form in RegisterForms(register, regulation).person(second) if form.on_request]
    assert [(form.address, form.clause) for form in wanted] == [("datnv.soyte", "CB-7.3b")]


def test_bd_5_agencies_are_named_by_the_operator_and_people_by_the_national_rule(plan_of):
    regulation = load_regulation(REGULATIONS / "binhduong.yml")
    agencies = (
        "- {id: nv, name: Sở Nội vụ, kind: department}\n"
        "- {id: vp, name: Văn phòng UBND tỉnh, kind: sector, address: vpubnd, units: [{id: th, name: Tin học}]}\n"
    )
    plan = plan_of(regulation, agencies, vp=["p1,Nguyễn Văn Minh,,,,2016-01-04,active,"])
    assert {item.subject.id: item.candidate.address for item in plan.issued} == {"th": "tinhoc.vpubnd", "p1": "minhnv"}
    assert [(item.subject.id, item.reason, item.rule.clause) for item in plan.pending] == [("nv", "operator", "BD-5")]


@pytest.mark.parametrize(
    ("province", "domain", "help_at"),
    [
        ("cantho", "cantho.gov.vn", "CT-10.5"),
        ("caobang", "caobang.gov.vn", None),
        ("quangtri", "quangtri.gov.vn", None),
        ("binhduong", "binhduong.gov.vn", None),
        ("binhphuoc", "binhphuoc.gov.vn", "BP-5.2"),
    ],
)
def test_cb_7_1_qt_3_bp_5_2_the_printed_domain_and_where_help_is_asked_for(province, domain, help_at):
    regulation = load_regulation(REGULATIONS / f"{province}.yml")
    assert regulation.domain.value == domain
    assert regulation.functions["hotro"].clause == help_at


# What a text prints against its own rule, and the words by which the data say what was kept.
CONTRADICTIONS = [
    (
        "caobang",
        "names.agency_table.Thông tin và Truyền thông",
        "CB-7.3a",
        ["prints soittt", "would give sotttt", "kept"],
    ),
    ("caobang", "names.agency_table.Hòa An", "CB-7.3a", ["prints hungdao.hoan", "would be hoaan", "kept"]),
    ("binhphuoc", "names.agency_table.Bù Đăng", "BP-4.1c", ["prints hbda", "would give hbd"]),
    ("cantho", "names.unit_table.Văn phòng", "CT-4.2b", ['"Văn phòng"', "prints vpubnd.ninhkieu"]),
]


@pytest.mark.parametrize(("province", "key", "clause", "words"), CONTRADICTIONS)
def test_a_contradiction_is_kept_as_printed_and_the_data_say_so(province, key, clause, words):
    value = load_regulation(REGULATIONS / f"{province}.yml").values[key]
    assert value.clause == clause
    assert [word for word in words if word not in value.why] == []


def test_cb_7_3b_two_digits_in_words_and_one_in_print():
    why = load_regulation(REGULATIONS / "caobang.yml").person_rule.templates[1].why
    assert "says two digits" in why
    assert "prints datnv2" in why
    assert "The printed form is kept" in why


def test_what_is_kept_as_printed_is_kept_for_that_name_alone(addresses_of):
    regulation = load_regulation(REGULATIONS / "caobang.yml")
    agencies = (
        "- {id: kh, name: Sở Kế hoạch và Đầu tư, kind: department}\n"
        "- {id: tt, name: Ban Thông tin và Truyền thông, kind: board}\n"
        "- {id: ha, name: Xã Hòa An, kind: commune}\n"
    )
    assert addresses_of(regulation, agencies) == {"kh": "sokhdt", "tt": "bantttt", "ha": "hoaan"}


@pytest.mark.parametrize(
    "name",
    [
        "Xã Minh Hưng",
        "xã Minh Hưng",
        "UBND xã Minh Hưng",
        "UBND Xã  Minh Hưng",
        "Ủy ban nhân dân xã Minh Hưng",
        "Uỷ ban nhân dân xã Minh Hưng",
        "UỶ BAN NHÂN DÂN XÃ MINH HƯNG",
        "UBND XÃ MINH HƯNG",
        "Xã Minh Hưng, tỉnh Bình Phước",
    ],
)
def test_bp_4_1c_one_commune_however_its_name_is_written(addresses_of, name):
    regulation = load_regulation(REGULATIONS / "binhphuoc.yml")
    above = "- {id: bd, name: Huyện Bù Đăng, kind: district}\n"
    found = addresses_of(regulation, above + f"- {{id: mh, name: '{name}', kind: commune, parent: bd}}\n")
    assert found == {"bd": "hbda", "mh": "xmh.hbda"}
