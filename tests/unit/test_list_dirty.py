"""A list with every dirt that agencies' lists have: what becomes of each row, with which reasons, from CSV and from XLSX."""

import csv
import io
from collections import Counter
from datetime import date

import openpyxl
import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.import_write import import_changes, review_text
from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import read_list
from ansible_collections.thucongvu.mail.plugins.module_utils.list_headings import load_headings
from ansible_collections.thucongvu.mail.plugins.module_utils.list_import import outcome_counts, plan_import
from ansible_collections.thucongvu.mail.plugins.module_utils.project import LIST_HEADINGS
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import plan_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_write import write_changes

AGENCIES = """\
- id: sonv
  name: Sở Nội vụ
  kind: department
  address: sonv
  units:
    - {id: sonv-vp, name: Văn phòng, address: vanphong.sonv}
    - {id: sonv-tt, name: Thanh tra, address: ''}
- {id: sotc, name: Sở Tài chính, kind: department, address: ''}
- id: ninhkieu
  name: UBND quận Ninh Kiều
  kind: district
  address: ninhkieu
  units: [{id: nk-vp, name: Văn phòng UBND, address: vpubnd.ninhkieu}]
- {id: mu, name: Hội Người mù, kind: sociopolitical, address: mu}
- {id: hoi1, name: Hội Nông dân, kind: sociopolitical, address: hoi1}
- {id: hoi2, name: Hội Nông dân, kind: sociopolitical, parent: ninhkieu, address: hoi2}
"""
PEOPLE = [
    "nv-1,Nguyễn Văn Minh,sonv-vp,Giám đốc,0292 1,2016-01-04,active,nvminh",
    "nv-2,Lê Cũ,,,,2016-01-04,cancelled,lcu",
    "nv-3,Trần Hoà,,,,2016-01-04,active,thoa",
    "nv-4,Đỗ Chờ,,,,2016-01-04,active,",
    "sonv-0001,Đỗ Đầu,,,,2016-01-04,active,ddau",
]
COLUMNS = {
    "no": "STT",
    "id": "Mã",
    "name": "Họ và tên",
    "agency": "Cơ quan",
    "unit": "Phòng ban",
    "position": "Chức vụ",
    "phone": "Số điện thoại",
    "day": "Ngày cấp",
    "mail": "Email",
    "other": "Địa chỉ thư điện tử",
    "note": "Ghi chú",
    "beyond": "",
}
AT = "@cantho.gov.vn"

