"""A list as it was sent: encodings, separators, worksheets, merged cells, numbers and formulas, each as it stands."""

import codecs
import io
import re
import zipfile
from datetime import date, datetime

import openpyxl
import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import (
    column_index,
    column_letters,
    read_list,
    row_ranges,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError

ROWS = "Họ và tên;Email\nLê Thị Đào;ltdao@cantho.gov.vn\n"


def cells(file):
    return [line.cells for line in file.lines]


def problem_of(path, sheet=None):
    with pytest.raises(ProblemsError) as caught:
        read_list(path, sheet)
    (problem,) = caught.value.problems
    assert str(path.name) in str(problem)
    return problem


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [
        (b"", "utf-8"),
        (codecs.BOM_UTF8, "utf-8"),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ],
)
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_every_encoding_of_unicode_and_every_separator(tmp_path, mark, encoding, separator):
    path = tmp_path / "list.txt"
    path.write_bytes(mark + ROWS.replace(";", separator).replace("\n", "\r\n").encode(encoding))
    assert cells(read_list(path)) == [("Họ và tên", "Email"), ("Lê Thị Đào", "ltdao@cantho.gov.vn")]


def test_the_separator_is_the_one_of_most_rows(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text("Danh sách, bản cuối\na;Phó phòng, phụ trách;b\nc;d;\n", encoding="utf-8")
    assert cells(read_list(path))[1:] == [("a", "Phó phòng, phụ trách", "b"), ("c", "d", "")]


def test_rows_are_numbered_as_a_spreadsheet_does_and_empty_ones_at_the_end_are_none(tmp_path):
    path = tmp_path / "list.csv"
    path.write_text('a,"b\nb"\n\n ,\nc,d\n,\n\n', encoding="utf-8")
    assert [(line.number, line.cells, sorted(line.own)) for line in read_list(path).lines] == [
        (1, ("a", "b\nb"), [0, 1]),
        (2, (), []),
        (3, (" ", ""), []),
        (4, ("c", "d"), [0, 1]),
    ]


@pytest.mark.parametrize(
    ("content", "key", "line"),
    [
        (b"Ho ten;Email\nPh\xb9m V\xa8n An;a@b\n", "import.encoding", 2),
        (codecs.BOM_UTF16_LE + b"a\x00\n\x00\x00\xd8", "import.encoding", 2),
        ("a,b\nc,d\n".encode("utf-16-le"), "import.encoding", 1),
        (b'a,b\nc,"d\n', "register.form", 2),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "import.old_excel", None),
        (b"PK\x03\x04 no archive", "import.not_workbook", None),
    ],
)
def test_what_is_refused(tmp_path, content, key, line):
    path = tmp_path / "list.csv"
    path.write_bytes(content)
    problem = problem_of(path)
    assert (problem.key, problem.line) == (key, line)


def test_a_missing_file(tmp_path):
    assert problem_of(tmp_path / "list.csv").key == "yaml.unreadable"


def workbook(path, fill):
    book = openpyxl.Workbook()
    fill(book.active)
    book.save(path)
    return path


