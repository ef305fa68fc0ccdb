"""playbooks/import.yml as an operator runs it, over a copy of Cần Thơ's inventory."""

import csv
import json
import os
import shutil
from pathlib import Path

import openpyxl
import pytest

PROJECT = Path(__file__).resolve().parents[2]
LIST = """\
DANH SÁCH ĐỊA CHỈ THƯ ĐIỆN TỬ;;;;
STT;Họ và tên;Chức vụ;Email;Ghi chú
I;SỞ NỘI VỤ;;;
1;Nguyễn Văn Minh;Giám đốc;nvminh@cantho.gov.vn;
2;Lê Thị Lụa;Chuyên viên;lua.le@cantho.gov.vn;
3;Trần Thị Mận;Chuyên viên;ttman@cantho,gov,vn;=HYPERLINK("x")
II;Sở Lạ Hoắc;;;
1;Lê Văn Sung;;lvsung@cantho.gov.vn;
Tổng cộng: 4;;;;
"""


@pytest.fixture
def inventory(tmp_path):
    """A copy of the inventory, whose register is its own; group variables of the project stay those of the project."""
    folder = tmp_path / "cantho"
    shutil.copytree(
        PROJECT / "inventories/cantho", folder, ignore=shutil.ignore_patterns("vault.yml", "first-passwords", "dns")
    )
    (folder / "group_vars/province/test.yml").write_text(f"register_dir: {folder / 'register'}\n")
    return folder


@pytest.fixture
def listed(tmp_path):
    path = tmp_path / "danh sách.csv"
    path.write_text(LIST, encoding="utf-8")
    return path


@pytest.fixture
def play(ansible, inventory, listed):
    """Import the list into the copy."""

    def run(*arguments, playbook="import", **variables):
        given = {"import_list": listed, "import_registered": "2026-01-05", **variables}
        extra = [json.dumps({name: value}, default=str) for name, value in given.items() if value is not None]
        extra = [word for text in extra for word in ("-e", text)]
        return ansible.run("-i", inventory, f"playbooks/{playbook}.yml", *extra, *arguments)

    return run


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def imported(done):
    (result,) = [result for result in done.results if "counts" in result]
    return result


NEW = "sonv-0001,Lê Thị Lụa,,Chuyên viên,,2026-01-05,active,lua.le\n"


def test_check_shows_the_plan_and_writes_nothing_a_run_writes_it_and_a_second_one_changes_nothing(
    play, inventory, tmp_path
):
    before = contents(tmp_path)
    done = play("--check", "--diff")
    assert done.returncode == 0, done.stdout
    assert imported(done)["changed"]
    assert f"+{NEW}" in done.stdout
    assert "9 dòng = 1 ghi mới + 1 đã có trong sổ + 2 cần xem + 5 tiêu đề và dòng trống" in done.stdout
    assert "Số dòng sẽ ghi vào sổ đăng ký (chưa ghi gì): 1" in done.stdout
    assert contents(tmp_path) == before

    done = play()
    assert imported(done)["changed"]
    assert imported(done)["counts"] == {"rows": 9, "registered": 1, "already": 1, "review": 2, "headings": 5}
    after = contents(tmp_path)
    people = inventory / "register/people/sonv.csv"
    review = tmp_path / "danh sách.csv.review.csv"
    assert {path for path in after if after[path] != before.get(path)} == {people, review}
    assert after[people] == before[people] + NEW.encode()
    header, *rows = csv.reader(review.read_text(encoding="utf-8-sig").splitlines())
    assert header[4:] == ["STT", "Họ và tên", "Chức vụ", "Email", "Ghi chú"]
    assert [(row[0], *row[4:]) for row in rows] == [
        ("6", "3", "Trần Thị Mận", "Chuyên viên", "ttman@cantho,gov,vn", '\'=HYPERLINK("x")'),
        ("8", "1", "Lê Văn Sung", "", "lvsung@cantho.gov.vn", ""),
    ]
    assert "dòng 7: Sở Lạ Hoắc" in rows[1][2]

    done = play()
    assert not imported(done)["changed"]
    assert imported(done)["counts"]["already"] == 2
    assert contents(tmp_path) == after

    done = play(playbook="register")
    assert "Sổ đăng ký đúng và đầy đủ" in done.stdout, "the address stays, though it is on no rung of the regulation"
    assert contents(tmp_path) == after


