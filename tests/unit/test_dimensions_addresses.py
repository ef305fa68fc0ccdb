"""Every dimension of addresses that a province's rules may have is expressed in a regulation's file, with its effect on a register.

Each regulation here is the national defaults with the entries that the test names.
"""

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import display_name
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import RegisterForms

DEPARTMENT = "- {id: nv, name: Sở Nội vụ, kind: department}\n"
MINH = ["p1,Nguyễn Văn Minh,,,,2016-01-04,active,"]
OPERATOR = {"value": "operator", "clause": "BP-4.1"}
NAME = "family:initials middle:initials given:full"


def said(value):
    return {"value": value, "clause": "BP-4.1"}


def part(text):
    """A part written short: `.agency:issued`, `ordinal:number:start=1`."""
    before = text[0] if text[0] in ".-_" else ""
    of, transform, *more = text.removeprefix(before).split(":")
    numbers = dict(item.split("=") for item in more)
    return {"of": of, "as": transform, "before": before} | {key: int(value) for key, value in numbers.items()}


def form(text, **more):
    return {"clause": "BP-4.1", "parts": [part(item) for item in text.split()], **more}


def rule(*forms, **more):
    return {
        "candidates": [form(item) if isinstance(item, str) else item for item in forms],
        "exhausted": OPERATOR,
        **more,
    }


@pytest.mark.parametrize(
    ("forms", "wanted"),
    [
        ("given:full family:initials middle:initials", "minhnv"),
        ("given:full .family:initials middle:initials", "minh.nv"),
        ("given:full -family:initials middle:initials", "minh-nv"),
        ("given:full _family:initials middle:initials", "minh_nv"),
        ("family:initials middle:initials given:full", "nvminh"),
        ("family:full .middle:full .given:full", "nguyen.van.minh"),
        ("middle:full given:initials .family:full", "vanm.nguyen"),
    ],
)
def test_separators_order_and_transforms_of_a_persons_address(vary, addresses_of, forms, wanted):
    regulation = vary({"addresses.person": rule(forms)})
    assert addresses_of(regulation, DEPARTMENT, nv=MINH)["p1"] == wanted


@pytest.mark.parametrize(
    ("forms", "wanted"),
    [
        ("type:full name:initials", "sokhcn"),
        ("type:short name:initials", "sokhcn"),
        ("type:initials name:initials", "skhcn"),
        ("type:full -name:full", "so-khoahocvacongnghe"),
        ("name:short", "khcn"),
        ("name:initials .type:full", "khcn.so"),
    ],
)
def test_parts_of_an_agencys_address(vary, addresses_of, forms, wanted):
    regulation = vary({"addresses.agency.department": rule(forms)})
    assert addresses_of(regulation, "- {id: kc, name: Sở Khoa học và Công nghệ, kind: department}\n") == {"kc": wanted}


@pytest.mark.parametrize(
    ("forms", "wanted"),
    [("name:short .agency:issued", "vanphong.sonv"), ("agency:issued .name:short", "sonv.vanphong")],
)
def test_unit_then_agency_or_agency_then_unit(vary, addresses_of, forms, wanted):
    agency = "- {id: nv, name: Sở Nội vụ, kind: department, units: [{id: vp, name: Văn phòng}]}\n"
    assert addresses_of(vary({"addresses.unit": rule(forms)}), agency)["vp"] == wanted


def test_a_table_of_short_forms_by_kind(vary, addresses_of):
    table = [
        {"name": "Thông tin và Truyền thông", "kinds": ["department"], "short": "ict", "clause": "BP-4.1"},
        {"name": "Thông tin và Truyền thông", "kinds": ["board"], "short": "tt", "clause": "BP-4.1"},
    ]
    offices = [{"name": "Văn phòng", "kinds": ["department"], "short": "vps", "clause": "BP-4.1"}]
    regulation = vary({"names.agency_table": table, "names.unit_table": offices})
    found = addresses_of(
        regulation,
        "- {id: s, name: Sở Thông tin và Truyền thông, kind: department, units: [{id: s-vp, name: Văn phòng}]}\n"
        "- {id: b, name: Ban Thông tin và Truyền thông, kind: board, units: [{id: b-vp, name: Văn phòng}]}\n",
    )
    assert found == {"s": "soict", "b": "bantt", "s-vp": "vps.soict", "b-vp": "vanphong.bantt"}
    assert [regulation.values[key].value["short"] for key in regulation.values if ".agency_table." in key] == [
        "ict",
        "tt",
    ]