# The cells of each row by column, what becomes of it, and why.
ROWS = [
    ({"name": "ỦY BAN NHÂN DÂN THÀNH PHỐ CẦN THƠ"}, "title"),
    ({"no": "DANH SÁCH ĐỊA CHỈ THƯ ĐIỆN TỬ"}, "title"),
    ({}, "empty"),
    (COLUMNS, "header"),
    ({column: f"({number})" for number, column in enumerate(COLUMNS, 1)}, "header"),
    # In front of the first group nobody knows the agency.
    ({"no": 1, "name": "Lê Không Nơi", "mail": f"lknoi{AT}"}, "review", "agency_missing"),
    ({"no": "I", "name": "SỞ NỘI VỤ"}, "group"),
    ({"no": 1, "name": "Lê Thị Đào", "mail": f"ltdao{AT}"}, "registered"),
    ({"no": 2, "name": "Lê Thị Lụa", "mail": " LTLua@CanTho.gov.vn\n", "other": f"ltlua{AT}"}, "registered"),
    ({"no": 3, "name": "Bùi Ngoài Lề", "mail": f"tên.tự.đặt{AT}"}, "review", "address_marks"),
    ({"no": 4, "name": "Bùi Tự Đặt", "mail": f"ctict.2{AT}"}, "registered"),
    ({"no": 5, "name": "Lê Thiếu Miền", "mail": "ltmien"}, "review", "address_without_domain"),
    ({"no": 6, "name": "Lê Cắt Miền", "mail": "lcmien@cantho.gov.v"}, "review", "address_cut"),
    ({"no": 7, "name": "Lê Hết Miền", "mail": "lhmien@"}, "review", "address_cut"),
    ({"no": 8, "name": "Lê Dấu Phẩy", "mail": "ldphay@cantho,gov,vn"}, "review", "address_comma"),
    ({"no": 9, "name": "Lê Dấu Cách", "mail": "ldcach @cantho.gov.vn"}, "review", "address_space"),
    ({"no": 10, "name": "Lê Xuống Dòng", "mail": "lxdong\n@cantho.gov.vn"}, "review", "address_space"),
    ({"no": 11, "name": "Lê Ngoài", "mail": "lengoai@gmail.com"}, "review", "address_foreign"),
    ({"no": 12, "name": "Lê Hai Thư", "mail": f"lhthu{AT}; lht@gmail.com"}, "review", "address_several"),
    ({"no": 13, "name": "Lê Chấm Cuối", "mail": f"lccuoi{AT}."}, "review", "address_foreign"),
    ({"no": 14, "name": "Lê Hai Chấm", "mail": f"le..cham{AT}"}, "review", "register.address_form"),
    (
        {"no": 15, "name": "Lê Đủ Thứ", "mail": "lê thứ@gmail.com"},
        "review",
        "address_space address_marks address_foreign",
    ),
    ({"no": 16, "name": "Lê Không Thư", "position": "Chuyên viên"}, "review", "address_missing"),
    ({"no": 17, "mail": f"khongten{AT}"}, "review", "register.name_missing"),
    ({"no": 18, "name": "Lê Nhìn Giống", "mail": f"ðong{AT}"}, "review", "text.lookalike"),
    ({"no": 19, "name": "Lê Ðào", "mail": f"ledao{AT}"}, "review", "text.lookalike"),
    ({"no": 23, "name": "Lê Một Thư", "mail": f"chung{AT}"}, "review", "address_twice"),
    ({"no": 24, "name": "Lê Chung Thư", "mail": f"chung{AT}"}, "review", "address_twice"),
    ({"no": 25, "name": "Trần Hải Đường", "mail": f"thduong{AT}"}, "registered"),
    ({"no": 26, "name": "Trần Hải Dương", "mail": f"thaiduong{AT}"}, "registered"),
    ({"no": 27, "name": "Phạm Hòa", "mail": f"phoa{AT}"}, "review", "name_twice"),
    ({"no": 28, "name": "Phạm Hoà", "mail": f"phamhoa{AT}"}, "review", "name_twice"),
    ({"no": 29, "name": "Lê Thị Đào", "mail": "ltdao2@cantho,gov.vn"}, "review", "address_comma name_twice"),
    ({"no": 30, "name": "Lê Chức Danh", "unit": "Trưởng phòng", "mail": f"lcdanh{AT}"}, "review", "unit_unknown"),
    ({"no": 31, "name": "Lê Văn Phòng", "unit": "VĂN PHÒNG", "mail": f"lvphong{AT}"}, "registered"),
    ({"no": 32, "name": "Lê Hai Cột", "mail": f"lhcot{AT}", "other": f"lehaicot{AT}"}, "review", "addresses_differ"),
    (
        {"no": 33, "name": "Lê Cột Hai", "mail": "lchai@gmail.com", "other": f"lchai{AT}"},
        "review",
        "address_foreign",
    ),
    ({"no": 34, "name": "Lê Chỉ Hai", "other": f"lchihai{AT}"}, "registered"),
    ({"no": 150.00000000000003, "name": "Lê Số Lẻ", "phone": 19001234.0, "mail": f"lsle{AT}"}, "registered"),
    ({"no": 35, "name": "Lê Mất Không", "phone": 901234567.0, "mail": f"lmkhong{AT}"}, "review", "import.phone_zero"),
    ({"no": 36, "name": "Lê Máy Nhánh", "phone": "máy 12", "mail": f"lmnhanh{AT}"}, "review", "register.phone"),
    (
        {"no": 37, "name": "Lê Công Thức", "position": "+cmd|'/c calc'!A1", "mail": f"lcthuc{AT}"},
        "review",
        "register.formula",
    ),
    ({"no": 38, "name": "Lê Có Ngày", "day": "05/04/2016", "mail": f"lcngay{AT}"}, "registered"),
    ({"no": 39, "name": "Lê Ngày ISO", "day": "2016-04-05", "mail": f"lniso{AT}"}, "registered"),
    ({"no": 40, "name": "Lê Năm Ngắn", "day": "5/4/16", "mail": f"lnngan{AT}"}, "review", "date"),
    ({"no": 41, "name": "Lê Ngày Ma", "day": "31/02/2016", "mail": f"lnma{AT}"}, "review", "date"),
    ({"no": 42, "id": "cb-7", "name": "Lê Có Mã", "mail": f"lcma{AT}"}, "registered"),
    ({"no": 43, "id": "cb-8", "name": "Lê Mã Đôi", "mail": f"lmdoi{AT}"}, "review", "id_twice"),
    ({"no": 44, "id": "CB-8", "name": "Lê Đôi Mã", "mail": f"ldma{AT}"}, "review", "id_twice"),
    ({"no": 45, "id": "nv-1", "name": "Lê Mã Cũ", "mail": f"lmcu{AT}"}, "review", "id_taken"),
    ({"no": 46, "id": "mã 7", "name": "Lê Mã Sai", "mail": f"lmsai{AT}"}, "review", "register.id_form"),
    ({"no": 47, "name": "Nguyễn Văn Minh", "position": "Giám đốc", "mail": f"nvminh{AT}"}, "already"),
    ({"no": 48, "name": "NGUYỄN VĂN MINH", "mail": f"minh.nguyen{AT}"}, "review", "name_twice"),
    ({"no": 49, "name": "Trần Hòa", "mail": f"thoa{AT}"}, "already"),
    ({"no": 50, "name": "Lê Cũ", "mail": f"lcu{AT}"}, "review", "cancelled"),
    ({"no": 51, "name": "Đỗ Đầu", "position": "Trưởng ban", "mail": f"ddau{AT}"}, "review", "differs"),
    ({"no": 52, "name": "Đỗ Chờ", "mail": f"dcho{AT}"}, "review", "person_waits"),
    ({"no": 53, "name": "Lê Lấy Thư", "mail": f"vanphong.sonv{AT}"}, "review", "address_taken"),
    ({"no": 54, "name": "Lê Hỗ Trợ", "mail": f"hotro{AT}"}, "review", "address_reserved"),
    ({"no": 55, "name": "Lê Quản Trị", "mail": f"admin{AT}"}, "review", "address_reserved"),
    ({"no": 56, "name": "Minh", "mail": f"minh{AT}"}, "review", "one_syllable"),
    ({"no": 57, "name": "Ông Lê Văn Tám", "mail": f"lvtam{AT}"}, "review", "title"),
    ({"no": 58, "name": "Lê Văn Bảy (PGĐ)", "mail": f"lvbay{AT}"}, "review", "text.not_a_name"),
    ({"no": 59, "name": "Lê Sáu\nTrần Năm", "mail": f"lsau{AT}"}, "review", "line_break"),
    ({"no": 60, "name": "Lê Ghi Chú", "mail": f"lgchu{AT}", "note": "nghỉ thai sản"}, "registered"),
    ({"no": 61, "name": "Lê Ngoài Bảng", "mail": f"lnbang{AT}", "beyond": "x"}, "review", "no_heading"),
    ({"no": 62, "name": "K'Bé H'Mai", "mail": f"kbe{AT}"}, "registered"),
    ({"no": 63}, "empty"),
    ({"name": "Tổng cộng: 63 người"}, "total"),
    (COLUMNS, "header"),
    # A unit's heading, its mailbox, and those below it.
    ({"no": "a", "name": "Thanh tra"}, "group"),
    ({"no": 1, "name": "Lê Thanh Tra", "mail": f"lttra{AT}"}, "registered"),
    ({"no": "", "name": "Thanh tra", "mail": f"thanhtra.sonv{AT}"}, "registered"),
    ({"no": 2, "name": "Lê Sau Hộp Thư", "mail": f"lshthu{AT}"}, "registered"),
    ({"name": "Sở Nội vụ", "mail": f"sonv{AT}"}, "already"),
    ({"name": "Văn phòng", "mail": f"vp.sonv{AT}"}, "review", "mailbox_has"),
    # Agencies by their own column.
    ({"name": "Lê Trái Nhóm", "agency": "Sở Tài chính", "mail": f"ltnhom{AT}"}, "review", "two_agencies"),
    ({"no": "II", "name": "Sở Lạ Hoắc"}, "group"),
    ({"no": 1, "name": "Lê Sở Lạ", "mail": f"lsla{AT}"}, "review", "group_unknown"),
    ({"no": 2, "name": "Lê Có Sở", "agency": "sở tài chính", "mail": f"lcso{AT}"}, "registered"),
    ({"no": 3, "name": "Lê Sở Sai", "agency": "Sở Tài Chánh", "mail": f"lssai{AT}"}, "review", "agency_unknown"),
    ({"no": 4, "name": "Lê Nông Dân", "agency": "Hội Nông dân", "mail": f"lndan{AT}"}, "review", "ambiguous"),
    ({"no": 5, "name": "Lê Thị Đào", "agency": "Sở Tài chính", "mail": f"dao.stc{AT}"}, "registered"),
    # With a name in an older encoding, another of its agency may be in it too; a letter that only Unicode has shows it is not.
    ({"name": "NguyÔn V¨n An", "agency": "Hội Người mù", "mail": f"nvan{AT}"}, "review", "text.legacy"),
    ({"name": "Hoà Nam", "agency": "Hội Người mù", "mail": f"hnam{AT}"}, "review", "legacy_list"),
    ({"name": "Hoà Nữ", "agency": "Hội Người mù", "mail": f"hnu{AT}"}, "registered"),
    ({"no": "III. Uỷ ban nhân dân quận Ninh Kiều"}, "group"),
    ({"no": 1, "name": "Lê Ninh Kiều", "unit": "Văn phòng Ủy ban nhân dân", "mail": f"lnkieu{AT}"}, "registered"),
    # The mailbox of another agency without a number of its own: what follows may be its people or not.
    ({"name": "Sở Tài chính", "phone": "0292 3", "mail": f"stc{AT}"}, "registered"),
    ({"no": 2, "name": "Lê Theo Sau", "mail": f"ltsau{AT}"}, "review", "group_unknown"),
    ({"no": "IV", "name": "Sở Nội vụ", "mail": f"sonv{AT}"}, "already"),
    ({"no": 1, "name": "Lê Trong Sở", "mail": f"ltso{AT}"}, "registered"),
    # A name alone may be an agency that the register lacks, or a person: nobody below it stands in the agency above.
    ({"no": 2, "name": "Phòng Mới Lập"}, "review", "address_missing alone"),
    ({"no": 3, "name": "Lê Dưới Phòng", "mail": f"ldphong{AT}"}, "review", "group_unknown"),
    ({"position": "Người lập bảng"}, "review", "register.name_missing address_missing group_unknown alone"),
]


