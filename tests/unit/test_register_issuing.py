"""Issuing: who gets what in which order, that nothing issued ever moves, and that writing touches addresses only."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import valid_local_part
from ansible_collections.thucongvu.mail.plugins.module_utils.agencies_text import with_agency_addresses
from ansible_collections.thucongvu.mail.plugins.module_utils.people_file import with_addresses
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import plan_register, planned_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_report import plan_report
from ansible_collections.thucongvu.mail.plugins.module_utils.register_write import register_changes, write_changes
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import parse_yaml

MINH = "p{},Nguyễn Văn Minh,,,,2016-01-0{},active,"
SONV = "- {id: sonv, name: Sở Nội vụ, kind: department, address: sonv}\n"


def plan(folder, regulation):
    register = load_register(folder, regulation)
    return register, plan_register(register, regulation)


def issue(folder, regulation):
    register, found = plan(folder, regulation)
    write_changes(register_changes(register, found))
    return found


def issued(found):
    return {item.subject.id: item.candidate.address for item in found.issued}


def test_ct_4_2a_the_later_department_moves(cantho, make_register):
    folder = make_register(
        "- {id: nv, name: Sở Nội vụ, kind: department}\n- {id: ngv, name: Sở Ngoại vụ, kind: department}\n"
    )
    assert issued(issue(folder, cantho)) == {"nv": "sonv", "ngv": "songoaivu"}


def test_ct_4_2a_an_issued_address_stays_whatever_stands_in_front_of_it(cantho, make_register):
    folder = make_register(
        "- {id: ngv, name: Sở Ngoại vụ, kind: department}\n- {id: nv, name: Sở Nội vụ, kind: department, address: sonv}\n"
    )
    assert issued(issue(folder, cantho)) == {"ngv": "songoaivu"}


def test_ct_4_2b_offices(cantho, make_register):
    folder = make_register(
        "- id: kh\n  name: Sở Kế hoạch và Đầu tư\n  kind: department\n  units: [{id: kh-vp, name: Văn phòng}]\n"
        "- id: nk\n  name: UBND quận Ninh Kiều\n  kind: district\n  units: [{id: nk-vp, name: Văn phòng}]\n"
    )
    assert issued(issue(folder, cantho)) == {
        "kh": "sokhdt",
        "nk": "ninhkieu",
        "kh-vp": "vanphong.sokhdt",
        "nk-vp": "vpubnd.ninhkieu",
    }


def test_ct_4_2d_by_date_of_registration_and_the_fourth_waits_for_the_operator(cantho, make_register):
    folder = make_register(SONV, sonv=[MINH.format(number, 9 - number) for number in (1, 2, 3, 4)])
    _register, found = plan(folder, cantho)
    assert issued(found) == {"p4": "nvminh", "p3": "nvanminh", "p2": "nguyenvanminh"}
    (pending,) = found.pending
    assert (pending.subject.id, pending.reason, pending.rule.clause) == ("p1", "operator", "CT-4.2d")
    assert [(candidate.address, holder.id) for candidate, holder in pending.passed] == [
        ("nvminh", "p4"),
        ("nvanminh", "p3"),
        ("nguyenvanminh", "p2"),
    ]
    report = plan_report(found, written=False)
    assert "người vận hành" in report
    assert "sonv.csv:2 Nguyễn Văn Minh (p1; CT-4.2d): nvminh → Nguyễn Văn Minh" in report


def test_a_name_whose_every_form_is_too_long_waits_for_the_operator(cantho, make_register):
    _register, found = plan(make_register(SONV, sonv=[f"p1,{'Minh' * 20},,,,2016-01-01,active,"]), cantho)
    assert [(pending.subject.id, pending.passed) for pending in found.pending] == [("p1", ())]
    assert "taken or longer than 64 characters" in plan_report(found, written=False)


def test_within_a_day_the_file_and_the_row_decide(cantho, make_register):
    folder = make_register(
        SONV + "- {id: ab, name: Ban Dân tộc, kind: board, address: bandt}\n",
        sonv=["p1,Lê Minh,,,,2016-01-01,active,"],
        ab=["p2,Lê Minh,,,,2016-01-01,active,", "p3,Lê Mình,,,,2016-01-01,active,"],
    )
    _register, found = plan(folder, cantho)
    assert issued(found) == {"p2": "lminh", "p3": "leminh"}
    assert [pending.subject.id for pending in found.pending] == ["p1"]


def test_an_address_that_the_operator_chose_is_kept(cantho, make_register):
    folder = make_register(SONV, sonv=[MINH.format(1, 1), MINH.format(2, 2) + "minh.chon"])
    assert issued(issue(folder, cantho)) == {"p1": "nvminh"}
    assert "p2,Nguyễn Văn Minh,,,,2016-01-02,active,minh.chon\n" in (folder / "people/sonv.csv").read_text()


def test_a_cancelled_row_keeps_its_address_for_ever_and_gets_none(cantho, make_register):
    rows = [
        "p1,Nguyễn Văn Minh,,,,2016-01-01,cancelled,nvminh",
        "p2,Lê Minh,,,,2016-01-01,cancelled,",
        MINH.format(3, 3),
    ]
    _register, found = plan(make_register(SONV, sonv=rows), cantho)
    assert issued(found) == {"p3": "nvanminh"}
    assert found.pending == ()


def test_agencies_units_people_and_functions_share_one_name_space(cantho, make_register):
    # Hô Trỗ would be htro; a one-word name hits hotro, which is a function (CT-10.5).
    folder = make_register(
        "- {id: ca, name: Công an thành phố, kind: sector}\n",
        ca=["p1,Côngan,,,,2016-01-01,active,", "p2,Hotro,,,,2016-01-01,active,"],
    )
    _register, found = plan(folder, cantho)
    assert issued(found) == {"ca": "congan"}
    assert [(pending.subject.id, pending.passed[0][1].kind) for pending in found.pending] == [
        ("p1", "agency"),
        ("p2", "function"),
    ]


def test_a_commune_waits_for_the_address_of_its_district_and_a_unit_for_its_agency(cantho, make_register):
    folder = make_register(
        "- {id: x1, name: UBND thị trấn Thạnh An, kind: commune, parent: h2}\n"
        "- {id: x2, name: UBND xã Thạnh An, kind: commune, parent: h2}\n"
        "- {id: x3, name: UBND xã Thạnh An, kind: commune, parent: h}\n"
        "- {id: h, name: UBND huyện Vĩnh Thạnh, kind: district}\n"
        "- {id: h2, name: UBND huyện Phong Điền, kind: district}\n"
        "- {id: t1, name: Thành ủy Cần Thơ, kind: political}\n"
        "- {id: t2, name: Thành ủy, kind: political, parent: h, units: [{id: t2-vp, name: Văn phòng}]}\n"
    )
    _register, found = plan(folder, cantho)
    assert issued(found) == {
        "h": "vinhthanh",
        "h2": "phongdien",
        "x1": "thanhan",
        "x2": "xathanhan",
        "x3": "thanhan.vinhthanh",
        "t1": "thanhuy",
    }
    assert [(pending.subject.id, pending.reason) for pending in found.pending] == [
        ("t2", "operator"),
        ("t2-vp", "agency"),
    ]


def test_a_district_is_issued_before_a_commune_that_needs_its_address(cantho, make_register):
    folder = make_register(
        "- {id: x1, name: UBND thị trấn Thạnh An, kind: commune, address: thanhan}\n"
        "- {id: x2, name: UBND xã Thạnh An, kind: commune, address: xathanhan}\n"
        "- {id: x3, name: UBND xã Thạnh An, kind: commune, parent: h}\n"
        "- {id: h, name: UBND huyện Vĩnh Thạnh, kind: district}\n"
    )
    _register, found = plan(folder, cantho)
    assert issued(found) == {"h": "vinhthanh", "x3": "thanhan.vinhthanh"}


def test_ct_4_2b_a_units_address_that_was_set_on_request_is_kept(cantho, make_register):
    folder = make_register(
        "- id: nv\n  name: Sở Nội vụ\n  kind: department\n  address: sonv\n"
        "  units: [{id: u1, name: Văn phòng, address: chon.sonv}, {id: u2, name: Thanh tra}]\n"
    )
    assert issued(issue(folder, cantho)) == {"u2": "thanhtra.sonv"}


def test_an_issued_address_is_never_written_over():
    header = "id,full_name,unit,position,phone,registered,status,address\n"
    with pytest.raises(ValueError, match="row 2 has an address"):
        with_addresses(header + "p1,Lê An,,,,2016-01-01,active,lan\n", {2: "lean"})
    file = parse_yaml(Path("agencies.yml"), "- {id: nv, name: Sở Nội vụ, address: sonv}\n")
    with pytest.raises(ValueError, match="line 1 has an address"):
        with_agency_addresses(file, {(0,): "sonoivu"})


@pytest.mark.parametrize("address", ["2026-13-45", "2026-01-05", "12", "1_2", "0x1f", "on", "null", "1.5"])
def test_an_address_that_yaml_takes_for_something_else_stands_in_quotes(address):
    file = parse_yaml(Path("agencies.yml"), "- {id: sonv, name: Sở Nội vụ, kind: department}\n")
    text = with_agency_addresses(file, {(0,): address})
    assert f"address: '{address}'" in text
    assert parse_yaml(file.path, text).data[0]["address"] == address


def test_a_second_run_changes_nothing(cantho, make_register):
    folder = make_register(SONV, sonv=[MINH.format(number, number) for number in (1, 2, 3, 4)])
    issue(folder, cantho)
    register, found = plan(folder, cantho)
    assert found.issued == ()
    assert register_changes(register, found) == []


def test_the_planned_register_is_what_is_read_after_writing(cantho, make_register):
    folder = make_register(
        "- id: nv\n  name: Sở Nội vụ\n  kind: department\n  address:\n  units: [{id: vp, name: Văn phòng}]\n",
        nv=[MINH.format(1, 1)],
    )
    register, found = plan(folder, cantho)
    ahead = planned_register(register, found)
    write_changes(register_changes(register, found))
    after = load_register(folder, cantho)
    assert ahead.people == after.people
    assert dict(ahead.agencies) == dict(after.agencies)


def test_writing_keeps_every_byte_but_the_address(cantho, make_register):
    agencies = (
        "\ufeff# Sổ đăng ký\n"
        "- id: nv   # giữ nguyên\n"
        '  name: "Sở Nội vụ"\n'
        "  kind: department\n"
        "  address:   # để cấp\n"
        "  units:\n"
        "    - {id: u1, name: Văn phòng, address: ''}  # một dòng\n"
        "    - {name: 'Phòng A, B', id: u2}\n"
        "    - name: >\n"
        "        Phòng Tổ chức\n"
        "      id: u3\n"
        "\n"
        "- name: Sở Y tế\n"
        "  kind: department\n"
        "  id: yt\n"
        "  address: ~\n"
        "- {kind: district, id: nk, address: null, name: UBND quận Ninh Kiều}\n"
        "- {id: p12, kind: commune, name: Phường 12}"
    )
    people = (
        "\ufeffid,full_name,unit,position,phone,registered,status,address\r\n"
        '"p1","Nguyễn Văn Minh",,"Phó phòng, phụ trách",,2016-01-01,active,""\r\n'
        "\r\n"
        "p2,Lê Minh,,,,2016-01-01,cancelled,\r\n"
        "p3,Trần  Thị Hoa , , ,,2016-01-01,active, "
    ).replace(" , , ,,", ",,,,")
    folder = make_register(agencies, nv=people)
    issue(folder, cantho)
    assert (folder / "agencies.yml").read_bytes().decode() == (
        agencies.replace("address:   # để", "address: sonv   # để")
        .replace("address: ''", "address: vanphong.sonv")
        .replace("'Phòng A, B', id: u2", "'Phòng A, B', address: pab.sonv, id: u2")
        .replace("        Phòng Tổ chức\n", "        Phòng Tổ chức\n      address: ptc.sonv\n")
        .replace("address: ~", "address: soyt")
        .replace("address: null", "address: ninhkieu")
        .replace("name: Phường 12", "name: Phường 12, address: '12'")
    )
    assert (folder / "people/nv.csv").read_bytes().decode() == people.replace(',active,""', ",active,nvminh").replace(
        "active, ", "active,tthoa"
    )


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "- id: nv\r\n  name: Sở Nội vụ\r\n  kind: department\r\n",
            "- id: nv\r\n  name: Sở Nội vụ\r\n  address: sonv\r\n  kind: department\r\n",
        ),
        (
            "- id: nv\r\n  name: >\r\n    Sở Nội vụ\r\n  kind: department\r\n",
            "- id: nv\r\n  name: >\r\n    Sở Nội vụ\r\n  address: sonv\r\n  kind: department\r\n",
        ),
        (
            "- id: nv\r\n  kind: department\r\n  name: Sở Nội vụ",
            "- id: nv\r\n  kind: department\r\n  name: Sở Nội vụ\r\n  address: sonv",
        ),
    ],
)
def test_an_agencies_file_with_crlf_keeps_it(cantho, make_register, before, after):
    folder = make_register(before)
    issue(folder, cantho)
    assert (folder / "agencies.yml").read_bytes().decode() == after


# Nothing stands there, but not where an address could be put with the rest kept.
ENTRY = "- id: nv\n  name: Sở Nội vụ\n  kind: department\n"


@pytest.mark.parametrize(
    "agencies",
    [
        ENTRY + "  address: !!str\n",
        ENTRY + "  address: &nothing ''\n",
        ENTRY + "  address: |\n\n",
        ENTRY + "  ? address\n  : ''\n",
        "- &a {id: nv, name: Sở Nội vụ, kind: department}\n- {<<: *a, id: ngv, parent: nv}\n",
        "- {id: nv, name: &n Sở Nội vụ, kind: department}\n- {id: ngv, name: *n, kind: department, parent: nv}\n",
    ],
)
def test_an_entry_that_an_address_cannot_be_put_into_is_refused(cantho, make_register, agencies):
    register, found = plan(make_register(agencies), cantho)
    with pytest.raises(ProblemsError) as caught:
        register_changes(register, found)
    assert {problem.key for problem in caught.value.problems} == {"register.not_plain"}
    assert "agencies.yml:" in str(caught.value)


def test_quotes_with_only_spaces_in_them_are_nothing(cantho, make_register):
    folder = make_register(ENTRY + "  address: '  '\n")
    issue(folder, cantho)
    assert (folder / "agencies.yml").read_text(encoding="utf-8") == ENTRY + "  address: sonv\n"


def test_permissions_stay_and_no_other_file_is_left(cantho, make_register):
    folder = make_register(SONV, sonv=[MINH.format(1, 1)])
    path = folder / "people/sonv.csv"
    path.chmod(0o640)
    issue(folder, cantho)
    assert path.stat().st_mode & 0o777 == 0o640
    assert sorted(entry.name for entry in folder.rglob("*")) == ["agencies.yml", "people", "sonv.csv"]


def test_a_symbolic_link_goes_on_naming_its_file(cantho, make_register, tmp_path):
    folder = make_register(SONV, sonv=[MINH.format(1, 1)])
    (folder / "people/sonv.csv").rename(tmp_path / "elsewhere.csv")
    (folder / "people/sonv.csv").symlink_to(tmp_path / "elsewhere.csv")
    issue(folder, cantho)
    assert (folder / "people/sonv.csv").is_symlink()
    assert (tmp_path / "elsewhere.csv").read_text(encoding="utf-8").endswith(",active,nvminh\n")


def test_a_file_that_cannot_be_written_is_named_and_stays(cantho, make_register, monkeypatch):
    folder = make_register(SONV, sonv=[MINH.format(1, 1)])
    before = (folder / "people/sonv.csv").read_bytes()

    def refuse(*_arguments, **_options):
        raise PermissionError(13, "Permission denied", "somewhere")

    monkeypatch.setattr("tempfile.mkstemp", refuse)
    with pytest.raises(ProblemsError) as caught:
        issue(folder, cantho)
    (problem,) = caught.value.problems
    assert (problem.key, problem.file) == ("register.unwritable", folder / "people/sonv.csv")
    assert (folder / "people/sonv.csv").read_bytes() == before


def test_a_file_that_changed_meanwhile_is_not_overwritten(cantho, make_register):
    folder = make_register("- {id: sonv, name: Sở Nội vụ, kind: department}\n", sonv=[MINH.format(1, 1)])
    register, found = plan(folder, cantho)
    changes = register_changes(register, found)
    with (folder / "people/sonv.csv").open("a") as stream:
        stream.write(MINH.format(2, 2) + "\n")
    before = {path: path.read_bytes() for path in folder.rglob("*.*")}
    with pytest.raises(ProblemsError) as caught:
        write_changes(changes)
    assert caught.value.problems[0].key == "register.changed_meanwhile"
    assert {path: path.read_bytes() for path in folder.rglob("*.*")} == before


NAMES = st.builds(
    lambda *parts: " ".join(filter(None, parts)),
    st.sampled_from(["Nguyễn", "Ngô", "Trần", "Lê"]),
    st.sampled_from(["", "Văn", "Thị", "Thanh"]),
    st.sampled_from(["Minh", "Hoa", "Đức"]),
)
PEOPLE = st.lists(st.tuples(NAMES, st.integers(1, 28), st.sampled_from(["active", "active", "cancelled"])), max_size=25)


def rows_of(people, start=0):
    return [
        f"p{number},{name},,,,2016-02-{day:02d},{status}," for number, (name, day, status) in enumerate(people, start)
    ]


def addresses_of(folder, regulation):
    return {person.id: person.address for person in load_register(folder, regulation).people}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=PEOPLE, later=PEOPLE)
def test_addresses_are_valid_unique_and_stable_under_rerun_and_appended_rows(cantho, make_register, first, later):
    folder = make_register(SONV, sonv=rows_of(first))
    issue(folder, cantho)
    before = addresses_of(folder, cantho)
    assert issue(folder, cantho).issued == ()
    assert addresses_of(folder, cantho) == before
    with (folder / "people/sonv.csv").open("a") as stream:
        stream.writelines(f"{row}\n" for row in rows_of(later, len(first)))
    issue(folder, cantho)
    after = addresses_of(folder, cantho)
    assert {identity: after[identity] for identity, address in before.items() if address} == {
        identity: address for identity, address in before.items() if address
    }
    given_out = [address for address in after.values() if address]
    assert len(set(given_out)) == len(given_out)
    assert all(map(valid_local_part, given_out))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=PEOPLE, data=st.data())
def test_the_order_of_rows_of_different_days_does_not_matter(cantho, make_register, people, data):
    people = [(name, day, "active") for day, (name, _day, _status) in enumerate(people, 1)]
    rows = rows_of(people)
    _register, straight = plan(make_register(SONV, sonv=rows), cantho)
    _register, shuffled = plan(make_register(SONV, sonv=data.draw(st.permutations(rows))), cantho)
    assert issued(straight) == issued(shuffled)