def test_the_first_of_two_entries_for_one_name_and_kind_holds(vary, addresses_of):
    table = [{"name": "Y tế", "kinds": ["department"], "short": short, "clause": "BP-4.1"} for short in ("yte", "ytt")]
    agency = "- {id: s, name: Sở Y tế, kind: department}\n"
    assert addresses_of(vary({"names.agency_table": table}), agency) == {"s": "soyte"}


def test_a_form_that_the_table_alone_gives_is_left_out_for_other_names(vary, addresses_of):
    table = [{"name": "Thanh tra tỉnh", "kinds": ["sector"], "short": "tratinh", "clause": "BP-4.1"}]
    rules = rule("name:table", "name:full")
    regulation = vary({"names.agency_table": table, "addresses.agency.sector": rules})
    found = addresses_of(
        regulation, "- {id: a, name: Thanh tra tỉnh, kind: sector}\n- {id: b, name: Kho bạc, kind: sector}\n"
    )
    assert found == {"a": "tratinh", "b": "khobac"}


def sector(**more):
    """The kind of agency whose names begin with no type."""
    return {"label": "Cơ quan khác", "clause": "BP-4.1", "type_required": False, "types": [], **more}


def test_from_how_many_words_on_a_name_is_abbreviated_and_for_one_kind_otherwise(vary, addresses_of):
    regulation = vary({"names.short_up_to": said(3), "kinds.sector": sector(short_up_to=said(1))})
    found = addresses_of(
        regulation,
        "- {id: a, name: Thanh tra tỉnh, kind: sector, units: [{id: u, name: Phòng Nội vụ}, {id: v, name: Phòng Một Hai Ba}]}\n"
        "- {id: b, name: Hội Nông dân, kind: sociopolitical}\n",
    )
    assert found == {"a": "ttt", "b": "hoinongdan", "u": "phongnoivu.ttt", "v": "pmhb.ttt"}


def test_words_that_are_left_out_kept_whole_or_stand_for_an_acronym(vary, addresses_of):
    regulation = vary(
        {
            "names.minor_words": said(["và", "về"]),
            "names.whole_words": said(["tỉnh"]),
            "names.abbreviations": [{"names": ["Ban quản lý"], "short": "BQL", "clause": "BP-4.1"}],
            "names.endings": said(["Nam Hà"]),
            "kinds.sector": sector(),
        }
    )
    found = addresses_of(
        regulation,
        "- {id: a, name: Văn phòng chuyên trách về đất và nước tỉnh, kind: sector}\n"
        "- {id: b, name: Ban quản lý Dự án thủy lợi Nam Hà, kind: sector}\n"
        "- {id: c, name: Thanh tra tỉnh, kind: sector}\n",
    )
    # A word that is kept whole is none of those that are counted, so the third name has two.
    assert found == {"a": "vpctdntinh", "b": "bqldatl", "c": "thanhtratinh"}
    kept = vary({"names.endings": said(["Nam Hà"]), "kinds.sector": sector(endings=said([]))})
    assert addresses_of(kept, "- {id: b, name: Cục Thuế Nam Hà, kind: sector}\n") == {"b": "ctnh"}


def test_acronyms_are_words_of_their_own_or_letters_like_others(vary, addresses_of):
    agency = "- {id: a, name: Công ty TNHH Cấp nước, kind: sector}\n"
    assert addresses_of(vary({}), agency) == {"a": "cttnhhcn"}
    assert addresses_of(vary({"names.acronyms_whole": said(False)}), agency) == {"a": "cttcn"}


def test_a_family_name_of_two_syllables(vary, addresses_of):
    regulation = vary(
        {"names.family_names": said(["Nguyễn Phúc"]), "addresses.person": rule("family:full .given:full")}
    )
    people = ["p1,Nguyễn Phúc An,,,,2016-01-04,active,", "p2,Nguyễn Văn An,,,,2016-01-04,active,"]
    found = addresses_of(regulation, DEPARTMENT, nv=people)
    assert (found["p1"], found["p2"]) == ("nguyenphuc.an", "nguyen.an")


