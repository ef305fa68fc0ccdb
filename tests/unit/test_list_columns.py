"""Which column holds what: known headings, the operator's word, or a refusal that names what was found."""

import openpyxl
import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.list_columns import chosen_columns
from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import read_list
from ansible_collections.thucongvu.mail.plugins.module_utils.list_headings import load_headings
from ansible_collections.thucongvu.mail.plugins.module_utils.list_import import plan_import
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import LIST_HEADINGS
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register

AGENCIES = "- {id: sonv, name: Sở Nội vụ, kind: department, units: [{id: sonv-vp, name: Văn phòng}]}\n"


@pytest.fixture(scope="module")
def headings():
    return load_headings(LIST_HEADINGS)


@pytest.fixture
def plan(cantho, make_register, headings):
    """Plan the import of rows, a CSV file's text or a workbook, of the one agency's list."""
    folder = make_register(AGENCIES)

    def make(content, **chosen):
        path = folder.parent / "list"
        if isinstance(content, str):
            path.write_text(content, encoding="utf-8")
        else:
            content.save(path)
        file = read_list(path)
        register = load_register(folder, cantho)
        return plan_import(
            file,
            register,
            cantho,
            domain="cantho.gov.vn",
            headings=headings,
            chosen=chosen_columns(chosen, file.width),
            agency=register.agencies["sonv"],
        )

    return make


def entries(plan):
    return [
        (row.entry.number, row.outcome, row.entry.name, row.entry.address, [reason.key for reason in row.entry.reasons])
        for row in plan.rows
    ]


def kinds(plan):
    return [(heading.line.number, heading.kind) for heading in plan.headings]


def refused(plan, content, **chosen):
    with pytest.raises(ProblemsError) as caught:
        plan(content, **chosen)
    return caught.value


SURE = (5, "registered", "Lê Thị Đào", "ltdao", [])


def test_a_header_that_is_not_on_the_first_row(plan):
    found = plan("Đơn vị: Sở Nội vụ\n\nDANH SÁCH\nTT,HỌ VÀ TÊN,E-mail\n1,Lê Thị Đào,ltdao@cantho.gov.vn\n")
    assert entries(found) == [SURE]
    assert kinds(found) == [(1, "title"), (2, "empty"), (3, "title"), (4, "header")]


def test_a_header_that_is_repeated_and_numbers_its_columns(plan):
    header = "STT,Họ tên,Email\n(1),(2),(3)\n"
    text = f"{header}1,Lê Thị Lụa,ltlua@cantho.gov.vn\nTrang 1,,\n{header}2,Lê Thị Mận,ltman@cantho.gov.vn\n"
    found = plan(text)
    assert [outcome for _row, outcome, *_rest in entries(found)] == ["registered"] * 2
    assert kinds(found) == [(1, "header"), (2, "header"), (4, "total"), (5, "header"), (6, "header")]


def test_a_repeated_header_with_columns_in_another_order_holds_below_it(plan):
    found = plan(
        "Họ tên,Email,Chức vụ\nLê Thị Lụa,ltlua@cantho.gov.vn,\nEmail,Chức vụ,Họ tên\nltman@cantho.gov.vn,,Lê Thị Mận\n"
    )
    assert [(name, address) for _row, _outcome, name, address, _reasons in entries(found)] == [
        ("Lê Thị Lụa", "ltlua"),
        ("Lê Thị Mận", "ltman"),
    ]


def test_a_header_of_two_rows(plan):
    found = plan("TT,Họ và tên,Thông tin liên hệ,\n,,Điện thoại,Email\n1,Lê Thị Đào,0292 1,ltdao@cantho.gov.vn\n")
    assert entries(found) == [(3, *SURE[1:])]
    assert found.rows[0].entry.phone == "0292 1"


def test_a_heading_merged_over_the_parts_of_the_name(plan):
    book = openpyxl.Workbook()
    for row in (["TT", "Họ và tên", None, "Email"], [1, "Lê Thị", "Đào", "ltdao@cantho.gov.vn"]):
        book.active.append(row)
    book.active.merge_cells("B1:C1")
    assert entries(plan(book)) == [(2, *SURE[1:])]


def test_family_and_given_name_in_two_columns(plan):
    found = plan("Họ và tên đệm,Tên,Email\nLê Thị,Đào,ltdao@cantho.gov.vn\n")
    assert entries(found) == [(2, *SURE[1:])]


def test_a_part_of_the_name_in_a_column_without_heading_is_not_overlooked(plan):
    found = plan("Họ và tên,,Email\nLê Thị,Đào,ltdao@cantho.gov.vn\n")
    assert entries(found) == [(2, "review", "Lê Thị", "ltdao", ["import.no_heading"])]
    assert entries(plan("Họ và tên,,Email\nLê Thị,Đào,ltdao@cantho.gov.vn\n", full_name="A, B")) == [(2, *SURE[1:])]


