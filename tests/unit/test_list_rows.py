"""Where a row of a list stands: below a heading, in merged cells, in a column for agencies and units alike."""

import openpyxl
import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import read_list
from ansible_collections.thucongvu.mail.plugins.module_utils.list_headings import load_headings
from ansible_collections.thucongvu.mail.plugins.module_utils.list_import import plan_import
from ansible_collections.thucongvu.mail.plugins.module_utils.project import LIST_HEADINGS
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register

AGENCIES = """\
- {id: sonv, name: Sở Nội vụ, kind: department, units: [{id: sonv-vp, name: Văn phòng}, {id: sonv-tt, name: Thanh tra}]}
- {id: sotc, name: Sở Tài chính, kind: department, units: [{id: sotc-vp, name: Văn phòng}]}
"""


@pytest.fixture
def plan(cantho, make_register):
    """Plan the import of rows, with cells merged as given."""
    folder = make_register(AGENCIES)
    headings = load_headings(LIST_HEADINGS)
    register = load_register(folder, cantho)

    def make(*rows, merged=(), agency=None):
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        for cells in merged:
            book.active.merge_cells(cells)
        path = folder.parent / "list.xlsx"
        book.save(path)
        file = read_list(path)
        agency = register.agencies[agency] if agency else None
        return plan_import(file, register, cantho, domain="cantho.gov.vn", headings=headings, agency=agency)

    return make


def places(planned):
    return [
        (
            row.entry.number,
            row.entry.agency.id if row.entry.agency else None,
            row.entry.unit.id if row.entry.unit else None,
            [reason.key.removeprefix("import.") for reason in row.entry.reasons],
        )
        for row in planned.rows
    ]


def person(number, **more):
    return f"Lê Số {'ABCDEFGH'[number]}", f"so{number}@cantho.gov.vn", *more.values()


def test_a_list_of_one_agency(plan):
    rows = (["Họ tên", "Email"], person(0), ["Văn phòng"], person(1), ["Phòng Lạ"], person(2), ["Sở Nội vụ"], person(3))
    assert places(plan(*rows, agency="sonv")) == [
        (2, "sonv", None, []),
        (4, "sonv", "sonv-vp", []),
        (5, "sonv", "sonv-vp", ["address_missing", "alone"]),
        (6, None, None, ["group_unknown"]),
        (8, "sonv", None, []),
    ]
    assert places(plan(*rows))[:2] == [
        (2, None, None, ["agency_missing"]),
        (3, None, None, ["agency_missing", "address_missing", "alone"]),
    ]


def test_a_column_for_agencies_and_units_alike(plan):
    assert places(
        plan(
            ["Họ tên", "Email", "Đơn vị công tác"],
            [*person(0), "Sở Tài chính"],
            [*person(1), "Văn phòng"],
            ["Sở Nội vụ"],
            [*person(2), "Văn phòng"],
            [*person(3), "Sở Nội vụ"],
            [*person(4), "Sở Tài chính"],
            [*person(5), "Trưởng phòng"],
            person(6),
        )
    ) == [
        (2, "sotc", None, []),
        (3, None, None, ["workplace_unknown"]),
        (5, "sonv", "sonv-vp", []),
        (6, "sonv", None, []),
        (7, None, None, ["two_agencies"]),
        (8, None, None, ["workplace_unknown"]),
        (9, "sonv", None, []),
    ]


def test_an_agency_and_a_unit_merged_over_their_rows(plan):
    rows = (["Cơ quan", "Phòng", "Họ tên", "Email"], ["Sở Nội vụ", "Văn phòng", *person(0)], [None, None, *person(1)])
    assert places(plan(*rows, merged=["A2:A3", "B2:B3"])) == [
        (2, "sonv", "sonv-vp", []),
        (3, "sonv", "sonv-vp", []),
    ]
    assert places(plan(*rows)) == [(2, "sonv", "sonv-vp", []), (3, None, None, ["agency_missing"])]


def test_an_address_merged_over_two_people_is_one_address_on_two_people(plan):
    planned = plan(
        ["Cơ quan", "Họ tên", "Email"],
        ["Sở Nội vụ", *person(0)],
        ["Sở Nội vụ", "Lê Số B"],
        merged=["C2:C3"],
    )
    assert [entry[3] for entry in places(planned)] == [["address_twice"], ["address_twice"]]