def store(path, cell, stored):
    """Put a cell into the first worksheet as Excel would write it."""
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(changed, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename.endswith("sheet1.xml"):
                content, count = re.subn(rb'<c r="%s".*?</c>' % cell.encode(), stored, content, count=1)
                assert count == 1
            new.writestr(part, content)
    path.write_bytes(changed.getvalue())
    return path


def test_values_of_a_workbook_as_text(tmp_path):
    def fill(sheet):
        sheet.append([150, 901234567.0, "0292 3", date(2016, 1, 4), datetime.fromisoformat("2016-01-04T07:30"), True])
        sheet.append([901234567, None, "#REF!", "=1+1"])
        sheet["A2"].number_format = "0000000000"

    path = store(workbook(tmp_path / "list.xlsx", fill), "A1", b'<c r="A1"><v>150.00000000000003</v></c>')
    first, second = read_list(path).lines
    assert first.cells[:2] == ("150.00000000000003", "901234567")
    assert first.cells[2:] == ("0292 3", "2016-01-04", "2016-01-04 07:30:00", "TRUE")
    assert second.cells == ("0901234567", "", "#REF!", "=1+1", "", "")
    assert dict(second.wrong) == {2: "import.cell_error", 3: "import.formula_without_value"}


def test_a_formula_has_the_result_that_was_stored(tmp_path):
    path = workbook(tmp_path / "list.xlsx", lambda sheet: sheet.append(["=LOWER(B1)", "Lê An"]))
    store(path, "A1", '<c r="A1" t="str"><f>LOWER(B1)</f><v>lê an</v></c>'.encode())
    (line,) = read_list(path).lines
    assert line.cells == ("lê an", "Lê An")
    assert not line.wrong


def test_merged_cells(tmp_path):
    def fill(sheet):
        sheet.append(["Danh sách", None, None])
        sheet.append(["Sở Nội vụ", "Lê An", "a"])
        sheet.append([None, "Lê Bình", "b"])
        sheet.merge_cells("A1:C1")
        sheet.merge_cells("A2:A3")

    title, first, second = read_list(workbook(tmp_path / "list.xlsx", fill)).lines
    assert (title.spans, sorted(title.own)) == ({0: 3}, [0])
    assert (first.cells, sorted(first.own)) == (("Sở Nội vụ", "Lê An", "a"), [0, 1, 2])
    assert (second.cells, sorted(second.own)) == (("Sở Nội vụ", "Lê Bình", "b"), [1, 2])


def test_which_worksheet(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Một"
    book.active.append(["a"])
    book.create_sheet("Trống")
    path = tmp_path / "list.xlsx"
    book.save(path)
    assert read_list(path).sheet == "Một"
    book.create_sheet("Hai").append(["b", "c"])
    book.save(path)
    assert problem_of(path).key == "import.which_sheet"
    assert "Một, Hai" in str(problem_of(path))
    assert cells(read_list(path, "Hai")) == [("b", "c")]
    assert problem_of(path, "Ba").key == "import.no_sheet"
    (tmp_path / "list.csv").write_text("a,b\n")
    assert problem_of(tmp_path / "list.csv", "Hai").key == "import.no_sheets"


@pytest.mark.parametrize("area", ["A3:XFD1048576", "A1:A1048576", "A1:XFD20"])
@pytest.mark.parametrize("quote", ['"', "'"])
def test_merged_cells_made_to_fill_the_memory(tmp_path, area, quote):
    path = workbook(tmp_path / "x.xlsx", lambda sheet: sheet.merge_cells("A5:B6"))
    with zipfile.ZipFile(path) as archive:
        parts = {part: archive.read(part) for part in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for part, content in parts.items():
            archive.writestr(part, content.replace(b'"A5:B6"', f"{quote}{area}{quote}".encode()))
    assert problem_of(path).key == "import.merged_too_large"


def test_a_sheet_made_to_fill_the_memory(tmp_path):
    path = workbook(tmp_path / "list.xlsx", lambda sheet: sheet.cell(1_000_000, 100, "x"))
    assert problem_of(path).key == "import.too_large"


@pytest.mark.parametrize(
    ("column", "letters"), [(0, "A"), (25, "Z"), (26, "AA"), (51, "AZ"), (701, "ZZ"), (702, "AAA")]
)
def test_columns_as_spreadsheets_name_them(column, letters):
    assert column_letters(column) == letters
    assert column_index(letters.lower()) == column


@pytest.mark.parametrize(
    ("numbers", "text"), [([], ""), ([3], "3"), ([3, 2, 1, 3], "1-3"), ([9, 1, 2, 4, 8], "1-2, 4, 8-9")]
)
def test_row_numbers_as_people_write_them(numbers, text):
    assert row_ranges(numbers) == text
