"""A register with something wrong: every problem is listed with file, row, value and what is allowed, and nothing is used."""

import time

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register

AGENCIES = """\
- id: sonv
  name: Sở Nội vụ
  kind: department
  address: sonv
  units:
    - {id: sonv-vp, name: Văn phòng, address: vanphong.sonv}
- id: ninhkieu
  name: UBND quận Ninh Kiều
  kind: district
  address: ninhkieu
"""
GOOD = "p1,Nguyễn Văn Minh,sonv-vp,Chuyên viên,0292 000 0001,2016-01-04,active,nvminh"


def problems_of(folder, regulation):
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with pytest.raises(ProblemsError) as caught:
        load_register(folder, regulation)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    return caught.value


def only_problem(folder, regulation):
    error = problems_of(folder, regulation)
    assert len(error.problems) == 1, str(error)
    return error.problems[0]


ROWS = [
    pytest.param(
        "p1,Trần Thị Hoa,,,,2016-01-04,active,tthoa",
        "id = 'p1'",
        "may be used once in the whole register",
        id="id of another person",
    ),
    pytest.param(
        "sonv-vp,Trần Thị Hoa,,,,2016-01-04,active,tthoa",
        "id = 'sonv-vp'",
        "is used at",
        id="id of a unit",
    ),
    pytest.param(
        "p 2,Trần Thị Hoa,,,,2016-01-04,active,tthoa", "id = 'p 2'", "allowed: unaccented letters", id="form of the id"
    ),
    pytest.param(",Trần Thị Hoa,,,,2016-01-04,active,tthoa", "id = ''", "allowed: unaccented letters", id="no id"),
    pytest.param("p2, ,,,,2016-01-04,active,tthoa", "full_name = ' '", "are required", id="no name"),
    pytest.param(
        "p2,TrÇn ThÞ Hoa,,,,2016-01-04,active,tthoa",
        "full_name = 'TrÇn ThÞ Hoa'",
        "looks like TCVN3 (ABC) text",
        id="older encoding",
    ),
    pytest.param(
        "p2,Trần Thị Ðào,,,,2016-01-04,active,ttdao", "full_name = 'Trần Thị Ðào'", "U+00D0", id="look-alike letter"
    ),
    pytest.param(
        "p2,Trần Thị Hoa,sonv-xx,,,2016-01-04,active,tthoa",
        "unit = 'sonv-xx'",
        "allowed: empty, or sonv-vp",
        id="unknown unit",
    ),
    pytest.param(
        "p2,Trần Thị Hoa,,Phã phßng,,2016-01-04,active,tthoa",
        "position = 'Phã phßng'",
        "only Unicode",
        id="position in an older encoding",
    ),
    pytest.param(
        """p2,Trần Thị Hoa,,"=HYPERLINK(""//x.vn"")",,2016-01-04,active,tthoa""",
        "position = '=HYPERLINK(",
        "allowed: text that does not begin with",
        id="formula",
    ),
    pytest.param(
        "p2,Trần Thị Hoa,,,ext. 12,2016-01-04,active,tthoa", "phone = 'ext. 12'", "allowed: digits", id="telephone"
    ),
    pytest.param(
        "p2,Trần Thị Hoa,,,,31/01/2016,active,tthoa",
        "registered = '31/01/2016'",
        "for example 2016-01-31",
        id="date in another form",
    ),
    pytest.param(
        "p2,Trần Thị Hoa,,,,2016-02-30,active,tthoa", "registered = '2016-02-30'", "a real day", id="no such day"
    ),
    pytest.param("p2,Trần Thị Hoa,,,,20160104,active,tthoa", "registered = '20160104'", "a real day", id="basic form"),
    pytest.param("p2,Trần Thị Hoa,,,,,active,tthoa", "registered = ''", "a real day", id="no date"),
    pytest.param(
        "p2,Trần Thị Hoa,,,,2016-01-04,Active,tthoa",
        "status = 'Active'",
        "allowed: active, suspended, cancelled",
        id="unknown status",
    ),
    pytest.param(
        "p2,Trần Thị Hoa,,,,2016-01-04,active,TTHoa",
        "address = 'TTHoa'",
        "allowed: the part before @",
        id="invalid address",
    ),
    pytest.param(
        "p2,Trần Thị Hoa,,,,2016-01-04,active,tthoa@cantho.gov.vn",
        "address = 'tthoa@cantho.gov.vn'",
        "allowed: the part before @",
        id="address with domain",
    ),
    pytest.param(
        "p2,Trần Thị Hoa,,,,2016-01-04,active,nvminh",
        "address = 'nvminh'",
        "belongs to Nguyễn Văn Minh",
        id="address of a person",
    ),
    pytest.param(
        "p2,Trần Thị Hoa,,,,2016-01-04,active,ninhkieu",
        "address = 'ninhkieu'",
        "belongs to UBND quận Ninh Kiều",
        id="address of an agency",
    ),
    pytest.param(
        "p2,Trần Thị Hoa,,,,2016-01-04,active,hotro",
        "address = 'hotro'",
        "reserved for the system",
        id="function address",
    ),
    pytest.param(
        "p2,Trần Thị Hoa,,,,2016-01-04,active,admin",
        "address = 'admin'",
        "reserved for the system",
        id="reserved address",
    ),
    pytest.param(
        "p2,Trần Thị Hoa,,,,2016-01-04,active,\u00a0",
        "address = '\\xa0'",
        "allowed: the part before @",
        id="a space that only looks empty",
    ),
    pytest.param(
        'p2,Trần Thị Hoa,,,,2016-01-04,active," \n"',
        "address = ' \\n'",
        "allowed: the part before @",
        id="a line break for an address",
    ),
    pytest.param(
        f"p2,Trần {'Hoa ' * 200},,,,2016-01-04,active,",
        "full_name = 'Trần Hoa",
        "805 characters; allowed: at most 500",
        id="a name that is none",
    ),
    pytest.param("p2,Trần Thị Hoa,,,,2016-01-04,active", "row = ", "7 columns instead of 8", id="too few columns"),
    pytest.param(
        "p2,Trần, Thị Hoa,,,,2016-01-04,active,tthoa", "row = ", "9 columns instead of 8", id="too many columns"
    ),
]