def test_a_type_of_unit_has_letters_of_its_own(vary, addresses_of):
    types = said([{"names": ["Phòng"], "short": "ph"}])
    regulation = vary({"names.unit_types": types, "addresses.unit": rule("type:short -name:initials .agency:issued")})
    agency = "- {id: nv, name: Sở Nội vụ, kind: department, units: [{id: a, name: Phòng Tổ chức cán bộ}]}\n"
    assert addresses_of(regulation, agency)["a"] == "ph-tccb.sonv"


@pytest.mark.parametrize(
    ("ordinal", "wanted"),
    [
        ("ordinal:number", ["nvminh", "nvminh2", "nvminh3"]),
        ("ordinal:number:start=1", ["nvminh", "nvminh1", "nvminh2"]),
        ("ordinal:number:width=2", ["nvminh", "nvminh02", "nvminh03"]),
        (".ordinal:number:start=0:width=3", ["nvminh", "nvminh.000", "nvminh.001"]),
    ],
)
def test_an_ordinals_start_and_width(vary, addresses_of, ordinal, wanted):
    regulation = vary({"addresses.person": rule(NAME, f"{NAME} {ordinal}")})
    people = [f"p{number},Nguyễn Văn Minh,,,,2016-01-04,active," for number in (1, 2, 3)]
    found = addresses_of(regulation, DEPARTMENT, nv=people)
    assert [found[f"p{number}"] for number in (1, 2, 3)] == wanted


def test_an_ordinal_in_front_and_in_the_middle(vary, addresses_of):
    regulation = vary({"addresses.person": rule(NAME, "given:full ordinal:number -family:initials middle:initials")})
    assert addresses_of(regulation, DEPARTMENT, nv=[*MINH, MINH[0].replace("p1", "p2")])["p2"] == "minh2-nv"
    regulation = vary({"addresses.person": rule("ordinal:number:start=1 .given:full")})
    assert addresses_of(regulation, DEPARTMENT, nv=MINH)["p1"] == "1.minh"


@pytest.mark.parametrize("digit", ["xã Đam Rông 1", "Xã Đam Rông"])
def test_a_commune_whose_name_ends_in_a_digit_is_told_from_a_number(vary, addresses_of, digit):
    regulation = vary({"addresses.agency.commune": rule("name:full", "name:full -ordinal:number:start=1")})
    found = addresses_of(
        regulation,
        f"- {{id: d, name: Huyện Đam Rông, kind: district}}\n- {{id: a, name: {digit}, kind: commune, parent: d}}\n"
        "- {id: b, name: Thị trấn Đam Rông 1, kind: commune, parent: d}\n",
    )
    assert found["d"] == "damrong"
    assert (found["a"], found["b"]) == {
        "xã Đam Rông 1": ("damrong1", "damrong1-1"),
        "Xã Đam Rông": ("damrong-1", "damrong1"),
    }[digit]


SUFFIXES = "id,full_name,unit,position,phone,registered,status,born,identity,aliases,address\n"


@pytest.mark.parametrize(
    ("suffix", "wanted"),
    [
        (".agency:issued", "nvminh.pnv"),
        (".unit:issued", "nvminh.vanphong.pnv"),
        (".district:issued", "nvminh.donghai"),
        ("born:year", "nvminh1990"),
        ("-born:month_year", "nvminh-031990"),
        ("identity:last_digits", "nvminh5678"),
        ("_identity:last_digits:digits=2", "nvminh_78"),
    ],
)
def test_what_follows_where_two_have_one_name(vary, addresses_of, suffix, wanted):
    regulation = vary({"addresses.person": rule(NAME, f"{NAME} {suffix}")})
    agencies = (
        "- {id: d, name: Huyện Đông Hải, kind: district}\n"
        "- {id: nv, name: Phòng Nội vụ, kind: sector, parent: d, address: pnv, units: [{id: vp, name: Văn phòng}]}\n"
    )
    people = SUFFIXES + (
        "p1,Nguyễn Văn Minh,vp,,,2016-01-04,active,1985,,,\n"
        "p2,Nguyễn Văn Minh,vp,,,2016-01-05,active,1990-03-25,012345678,,\n"
    )
    found = addresses_of(regulation, agencies, nv=people)
    assert (found["p1"], found["p2"]) == ("nvminh", wanted)


