"""Explain: each printed example with its article and what stood in front of it; names; values; questions that have no answer."""

from functools import cache
from pathlib import Path

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.explain import AddressAnswer, entries, explain_address
from ansible_collections.thucongvu.mail.plugins.module_utils.explain_name import Question, explain_name
from ansible_collections.thucongvu.mail.plugins.module_utils.explain_report import (
    address_report,
    name_report,
    value_report,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.explain_value import explain_value
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import plan_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

PROJECT = Path(__file__).resolve().parents[2]
PROVINCES = ("binhduong", "binhphuoc", "cantho", "caobang", "quangtri")


@cache
def province(name):
    regulation = load_regulation(PROJECT / "regulations" / f"{name}.yml")
    return load_register(PROJECT / "inventories" / name / "register", regulation), regulation


def address(name, text):
    return explain_address(text, *province(name), f"{name}.gov.vn")


def asked(name, *question, **more):
    return explain_name(Question(*question, **more), *province(name), f"{name}.gov.vn")


def standings(answer, *kinds):
    return [
        (form.candidate.address, form.holder.id if form.holder else None)
        for form in answer.forms
        if form.standing in kinds
    ]


def line_of(form):
    return form.file.read_text(encoding="utf-8").splitlines()[form.line - 1]


# What the regulations print: who has it, the form and its article, and who has the forms in front of it.
PRINTED = [
    ("cantho", "sonv", "sonv", 1, "CT-4.2a", []),
    ("cantho", "songoaivu", "songoaivu", 2, "CT-4.2a", [("sonv", "sonv")]),
    ("cantho", "vanphong.sokhdt", "sokhdt-vp", 2, "CT-4.2b", []),
    ("cantho", "vpubnd.ninhkieu", "ninhkieu-vp", 1, "CT-4.2b", []),
    ("cantho", "nvminh", "ct-0001", 1, "CT-4.2c", []),
    ("cantho", "nvanminh", "ct-0024", 2, "CT-4.2d", [("nvminh", "ct-0001")]),
    ("cantho", "nguyenvanminh", "ct-0016", 3, "CT-4.2d", [("nvminh", "ct-0001"), ("nvanminh", "ct-0024")]),
    ("caobang", "soittt", "sotttt", 1, "CB-7.3a", []),
    ("caobang", "bandantoc", "bandt", 1, "CB-7.3a", []),
    ("caobang", "hoilhpntinh", "hlhpn", 1, "CB-7.3a", []),
    ("caobang", "hungdao.nguyenbinh", "hungdao-nguyenbinh", 3, "CB-7.3a", []),
    ("caobang", "hungdao.hoan", "hungdao-hoaan", 3, "CB-7.3a", []),
    ("caobang", "baolac", "baolac", 1, "CB-7.3a", []),
    ("caobang", "ttbaolac", "ttbaolac", 2, "CB-7.3a", [("baolac", "baolac")]),
    ("caobang", "datnv", "cb-0095", 1, "CB-7.3b", []),
    ("caobang", "datnv2", "cb-0138", 2, "CB-7.3b", [("datnv", "cb-0095")]),
    ("caobang", "datnv.soyte", "cb-0080", 3, "CB-7.3b", [("datnv", "cb-0095"), ("datnv2", "cb-0138")]),
    ("quangtri", "skhcn", "skhcn", 1, "QT-4.1", []),
    ("binhphuoc", "xmh.hbda", "minhhung", 1, "BP-4.1c", []),
    ("binhphuoc", "ptm.txpl", "pthacmo", 1, "BP-4.1c", []),
    ("binhphuoc", "ttdp.hbda", "ttducphong", 1, "BP-4.1c", []),
    ("binhphuoc", "xtanlap.hdp", "tanlap", 2, "BP-4.1e", []),
    ("binhphuoc", "xthuanloi.hdp", "thuanloi", 2, "BP-4.1e", []),
]


@pytest.mark.parametrize(
    ("name", "text", "identity", "step", "clause", "taken"), PRINTED, ids=[printed[1] for printed in PRINTED]
)
def test_a_printed_example_is_explained_by_its_article(name, text, identity, step, clause, taken):
    answer = address(name, text)
    assert answer.holder is not None
    assert answer.holder.id == identity
    assert answer.form is not None
    assert (answer.form.candidate.address, answer.form.candidate.step) == (text, step)
    assert answer.form.candidate.clause == clause
    assert standings(answer, "taken") == taken
    assert standings(answer, "free") == []
    report = address_report(answer, f"{name}.gov.vn")
    assert report.startswith(f"{text}@{name}.gov.vn ")
    assert f"{clause}; regulations/{name}.yml:{answer.form.line}" in report


@pytest.mark.parametrize(
    ("name", "text", "other", "first"),
    [
        ("binhphuoc", "xtanlap.hdp", "thuanloi", "xtl.hdp"),
        ("binhphuoc", "xthuanloi.hdp", "tanlap", "xtl.hdp"),
        ("caobang", "hungdao.nguyenbinh", "hungdao-baolac", "hungdao"),
    ],
)
def test_bp_4_1e_of_two_equals_the_other_one_is_named(name, text, other, first):
    answer = address(name, text)
    [(form, rival)] = standings(answer, "rival")
    assert form == first
    assert rival in (other, "hungdao-hoaan")
    assert f"{first} → " in address_report(answer, f"{name}.gov.vn")


def test_the_line_of_a_form_is_where_the_regulation_says_it():
    form = address("cantho", "nvanminh").form
    assert form is not None
    assert (
        line_of(form)
        .strip()
        .startswith("- {clause: CT-4.2d, parts: [{of: family, as: initials}, {of: middle, as: full}")
    )
    form = address("caobang", "datnv2").form
    assert form is not None
    assert form.file.name == "caobang.yml"


@pytest.mark.parametrize("name", PROVINCES)
def test_an_address_that_the_planner_would_issue_again_is_told_so(name):
    register, regulation = province(name)
    # Some of each sample; all of them would take minutes.
    for entry in [entry for entry in entries(register) if entry.address][::12]:
        answer = address(name, entry.address)
        assert answer.holder is not None
        assert answer.holder.id == entry.id
        again = plan_register(register, regulation, only=entry.id).issued
        if again and again[0].candidate.address == entry.address:
            assert answer.form is not None
            assert answer.form.candidate == again[0].candidate
            assert standings(answer, "free") == []
        assert entry.address in address_report(answer, f"{name}.gov.vn")


def test_an_address_is_asked_for_with_or_without_domain_in_any_case():
    assert address("cantho", " NVMinh@CanTho.gov.vn ") == address("cantho", "nvminh")


def test_functions_and_reserved_addresses_tell_where_they_are_said():
    answer = address("cantho", "hotro")
    assert answer.source is not None
    assert (answer.source.key, answer.source.clause) == ("functions.addresses.hotro", "CT-10.5")
    assert "CT-10.5; regulations/cantho.yml:" in address_report(answer, "cantho.gov.vn")
    answer = address("cantho", "admin")
    assert answer.source is not None
    assert answer.source.key == "reserved.admin"
    assert "regulations/national/vietnam.yml:" in address_report(answer, "cantho.gov.vn")


def test_an_address_that_nobody_has():
    answer = address("cantho", "tvnam.khong")
    assert answer == AddressAnswer("tvnam.khong")
    assert address_report(answer, "cantho.gov.vn").splitlines() == [
        "Chưa ai có địa chỉ tvnam.khong@cantho.gov.vn.",
        "  Nobody has the address tvnam.khong@cantho.gov.vn.",
    ]


def test_an_address_on_no_form_was_chosen_or_is_of_before(cantho, make_register):
    folder = make_register(
        "- {id: nv, name: Sở Nội vụ, kind: department, address: noivu, aliases: [snv]}\n",
        nv=["p1,Lê Minh,,,,2016-01-01,active,minh.nv", "p2,Lê Minh,,,,2016-01-02,cancelled,lminh"],
    )
    register = load_register(folder, cantho)
    answer = explain_address("minh.nv", register, cantho, "cantho.gov.vn")
    assert answer.form is None
    assert standings(answer, "taken") == [("lminh", "p2")]
    assert answer.exhausted is not None
    assert answer.exhausted.clause == "CT-4.2d"
    assert "chosen by the operator" in address_report(answer, "cantho.gov.vn")
    answer = explain_address("noivu", register, cantho, "cantho.gov.vn")
    assert standings(answer, "free") == [("sonv", None), ("sonoivu", None)]
    alias = explain_address("snv", register, cantho, "cantho.gov.vn")
    assert (alias.main, alias.forms) == ("noivu", ())
    assert "noivu@cantho.gov.vn" in address_report(alias, "cantho.gov.vn")
    gone = explain_address("lminh", register, cantho, "cantho.gov.vn")
    assert gone.cancelled
    assert "given to nobody else" in address_report(gone, "cantho.gov.vn")


def test_an_address_with_a_later_form_though_an_earlier_one_is_free(cantho, make_register):
    folder = make_register(
        "- {id: nv, name: Sở Nội vụ, kind: department, address: sonv}\n",
        nv=["p1,Nguyễn Văn Minh,,,,2016-01-01,active,nguyenvanminh"],
    )
    answer = explain_address("nguyenvanminh", load_register(folder, cantho), cantho, "cantho.gov.vn")
    assert standings(answer, "free") == [("nvminh", None), ("nvanminh", None)]
    assert standings(answer, "given") == [("nguyenvanminh", None)]


def test_whoever_still_waits_takes_nothing_away_from_an_explanation(make_register):
    regulation = province("caobang")[1]
    rows = [
        f"p{number},Nông Văn Đạt,,,,2016-01-0{number + 1},active,{address}"
        for number, address in enumerate(["", "datnv", "datnv2", "datnv3"])
    ]
    folder = make_register("- {id: nv, name: Sở Nội vụ, kind: department, address: sonoivu}\n", nv=rows)
    answer = explain_address("datnv3", load_register(folder, regulation), regulation, "caobang.gov.vn")
    assert standings(answer, "taken") == [("datnv", "p1"), ("datnv2", "p2")]
    assert answer.form is not None
    assert answer.form.candidate.address == "datnv3"


@pytest.mark.parametrize(
    ("text", "said"),
    [("nvminh@caobang.gov.vn", "an address @cantho.gov.vn"), ("Minh Nguyễn", "The address is not valid")],
)
def test_an_address_that_cannot_be_asked_for(text, said):
    with pytest.raises(ProblemsError) as caught:
        address("cantho", text)
    assert f"address = {text!r}" in str(caught.value)
    assert said in str(caught.value)


def test_cb_7_3b_a_name_gets_the_next_number_and_may_ask_for_its_workplace():
    answer = asked("caobang", "Nông Văn Đạt", "Sở Nội vụ")
    assert answer.kind == "person"
    assert answer.form is not None
    assert (answer.form.candidate.address, answer.form.candidate.clause) == ("datnv4", "CB-7.3b")
    assert standings(answer, "taken") == [("datnv", "cb-0095"), ("datnv2", "cb-0138"), ("datnv3", "cb-0030")]
    assert standings(answer, "on_request") == [("datnv.sonoivu", None)]
    taken = asked("caobang", "Nông Văn Đạt", "soyte")
    assert standings(taken, "on_request") == [("datnv.soyte", "cb-0080")]
    report = name_report(answer, "caobang.gov.vn")
    assert "datnv4@caobang.gov.vn" in report
    assert "- 3. datnv.sonoivu → -; CB-7.3b; regulations/caobang.yml:" in report


def test_ct_4_2d_the_fourth_of_a_name_is_the_operators():
    answer = asked("cantho", "Nguyễn Văn Minh", "sonv")
    assert (answer.form, answer.waits, answer.exhausted.clause) == (None, "operator", "CT-4.2d")
    assert [form for form, _holder in standings(answer, "taken")] == ["nvminh", "nvanminh", "nguyenvanminh"]
    assert "CT-4.2d; regulations/cantho.yml:" in name_report(answer, "cantho.gov.vn")


@pytest.mark.parametrize("agency", ["sonv", "SONV@cantho.gov.vn".lower(), "Sở Nội vụ", "sở nội vụ thành phố Cần Thơ"])
def test_an_agency_is_meant_by_id_address_or_name(agency):
    answer = asked("cantho", "Lê Thị Kim Xuân", agency, unit="Văn phòng")
    assert answer.where == ("Sở Nội vụ", "Văn phòng")
    assert answer.form.candidate.address == "ltkxuan"


@pytest.mark.parametrize(
    ("name", "question", "kind", "wanted", "clause"),
    [
        ("cantho", Question("Sở Du lịch"), "department", "sodl", "CT-4.2a"),
        ("cantho", Question("Phòng Pháp chế", "sonv", kind="unit"), "unit", "ppc.sonv", "CT-4.2b"),
        ("cantho", Question("Hội Nhà báo", kind="sociopolitical"), "sociopolitical", "hnb", "CT-4.2a"),
        ("binhphuoc", Question("Xã Hoa Mai", "Huyện Đồng Phú"), "commune", "xhm.hdp", "BP-4.1c"),
    ],
    ids=lambda value: value.name if isinstance(value, Question) else None,
)
def test_names_of_agencies_and_units(name, question, kind, wanted, clause):
    answer = explain_name(question, *province(name), f"{name}.gov.vn")
    assert answer.kind == kind
    assert answer.form is not None
    assert (answer.form.candidate.address, answer.form.candidate.clause) == (wanted, clause)


def test_bp_4_1e_a_new_commune_would_move_with_its_equal():
    answer = asked("binhphuoc", "Xã Thanh Lâm", "dongphu")
    assert standings(answer, "rival") != []
    assert answer.form is not None
    assert (answer.form.candidate.address, answer.form.candidate.clause) == ("xthanhlam.hdp", "BP-4.1e")


def test_a_name_that_has_its_address_is_explained_by_it():
    assert asked("cantho", "Sở Ngoại vụ") == address("cantho", "songoaivu")
    assert asked("cantho", "Văn phòng", "Sở Kế hoạch và Đầu tư") == address("cantho", "vanphong.sokhdt")
    assert asked("binhphuoc", "UBND xã Minh Hưng", "budang") == address("binhphuoc", "xmh.hbda")


def test_a_unit_waits_for_its_agency_and_a_row_without_address_is_the_one_that_is_meant(cantho, make_register):
    folder = make_register(
        "- {id: tp, name: MOTTENRATDAIMOTTENRATDAIMOTTENRATDAIMOTTENRATDAIMOTTENRATDAIMOTTENRATDAI, kind: sector, address: ''}\n"
        "- {id: nv, name: Sở Nội vụ, kind: department, address: sonv}\n",
        nv=["p1,Lê Minh,,,,2016-01-01,active,", "p2,Lê Minh,,,,2016-01-02,active,"],
    )
    register = load_register(folder, cantho)

    def ask(*question, **more):
        return explain_name(Question(*question, **more), register, cantho, "cantho.gov.vn")

    assert ask("Lê Minh", "nv").form.candidate.address == "lminh"
    waiting = ask("Văn phòng", "tp", kind="unit")
    assert (waiting.form, waiting.waits) == (None, "agency")
    assert "waits, since the agency has no address yet" in name_report(waiting, "cantho.gov.vn")


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (Question("Lê Minh"), "add agency="),
        (Question("Lê Minh", kind="person"), "agency=… is missing"),
        (Question("Lê Minh", "sonvv"), "nearest: sonv (Sở Nội vụ)"),
        (Question("Lê Minh", "sonv", unit="Văn phòn"), "nearest: sonv-vp (Văn phòng)"),
        (Question("Lê Minh", "sonv", kind="sở"), "no such kind; allowed: person, unit, department,"),
        (Question("Lê M1nh", "sonv"), "name = 'Lê M1nh'"),
        (Question("Nội vụ", kind="department"), "must begin with one of: Sở"),
    ],
)
def test_a_question_without_an_answer_says_what_is_allowed(question, said):
    with pytest.raises(ProblemsError) as caught:
        explain_name(question, *province("cantho"), "cantho.gov.vn")
    assert said in str(caught.value)