def test_row_numbers_in_a_column_without_heading(plan):
    found = plan(",Họ và tên,Email\n150.00000000000003,Lê Thị Đào,ltdao@cantho.gov.vn\nIV.,Văn phòng,\n")
    assert entries(found) == [(2, *SURE[1:])]
    assert kinds(found)[-1] == (3, "group")


def test_unknown_headings_refuse_the_list_with_what_was_found_and_what_is_known(plan):
    error = refused(plan, "Danh sách\nSTT,Quý danh,Hòm thơ\n1,Lê Thị Đào,ltdao@cantho.gov.vn\n")
    (problem,) = error.problems
    assert (problem.key, problem.line) == ("import.not_recognised", 2)
    said = str(error)
    assert "STT, Quý danh, Hòm thơ" in said
    assert "full_name: Họ và tên, Họ tên" in said
    assert "address: Email, E-mail" in said
    assert "-e '{import_columns: {full_name: C, address: F}}'" in said


@pytest.mark.parametrize(
    ("header", "missing"),
    [("TT,Họ và tên,Hòm thơ", "address"), ("TT,Tên,Email", "full_name"), ("", "full_name, address")],
)
def test_what_is_missing(plan, header, missing):
    (problem,) = refused(plan, f"{header}\n").problems
    assert (problem.key, problem.values["missing"]) == ("import.not_recognised", missing)


def test_the_operator_names_columns_and_they_win(plan):
    text = "TT,Quý danh,Hòm thơ,Email\n1,Lê Thị Đào,ltdao@cantho.gov.vn,a@b.vn\n"
    found = plan(text, full_name="b", address=["C"])
    assert entries(found) == [(2, *SURE[1:])]
    assert found.rows[0].entry.not_carried() == [3], "the other address is no longer one, and stays for a look"


def test_without_any_known_heading_the_operators_columns_hold_from_the_first_row(plan):
    text = "Quý danh,Hòm thơ,\nLê Thị Đào,ltdao@cantho.gov.vn,\nLê Thị Mận,ltman@cantho.gov.vn,x\n"
    assert entries(plan(text, full_name="A", address="B")) == [
        (
            1,
            "review",
            "Quý danh",
            "",
            ["import.address_space", "import.address_marks", "import.address_without_domain"],
        ),
        (2, *SURE[1:]),
        (3, "review", "Lê Thị Mận", "ltman", ["import.no_heading"]),
    ]


@pytest.mark.parametrize(
    ("chosen", "key", "value"),
    [
        ({"full_nam": "A"}, "schema.unknown_key", "A"),
        ({"full_name": "D"}, "import.no_column", "D"),
        ({"full_name": 1}, "import.no_column", "1"),
        ({"full_name": "A", "address": "B, a"}, "import.column_chosen_twice", "a"),
    ],
)
def test_columns_that_cannot_be(plan, chosen, key, value):
    (problem,) = refused(plan, "Họ tên,Email,Chức vụ\n", **chosen).problems
    assert (problem.key, problem.value) == (key, value)
    assert problem.field.startswith("import_columns.")


def test_two_columns_of_one_meaning_are_not_chosen_between(plan):
    text = "Họ tên,Chức vụ,Email,Chức danh\nLê Thị Đào,Chuyên viên,ltdao@cantho.gov.vn,x\n"
    (problem,) = refused(plan, text).problems
    assert (problem.key, problem.values["columns"]) == ("import.column_twice", "B, D")
    assert entries(plan(text, position="B"))[0][1] == "registered"


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("columns: {full_nam: [Họ tên]}\n", "schema.unknown_key"),
        ("column: {full_name: [Họ tên]}\n", "inventory.type"),
        ("columns: {full_name: Họ tên}\n", "inventory.type"),
        ("columns: {full_name: [1]}\n", "inventory.type"),
        ("columns: {full_name: [Họ tên], id: [HỌ TÊN]}\n", "import.heading_twice"),
        ("columns: {full_name: [Họ tên]}\ntotal: [Tổng]\n", "schema.unknown_key"),
    ],
)
def test_a_file_of_headings_of_another_form(tmp_path, text, key):
    path = tmp_path / "headings.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        load_headings(path)
    (problem,) = caught.value.problems
    assert (problem.key, problem.file) == (key, path)


@pytest.mark.parametrize(
    ("text", "is_total"),
    [
        ("Tổng cộng", True),
        ("Tổng số: 45 người", True),
        ("Trang 2/7", True),
        ("Cộng", True),
        ("Cộng Hòa", False),
        ("Tổng cục Thuế", False),
        ("Nguyễn Văn Tổng", False),
    ],
)
def test_what_adds_up(headings, text, is_total):
    assert headings.is_total(text) is is_total