@pytest.mark.parametrize(("row", "field", "allowed"), ROWS)
def test_a_bad_row(cantho, make_register, row, field, allowed):
    problem = only_problem(make_register(AGENCIES, sonv=[GOOD, row]), cantho)
    text = str(problem)
    assert "people/sonv.csv:3: " in text
    assert field in text
    assert allowed in text
    assert len(text.splitlines()) == 3, "where, Vietnamese, English"


ENTRIES = [
    pytest.param("  kind: departement", "kind = 'departement'", "allowed: department (Sở)", id="unknown kind"),
    pytest.param("  kind: department\n  parnt: sonv", "parnt", "nearest: parent", id="unknown key"),
    pytest.param("  kind: department\n  parent: sonvv", "parent = 'sonvv'", "nearest: sonv", id="unknown parent"),
    pytest.param("  kind: department\n  parent: new", "parent = 'new'", "stands above itself", id="parent of itself"),
    pytest.param("  kind: department\n  address: 12", "address = '12'", "put a number", id="number for an address"),
    pytest.param(
        "  kind: department\n  address: So.Moi", "address = 'So.Moi'", "allowed: the part before @", id="bad address"
    ),
    pytest.param("  kind: department\n  address: sonv", "address = 'sonv'", "belongs to Sở Nội vụ", id="address taken"),
    pytest.param(
        "  kind: department\n  address: postmaster", "address = 'postmaster'", "reserved for the system", id="reserved"
    ),
    pytest.param("  kind: department\n  units: {id: x}", "units", "A list is needed", id="units are no list"),
    pytest.param("  kind: department\n  units: [x]", "units[0]", "made of the keys: id, name, address", id="no entry"),
    pytest.param("  kind: department\n  units: [{id: u1}]", "units[0]", "name is missing", id="unit without name"),
    pytest.param(
        "  kind: department\n  units: [{id: sonv, name: Văn phòng}]", "id = 'sonv'", "is used at", id="id twice"
    ),
    pytest.param(
        "  kind: department\n  units: [{id: u1, name: V¨n phßng}]", "units[0].name", "TCVN3 (ABC)", id="older encoding"
    ),
    pytest.param("", "[2]", "kind is missing", id="no kind"),
]


@pytest.mark.parametrize(("rest", "field", "allowed"), ENTRIES)
def test_a_bad_entry_of_agencies(cantho, make_register, rest, field, allowed):
    text = str(only_problem(make_register(AGENCIES + "- id: new\n  name: Sở Mới\n" + rest + "\n"), cantho))
    assert "agencies.yml:" in text
    assert field in text
    assert allowed in text


def test_a_name_without_its_kinds_words_is_refused_only_when_an_address_is_to_be_issued(cantho, make_register):
    entry = "- id: new\n  name: Kho bạc\n  kind: department\n"
    assert "must begin with one of: Sở" in str(only_problem(make_register(AGENCIES + entry), cantho))
    assert "new" in load_register(make_register(AGENCIES + entry + "  address: khobac\n"), cantho).agencies