def text_of(value):
    return str(value) if value is not None else ""


def as_csv(path):
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream, delimiter=";")
        writer.writerows([[text_of(cells.get(column)) for column in COLUMNS] for cells, *_expected in ROWS])


def as_workbook(path):
    book = openpyxl.Workbook()
    for number, (cells, *_expected) in enumerate(ROWS, 1):
        for column, name in enumerate(COLUMNS, 1):
            if cells.get(name) not in (None, ""):
                cell = book.active.cell(number, column, cells[name])
                if text_of(cells[name]).startswith(("=", "+")):
                    cell.data_type = "s"
    book.save(path)


@pytest.fixture
def folder(make_register):
    return make_register(AGENCIES, sonv=PEOPLE)


@pytest.fixture(params=[as_csv, as_workbook], ids=["csv", "xlsx"])
def listed(request, folder):
    path = folder.parent / "list"
    request.param(path)
    return read_list(path)


@pytest.fixture
def plan(cantho, folder, listed):
    headings = load_headings(LIST_HEADINGS)

    def make():
        return plan_import(listed, load_register(folder, cantho), cantho, domain="cantho.gov.vn", headings=headings)

    return make


def key(name):
    return name if "." in name else f"import.{name}"


def outcomes(plan):
    found = {heading.line.number: (heading.kind, []) for heading in plan.headings}
    for row in plan.rows:
        assert row.entry.number not in found
        found[row.entry.number] = (row.outcome, sorted(reason.key for reason in row.entry.reasons))
    return found


