"""Clauses on names, passwords and quotas of the provinces beside Cần Thơ, each in a test of its name."""

import unicodedata
from pathlib import Path

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import desired_accounts
from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import check_password, generate_first_password
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import MAILBOX_KINDS

REGULATIONS = Path(__file__).resolve().parents[2] / "regulations"
GIGABYTE = 1024**3
HEALTH = "- {id: yt, name: Sở Y tế, kind: department}\n"
MINH = "p{},Nguyễn Văn Minh,,,,2016-01-0{},active,"
OFFICE = (
    "- id: kc\n  name: Sở Khoa học và Công nghệ\n  kind: department\n"
    "  units: [{id: vp, name: Văn phòng Sở}, {id: tt, name: Thanh tra}]\n"
)


def load(province):
    return load_regulation(REGULATIONS / f"{province}.yml")


def problem_of(regulation, folder):
    with pytest.raises(ProblemsError) as caught:
        load_register(folder, regulation)
    (problem,) = caught.value.problems
    return problem


def test_ct_4_2đ_the_display_name_is_name_and_agency(cantho, make_register):  # noqa: PLC2401  # the clause is called so
    folder = make_register(
        "- {id: nv, name: Sở Nội vụ, kind: department, address: sonv}\n", nv=[MINH.format(1, 1) + "nvminh"]
    )
    _agency, person = desired_accounts(load_register(folder, cantho), cantho, "cantho.gov.vn")
    assert person.display_name == "Nguyễn Văn Minh - Sở Nội vụ"
    assert cantho.display_names["person"].clause == "CT-4.2đ"


def test_cb_7_1_the_domain():
    assert load("caobang").domain.value == "caobang.gov.vn"


def test_cb_7_3_one_address_for_each_agency_and_person(make_register):
    folder = make_register("- {id: yt, name: Sở Y tế, kind: department, address: soyte, aliases: [yte]}\n")
    problem = problem_of(load("caobang"), folder)
    assert (problem.key, problem.line) == ("register.aliases", 1)
    assert load("caobang").aliases_per_mailbox.clause == "CB-7.3"


@pytest.mark.parametrize("name", ["NguyÔn V¨n Minh", "Nguyeãn Vaên Minh", "Nguyễn Văn Ðạt"])
def test_cb_7_4_names_are_unicode_and_no_older_encoding(make_register, name):
    folder = make_register(HEALTH, yt=[f"p1,{name},,,,2016-01-04,active,"])
    problem = problem_of(load("caobang"), folder)
    assert problem.key in {"text.legacy", "text.lookalike"}
    assert (problem.line, problem.field, problem.value) == (2, "full_name", name)


def test_cb_7_4_both_forms_of_unicode_are_one_name(addresses_of):
    name = "Nông Văn Đạt"
    rows = [f"p{form[2]},{unicodedata.normalize(form, name)},,,,2016-01-04,active," for form in ("NFC", "NFD")]
    found = addresses_of(load("caobang"), HEALTH, yt=rows)
    assert (found["pC"], found["pD"]) == ("datnv", "datnv2")


@pytest.mark.parametrize("kind", MAILBOX_KINDS)
def test_cb_13_4_a_password_is_changed_at_once_after_it_was_made(kind):
    change = load("caobang").passwords[kind].change_on_receipt
    assert (change.value, change.clause) == (True, "CB-13.4")


def test_qt_2_2_qt_3_the_department_alone_inside_the_provinces_domain():
    regulation = load("quangtri")
    assert {name: kind.label.clause for name, kind in regulation.kinds.items()} == {"department": "QT-2.2"}
    assert (regulation.domain.value, regulation.domain.clause) == ("quangtri.gov.vn", "QT-3")


def test_qt_4_1_the_departments_mailbox(addresses_of):
    assert addresses_of(load("quangtri"), OFFICE)["kc"] == "skhcn"


def test_qt_4_2_each_unit_has_a_mailbox_of_its_own(addresses_of):
    found = addresses_of(load("quangtri"), OFFICE)
    assert (found["vp"], found["tt"]) == ("vanphong.skhcn", "thanhtra.skhcn")


def test_qt_4_3a_a_persons_address_is_the_whole_name(addresses_of):
    people = [MINH.format(1, 1), "p2,Lê Thị Hoài Thương,,,,2016-01-04,active,"]
    found = addresses_of(load("quangtri"), OFFICE, kc=people)
    assert (found["p1"], found["p2"]) == ("nguyenvanminh", "lethihoaithuong")


@pytest.mark.parametrize("kind", MAILBOX_KINDS)
def test_qt_4_3b_the_initial_password_is_changed(kind):
    change = load("quangtri").passwords[kind].change_on_receipt
    assert (change.value, change.clause) == (True, "QT-4.3b")


def test_bp_6_2d_the_sixth_wrong_password_locks():
    wrong = load("binhphuoc").lock.wrong_passwords
    assert (wrong.value, wrong.clause) == (6, "BP-6.2d")


@pytest.mark.parametrize("kind", MAILBOX_KINDS)
def test_bp_9_a_password_lasts_three_months_or_vneid_stands_for_it(kind):
    regulation = load("binhphuoc")
    age = regulation.passwords[kind].max_age
    assert (age.value, age.clause) == (90, "BP-9")
    vneid = regulation.values[f"passwords.{kind}.vneid_instead"]
    assert (vneid.value, vneid.clause) == (True, "BP-9")


def test_nb_a_persons_address_has_the_agency_behind_it_and_a_second_one_is_agreed_upon(plan_of):
    plan = plan_of(load("ninhbinh"), OFFICE, kc=[MINH.format(1, 1), MINH.format(2, 2)])
    assert {item.subject.id: item.candidate.address for item in plan.issued}["p1"] == "minhnv.sokhcn"
    assert [(item.subject.id, item.rule.clause, item.rule.why) for item in plan.pending] == [
        ("p2", "NB", "Agreed with the person.")
    ]


def test_na_a_persons_address_and_its_number(addresses_of):
    found = addresses_of(load("nghean"), OFFICE, kc=[MINH.format(1, 1), MINH.format(2, 2)])
    assert (found["p1"], found["p2"]) == ("nvminh", "nvminh2")


def test_nb_na_quotas():
    found = {
        (province, kind): (quota.value, quota.clause)
        for province in ("ninhbinh", "nghean")
        for kind, quota in load(province).quotas.items()
        if quota.clause
    }
    assert found == {
        ("ninhbinh", "person"): (2 * GIGABYTE, "NB"),
        ("nghean", "person"): (2 * GIGABYTE, "NA"),
        ("nghean", "agency"): (10 * GIGABYTE, "NA"),
    }


@pytest.mark.parametrize("kind", MAILBOX_KINDS)
def test_nb_na_what_a_password_is_made_of(kind):
    ninhbinh, nghean = load("ninhbinh").passwords[kind], load("nghean").passwords[kind]
    assert check_password(ninhbinh, generate_first_password(ninhbinh)) == []
    found = [(item.key, item.clause) for item in check_password(ninhbinh, "Ab1?efgh")]
    assert found == [("password.too_short", "NB"), ("password.foreign_special", "NB")]
    assert (ninhbinh.max_age.value, ninhbinh.max_age.clause) == (180, "NB")
    assert [item.key for item in check_password(nghean, "Ab1?efgh")] == []
    assert (nghean.max_age.value, nghean.max_age.clause) == (90, "NA")