@pytest.mark.parametrize(
    ("first", "second", "rest"),
    [
        ("Xã Thạnh An", "UBND xã Thạnh An", "kind: commune, parent: ninhkieu"),
        ("Ủy ban nhân dân xã Thạnh An", "UỶ BAN NHÂN DÂN XÃ THẠNH AN", "kind: commune, parent: ninhkieu"),
        ("Sở Nội  Vụ", "Sở Nội vụ thành phố Cần Thơ", "kind: department, parent: sonv"),
        ("Công an thành phố", "Công an", "kind: sector, address: ''"),
        ("Xã Hòa An", "UBND xã Hoà An", "kind: commune"),
        ("Xã Tân Đường", "UBND xã Tân Đừơng", "kind: commune"),
    ],
)
def test_one_office_under_two_names_is_refused_and_both_are_named(cantho, make_register, first, second, rest):
    entries = f"- {{id: a, name: {first}, {rest}}}\n- {{id: b, name: {second}, {rest}}}\n"
    problem = only_problem(make_register(AGENCIES + entries), cantho)
    assert (problem.key, problem.line) == ("register.same_office", 12)
    assert f"agencies.yml:12: [3].name = '{second}'" in str(problem)
    assert f"stands as {first} (" in str(problem)
    assert "agencies.yml:11) already; allowed: each office once" in str(problem)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (
            "name: Xã Thạnh An, kind: commune, parent: ninhkieu",
            "name: Thị trấn Thạnh An, kind: commune, parent: ninhkieu",
        ),
        ("name: Xã Thạnh An, kind: commune, parent: ninhkieu", "name: Xã Thạnh An, kind: commune, parent: sonv"),
        ("name: Xã Thạnh An, kind: commune, parent: ninhkieu", "name: Xã Thạnh An, kind: commune"),
        ("name: Xã Hải Đường, kind: commune", "name: Xã Hải Dương, kind: commune"),
        ("name: Ban Dân tộc, kind: board", "name: Ban Dân tộc, kind: sector"),
        ("name: Kho bạc, kind: board, address: kb", "name: Kho bạc, kind: board, address: khobac"),
    ],
)
def test_offices_of_another_type_kind_or_parent_are_two(cantho, make_register, first, second):
    folder = make_register(AGENCIES + f"- {{id: a, {first}}}\n- {{id: b, {second}}}\n")
    assert {"a", "b"} <= set(load_register(folder, cantho).agencies)


@pytest.mark.parametrize(
    ("content", "key", "line"),
    [
        (b"\xff\xfei\x00d\x00", "yaml.not_utf8", 1),
        (b"id,full_name\np1,Minh\n", "register.header", 1),
        (b"ID,Full_name,Unit,Position,Phone,Registered,Status,Address\n", "register.header", 1),
        (b"", "register.header", 1),
    ],
)
def test_a_people_file_of_another_form(cantho, make_register, content, key, line):
    problem = only_problem(make_register(AGENCIES, sonv=content), cantho)
    assert (problem.key, problem.line) == (key, line)
    assert "allowed" in str(problem)


def test_a_people_file_in_an_older_encoding_is_refused_with_its_line(cantho, make_register):
    text = f"id,full_name,unit,position,phone,registered,status,address\n{GOOD}\n".encode()
    problem = only_problem(
        make_register(AGENCIES, sonv=text + b"p2,Ph\xb9m V\xa8n Minh,,,,2016-01-04,active,\n"), cantho
    )
    assert (problem.key, problem.line) == ("yaml.not_utf8", 3)
    assert "0xB9" in str(problem)


def test_a_quote_that_is_never_closed(cantho, make_register):
    problem = only_problem(make_register(AGENCIES, sonv=[GOOD, 'p2,"Trần Thị Hoa,,,,2016-01-04,active,']), cantho)
    assert problem.key == "register.form"


def test_a_people_file_without_agency_and_another_file(cantho, make_register):
    folder = make_register(AGENCIES, sonvv=[GOOD])
    (folder / "people" / "sonv.xlsx").write_bytes(b"PK")
    keys = [problem.key for problem in problems_of(folder, cantho).problems]
    assert keys == ["register.not_csv", "register.no_agency"]