def test_a_row_that_only_goes_on_with_merged_cells_is_empty(plan):
    planned = plan(
        ["Cơ quan", "Họ tên", "Email"], ["Sở Nội vụ", *person(0)], [None], merged=["A2:A3", "B2:B3", "C2:C3"]
    )
    assert places(planned) == [(2, "sonv", None, [])]
    planned = plan(
        ["Cơ quan", "Họ tên", "Email"],
        ["Sở Nội vụ", *person(0)],
        [None],
        ["Sở Nội vụ", *person(1)],
        merged=["A2:A3", "B2:B3", "C2:C3"],
    )
    assert [(heading.line.number, heading.kind) for heading in planned.headings] == [(1, "header"), (3, "empty")]


@pytest.mark.parametrize("merged", [[], ["A3:C3"]])
def test_a_name_across_the_table_is_a_group_and_alone_in_a_cell_a_row_for_review(plan, merged):
    planned = plan(
        ["Họ tên", "Email", "Chức vụ"], ["Sở Nội vụ"], ["Sở Lạ"], person(0), ["II", None, None], merged=merged
    )
    found = {heading.line.number: (heading.kind, heading.known) for heading in planned.headings}
    assert found[2] == ("group", True)
    assert found.get(3) == (("group", False) if merged else None)
    assert (4, None, None, ["group_unknown"]) in places(planned)


def test_the_mailboxes_of_a_list_do_not_begin_groups(plan):
    assert places(
        plan(
            ["TT", "Họ tên", "Email"],
            ["I", "Sở Nội vụ", "snv@cantho.gov.vn"],
            ["1", *person(0)],
            ["", "Văn phòng"],
            ["1", *person(1)],
            ["2", "Thanh tra", "tt.snv@cantho.gov.vn"],
            ["3", *person(2)],
            ["4", "Sở Tài chính", "stc@cantho.gov.vn"],
            ["5", *person(3)],
        )
    ) == [
        (2, "sonv", None, []),
        (3, "sonv", None, []),
        (5, "sonv", "sonv-vp", []),
        (6, "sonv", "sonv-tt", []),
        (7, "sonv", None, []),
        (8, "sotc", None, []),
        (9, None, None, ["group_unknown"]),
    ]


def test_a_mailbox_that_two_rows_give_different_addresses(plan):
    planned = plan(["Họ tên", "Email"], ["Sở Nội vụ", "snv@cantho.gov.vn"], ["SỞ NỘI VỤ", "so.noivu@cantho.gov.vn"])
    assert [entry[3] for entry in places(planned)] == [["name_twice"], ["name_twice"]]


def test_a_reason_names_the_first_of_many_rows(plan):
    rows = [["Họ tên", "Email"], *(["Lê An", f"an{number}@cantho.gov.vn"] for number in range(8))]
    planned = plan(*rows, agency="sonv")
    assert [row.entry.reasons[0].values["rows"] for row in planned.rows[:1]] == ["3-7…"]
    assert [entry[3] for entry in places(planned)] == [["name_twice"]] * 8


def test_an_agencys_mailbox_that_names_a_unit_too(plan):
    planned = plan(["Họ tên", "Phòng", "Email"], ["Sở Nội vụ", "Văn phòng", "snv@cantho.gov.vn"])
    assert places(planned) == [(2, "sonv", None, ["two_units"])]


def test_an_id_that_a_row_asks_for_is_not_given_to_another(plan):
    planned = plan(["Họ tên", "Email", "Mã"], person(0), ["Lê Số B", "so1@cantho,gov.vn", "sonv-0001"], agency="sonv")
    assert [row.id for row in planned.of("registered")] == ["sonv-0002"]


def test_dates_where_one_has_its_month_first(plan):
    days = ["12/31/2016", "05/04/2016", "04/04/2016", "31/12/2016", "2016-04-05"]
    rows = [[*person(number), day] for number, day in enumerate(days)]
    planned = plan(["Họ tên", "Email", "Ngày cấp"], *rows, agency="sonv")
    assert [entry[3] for entry in places(planned)] == [["date"], ["date_open"], [], [], []]
    planned = plan(["Họ tên", "Email", "Ngày cấp"], *rows[1:], agency="sonv")
    assert [row.entry.registered.isoformat() for row in planned.rows] == [
        "2016-04-05",
        "2016-04-04",
        "2016-12-31",
        "2016-04-05",
    ]


def test_cells_without_a_value(plan):
    planned = plan(
        ["TT", "Họ tên", "Email", "Chức vụ", "Ghi chú"],
        ["=ROW()-1", *person(0), None, None],
        [2, "Lê Số B", "=LOWER(B3)", None, None],
        [3, *person(2), "#REF!", None],
        [4, *person(3), None, "=A1"],
        agency="sonv",
    )
    assert [entry[3] for entry in places(planned)] == [
        [],
        ["formula_without_value"],
        ["cell_error"],
        [],
    ]
    assert planned.rows[0].entry.not_carried() == [0]
