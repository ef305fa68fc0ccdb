"""A change of rules: what is recorded, what counts as a change and for whom, and that issued addresses never move with it."""

import re
from dataclasses import replace
from functools import cache
from itertools import permutations, product
from pathlib import Path
from types import MappingProxyType

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.thucongvu.mail.plugins.module_utils.explain import entries
from ansible_collections.thucongvu.mail.plugins.module_utils.kept_addresses import kept_addresses
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import plan_register, planned_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.rule_changes import (
    Record,
    changes,
    check_revisions,
    read_record,
    revision,
    rules_in,
    touched,
    write_record,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.rule_strictness import Measures, direction
from ansible_collections.thucongvu.mail.plugins.module_utils.rules_report import changes_report, kept_report

PROJECT = Path(__file__).resolve().parents[2]
PROVINCES = ("binhduong", "binhphuoc", "cantho", "caobang", "quangtri")
USUAL = Measures(30, 1024**3)


@cache
def regulation(name):
    return load_regulation(PROJECT / "regulations" / f"{name}.yml")


def with_values(regulation, **values):
    """A regulation that says other values; their names are written with __ for a dot."""
    found = dict(regulation.values)
    for name, value in values.items():
        key = name.replace("__", ".")
        found[key] = replace(found[key], value=value)
    return replace(regulation, values=MappingProxyType(found))


def test_nothing_changes_under_the_rules_that_are_recorded(cantho):
    assert changes(rules_in(cantho), cantho) == ()


@pytest.mark.parametrize("name", PROVINCES)
def test_a_record_is_read_as_it_was_written(tmp_path, name):
    path = tmp_path / "new" / "rules.yml"
    assert read_record(path) is None
    write_record(path, rules_in(regulation(name)))
    assert read_record(path) == rules_in(regulation(name))
    assert path.read_text(encoding="utf-8").startswith("# Quy định mà các hộp thư đang theo")


def test_what_touches_live_accounts_is_recorded_and_nothing_else(cantho):
    values = rules_in(cantho).values
    assert {"passwords.person.min_length", "idle.stages", "quotas.unit", "month_days", "protocols"} <= set(values)
    assert [key for key in values if key.startswith(("addresses", "names", "requests", "display_names"))] == []


def test_ct_5_4_a_shorter_idle_term_and_a_longer_password_are_changes(cantho):
    shorter = [{"do": "suspend", "after": "2 months"}, *cantho.values["idle.stages"].value[1:]]
    other = with_values(cantho, idle__stages=shorter, passwords__person__min_length=12)
    first, second = changes(rules_in(cantho), other)
    assert (first.key, first.before, first.after) == ("passwords.person.min_length", 8, 12)
    assert second.key == "idle.stages"
    assert {first.direction, second.direction} == {"stricter"}
    assert first.value is not None
    assert first.value.clause == "CT-10.3"
    assert first.revision == revision("passwords.person.min_length", 8, 12)
    back = changes(rules_in(other), cantho)
    assert {change.direction for change in back} == {"looser"}
    assert {change.revision for change in back}.isdisjoint({first.revision, second.revision})


def test_a_revision_is_text_and_stays_what_it_is():
    scenario = yaml.safe_load((PROJECT / "molecule/default/change_policy.yml").read_text(encoding="utf-8"))[0]["vars"]
    assert revision("quotas.person", "5 GB", "7 GB") == scenario["revisions"][0]
    assert revision("quotas.person", "5 GB", "7 GB") != revision("quotas.person", "7 GB", "5 GB")
    # Ten thousand of them: no one is a number to YAML.
    found = [revision("month_days", None, number) for number in range(10000)]
    assert [entry for entry in found if not re.fullmatch("r[0-9a-f]{8}", entry)] == []
    assert yaml.safe_load(f"[{', '.join(found[:2000])}]") == found[:2000]


def test_a_value_that_comes_or_goes_is_a_change(cantho):
    record = rules_in(cantho)
    fewer = Record("cantho", {key: value for key, value in record.values.items() if key != "idle.keep_data"})
    [new] = changes(fewer, cantho)
    assert (new.key, new.before, new.after, new.direction) == ("idle.keep_data", None, "12 months", "other")
    more = Record("cantho", {**record.values, "passwords.leader.min_length": 14})
    [gone] = changes(more, cantho)
    assert (gone.key, gone.before, gone.after, gone.value) == ("passwords.leader.min_length", 14, None, None)


def test_what_says_the_same_in_other_words_is_no_change(cantho):
    other = with_values(
        cantho,
        passwords__person__max_age="90 days",
        lock__wrong_passwords="after 6",
        protocols=list(reversed(cantho.values["protocols"].value)),
    )
    assert changes(rules_in(cantho), other) == ()


STAGES = [{"do": "suspend", "after": "3 months"}, {"do": "revoke", "after": "15 working days"}]


@pytest.mark.parametrize(
    ("key", "looser", "stricter"),
    [
        ("passwords.person.min_length", 8, 9),
        ("passwords.person.required", ["upper", "digit"], ["digit", "upper", "special"]),
        ("passwords.person.specials", "any", "!@#"),
        ("passwords.person.specials", "!@#$", "!@#"),
        ("passwords.unit.history", 3, 5),
        ("passwords.unit.forbidden", ["account"], ["account", "birth_date"]),
        ("passwords.person.max_age", "never", "3 months"),
        ("passwords.person.max_age", "3 months", "60 days"),
        ("passwords.person.change_on_receipt", False, True),
        ("passwords.person.first_sign_in_within", "1 months", "10 working days"),
        (
            "passwords.person.second_factor",
            {"use": "optional", "kinds": ["totp"]},
            {"use": "required", "kinds": ["totp"]},
        ),
        ("lock.wrong_passwords", "never", "more than 12"),
        ("lock.wrong_passwords", "more than 5", "after 5"),
        ("lock.duration", "30 minutes", "2 hours"),
        ("lock.duration", "2 days", "until unlocked"),
        ("lock.receives", True, False),
        ("lock.on_sending_excess", False, True),
        ("idle.stages", STAGES, [{"do": "suspend", "after": "2 months"}, STAGES[1]]),
        ("idle.stages", STAGES, [STAGES[0], {"do": "revoke", "after": "10 working days"}]),
        ("idle.stages", STAGES[:1], STAGES),
        ("idle.keep_data", "never", "12 months"),
        ("leavers.close_within", "1 months", "3 working days"),
        ("quotas.person", "5 GB", "2 GB"),
        ("quotas.department", "unlimited", "500 GB"),
        ("sending.person.outside", "unlimited", "250 per 10 minutes"),
        ("sending.person.outside", "500 per 60 minutes", "250 per 60 minutes"),
        ("attachments.max_size", "30 MB", "20 MB"),
        ("attachments.forbidden_types", ["exe"], ["exe", "iso"]),
        ("protocols", ["imap", "pop3"], ["imap"]),
        ("gigabyte", 1073741824, 1000000000),
        ("month_days", 31, 30),
    ],
)
def test_what_is_stricter_for_whoever_has_an_account(key, looser, stricter):
    assert direction(key, looser, stricter, USUAL, USUAL) == "stricter"
    assert direction(key, stricter, looser, USUAL, USUAL) == "looser"
    assert direction(key, stricter, stricter, USUAL, USUAL) == "same"


@pytest.mark.parametrize(
    ("key", "before", "after"),
    [
        ("idle.counted_from", "last_use", "last_use_or_creation"),
        ("passwords.person.required", ["upper", "lower"], ["digit"]),
        ("passwords.person.vneid_instead", False, True),
        ("sending.person.outside", "500 per 60 minutes", "250 per 10 minutes"),
        ("quotas.person", "5 of something", "2 GB"),
        ("idle.stages", "of before", STAGES),
    ],
)
def test_what_cannot_be_told_is_other(key, before, after):
    assert direction(key, before, after, USUAL, USUAL) == "other"


def test_a_month_of_other_length_makes_terms_differ(cantho):
    other = with_values(cantho, month_days=31, passwords__person__max_age="90 days")
    found = {change.key: change.direction for change in changes(rules_in(cantho), other)}
    assert found == {"month_days": "looser"}


@pytest.mark.parametrize(("first", "second"), list(permutations(PROVINCES, 2)))
def test_each_change_between_two_provinces_is_told_with_its_source(first, second):
    found = changes(rules_in(regulation(first)), regulation(second))
    assert len({change.revision for change in found}) == len(found)
    report = changes_report(found, frozenset(), {}, first, second)
    for change in found:
        assert change.value is not None
        assert f"- {change.revision} {change.key}: " in report
        assert f"regulations/{change.value.file.relative_to(PROJECT / 'regulations')}:{change.value.line}" in report
        assert change.value.clause or change.value.why


def test_the_report_gives_the_line_that_acknowledges(cantho):
    other = with_values(cantho, passwords__person__min_length=12, quotas__unit="5 GB")
    first, second = changes(rules_in(cantho), other)
    old = revision("month_days", 30, 31)
    report = changes_report((first, second), {old, second.revision}, {"quotas.person": 9}, "cantho", "cantho")
    line = next(line for line in report.splitlines() if line.startswith("acknowledged_revisions:"))
    assert set(yaml.safe_load(line)["acknowledged_revisions"]) == {old, first.revision, second.revision}
    waiting, known = report.split("Thay đổi đã xác nhận")
    assert first.revision in waiting
    assert f"- {second.revision} " in known
    assert f"- {second.revision} " not in waiting
    assert "Nothing changes" in changes_report((), {old}, {}, "cantho", "cantho")


def test_how_many_mailboxes_a_change_touches(cantho, small_register):
    counts = touched(load_register(small_register, cantho), cantho)
    found = {key: counts[key] for key in ("quotas.person", "quotas.unit", "quotas.agency", "leavers.keep_data")}
    # Two people with an address, one that waits, one who has left; one unit; two agencies.
    assert found == {"quotas.person": 2, "quotas.unit": 1, "quotas.agency": 2, "leavers.keep_data": 1}
    assert counts["idle.stages"] == 5
    assert set(counts) == set(rules_in(cantho).values)


def test_an_agency_whose_kind_has_a_value_of_its_own_counts_there(cantho, small_register):
    own = replace(cantho.values["quotas.agency"], key="quotas.department")
    wider = replace(cantho, values=MappingProxyType({**cantho.values, "quotas.department": own}))
    counts = touched(load_register(small_register, cantho), wider)
    assert (counts["quotas.department"], counts["quotas.agency"]) == (2, 0)


@pytest.mark.parametrize(
    "text", ["- 1\n", "regulation: cantho\n", "regulation: 1\nvalues: {}\n", "regulation: a\nvalues: []\n"]
)
def test_a_file_that_is_no_record_is_refused(tmp_path, text):
    path = tmp_path / "rules.yml"
    path.write_text(text)
    with pytest.raises(ProblemsError, match=r"rules\.yml:1\n.*\n  This file must be made of"):
        read_record(path)


def test_a_record_without_its_measures_is_refused(tmp_path):
    path = tmp_path / "rules.yml"
    path.write_text("regulation: cantho\nvalues:\n  month_days: 30\n")
    with pytest.raises(ProblemsError, match=r"rules\.yml:2: values.*\n.*gigabyte"):
        read_record(path)


@pytest.mark.parametrize("entry", ["r123", "R0123abcd", "0123abcd", 12345678, None, ["r0123abcd"]])
def test_what_is_no_revision_is_refused(entry):
    with pytest.raises(ProblemsError, match="acknowledged_revisions") as caught:
        check_revisions(["r0123abcd", entry])
    assert len(caught.value.problems) == 1
    assert "Not a revision; allowed: r and 8" in str(caught.value)


# Agencies of kinds that every regulation with these kinds has, as a register of any province may hold them.
NAMES = {
    "department": ["Sở Nội vụ", "Sở Ngoại vụ", "Sở Kế hoạch và Đầu tư", "Sở Y tế"],
    "district": ["UBND huyện Bảo Lạc", "UBND huyện Đồng Phú"],
    "commune": ["UBND xã Hưng Đạo", "UBND xã Tân Lập", "UBND xã Thuận Lợi", "UBND thị trấn Bảo Lạc"],
}
PEOPLE = ["Nguyễn Văn Minh", "Nông Văn Đạt", "Lê Thị Kim Xuân", "K'Bé"]
kinds_of = st.lists(
    st.sampled_from(sorted((kind, name) for kind in NAMES for name in NAMES[kind])), max_size=6, unique=True
)
people_of = st.lists(st.sampled_from(PEOPLE), max_size=8)


def written(agencies, people):
    rows = "".join(
        f"- {{id: a{number}, name: {name}, kind: {kind}{', parent: a0' if kind == 'commune' else ''},"
        f" units: [{{id: u{number}, name: Văn phòng}}]}}\n"
        for number, (kind, name) in enumerate([("department", "Sở Xây dựng"), *agencies])
    )
    persons = "".join(f"p{number},{name},,,,2016-01-0{number % 9 + 1},active,\n" for number, name in enumerate(people))
    return rows, "id,full_name,unit,position,phone,registered,status,address\n" + persons


def addresses(register):
    return {entry.id: entry.address for entry in entries(register) if entry.address}


@pytest.mark.parametrize(("first", "second"), list(permutations(PROVINCES, 2)))
@given(agencies=kinds_of, people=people_of, more=people_of)
@settings(deadline=None, max_examples=5)
def test_switching_the_regulation_keeps_every_issued_address(tmp_path_factory, first, second, agencies, people, more):
    """CT-4.2d, CB-7.3b, BP-4.1e: what one regulation has issued, no other one moves; new rows get other addresses."""
    old, new = regulation(first), regulation(second)
    fitting = [(kind, name) for kind, name in agencies if kind in old.kinds and kind in new.kinds]
    folder = tmp_path_factory.mktemp("register")
    (folder / "people").mkdir()
    rows, persons = written(fitting, people)
    (folder / "agencies.yml").write_text(rows, encoding="utf-8")
    (folder / "people/a0.csv").write_text(persons, encoding="utf-8")
    register = load_register(folder, old)
    issued = planned_register(register, plan_register(register, old))
    before = addresses(issued)
    template = register.people[0] if register.people else None
    added = (
        tuple(replace(template, id=f"n{number}", full_name=name) for number, name in enumerate(more))
        if template
        else ()
    )
    grown = replace(issued, people=(*issued.people, *added))
    after = addresses(planned_register(grown, plan_register(grown, new)))
    assert {identity: after[identity] for identity in before} == before
    assert len(set(after.values())) == len(after)
    kept = kept_addresses(issued, new)
    assert {one.entry.id for one in kept} <= set(before)
    assert all(one.form != one.entry.address for one in kept)


def test_the_samples_keep_every_address_under_every_other_regulation_that_has_their_kinds():
    switched = 0
    for own, other in product(PROVINCES, PROVINCES):
        register = load_register(PROJECT / "inventories" / own / "register", regulation(own))
        kinds = {agency.kind for agency in register.agencies.values()}
        reserved = {*regulation(other).functions, *regulation(other).reserved}
        before = addresses(register)
        aliases = max(len(entry.aliases) for entry in entries(register))
        allowed = regulation(other).aliases_per_mailbox.value
        if (
            own == other
            or not kinds <= set(regulation(other).kinds)
            or reserved & set(before.values())
            or aliases > allowed
        ):
            continue
        switched += 1
        follows = load_register(PROJECT / "inventories" / own / "register", regulation(other))
        plan = plan_register(follows, regulation(other))
        assert before.items() <= addresses(planned_register(follows, plan)).items()
    assert switched >= 10


def test_how_many_addresses_stay_though_the_new_rule_would_give_others():
    register = load_register(PROJECT / "inventories/cantho/register", regulation("cantho"))
    assert {one.entry.address for one in kept_addresses(register, regulation("cantho"))}.isdisjoint(
        {"nvminh", "nvanminh", "nguyenvanminh", "sonv", "songoaivu"}
    )
    kept = kept_addresses(register, regulation("caobang"))
    found = {one.entry.address: one.form for one in kept}
    assert found["nvminh"] == "minhnv"
    assert "codo" not in found
    report = kept_report(kept, "cantho", "caobang")
    assert f"another form: {len(kept)} " in report
    assert len([line for line in report.splitlines() if line.startswith("- ")]) == 21
    assert report.splitlines()[-1] == "- …"