def test_lists_of_people_that_would_be_passed_over(cantho, make_register):
    folder = make_register(AGENCIES, sonv=[GOOD])
    (folder / "people").rename(folder / "peoples")
    (folder / "sonv.csv").write_text("id\n")
    (folder / "notes").mkdir()
    (folder / "notes" / "read.me").write_text("x")
    problems = problems_of(folder, cantho).problems
    assert [(problem.key, problem.file.name) for problem in problems] == [
        ("register.elsewhere", "peoples"),
        ("register.elsewhere", "sonv.csv"),
    ]


def test_a_file_in_the_place_of_the_people_folder(cantho, make_register):
    folder = make_register(AGENCIES)
    (folder / "people").rmdir()
    (folder / "people").write_text("x")
    problem = only_problem(folder, cantho)
    assert (problem.key, problem.file.name) == ("yaml.unreadable", "people")


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("- id: [", "yaml.syntax"),
        ("- id: a\n  id: b\n", "yaml.duplicate_key"),
        ("agencies: []\n", "register.list"),
        ("- sonv\n", "register.entry"),
    ],
)
def test_an_agencies_file_of_another_form(cantho, make_register, text, key):
    assert problems_of(make_register(text), cantho).problems[0].key == key


def test_a_missing_agencies_file(cantho, tmp_path):
    assert problems_of(tmp_path, cantho).problems[0].key == "yaml.unreadable"


def test_all_problems_of_all_files_are_listed_together(cantho, make_register):
    folder = make_register(
        AGENCIES + "- {id: new, name: Sở Mới, kind: x}\n",
        sonv=[GOOD, "p2,,,,,2016,gone,!"],
        ninhkieu=["p1,Lê Minh,,,,2016-01-04,active,nvminh"],
    )
    keys = [problem.key for problem in problems_of(folder, cantho).problems]
    # People files are read in the order of their names, so here the second row of this id is the one in sonv.csv.
    assert keys == [
        "register.kind",
        "register.id_twice",
        "register.address_taken",
        "register.name_missing",
        "register.date",
        "register.status",
        "register.address_form",
    ]


def test_a_circle_of_agencies(cantho, make_register):
    text = "".join(f"- {{id: {a}, name: Sở {a}, kind: department, parent: {b}}}\n" for a, b in ("ab", "bc", "ca"))
    assert {problem.key for problem in problems_of(make_register(text), cantho).problems} == {"register.parent_circle"}


def test_byte_order_mark_crlf_quotes_and_empty_lines_are_accepted(cantho, make_register):
    text = (
        "\ufeffid,full_name,unit,position,phone,registered,status,address\r\n"
        'p1,"Nguyễn Văn Minh",sonv-vp,"Phó phòng, phụ trách",,2016-01-04,active,nvminh\r\n'
        "\r\n"
        "p2,Trần Thị Hoa,,,,2016-01-04,cancelled,\r\n"
    )
    register = load_register(make_register(AGENCIES, sonv=text), cantho)
    assert [(person.id, person.position, person.line) for person in register.people] == [
        ("p1", "Phó phòng, phụ trách", 2),
        ("p2", "", 4),
    ]


def test_reading_is_linear(cantho, make_register):
    def seconds(count):
        rows = [f"p{number},Nguyễn Văn Minh,,,,2016-01-04,active,n{number}" for number in range(count)]
        folder = make_register(AGENCIES, sonv=rows)
        start = time.process_time()
        load_register(folder, cantho)
        return time.process_time() - start

    seconds(100)
    assert seconds(20_000) < 10 * max(seconds(4_000), 0.02)


@pytest.mark.parametrize("born", ["1990-02-30", "1990-04-31", "1990-13", "199", "1990-03-", "٢٠٠٠"])
def test_a_birth_date_is_a_day_of_the_calendar_or_its_beginning(cantho, make_register, born):
    header = "id,full_name,unit,position,phone,registered,status,born,address"
    row = "p1,Nguyễn Văn Minh,,,,2016-01-04,active,{},nvminh"
    for fine in ("1990", "1990-03", "1992-02-29", ""):
        content = "\n".join([header, row.format(fine), ""])
        assert load_register(make_register(AGENCIES, sonv=content.encode()), cantho).people[0].born == fine
    problem = only_problem(make_register(AGENCIES, sonv="\n".join([header, row.format(born), ""]).encode()), cantho)
    assert (problem.key, problem.line, problem.field, problem.value) == ("register.born", 2, "born", born)


def test_an_alias_of_nothing_is_refused(vary, make_register):
    agencies = "- {id: sonv, name: Sở Nội vụ, kind: department, address: sonv, aliases: [nv, ' ']}\n"
    problem = only_problem(make_register(agencies), vary({}))
    assert (problem.key, problem.field, problem.value) == ("register.address_form", "aliases", " ")
