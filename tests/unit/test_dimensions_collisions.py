"""Who moves where two have one address, among whom that is asked, who waits, and kinds of agency that a province may add."""

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import plan_register

DISTRICTS = "- {id: d1, name: Huyện Bảo Lạc, kind: district}\n- {id: d2, name: Huyện Hòa An, kind: district}\n"


def rule(*forms, moves=None, scope="domain"):
    """A rule whose forms are written as `name:initials agency:issued:.`."""
    candidates = []
    for text in forms:
        parts = [dict(zip(("of", "as", "before"), item.split(":"), strict=False)) for item in text.split()]
        candidates.append({"clause": "BP-4.1", "parts": parts})
    found = {"candidates": candidates, "exhausted": {"value": "operator", "clause": "BP-4.1"}}
    return found | ({"collision": {"moves": moves, "scope": scope, "clause": "BP-4.1"}} if moves else {})


COMMUNES = "".join(
    f"- {{id: c{number}, name: {name}, kind: commune, parent: d{district}}}\n"
    for number, (name, district) in enumerate([("Xã Tân Lập", 1), ("Xã Thuận Lợi", 1), ("Xã Tân Lợi", 2)], 1)
)


@pytest.mark.parametrize(
    ("moves", "scope", "wanted"),
    [
        ("later", "domain", ["tl", "thuanloi", "tanloi"]),
        ("both", "domain", ["tanlap", "thuanloi", "tanloi"]),
        ("both", "district", ["tanlap", "thuanloi", "tl"]),
    ],
)
def test_the_later_commune_moves_or_both_in_the_domain_or_in_a_district(vary, addresses_of, moves, scope, wanted):
    regulation = vary({"addresses.agency.commune": rule("name:initials", "name:full", moves=moves, scope=scope)})
    found = addresses_of(regulation, DISTRICTS + COMMUNES)
    assert [found[f"c{number}"] for number in (1, 2, 3)] == wanted


@pytest.mark.parametrize(
    ("scope", "wanted"),
    [
        ("domain", ["levanan", "lyvuan", "luuvinhan", "lovian"]),
        ("district", ["levanan", "lyvuan", "luuvinhan", "lvan"]),
        ("agency", ["levanan", "lyvuan", "lvan", "lovian"]),
    ],
)
def test_both_people_move_in_the_domain_a_district_or_an_agency(vary, addresses_of, scope, wanted):
    forms = ("family:initials middle:initials given:full", "family:full middle:full given:full")
    regulation = vary({"addresses.person": rule(*forms, moves="both", scope=scope)})
    agencies = DISTRICTS + "".join(
        f"- {{id: a{number}, name: Phòng {number}, kind: sector, parent: d{district}}}\n"
        for number, district in ((1, 1), (2, 1), (3, 2))
    )
    found = addresses_of(
        regulation,
        agencies,
        a1=["p1,Lê Văn An,,,,2016-01-04,active,", "p2,Lý Vũ An,,,,2016-01-04,active,"],
        a2=["p3,Lưu Vĩnh An,,,,2016-01-04,active,"],
        a3=["p4,Lò Vi An,,,,2016-01-04,active,"],
    )
    assert [found[f"p{number}"] for number in (1, 2, 3, 4)] == wanted


@pytest.mark.parametrize(("scope", "third"), [("domain", "phongan"), ("agency", "pa")])
def test_both_units_move_in_the_domain_or_in_an_agency(vary, addresses_of, scope, third):
    regulation = vary({"addresses.unit": rule("name:initials", "name:full", moves="both", scope=scope)})
    found = addresses_of(
        regulation,
        "- {id: a, name: Sở Nội vụ, kind: department, units: [{id: u1, name: Phòng Anh}, {id: u2, name: Phúc An}]}\n"
        "- {id: b, name: Sở Y tế, kind: department, units: [{id: u3, name: Phòng Án}]}\n",
    )
    assert (found["u1"], found["u2"], found["u3"]) == ("phonganh", "phucan", third)


