"""The sample inventories beside Cần Thơ's: each is complete, clean, and holds what its regulation prints as examples."""

import csv
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path

import pytest
import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import accounts_without_address, function_aliases
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import plan_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

PROJECT = Path(__file__).resolve().parents[2]
INVENTORIES = PROJECT / "inventories"
# RFC 5737
EXAMPLE_NETWORKS = [ip_network(text) for text in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")]
ABOVE_COMMUNES = {"department", "board", "sector", "district", "political", "sociopolitical"}
EVERY_KIND = ABOVE_COMMUNES | {"commune"}
# A subscriber's number begins with no zero, so nobody has one of these.
NOBODYS_NUMBER = re.compile(r"(02\d\d 000 \d{4})?")

# What the regulations print: an agency as (what its name ends with, kind, what its district's name ends with, its address; None
# where the text leaves it to the operator).
CAOBANG = [
    ("Sở Thông tin và Truyền thông", "department", None, "soittt"),
    ("Sở Y tế", "department", None, "soyte"),
    ("Ban Dân tộc", "board", None, "bandantoc"),
    ("Hội Liên hiệp phụ nữ tỉnh Cao Bằng", "sociopolitical", None, "hoilhpntinh"),
    ("uyện Bảo Lạc", "district", None, "baolac"),
    ("uyện Nguyên Bình", "district", None, "nguyenbinh"),
    ("uyện Hòa An", "district", None, "hoan"),
    ("ã Hưng Đạo", "commune", "Nguyên Bình", "hungdao.nguyenbinh"),
    ("ã Hưng Đạo", "commune", "Hòa An", "hungdao.hoan"),
    ("hị trấn Bảo Lạc", "commune", "Bảo Lạc", "ttbaolac"),
]
QUANGTRI = [("Sở Khoa học và Công nghệ", "department", None, "skhcn")]
BINHDUONG = [
    ("Văn phòng UBND tỉnh Bình Dương", "sector", None, "vpubnd"),
    ("Sở Nội vụ", "department", None, None),
    ("hị xã Thủ Dầu Một", "district", None, None),
]
BINHPHUOC = [
    ("Sở Thông tin và Truyền thông", "department", None, "sotttt"),
    ("uyện Bù Đăng", "district", None, "hbda"),
    ("hị xã Phước Long", "district", None, "txpl"),
    ("uyện Đồng Phú", "district", None, "hdp"),
    ("ã Minh Hưng", "commune", "Bù Đăng", "xmh.hbda"),
    ("hị trấn Đức Phong", "commune", "Bù Đăng", "ttdp.hbda"),
    ("hường Thác Mơ", "commune", "Phước Long", "ptm.txpl"),
    ("ã Tân Lập", "commune", "Đồng Phú", "xtanlap.hdp"),
    ("ã Thuận Lợi", "commune", "Đồng Phú", "xthuanloi.hdp"),
]


@dataclass(frozen=True)
class Sample:
    """What one province's sample must have."""

    id: str
    prefix: str
    name: str
    kinds: set[str]
    least: tuple[int, int, int]
    districts: int
    operator: str
    operated_by: str
    printed: list[tuple[str, str, str | None, str | None]]


# `least`: agencies, units, people.
SAMPLES = [
    Sample("caobang", "cb", "Tỉnh Cao Bằng", EVERY_KIND, (35, 30, 120), 10, "soittt", "CB-4.1", CAOBANG),
    Sample("quangtri", "qt", "Tỉnh Quảng Trị", {"department"}, (1, 8, 55), 0, "vanphong.skhcn", "QT-1.5", QUANGTRI),
    Sample("binhduong", "bd", "Tỉnh Bình Dương", ABOVE_COMMUNES, (25, 30, 110), 7, "tinhoc.vpubnd", "BD-3", BINHDUONG),
    Sample("binhphuoc", "bp", "Tỉnh Bình Phước", EVERY_KIND, (35, 30, 140), 11, "sotttt", "BP-5.2", BINHPHUOC),
]


@pytest.fixture(params=SAMPLES, ids=lambda sample: sample.id)
def sample(request):
    return request.param


def regulation_of(province):
    return load_regulation(PROJECT / "regulations" / f"{province}.yml")


def register_of(province):
    return load_register(INVENTORIES / province / "register", regulation_of(province))


@pytest.fixture
def register(sample):
    """The province's register; one with a problem, be it an id used twice or a unit that is not there, does not load."""
    return register_of(sample.id)


def ends(agency, ending):
    """Whether an agency is called so, whichever form its name begins with (Xã, UBND xã, Ủy ban nhân dân xã)."""
    return agency is not None and agency.name.endswith(ending)


def named(register, ending, kind):
    return [agency for agency in register.agencies.values() if agency.kind == kind and ends(agency, ending)]


def people_rows(province):
    """Every row of every people file as it stands, by file."""
    for path in sorted((INVENTORIES / province / "register/people").glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as stream:
            yield path, list(csv.DictReader(stream))


def test_the_site_is_called_as_its_folder(sample):
    main = yaml.safe_load((INVENTORIES / sample.id / "group_vars/province/main.yml").read_text(encoding="utf-8"))
    assert main == {
        "province": sample.id,
        "regulation": sample.id,
        "domain": f"{sample.id}.gov.vn",
        "province_name": sample.name,
    }


@pytest.mark.parametrize(
    "main", sorted(INVENTORIES.glob("*/group_vars/province/main.yml")), ids=lambda path: path.parts[-4]
)
def test_the_domain_is_the_regulations_own(main):
    site = yaml.safe_load(main.read_text(encoding="utf-8"))
    assert site["domain"] == regulation_of(site["regulation"]).domain.value


def test_one_host_is_in_every_group(sample):
    hosts = yaml.safe_load((INVENTORIES / sample.id / "hosts.yml").read_text(encoding="utf-8"))["province"]
    host = f"mail01.{sample.id}.gov.vn"
    assert hosts["children"] == {group: {"hosts": {host: None}} for group in ("directory", "mail", "webmail")}
    assert list(hosts["hosts"]) == [host]


def test_every_sample_has_an_example_address_of_its_own():
    addresses = []
    for path in sorted(INVENTORIES.glob("*/hosts.yml")):
        for host in yaml.safe_load(path.read_text(encoding="utf-8"))["province"]["hosts"].values():
            assert host["ansible_host"] == host["public_ipv4"]
            addresses.append(ip_address(host["public_ipv4"]))
    assert len(addresses) > len(SAMPLES)
    assert len(set(addresses)) == len(addresses)
    assert [address for address in addresses if not any(address in network for network in EXAMPLE_NETWORKS)] == []


def test_kinds_and_numbers(sample, register):
    units = [unit for agency in register.agencies.values() for unit in agency.units]
    kinds = Counter(agency.kind for agency in register.agencies.values())
    found = (len(register.agencies), len(units), len(register.people))
    assert set(kinds) == sample.kinds
    assert kinds["district"] == sample.districts
    assert all(count >= least for count, least in zip(found, sample.least, strict=True)), found
    assert Counter(person.status for person in register.people)["cancelled"] >= 3


def test_every_agency_that_the_regulation_prints_is_there_once(sample, register):
    for ending, kind, district, address in sample.printed:
        found = [
            agency
            for agency in named(register, ending, kind)
            if district is None or ends(register.agencies.get(agency.parent or ""), district)
        ]
        assert len(found) == 1, (ending, kind, district)
        assert found[0].address == address or address is None, ending


def test_everything_has_its_address_and_issuing_changes_nothing(sample, register):
    plan = plan_register(register, regulation_of(sample.id))
    assert (plan.issued, plan.pending) == ((), ())
    assert accounts_without_address(register) == []


def test_qt_1_5_cb_4_1_bd_3_bp_5_2_mail_to_functions_reaches_who_operates_the_system(sample, register):
    regulation = regulation_of(sample.id)
    aliases = dict(function_aliases(regulation, register, regulation.domain.value))
    operator = f"{sample.operator}@{sample.id}.gov.vn"
    assert regulation.operator.clause == sample.operated_by
    assert set(aliases.values()) == {operator}
    assert {f"{name}@{sample.id}.gov.vn" for name in ("hotro", "postmaster", "abuse")} <= set(aliases)


def test_every_commune_stands_below_a_district(register):
    for agency in register.agencies.values():
        if agency.kind == "commune":
            assert agency.parent is not None, agency.id
            assert register.agencies[agency.parent].kind == "district", agency.id


def test_districts_and_communes_write_themselves_in_several_forms(sample, register):
    for kind in {"district", "commune"} & sample.kinds:
        names = [agency.name for agency in register.agencies.values() if agency.kind == kind]
        forms = Counter(
            "UBND"
            if name.startswith("UBND ")
            else "Ủy ban nhân dân"
            if name.startswith("Ủy ban nhân dân ")
            else "the type alone"
            for name in names
        )
        assert len(forms) == 3, forms


def test_several_people_have_one_name(register):
    names = Counter(person.full_name for person in register.people)
    assert len([name for name, count in names.items() if count >= 2]) >= 4
    assert max(names.values()) >= 3


def test_names_of_one_and_of_five_syllables(register):
    lengths = {len(person.full_name.split()) for person in register.people}
    assert {1, 2, 3, 4, 5} <= lengths


def test_ids_are_the_provinces_own_and_in_order(sample):
    seen = []
    for path, rows in people_rows(sample.id):
        ids = [row["id"] for row in rows]
        assert ids, path
        assert ids == sorted(ids), path
        assert [row for row in ids if re.fullmatch(rf"{sample.prefix}-\d{{4}}", row) is None] == []
        seen += ids
    assert len(set(seen)) == len(seen)


def test_every_text_is_in_the_one_form_of_unicode(sample):
    for path in [INVENTORIES / sample.id / "register/agencies.yml", *(path for path, _rows in people_rows(sample.id))]:
        text = path.read_text(encoding="utf-8")
        assert unicodedata.is_normalized("NFC", text), path
        assert "\ufeff" not in text, path
        assert text.endswith("\n"), path


def test_people_have_posts_and_nobodys_telephone(sample):
    rows = [row for _path, rows in people_rows(sample.id) for row in rows]
    assert [row["id"] for row in rows if not row["position"].strip()] == []
    assert [row["phone"] for row in rows if NOBODYS_NUMBER.fullmatch(row["phone"]) is None] == []
    assert {bool(row["phone"]) for row in rows} == {True, False}
    assert {bool(row["unit"]) for row in rows} == {True, False}


def test_people_registered_on_working_days_over_years(register):
    days = [person.registered for person in register.people]
    assert [day for day in days if day.isoweekday() > 5] == []
    assert len({day.year for day in days}) >= 4


def test_caobang_has_communes_of_one_name_in_several_districts():
    """CB-7.3a: such communes take their district; a town of its district's name takes its type."""
    register = register_of("caobang")
    names = Counter(
        re.sub(r"^(?:UBND|Ủy ban nhân dân) ", "", agency.name).lower()
        for agency in register.agencies.values()
        if agency.kind == "commune"
    )
    assert names["xã hưng đạo"] == 3
    assert len([name for name, count in names.items() if count > 1]) >= 4
    assert names["thị trấn trùng khánh"] == names["thị trấn nguyên bình"] == 1


def test_caobangs_four_of_one_name_and_the_last_by_the_operator():
    """CB-7.3b: a number in order of registration, or the workplace behind a dot."""
    register = register_of("caobang")
    same = sorted(
        (person for person in register.people if person.full_name == "Nông Văn Đạt"),
        key=lambda person: person.registered,
    )
    assert len({person.agency_id for person in same}) == len({person.registered for person in same}) == len(same) == 4
    assert register.agencies[same[3].agency_id].name == "Sở Y tế"
    assert same[3].address == "datnv.soyte"


def test_caobangs_districts_have_offices():
    """CB-7.3a: the offices below a district have mailboxes of their own."""
    districts = [agency for agency in register_of("caobang").agencies.values() if agency.kind == "district"]
    assert min(len(agency.units) for agency in districts) >= 2
    offices = Counter(unit.name for agency in districts for unit in agency.units)
    assert {"Văn phòng HĐND và UBND", "Phòng Nội vụ", "Phòng Tài chính - Kế hoạch"} <= set(offices)


def test_quangtri_is_one_department_with_the_units_that_its_regulation_names():
    """QT-1.5, QT-3, QT-4.1."""
    agencies = register_of("quangtri").agencies
    assert list(agencies) == ["skhcn"]
    assert {"Văn phòng Sở", "Phòng Quản lý chuyên ngành"} <= {unit.name for unit in agencies["skhcn"].units}


def test_binhduongs_agencies_have_the_operators_addresses():
    """BD-5: agencies are named by a guidance that is not in the regulation, so the operator writes them."""
    agencies = register_of("binhduong").agencies
    assert [agency.id for agency in agencies.values() if not agency.address] == []
    assert agencies["vpubnd"].address == "vpubnd"
    assert "Trung tâm Tin học" in {unit.name for unit in agencies["vpubnd"].units}


def test_binhphuoc_has_communes_of_equal_abbreviations_in_one_district():
    """BP-4.1e: these are written out; BP-4.1c is enough for the others."""

    def abbreviation(agency):
        name = re.sub(r"^(?:UBND|Ủy ban nhân dân) ", "", agency.name)
        return agency.parent, "".join(word[0] for word in name.lower().replace("đ", "d").split())

    communes = [agency for agency in register_of("binhphuoc").agencies.values() if agency.kind == "commune"]
    equal = {key for key, count in Counter(map(abbreviation, communes)).items() if count > 1}
    assert ("dongphu", "xtl") in equal
    assert {district for district, _letters in equal} >= {"budang", "dongphu", "locninh", "phurieng"}
    assert ("budang", "xmh") not in equal
