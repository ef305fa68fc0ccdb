"""Whatever a list holds: every row is counted once, no cell is lost, the register stays right, and a repeat changes nothing."""

import csv
import io
import shutil
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.thucongvu.mail.plugins.module_utils.import_write import import_changes, review_text
from ansible_collections.thucongvu.mail.plugins.module_utils.list_columns import chosen_columns
from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import read_list
from ansible_collections.thucongvu.mail.plugins.module_utils.list_headings import load_headings
from ansible_collections.thucongvu.mail.plugins.module_utils.list_import import outcome_counts, plan_import
from ansible_collections.thucongvu.mail.plugins.module_utils.project import LIST_HEADINGS
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_write import write_changes
from ansible_collections.thucongvu.mail.plugins.module_utils.text import normal

AGENCIES = """\
- id: sonv
  name: Sở Nội vụ
  kind: department
  address: sonv
  units: [{id: sonv-vp, name: Văn phòng}, {id: sonv-tt, name: Thanh tra}]
- {id: sotc, name: Sở Tài chính, kind: department}
"""
PEOPLE = ["nv-1,Lê Thị Đào,sonv-vp,Giám đốc,0292 1,2016-01-04,active,ltdao"]
HEADER = ["STT", "Họ và tên", "Cơ quan", "Phòng ban", "Chức vụ", "Điện thoại", "Mã", "Ngày cấp", "Email", "Ghi chú", ""]

NUMBERS = ["", "1", "2", "150.00000000000003", "I", "IV.", "a", "x y"]
NAMES = [
    "",
    "Lê Thị Đào",
    "LÊ THỊ ĐÀO",
    "Trần Hòa",
    "Trần Hoà",
    "Trần Hoa",
    "Lê\nAn",
    "Ông Lê An",
    "NguyÔn An",
    "Hoà An",
]
PLACES = ["", "Sở Nội vụ", "SỞ NỘI VỤ", "Sở Tài chính", "Sở Lạ", "Văn phòng", "Thanh tra", "Tổng cộng"]
LOCALS = ["ltdao", "LTDao", "thoa", "tranhoa", "sonv", "sotc", "thanhtra.sonv", "hotro", "tên", "a b", "a,b", ""]
ADDRESSES = [*(f"{local}@cantho.gov.vn" for local in LOCALS), "ltdao", "a@cantho.gov", "a@gmail.com", "a@x.vn; b@x.vn"]
OTHERS = ["", "", "", "Giám đốc", "=1+1", "-", "\u200b", "nghỉ"]
row = st.tuples(
    st.sampled_from(NUMBERS),
    st.sampled_from(NAMES + PLACES),
    st.sampled_from(["", "", "", *PLACES]),
    st.sampled_from(["", "", "", "Văn phòng", "Trưởng phòng"]),
    st.sampled_from(OTHERS),
    st.sampled_from(["", "", "0292 1", "901234567.0", "máy"]),
    st.sampled_from(["", "", "", "nv-1", "sotc-0001", "m 1"]),
    st.sampled_from(["", "", "", "05/04/2016", "2016-01-04", "12/31/2016", "5/4/16"]),
    st.sampled_from([*ADDRESSES, "", ""]),
    st.sampled_from(OTHERS),
    st.sampled_from(["", "", "", "", "x"]),
)
lists = st.lists(row | st.just(tuple(HEADER)) | st.just(("",) * len(HEADER)), max_size=25)


@pytest.fixture(scope="module")
def headings():
    return load_headings(LIST_HEADINGS)


@pytest.fixture
def folder(make_register):
    return make_register(AGENCIES, sonv=PEOPLE)


class World:
    """A register and a list, in a folder of their own."""

    def __init__(self, folder, regulation, headings, rows):
        self.regulation, self.headings = regulation, headings
        self.register = folder / "register"
        path = folder / "list.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([HEADER, *rows])
        self.file = read_list(path)

    def load(self):
        return load_register(self.register, self.regulation)

    def plan(self):
        chosen = chosen_columns({}, self.file.width)
        return plan_import(
            self.file,
            self.load(),
            self.regulation,
            domain="cantho.gov.vn",
            headings=self.headings,
            chosen=chosen,
        )

    def write(self, plan, count=None):
        write_changes(import_changes(self.load(), plan, date(2026, 1, 5))[:count])


def shown_by_row(review):
    return {int(row[0]): row[4:] for row in list(csv.reader(io.StringIO(review.removeprefix("\ufeff"))))[1:]}


def check_nothing_lost(world, plan):
    """Every cell of every row stands in the register, in the review file, or among the headings that are shown."""
    review = shown_by_row(review_text(plan))
    people = {person.id: person for person in world.load().people}
    headings = {heading.line.number: heading for heading in plan.headings}
    decided = {row.entry.number: row for row in plan.rows}
    assert sorted([*headings, *decided]) == [line.number for line in world.file.lines]
    for line in world.file.lines:
        cells = {column: line.text(column) for column in line.own}
        if line.number in headings:
            assert headings[line.number].text == " | ".join(cells[column] for column in sorted(cells))
            continue
        row = decided[line.number]
        if line.number in review:
            texts = [text.removeprefix("'") for text in review[line.number]]
            assert [texts[column] for column in cells] == [line.cells[column] for column in cells]
        if row.outcome == "review":
            assert row.entry.reasons
            assert line.number in review
            continue
        assert not row.entry.reasons
        entry = row.entry
        if entry.mailbox is None:
            person = people[row.id]
            assert person.address == entry.address
            assert normal(person.full_name).casefold() in (
                entry.name.casefold(),
                entry.name.casefold().replace("oà", "òa"),
            )
            for field in ("position", "phone"):
                assert getattr(entry, field) in ("", getattr(person, field))
            assert entry.id in ("", person.id)
            assert entry.registered in (None, person.registered)
            assert entry.unit is None or entry.unit.id == person.unit
            assert entry.agency.id == person.agency_id
        if any(entry.row.layout.field(column) is None and column not in entry.row.ordinals for column in cells):
            assert line.number in review


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=lists, cut=st.integers(0, 2))
def test_any_list(cantho, headings, folder, rows, cut):
    with tempfile.TemporaryDirectory() as temporary:
        shutil.copytree(folder, Path(temporary) / "register")
        world = World(Path(temporary), cantho, headings, rows)
        first = world.plan()
        counts = outcome_counts(first)
        assert counts["rows"] == len(world.file.lines)
        assert counts["rows"] == sum(counts[name] for name in ("registered", "already", "review", "headings"))
        assert len({row.id for row in first.of("registered") if row.id}) == sum(
            row.entry.mailbox is None for row in first.of("registered")
        )
        # A run that is cut off between two files, and the one that goes on.
        world.write(first, cut)
        between = world.plan()
        assert review_text(between) == review_text(first)
        world.write(between)
        check_nothing_lost(world, first)
        last = world.plan()
        assert import_changes(world.load(), last, date(2027, 1, 1)) == []
        assert review_text(last) == review_text(first)
        assert outcome_counts(last)["already"] == counts["already"] + counts["registered"]
        ids = {row.entry.number: row.id for row in last.of("already")}
        assert all(ids[row.entry.number] == row.id for row in first.of("registered"))
