"""What holds of issuing under every regulation, whatever stands in the register and in whichever order."""

import string
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import AddressForms, valid_local_part
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import plan_register, planned_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_write import register_changes, write_changes
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

REGULATIONS = sorted((Path(__file__).resolve().parents[2] / "regulations").glob("*.yml"))
HEADER = "id,full_name,unit,position,phone,registered,status,address"

PLACES = ["Bảo Lạc", "Bù Đăng", "Bù Đốp", "Hòa An", "Hải An", "Đồng Phú", "Nội vụ", "Ngoại vụ", "Minh", "12"]
OFFICES = ["Văn phòng", "Văn phòng UBND", "Phòng Nội vụ", "Phòng Ngoại vụ", "Phòng Nông nghiệp và Môi trường"]
PEOPLE = [
    "Nguyễn Văn Minh",
    "Nguyễn Vân Minh",
    "Ngô Văn Minh",
    "Nguyễn Minh",
    "Minh",
    "Hotro",
    "K'Bé",
    "Âu Dương Thị Hoa",
]
BELOW_DISTRICTS = ("commune", "commune_party_committee", "commune_council")

every_regulation = pytest.mark.parametrize("path", REGULATIONS, ids=lambda path: path.stem)
quick = settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def agencies_of(regulation):
    """Lists of agencies of a regulation's kinds, no office twice; what stands below a district is below one of two."""

    def entry(kind, form, place, district):
        types = regulation.kinds[kind].types
        number = form % len(types) if types else 0
        names = types[number].names if types else [""]
        name = f"{names[form % len(names)]} {place}".strip()
        parent = f"d{district}" if kind in BELOW_DISTRICTS and "district" in regulation.kinds else None
        return (kind, number, place, parent), {"name": name, "kind": kind} | ({"parent": parent} if parent else {})

    entries = st.builds(
        entry, st.sampled_from(sorted(regulation.kinds)), st.integers(0, 11), st.sampled_from(PLACES), st.integers(0, 1)
    )
    found = st.lists(entries, max_size=6, unique_by=lambda item: item[0])
    return found.map(lambda items: [dict(item[1], id=f"a{number}") for number, item in enumerate(items)])


def start_of(regulation):
    """The agencies that every register here has: two districts, or one department where there are no districts."""
    if "district" in regulation.kinds:
        type_name = regulation.kinds["district"].types[0].names[0]
        return [
            {"id": f"d{number}", "name": f"{type_name} {place}", "kind": "district"}
            for number, place in enumerate(["Nguyên Bình", "Phong Điền"])
        ]
    return [{"id": "d0", "name": "Sở Khoa học và Công nghệ", "kind": "department"}]


units = st.lists(st.sampled_from(OFFICES), max_size=3, unique=True)
people = st.lists(
    st.tuples(st.sampled_from(PEOPLE), st.integers(1, 4), st.sampled_from(["active", "active", "cancelled"])),
    max_size=8,
)


def row(identity, name, day, status="active", address=""):
    return f"{identity},{name},,,,2016-02-{day:02d},{status},{address}"


def write(folder, agencies, rows):
    (folder / "agencies.yml").write_text(yaml.safe_dump(agencies, allow_unicode=True), encoding="utf-8")
    for agency, lines in rows.items():
        (folder / "people" / f"{agency}.csv").write_text("\n".join([HEADER, *lines, ""]), encoding="utf-8")


def issue(folder, regulation):
    """Issue once; return who has which address, and how many were issued."""
    register = load_register(folder, regulation)
    plan = plan_register(register, regulation)
    write_changes(register_changes(register, plan))
    return load_register(folder, regulation), len(plan.issued)


def held(register):
    agencies = register.agencies.values()
    everything = [*agencies, *(unit for agency in agencies for unit in agency.units), *register.people]
    return {item.id: item.address for item in everything if item.address}