def test_a_workbook_with_columns_that_the_operator_names_and_a_review_file_elsewhere(play, inventory, tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Một"
    book.active.append(["TT", "Quý danh", "Hòm thơ"])
    book.active.append([1, "Lê Thị Lụa", "ltlua@cantho.gov.vn"])
    book.create_sheet("Hai").append(["x", "y"])
    path = tmp_path / "list.xlsx"
    book.save(path)
    columns = {"full_name": "B", "address": "C", "number": "A"}
    review = tmp_path / "review/rows.csv"
    done = play(
        import_list=path,
        import_columns=columns,
        import_sheet="Một",
        import_agency="thanhtra",
        import_review_file=review,
    )
    assert done.returncode == 0, done.stdout
    assert imported(done)["counts"] == {"rows": 2, "registered": 1, "already": 0, "review": 1, "headings": 0}
    assert (
        (inventory / "register/people/thanhtra.csv")
        .read_text(encoding="utf-8")
        .endswith(",Lê Thị Lụa,,,,2026-01-05,active,ltlua\n")
    )
    assert "Quý danh" in review.read_text(encoding="utf-8-sig")


@pytest.mark.parametrize(
    ("variables", "said"),
    [
        ({"import_list": None}, "The variable import_list is missing"),
        ({"import_registered": None}, "The variable import_registered is missing"),
        ({"import_registered": "2026-02-30"}, "import_registered = '2026-02-30'"),
        ({"import_registered": "5/1/2026"}, "year-month-day, for example 2026-01-05"),
        ({"import_agency": "sonvv"}, "The register has no agency with the id sonvv"),
        ({"import_columns": {"full_nam": "B"}}, "import_columns.full_nam = 'B'"),
        ({"import_columns": "{full_nam: B}"}, "import_columns.full_nam = 'B'"),
        ({"import_columns": "B"}, "Wrong type; allowed: dict."),
        ({"import_columns": "{full_name: 2026-13-45}"}, "Wrong type; allowed: dict."),
        ({"import_review_file": "x" * 300}, "File name too long"),
        ({"import_review_file": "README.md/review.csv"}, "README.md"),
        ({"import_review_file": "inventories/../README.md/.."}, "The review file cannot be written here"),
        ({"import_lst": "x"}, "nearest: import_list"),
        ({"import_list": "regulations/cantho.yml"}, "Headings known: full_name: Họ và tên"),
    ],
)
def test_what_is_refused_changes_nothing(play, tmp_path, variables, said):
    before = contents(tmp_path)
    done = play(**variables)
    assert done.returncode != 0
    assert said in done.results[-1]["msg"], done.stdout
    assert contents(tmp_path) == before


def test_a_review_file_inside_the_register_or_over_the_list_is_refused(play, inventory, listed, tmp_path):
    before = contents(tmp_path)
    (tmp_path / "to the list").symlink_to(listed)
    (tmp_path / "to the register").symlink_to(inventory / "register/people/new.csv")
    os.mkfifo(tmp_path / "pipe")
    links = [tmp_path / name for name in ("to the list", "to the register", "pipe")]
    for path in (inventory / "register/people/review.csv", listed, *links):
        done = play(import_review_file=path)
        assert "The review file cannot be written here" in done.results[-1]["msg"]
    for path in links:
        path.unlink()
    assert contents(tmp_path) == before


def test_what_a_cut_off_run_left_is_made_good(play, inventory, tmp_path):
    people = inventory / "register/people/sonv.csv"
    review = tmp_path / "danh sách.csv.review.csv"
    play()
    whole = contents(tmp_path)
    # Cut off behind the review file, which comes first.
    people.write_text(people.read_text(encoding="utf-8").removesuffix(NEW), encoding="utf-8")
    assert imported(play())["counts"]["registered"] == 1
    assert contents(tmp_path) == whole
    # Somebody's spreadsheet left half of it.
    review.write_bytes(b"half a fi\xff")
    assert imported(play())["changed"]
    assert contents(tmp_path) == whole