def test_a_form_is_left_out_where_the_register_does_not_hold_what_it_needs(vary, plan_of):
    regulation = vary({"addresses.person": rule(NAME, f"{NAME} born:month_year", f"{NAME} identity:last_digits")})
    people = SUFFIXES + "".join(
        f"p{number},Nguyễn Văn Minh,,,,2016-01-0{number},active,{born},{identity},,\n"
        for number, born, identity in ((1, "", ""), (2, "1990", "123"), (3, "1990", "1234"), (4, "1990-03", ""))
    )
    plan = plan_of(regulation, DEPARTMENT, nv=people)
    assert {item.subject.id: item.candidate.address for item in plan.issued if item.subject.id != "nv"} == {
        "p1": "nvminh",
        "p3": "nvminh1234",
        "p4": "nvminh031990",
    }
    assert [(item.subject.id, item.reason) for item in plan.pending] == [("p2", "operator")]


def test_the_operators_choice_at_once_or_after_the_last_form(vary, plan_of):
    regulation = vary({"addresses.person": rule(), "addresses.unit": rule("name:initials .agency:issued")})
    agency = "- {id: nv, name: Sở Nội vụ, kind: department, units: [{id: a, name: Phòng A}, {id: b, name: Phòng Á}]}\n"
    plan = plan_of(regulation, agency, nv=MINH)
    assert [(item.subject.id, item.reason, item.rule.clause) for item in plan.pending] == [
        ("b", "operator", "BP-4.1"),
        ("p1", "operator", "BP-4.1"),
    ]


def test_a_form_that_is_given_on_request_alone(vary, make_register, plan_of):
    rules = rule(form(f"{NAME} .agency:issued", on_request=True), NAME)
    regulation = vary({"addresses.person": rules})
    plan = plan_of(regulation, DEPARTMENT, nv=MINH)
    assert plan.issued[-1].candidate.address == "nvminh"
    register = load_register(make_register(DEPARTMENT.replace("}", ", address: sonv}"), nv=MINH), regulation)
    forms = [(item.address, item.on_request) for item in RegisterForms(register, regulation).person(register.people[0])]
    assert forms == [("nvminh.sonv", True), ("nvminh", False)]


def test_reserved_functions_and_their_operator(vary, plan_of):
    regulation = vary(
        {
            "reserved": [{"address": "nvminh", "clause": "BP-4.1"}],
            "functions.addresses": [{"address": "trogiup", "help": True, "clause": "BP-4.1"}],
            "functions.operator": said("sonv"),
        }
    )
    assert {"nvminh", "admin"} <= set(regulation.reserved)
    assert {"trogiup", "postmaster", "hotro"} <= set(regulation.functions)
    regulation = vary({"reserved": [{"address": "minhnv", "clause": "BP-4.1"}]})
    plan = plan_of(regulation, DEPARTMENT, nv=MINH)
    assert plan.issued[-1].candidate.address == "minhnv2"
    assert plan.issued[-1].passed[0][1].kind == "reserved"


def test_addresses_of_before_and_aliases_stand_in_the_register(vary, addresses_of):
    regulation = vary({"addresses.aliases_per_mailbox": said(2)})
    agency = "- {id: nv, name: Sở Nội vụ, kind: department, address: snv_cu, aliases: [sonv, minhnv]}\n"
    people = SUFFIXES + (
        "p1,Lê An,,,,2016-01-04,active,,,anl anl2,an.cu\np2,Nguyễn Văn Minh,,,,2016-01-04,active,,,,\n"
        "p3,Lê An,,,,2016-01-04,active,,,,\n"
    )
    assert addresses_of(regulation, agency, nv=people) == {"p2": "minhnv2", "p3": "anl3"}


def test_display_names_by_kind_of_mailbox(vary):
    regulation = vary({"display_names.person": said("[{agency}] {name}"), "display_names.unit": said("{name}")})
    assert display_name(regulation, "person", "Lê An", "Sở Nội vụ") == "[Sở Nội vụ] Lê An"
    assert display_name(regulation, "unit", "Văn phòng", "Sở Nội vụ") == "Văn phòng"
    assert display_name(regulation, "agency", "Sở Nội vụ", "Sở Nội vụ") == "Sở Nội vụ"