@every_regulation
@quick
@given(data=st.data())
def test_what_is_added_never_changes_an_address_and_no_address_is_given_twice(make_register, path, data):
    regulation = load_regulation(path)
    drawn = data.draw(agencies_of(regulation))
    early = data.draw(st.integers(0, len(drawn)))
    base = start_of(regulation)
    if regulation.aliases_per_mailbox.value:
        base[0]["aliases"] = ["nvminh", "minhnv", "minhnv3"]
    folder = make_register("[]")
    for old in (folder / "people").glob("*.csv"):
        old.unlink()

    first = [*base, *drawn[:early]]
    for agency in first:
        agency["units"] = [{"id": f"{agency['id']}-u{n}", "name": name} for n, name in enumerate(data.draw(units))]
    rows = [row(f"p{number}", *person) for number, person in enumerate(data.draw(people))]
    write(folder, first, {"d0": rows})
    before = held(issue(folder, regulation)[0])
    assert issue(folder, regulation)[1] == 0

    # Whatever comes later stands in front, where it would be served first if issued addresses did not hold.
    agencies = yaml.safe_load((folder / "agencies.yml").read_text(encoding="utf-8"))
    more = [dict(agency, id=f"b{number}") for number, agency in enumerate(drawn[early:])]
    for agency in agencies:
        known = {unit["name"] for unit in agency["units"]}
        added = [name for name in data.draw(units) if name not in known]
        agency["units"] = [{"id": f"{agency['id']}-v{n}", "name": name} for n, name in enumerate(added)] + agency[
            "units"
        ]
    kept = (folder / "people" / "d0.csv").read_text(encoding="utf-8").splitlines()[1:]
    later = [row(f"q{number}", *person) for number, person in enumerate(data.draw(people))]
    write(folder, [*more, *agencies], {"d0": later + kept})
    register, _count = issue(folder, regulation)
    after = held(register)

    assert {identity: after.get(identity) for identity in before} == before
    aliases = [alias for agency in register.agencies.values() for alias in agency.aliases]
    given_out = [*after.values(), *aliases, *regulation.functions, *regulation.reserved]
    assert len(set(given_out)) == len(given_out)
    assert [address for address in given_out if not valid_local_part(address)] == []


@every_regulation
@quick
@given(data=st.data())
def test_people_are_served_by_day_then_file_then_row_whatever_the_order_of_reading(make_register, path, data):
    regulation = load_regulation(path)
    names = data.draw(st.lists(st.tuples(st.sampled_from(PEOPLE[:4]), st.integers(1, 3)), min_size=2, max_size=9))
    files = {"d0": [], "d1": []} if "district" in regulation.kinds else {"d0": []}
    for number, (name, day) in enumerate(names):
        files[sorted(files)[number % len(files)]].append((day, row(f"p{number}", name, day)))
    agencies = [dict(agency, address=agency["id"]) for agency in start_of(regulation)]

    def shuffled(lines):
        """The rows in another order, those of one day among themselves as they were."""
        order = data.draw(st.permutations(lines))
        waiting = {day: [line for other, line in lines if other == day] for day, _line in lines}
        return [waiting[day].pop(0) for day, _line in order]

    def plan(rows):
        folder = make_register("[]")
        write(folder, agencies, rows)
        register = load_register(folder, regulation)
        return register, {
            item.subject.id: item.candidate.address for item in plan_register(register, regulation).issued
        }

    register, straight = plan({agency: [line for _day, line in lines] for agency, lines in files.items()})
    backwards = {agency: shuffled(files[agency]) for agency in sorted(files, reverse=True)}
    assert plan(backwards)[1] == straight

    # Everybody at once is the same as one after another.
    ahead = replace(register, people=())
    for person in sorted(register.people, key=lambda person: (person.registered, person.file.name, person.line)):
        ahead = replace(ahead, people=(*ahead.people, person))
        ahead = planned_register(ahead, plan_register(ahead, regulation))
    assert {person.id: person.address for person in ahead.people if person.address} == straight


def communes(names, districts):
    """Lists of communes (name, district), none twice, in any order."""
    every = [(name, district) for district in districts for name in names]
    return st.lists(st.sampled_from(every), unique=True, min_size=1).flatmap(st.permutations)


@quick
@given(found=communes(["Hưng Đạo", "Đức Long", "Bảo Lạc", "Hòa An"], ["Nguyên Bình", "Hòa An", "Bảo Lạc"]))
def test_cb_7_3a_communes_of_one_name_all_take_their_district_in_every_order(addresses_of, found):
    letters = {"Hưng Đạo": "hungdao", "Đức Long": "duclong", "Bảo Lạc": "baolac", "Hòa An": "hoaan"}
    districts = {"Nguyên Bình": "nguyenbinh", "Hòa An": "hoan", "Bảo Lạc": "baolac"}
    # Bảo Lạc is a district's address too, and a commune of that name takes xa; here only one of them may have it.
    assume([name for name, _district in found].count("Bảo Lạc") < 2)
    text = "".join(f"- {{id: d-{letter}, name: Huyện {name}, kind: district}}\n" for name, letter in districts.items())
    for number, (name, district) in enumerate(found):
        text += f"- {{id: c{number}, name: Xã {name}, kind: commune, parent: d-{districts[district]}}}\n"
    wanted = {}
    for number, (name, district) in enumerate(found):
        several = [other for other, _district in found].count(name) > 1
        wanted[f"c{number}"] = (
            f"{letters[name]}.{districts[district]}" if several else "xabaolac" if name == "Bảo Lạc" else letters[name]
        )
    issued = addresses_of(load_regulation(REGULATIONS[0].parent / "caobang.yml"), text)
    assert {identity: address for identity, address in issued.items() if identity in wanted} == wanted