def test_several_agencies_of_one_name_are_told_apart_by_id():
    with pytest.raises(ProblemsError, match="by id: hungdao-") as caught:
        asked("caobang", "Nông Văn Đạt", "Xã Hưng Đạo")
    assert caught.value.problems[0].field == "agency"


def values(name, text):
    return {answer.value.key: answer for answer in explain_value(text, province(name)[1])}


def test_a_value_tells_its_text_its_article_and_its_line():
    found = values("cantho", "passwords.person.max_age")["passwords.person.max_age"]
    assert (found.value.value, found.value.clause, found.text) == ("3 months", "CT-10.3", "33/2015/QĐ-UBND")
    report = value_report([found])
    assert "passwords.person.max_age = 3 months by the text 33/2015/QĐ-UBND" in report
    assert f"CT-10.3; regulations/cantho.yml:{found.value.line}" in report


def test_a_silent_value_tells_where_the_text_is_silent_and_why_the_default_is_what_it_is():
    [found] = values("cantho", "lock.wrong_passwords").values()
    report = value_report([found])
    assert "is silent on lock.wrong_passwords (regulations/cantho.yml:" in report
    assert "the national default is more than 5" in report
    assert "regulations/national/vietnam.yml:" in report
    assert "As Bình Phước." in report


def test_of_an_amendment_it_is_told_which_text_says_it():
    found = values("binhphuoc", "passwords.person")
    assert found["passwords.person.max_age"].text == ".../QĐ-UBND (2024)"
    assert found["passwords.person.min_length"].text == "1956/QĐ-UBND"
    assert "regulations/binhphuoc_2021.yml:" in value_report([found["passwords.person.min_length"]])


def test_a_section_is_all_its_values_and_a_rule_its_forms():
    assert set(values("cantho", "idle")) == {"idle.counted_from", "idle.stages", "idle.receives", "idle.keep_data"}
    found = values("caobang", "addresses.person")
    assert list(found) == [f"addresses.person.{name}" for name in (1, 2, 3, "exhausted")]
    assert "given (full) + family (initials) + middle (initials) + ordinal (number)" in value_report(found.values())


@pytest.mark.parametrize("name", PROVINCES)
def test_every_value_can_be_asked_for(name):
    _register, regulation = province(name)
    for key in {key.split(".")[0] for key in regulation.values}:
        answers = explain_value(key, regulation)
        assert value_report(answers)
        for answer in answers:
            assert answer.value.clause or answer.value.why


@pytest.mark.parametrize(
    ("text", "near"),
    [("pasword.person", "nearest: passwords.person,"), ("idel", "nearest: idle"), ("", "organisations"), ("%", "idle")],
)
def test_an_unknown_value_is_answered_with_the_nearest(text, near):
    with pytest.raises(ProblemsError) as caught:
        values("cantho", text)
    assert near in str(caught.value)