def test_what_becomes_of_each_row(plan):
    found = outcomes(plan())
    assert len(ROWS) > 60
    assert sorted(found) == list(range(1, len(ROWS) + 1))
    expected = {
        number: (outcome, sorted(map(key, " ".join(why).split())))
        for number, (_cells, outcome, *why) in enumerate(ROWS, 1)
    }
    assert {number: found[number] for number in found if found[number] != expected[number]} == {
        number: expected[number] for number in found if found[number] != expected[number]
    }


def test_every_row_is_counted_once(plan):
    counts = outcome_counts(plan())
    assert counts["rows"] == len(ROWS)
    assert counts["rows"] == sum(counts[name] for name in ("registered", "already", "review", "headings"))


def test_what_the_register_then_says(plan, folder, cantho):
    before = {path: path.read_text(encoding="utf-8") for path in folder.rglob("*.csv")}
    write_changes(import_changes(load_register(folder, cantho), plan(), date(2026, 1, 5)))
    register = load_register(folder, cantho)
    for path, text in before.items():
        assert path.read_text(encoding="utf-8").startswith(text)
    by_address = {person.address: person for person in register.people if person.id not in {"nv-1", "nv-3"}}
    people = [cells for cells, outcome, *_why in ROWS if outcome == "registered" and cells["name"] not in MAILBOXES]
    for cells in people:
        address = (cells.get("mail") or cells["other"]).strip().lower().partition("@")[0]
        assert by_address[address].full_name == cells["name"]
    assert len(register.people) == len(PEOPLE) + len(people)
    seen = {
        name: (person.id, person.agency_id, person.unit, person.phone, person.registered.isoformat())
        for name in ("ltdao", "ltlua", "lvphong", "lsle", "lcngay", "lcma", "lttra", "lshthu", "lcso", "lnkieu", "ltso")
        for person in [by_address[name]]
    }
    assert seen == {
        # sonv-0001 is somebody's, and cb-8 is left to the rows that ask for it.
        "ltdao": ("sonv-0002", "sonv", None, "", "2026-01-05"),
        "ltlua": ("sonv-0003", "sonv", None, "", "2026-01-05"),
        "lvphong": ("sonv-0007", "sonv", "sonv-vp", "", "2026-01-05"),
        "lsle": ("sonv-0009", "sonv", None, "19001234", "2026-01-05"),
        "lcngay": ("sonv-0010", "sonv", None, "", "2016-04-05"),
        "lcma": ("cb-7", "sonv", None, "", "2026-01-05"),
        "lttra": ("sonv-0014", "sonv", "sonv-tt", "", "2026-01-05"),
        "lshthu": ("sonv-0015", "sonv", None, "", "2026-01-05"),
        "lcso": ("sotc-0001", "sotc", None, "", "2026-01-05"),
        "lnkieu": ("ninhkieu-0001", "ninhkieu", "nk-vp", "", "2026-01-05"),
        "ltso": ("sonv-0016", "sonv", None, "", "2026-01-05"),
    }
    assert register.agencies["sotc"].address == "stc"
    assert register.agencies["sonv"].units[1].address == "thanhtra.sonv"
    assert [issued.subject.id for issued in plan_register(register, cantho).issued] == ["nv-4"], (
        "not one that was imported"
    )