@quick
@given(found=communes(["Tân Lập", "Thuận Lợi", "Tân Tiến", "Minh Hưng", "Tân Thành"], ["Đồng Phú", "Bù Đăng"]))
def test_bp_4_1e_communes_of_equal_letters_in_one_district_are_all_written_out_in_every_order(addresses_of, found):
    short = {"Tân Lập": "tl", "Thuận Lợi": "tl", "Tân Tiến": "tt", "Tân Thành": "tt", "Minh Hưng": "mh"}
    districts = {"Đồng Phú": "hdp", "Bù Đăng": "hbda"}
    full = {"Tân Lập": "tanlap", "Thuận Lợi": "thuanloi", "Tân Tiến": "tantien", "Tân Thành": "tanthanh"}
    full["Minh Hưng"] = "minhhung"
    text = "".join(f"- {{id: {letters}, name: Huyện {name}, kind: district}}\n" for name, letters in districts.items())
    wanted = dict(zip(districts.values(), districts.values(), strict=True))
    for number, (name, district) in enumerate(found):
        text += f"- {{id: c{number}, name: Xã {name}, kind: commune, parent: {districts[district]}}}\n"
        equals = [other for other in found if (short[other[0]], other[1]) == (short[name], district)]
        wanted[f"c{number}"] = f"x{short[name] if len(equals) == 1 else full[name]}.{districts[district]}"
    assert addresses_of(load_regulation(REGULATIONS[0].parent / "binhphuoc.yml"), text) == wanted


NUMBERED = {"caobang": "minhnv", "nghean": "nvminh", "quangtri": "nguyenvanminh", "binhduong": "minhnv"}


@pytest.mark.parametrize("province", NUMBERED)
@quick
@given(
    names=st.lists(st.sampled_from(["Nguyễn Văn Minh", "Nguyễn Vân Minh", "NGUYỄN VĂN MÌNH"]), min_size=1, max_size=30)
)
def test_cb_7_3b_numbers_run_from_two_without_a_gap_in_order_of_registration(addresses_of, province, names):
    regulation = load_regulation(REGULATIONS[0].parent / f"{province}.yml")
    agency = "- {id: d0, name: Sở Khoa học và Công nghệ, kind: department, address: skhcn}\n"
    found = addresses_of(regulation, agency, d0=[row(f"p{n:02d}", name, 1) for n, name in enumerate(names)])
    base = NUMBERED[province]
    assert [found[f"p{n:02d}"] for n in range(len(names))] == [base, *(f"{base}{n}" for n in range(2, len(names) + 1))]


@pytest.mark.parametrize("letters", [62, 63, 64])
def test_numbers_end_where_an_address_would_be_too_long(plan_of, letters):
    """RFC 5321, 4.5.3.1.1: 64 characters; so of 63 letters the tenth waits for the operator."""
    regulation = load_regulation(REGULATIONS[0].parent / "quangtri.yml")
    name = "Minh " + "a" * (letters - 4)
    agency = "- {id: d0, name: Sở Khoa học và Công nghệ, kind: department, address: skhcn}\n"
    plan = plan_of(regulation, agency, d0=[row(f"p{number}", name, 1) for number in range(1, 13)])
    issued = [item.candidate.address for item in plan.issued]
    assert [address for address in issued if not valid_local_part(address)] == []
    assert len(issued) == {62: 12, 63: 9, 64: 1}[letters]
    assert len(issued) + len(plan.pending) == 12


letters = st.text(alphabet=string.ascii_letters + "àáảãạăâđêôơưĐÔ '-&,.12", min_size=1, max_size=80)


@every_regulation
@quick
@given(name=letters, data=st.data())
def test_every_candidate_is_valid_and_none_comes_twice(path, name, data):
    forms = AddressForms(load_regulation(path))
    kind = data.draw(st.sampled_from(sorted(forms.regulation.kinds)))
    types = [text for found in forms.regulation.kinds[kind].types for text in found.names] or [""]
    made = []
    for make in (
        lambda: forms.agency(kind, f"{data.draw(st.sampled_from(types))} {name}"),
        lambda: forms.unit(kind, name, "sonv"),
        lambda: forms.person(name),
    ):
        try:
            made = [candidate.address for candidate in make()]
        except CoreError:
            continue  # a name that is refused has no candidate
        assert [address for address in made if not valid_local_part(address)] == []
        assert len(set(made)) == len(made)