def test_a_form_that_is_tried_only_where_a_certain_kind_has_the_one_in_front(vary, addresses_of):
    rules = rule("name:full", "type:short name:full", "name:full parent:issued:.")
    rules["candidates"][1]["when_taken_by"] = ["district", "reserved"]
    regulation = vary({"addresses.agency.commune": rules})
    found = addresses_of(
        regulation,
        DISTRICTS + "- {id: c1, name: Xã Bảo Lạc, kind: commune, parent: d2}\n"
        "- {id: c2, name: Xã Tân Lập, kind: commune, parent: d1}\n- {id: c3, name: Xã Tân Lập, kind: commune, parent: d2}\n"
        "- {id: c4, name: Xã Quản Trị, kind: commune, parent: d2}\n",
    )
    assert [found[f"c{number}"] for number in (1, 2, 3, 4)] == ["xabaolac", "tanlap", "tanlap.hoaan", "xaquantri"]


def test_both_move_beside_an_agency_whose_address_of_before_has_a_name_that_no_form_fits(vary, addresses_of):
    regulation = vary({"addresses.agency.commune": rule("name:initials", "name:full", moves="both")})
    old = "- {id: old, name: Hưng Đạo, kind: commune, address: hungdao.cu}\n"
    assert addresses_of(regulation, old + "- {id: c, name: Xã Hưng Đạo, kind: commune}\n") == {"c": "hd"}


def test_what_was_issued_stays_where_both_would_move(vary, addresses_of):
    regulation = vary({"addresses.agency.commune": rule("name:initials", "name:full", moves="both")})
    first = "- {id: a, name: Xã Tân Lập, kind: commune, address: tl}\n"
    assert addresses_of(regulation, first + "- {id: b, name: Xã Tân Lợi, kind: commune}\n") == {"b": "tanloi"}


def test_two_types_of_equal_letters_are_two_offices(vary, addresses_of):
    regulation = vary({})
    found = addresses_of(
        regulation,
        "- {id: a, name: Tỉnh ủy Bảo Lạc, kind: political}\n- {id: b, name: Thành ủy Bảo Lạc, kind: political}\n",
    )
    assert {name_type.short for name_type in regulation.kinds["political"].types[:2]} == {"tu"}
    assert found == {"a": "tinhuybaolac", "b": "thanhuybaolac"}


def test_communes_have_a_party_committee_and_a_council_beside_the_peoples_committee(vary, addresses_of):
    found = addresses_of(
        vary({}),
        "- {id: c, name: UBND xã Hưng Đạo, kind: commune}\n"
        "- {id: p, name: Đảng ủy xã Hưng Đạo, kind: commune_party_committee}\n"
        "- {id: h, name: HĐND xã Hưng Đạo, kind: commune_council}\n",
    )
    assert found == {"c": "hungdao", "p": "du.hungdao", "h": "hdnd.hungdao"}


def test_a_kind_that_a_province_adds_for_lists(vary, addresses_of):
    kind = {
        "label": "Danh sách thư",
        "clause": "BP-4.1",
        "type_required": True,
        "types": [{"names": ["Danh sách"], "short": "ds"}],
    }
    regulation = vary({"kinds.list": kind, "addresses.agency.list": rule("type:short name:full:-")})
    assert addresses_of(regulation, "- {id: l, name: Danh sách lãnh đạo, kind: list}\n") == {"l": "ds-lanhdao"}


