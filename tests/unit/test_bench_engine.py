"""The benchmark of the engine: invented registers that clash as real ones do, and figures of work that was really done."""

import csv
import json
from collections import Counter
from itertools import islice

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import AddressForms, valid_local_part
from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import AddressBook
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from tcv import bench_engine, engine_work
from tcv.messages import Trouble
from tcv.sample_names import names
from tcv.sample_register import AGENCIES, write_register

PEOPLE = 1000


@pytest.fixture
def folder(tmp_path):
    write_register(tmp_path / "register", PEOPLE)
    return tmp_path / "register"


@pytest.fixture(params=["caobang", "cantho"])
def regulation(request, project):
    return load_regulation(project / "regulations" / f"{request.param}.yml")


def column(folder, name):
    found = []
    for file in sorted((folder / "people").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as text:
            found += [row[name] for row in csv.DictReader(text)]
    return found


def test_names_repeat_with_their_seed_and_are_as_few_as_real_ones():
    found = list(islice(names(1), 20_000))
    assert found == list(islice(names(1), 20_000)) != list(islice(names(2), 20_000))
    families = Counter(name.split()[0] for name in found)
    assert 0.36 < families["Nguyễn"] / len(found) < 0.41
    assert [family for family, _number in families.most_common(4)] == ["Nguyễn", "Trần", "Lê", "Phạm"]
    syllables = Counter(len(name.split()) for name in found)
    assert syllables.most_common(1)[0][0] == 3
    assert {2, 4, 5} < set(syllables)
    assert len(set(found)) < len(found) * 0.9


def test_an_invented_register_is_the_same_each_time_and_without_problems(folder, tmp_path, regulation):
    write_register(tmp_path / "again", PEOPLE)
    found = load_register(folder, regulation)
    assert (len(found.agencies), len(found.people)) == (AGENCIES, PEOPLE)
    assert {person.address for person in found.people} == {""}
    for path, text in found.contents.items():
        assert (tmp_path / "again" / path.relative_to(folder)).read_bytes().decode() == text


def test_every_person_is_issued_one_address_or_left_to_the_operator(folder, regulation):
    figures = engine_work.register(folder, regulation)
    addresses = [address for address in column(folder, "address") if address]
    assert figures["twice"] == 0
    assert (len(addresses), figures["issued"] + figures["operator"]) == (figures["issued"], PEOPLE)
    assert len(set(addresses)) == len(addresses)
    assert all(map(valid_local_part, addresses))
    assert (figures["operator"] > 0) is (regulation.id == "cantho")


def test_the_engine_alone_leaves_as_many_to_the_operator_as_a_plain_count(folder, regulation):
    taken = set(AddressBook.of(regulation).holders)
    forms = AddressForms(regulation)
    operator = 0
    for name in column(folder, "full_name"):
        free = [
            candidate.numbered(candidate.numbering, number).address if candidate.numbering else candidate.address
            for candidate in forms.person(name)
            if not candidate.on_request
            for number in (range(2, PEOPLE) if candidate.numbering else [0])
        ]
        first = next((address for address in free if address not in taken), None)
        operator += first is None
        taken.add(first)
    figures = engine_work.engine(folder, regulation)
    assert (figures["issued"], figures["operator"]) == (PEOPLE - operator, operator)
    assert sorted(path.name for path in folder.iterdir()) == ["agencies.yml", "people"]


def test_a_finished_register_needs_nothing(folder, regulation):
    operator = engine_work.register(folder, regulation)["operator"]
    before = engine_work.recheck(folder, regulation)
    assert (before["people"], before["changes"], before["waiting"]) == (PEOPLE, 0, operator)
    assert engine_work.finish(folder, regulation)["chosen"] == operator
    after = engine_work.recheck(folder, regulation)
    assert (after["people"], after["changes"], after["waiting"]) == (PEOPLE, 0, 0)
    assert "" not in column(folder, "address")


def test_the_floor_writes_the_same_rows_and_leaves_no_file(folder):
    files = sorted(folder.rglob("*"))
    figures = engine_work.floor(folder)
    assert figures["rows"] == PEOPLE
    assert figures["seconds"] > 0
    assert sorted(folder.rglob("*")) == files


def test_a_work_is_measured_in_a_process_of_its_own(tmp_path, project, monkeypatch):
    monkeypatch.setenv("PYTHONPATH", f"{project}/tools:{project}/collections")
    figures = bench_engine.measured("make", tmp_path / "register", 10)
    assert set(figures) == {"seconds", "processor", "waited", "peak"}
    assert len(column(tmp_path / "register", "id")) == 10


def result(people, seconds, /, operator=0, peak=5e8, **recheck):
    """Figures as they are measured, of work that was done right."""
    work = {"seconds": seconds, "processor": seconds, "waited": 0.5, "peak": peak}
    counts = {"issued": people - operator, "operator": operator}
    found = {
        "floor": {**work, "seconds": seconds / 8, "rows": people},
        "engine": {**work, **counts},
        "register": {**work, **counts, "twice": 0},
    }
    if recheck:
        found["recheck"] = {**work, "people": people, "changes": 0, "waiting": 0, **recheck}
    return bench_engine.Measured(found)


def test_shares_and_ratios():
    found = result(1000, 4.0, operator=250)
    assert (found.operator_share, found.times_floor, found.seconds_per_name) == (0.25, 8.0, 0.004)


@pytest.mark.parametrize(
    ("work", "wrong"),
    [
        ("register", {"twice": 1}),
        ("register", {"issued": 999}),
        ("engine", {"operator": 1}),
        ("floor", {"rows": 0}),
        ("recheck", {"people": 999}),
        ("recheck", {"changes": 1}),
        ("recheck", {"waiting": 1}),
    ],
)
def test_figures_of_work_that_was_not_done_are_refused(work, wrong):
    found = result(1000, 4.0, seconds=1.0)
    bench_engine.checked(found)
    found[work] |= wrong
    with pytest.raises(Trouble, match=next(iter(wrong))):
        bench_engine.checked(found)


@pytest.mark.parametrize(
    ("largest", "met"),
    [
        (result(1000, 59.0, peak=0.99e9), [True, True, True, True]),
        (result(1000, 60.0, peak=1e9), [False, False, True, True]),
        (result(1000, 59.0, seconds=5.0), [True, True, True, False, True]),
    ],
)
def test_each_aim_is_met_or_missed(largest, met):
    results = {"caobang": {10: result(10, 0.5, seconds=4.9), 1000: largest}}
    assert [verdict for *_text, verdict in bench_engine.aims(results)] == met


def test_growth_that_is_not_linear_misses_its_aim():
    results = {"cantho": {10: result(10, 0.5), 100: result(100, 1.0), 1000: result(1000, 16.0)}}
    assert [met for _what, _figure, aim, met in bench_engine.aims(results) if "1.5" in aim] == [False]


def test_the_table_has_both_languages_above_and_every_figure_below(capsys):
    results = {"cantho": {1000: result(1000, 4.0, operator=250, seconds=1.5), 2000: result(2000, 8.0)}}
    rows = bench_engine.table(results)
    assert {len(row) for row in rows} == {len(bench_engine.COLUMNS)}
    assert rows[2] == ["Cần Thơ", "1,000", "25.0%", "0.50", "4.00", "4.00", "8.0", "500", "1.50"]
    assert rows[3][-1] == ""
    bench_engine.show(results)
    shown = capsys.readouterr().out
    assert "regulation" in shown
    assert "đạt / met" in shown
    assert json.loads(json.dumps(results))["cantho"]["1000"]["floor"]["rows"] == 1000