MAILBOXES = ("Thanh tra", "Sở Tài chính")


def test_the_second_time_the_sure_rows_are_there_and_the_rest_reads_the_same(plan, folder, cantho):
    first = plan()
    write_changes(import_changes(load_register(folder, cantho), first, date(2026, 1, 5)))
    second = plan()
    counts, again = outcome_counts(first), outcome_counts(second)
    assert again["registered"] == 0
    assert again["already"] == counts["already"] + counts["registered"]
    assert import_changes(load_register(folder, cantho), second, date(2027, 1, 1)) == []
    assert review_text(second) == review_text(first)


def test_the_review_file_has_every_unsure_row_as_it_stands(plan, listed):
    planned = plan()
    content = review_text(planned)
    assert content.startswith("\ufeff")
    header, *rows = csv.reader(io.StringIO(content.removeprefix("\ufeff")))
    assert header[4:] == [*list(COLUMNS.values())[:-1], "L"]
    kept = {
        number for number, (cells, outcome, *_why) in enumerate(ROWS, 1) if outcome == "registered" and "note" in cells
    }
    kept |= {number for number, (cells, *_why) in enumerate(ROWS, 1) if cells.get("name") == "Sở Tài chính"}
    unsure = [row.entry.number for row in planned.of("review")]
    assert [int(row[0]) for row in rows] == [*unsure, *sorted(kept)]
    for row in rows:
        line = listed.lines[int(row[0]) - 1]
        for shown, cell in zip(row[4:], line.cells, strict=False):
            assert shown == (f"'{cell}" if cell.startswith("+") else cell)
            assert not shown.lstrip().startswith(("=", "+", "-", "@"))
    by_number = {int(row[0]): row for row in rows}
    comma = next(number for number, (cells, *_why) in enumerate(ROWS, 1) if cells.get("name") == "Lê Dấu Phẩy")
    assert by_number[comma][1] == "cần xem / for review"
    assert by_number[comma][2].startswith("I (Email): Địa chỉ có dấu phẩy")
    assert by_number[comma][3].startswith("I (Email): The address has a comma")
    note = next(number for number, (cells, *_why) in enumerate(ROWS, 1) if cells.get("note") == "nghỉ thai sản")
    assert by_number[note][1] == "đã có trong sổ / in the register"
    assert "K (Ghi chú)" in by_number[note][2]


def test_every_reason_of_the_table_is_there_for_a_row():
    reasons = Counter(
        key(name) for _cells, outcome, *why in ROWS if outcome == "review" for name in " ".join(why).split()
    )
    assert len(reasons) > 35
