"""What an import writes: rows behind those that stand, new files, and a review file that a spreadsheet does not run."""

import stat
from datetime import date

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.import_write import import_changes, safe_cell
from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import read_list
from ansible_collections.thucongvu.mail.plugins.module_utils.list_headings import load_headings
from ansible_collections.thucongvu.mail.plugins.module_utils.list_import import plan_import
from ansible_collections.thucongvu.mail.plugins.module_utils.people_file import with_people
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import LIST_HEADINGS
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_write import write_changes

HEADER = "id,full_name,unit,position,phone,registered,status,address"
PERSON = {
    "id": "p2",
    "full_name": "Lê Thị Lụa",
    "position": "Phó phòng, phụ trách",
    "registered": "2026-01-05",
    "status": "active",
    "address": "ltlua",
}
ROW = 'p2,Lê Thị Lụa,,"Phó phòng, phụ trách",,2026-01-05,active,ltlua'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", f"{HEADER}\n{ROW}\n"),
        (f"{HEADER}\n", f"{HEADER}\n{ROW}\n"),
        (f"\ufeff{HEADER}\r\np1,x\r\n\r\n", f"\ufeff{HEADER}\r\np1,x\r\n\r\n{ROW}\r\n"),
        (f"{HEADER}\np1,x", f"{HEADER}\np1,x\n{ROW}\n"),
        (HEADER, f"{HEADER}\n{ROW}\n"),
    ],
)
def test_rows_stand_behind_those_that_are_there(text, expected):
    assert with_people(text, [PERSON]) == expected


def test_rows_follow_the_columns_of_the_file():
    assert with_people("address,id,more,full_name,position,registered,status\n", [PERSON]).splitlines()[1] == (
        'ltlua,p2,,Lê Thị Lụa,"Phó phòng, phụ trách",2026-01-05,active'
    )
    with pytest.raises(ValueError, match="position"):
        with_people("address,id,full_name,registered,status\n", [PERSON])


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("=1+1", "'=1+1"),
        ("+84 1", "'+84 1"),
        ("-", "'-"),
        ("@a", "'@a"),
        (" \t=1", "' \t=1"),
        ("\n@a", "'\n@a"),
        ("a=1", "a=1"),
        ("'=1", "'=1"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_work_out_is_text(text, safe):
    assert safe_cell(text) == safe


@pytest.fixture
def plan(cantho, make_register):
    """Plan the import of rows below Email, Cơ quan and Họ tên; the register, its folder and the plan."""

    def make(agencies, *rows, **people):
        folder = make_register(agencies, **people)
        path = folder.parent / "list.csv"
        path.write_text("Email;Cơ quan;Họ tên\n" + "".join(f"{row}\n" for row in rows), encoding="utf-8")
        register = load_register(folder, cantho)
        headings = load_headings(LIST_HEADINGS)
        plan = plan_import(read_list(path), register, cantho, domain="cantho.gov.vn", headings=headings)
        return register, plan

    return make


TWO = "- {id: sonv, name: Sở Nội vụ, kind: department}\n- {id: sotc, name: Sở Tài chính, kind: department}\n"


def test_a_new_file_may_be_read_by_whoever_may_read_the_agencies(plan, cantho):
    register, planned = plan(TWO, "ltlua@cantho.gov.vn;Sở Nội vụ;Lê Thị Lụa")
    register.agencies_file.chmod(0o640)
    (change,) = import_changes(register, planned, date(2026, 1, 5))
    (register.folder / "people").rmdir()
    write_changes([change])
    path = register.folder / "people/sonv.csv"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert path.read_text(encoding="utf-8") == f"{HEADER}\nsonv-0001,Lê Thị Lụa,,,,2026-01-05,active,ltlua\n"
    assert [person.id for person in load_register(register.folder, cantho).people] == ["sonv-0001"]


def test_a_file_that_somebody_made_meanwhile_stops_all_of_it(plan):
    register, planned = plan(TWO, "a.b@cantho.gov.vn;Sở Nội vụ;Lê An", "c.d@cantho.gov.vn;Sở Tài chính;Lê Bình")
    changes = import_changes(register, planned, date(2026, 1, 5))
    made = register.folder / "people/sotc.csv"
    made.write_text("x")
    with pytest.raises(ProblemsError) as caught:
        write_changes(changes)
    assert [(problem.key, problem.file) for problem in caught.value.problems] == [("register.changed_meanwhile", made)]
    assert [path.name for path in (register.folder / "people").iterdir()] == ["sotc.csv"]


def test_the_address_of_a_mailbox_is_put_where_none_stands(plan, cantho):
    register, planned = plan(
        TWO,
        "snv@cantho.gov.vn;;SỞ NỘI VỤ",
        "tc@cantho.gov.vn;Sở Tài chính;",
        "tc2@cantho.gov.vn;Sở Nội vụ;Sở Tài chính",
    )
    assert [(row.outcome, [reason.key for reason in row.entry.reasons]) for row in planned.rows] == [
        ("registered", []),
        ("review", ["register.name_missing"]),
        ("review", ["import.two_agencies"]),
    ]
    write_changes(import_changes(register, planned, date(2026, 1, 5)))
    register = load_register(register.folder, cantho)
    assert [agency.address for agency in register.agencies.values()] == ["snv", ""]


def test_an_agency_written_in_an_unusual_form_stops_all_of_it(plan):
    agencies = "- {id: sonv, name: Sở Nội vụ, kind: department, address: &none ''}\n"
    register, planned = plan(agencies, "a.b@cantho.gov.vn;Sở Nội vụ;Lê An", "snv@cantho.gov.vn;;Sở Nội vụ")
    with pytest.raises(ProblemsError) as caught:
        import_changes(register, planned, date(2026, 1, 5))
    assert [problem.key for problem in caught.value.problems] == ["register.not_plain"]


def test_the_ids_given_skip_those_of_agencies_units_people_and_other_rows(plan):
    agencies = (
        "- {id: a, name: Sở Nội vụ, kind: department, units: [{id: A-0001, name: Văn phòng}]}\n"
        "- {id: a-0002, name: Sở Tài chính, kind: department}\n"
    )
    rows = [f"{letter}.x@cantho.gov.vn;Sở Nội vụ;Lê {letter.upper()}n" for letter in "abc"]
    _register, planned = plan(agencies, *rows, a=["a-0004,Lê Tư,,,,2026-01-05,active,ltu"])
    assert [row.id for row in planned.of("registered")] == ["a-0003", "a-0005", "a-0006"]


def test_an_agency_whose_id_leaves_no_room_for_those_of_its_people(plan):
    agencies = f"- {{id: {'x' * 60}, name: Sở Nội vụ, kind: department}}\n"
    _register, planned = plan(agencies, "a.b@cantho.gov.vn;Sở Nội vụ;Lê An")
    assert [reason.key for reason in planned.rows[0].entry.reasons] == ["register.id_form"]