@pytest.mark.parametrize(
    ("suffix", "waiting"),
    [
        ("agency:issued:.", ["p1", "p2", "p3"]),
        ("unit:issued:.", ["p1"]),
        ("district:issued:.", ["p1", "p2", "p3"]),
    ],
)
def test_a_person_waits_for_the_address_that_a_form_is_made_of(vary, plan_of, suffix, waiting):
    """A district, an agency and a unit that wait for the operator; p2 has another unit, p3 none."""
    named = "family:initials middle:initials given:full"
    regulation = vary(
        {
            "addresses.person": rule(named, f"{named} {suffix}"),
            "addresses.agency.district": rule(),
            "addresses.agency.sector": rule(),
            "addresses.unit": rule(),
        }
    )
    agency = "address: ''" if suffix.startswith("agency") else "address: pnv"
    agencies = (
        "- {id: d, name: Huyện Hòa An, kind: district}\n"
        f"- {{id: a, name: Phòng Nội vụ, kind: sector, parent: d, {agency}, "
        "units: [{id: u, name: Tổ một}, {id: v, name: Tổ hai, address: tohai}]}\n"
    )
    plan = plan_of(
        regulation, agencies, a=[f"p{n},Lê Văn An,{u},,,2016-01-0{n},active," for n, u in enumerate(["u", "v", ""], 1)]
    )
    assert [
        item.subject.id for item in plan.pending if item.reason == "agency" and item.subject.kind == "person"
    ] == waiting


def test_nobody_waits_for_what_only_a_form_on_request_is_made_of(vary, plan_of):
    rules = rule("family:initials given:full", "family:initials given:full agency:issued:.")
    rules["candidates"][1]["on_request"] = True
    regulation = vary({"addresses.person": rules, "addresses.agency.sector": rule()})
    plan = plan_of(regulation, "- {id: a, name: Phòng Nội vụ, kind: sector}\n", a=["p1,Lê An,,,,2016-01-04,active,"])
    assert [item.candidate.address for item in plan.issued] == ["lan"]


def test_who_is_cancelled_and_never_had_an_address_moves_nobody(vary, addresses_of):
    forms = ("family:initials middle:initials given:full", "family:full middle:full given:full")
    regulation = vary({"addresses.person": rule(*forms, moves="both")})
    rows = ["p1,Lê Văn An,,,,2016-01-04,cancelled,", "p2,Lý Vũ An,,,,2016-01-05,active,"]
    agency = "- {id: a, name: Sở Nội vụ, kind: department, address: sonv}\n"
    assert addresses_of(regulation, agency, a=rows) == {"p2": "lvan"}


def test_a_form_on_request_in_front_does_not_make_rivals(vary, make_register):
    rules = rule("name:initials", "name:full", "type:short name:full", moves="both")
    rules["candidates"][0]["on_request"] = True
    regulation = vary({"addresses.agency.commune": rules})
    folder = make_register("- {id: a, name: Xã Tân Lập, kind: commune}\n- {id: b, name: Xã Thuận Lợi, kind: commune}\n")
    plan = plan_register(load_register(folder, regulation), regulation)
    assert [item.candidate.address for item in plan.issued] == ["tanlap", "thuanloi"]


def test_a_form_that_is_passed_over_does_not_take_its_address_from_one_behind_it(vary, addresses_of):
    found = rule("family:initials middle:initials given:full", "family:initials given:full")
    found["candidates"][0]["on_request"] = True
    regulation = vary({"addresses.person": found})
    people = ["p1,Lê Lụa,,,,2016-01-04,active,", "p2,Lê Thị Mận,,,,2016-01-04,active,"]
    issued = addresses_of(regulation, "- {id: a1, name: Phòng Một, kind: sector}\n", a1=people)
    assert (issued["p1"], issued["p2"]) == ("llua", "lman")


def test_a_condition_that_does_not_hold_leaves_the_same_address_to_the_next_form(vary, addresses_of):
    found = rule("name:initials", "name:full", "type:short name:full", "name:full")
    found["candidates"][1]["when_taken_by"] = ["district"]
    found["candidates"][2]["when_taken_by"] = ["district"]
    regulation = vary({"addresses.agency.commune": found})
    agencies = "- {id: c1, name: Xã Tân Lập, kind: commune}\n- {id: c2, name: Xã Tân Lợi, kind: commune}\n"
    assert addresses_of(regulation, agencies) == {"c1": "tl", "c2": "tanloi"}
