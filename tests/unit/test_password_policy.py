"""The directory's password policies by every regulation: exact values, and the clause of each."""

from dataclasses import replace

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.mailbox_classes import (
    password_rule_of_class,
    quota_of_class,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.password_policy import (
    password_policies,
    policy_attributes,
    ppm_arguments,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Cited, SecondFactor
from ansible_collections.thucongvu.mail.plugins.module_utils.terms import Term

MONTHS_3, MONTHS_2, MONTHS_6 = "7776000", "5184000", "15552000"
SHARED = ("unit", "agency")
# regulation, class: least length, greatest age in seconds, the wrong password that locks, and their clauses.
TABLE = {
    ("cantho", "person"): ("8", "CT-10.3", MONTHS_3, "CT-10.3", "6", None),
    ("cantho", "unit"): ("8", "CT-11.4", MONTHS_2, "CT-11.4", "6", None),
    ("cantho", "agency"): ("8", "CT-11.4", MONTHS_2, "CT-11.4", "6", None),
    **{("caobang", name): ("8", None, MONTHS_3, None, "6", None) for name in ("person", *SHARED)},
    **{("quangtri", name): ("8", None, MONTHS_3, None, "6", None) for name in ("person", *SHARED)},
    **{("binhduong", name): ("8", None, MONTHS_3, None, "6", None) for name in ("person", *SHARED)},
    **{("binhphuoc", name): ("8", None, MONTHS_3, "BP-9", "6", "BP-6.2d") for name in ("person", *SHARED)},
    **{("binhphuoc_2021", name): ("8", None, MONTHS_3, None, "6", None) for name in ("person", *SHARED)},
    **{("ninhbinh", name): ("9", "NB", MONTHS_6, "NB", "13", "NB") for name in ("person", *SHARED)},
    **{("nghean", name): ("8", "NA", MONTHS_3, "NA", "6", None) for name in ("person", *SHARED)},
}


def test_the_table_has_every_class_of_every_regulation(regulations):
    assert {(name, key) for name, found in regulations.items() for key in password_policies(found)} == set(TABLE)


@pytest.mark.parametrize(("name", "key"), TABLE)
def test_ct_10_3_ct_11_4_bp_9_bp_6_2d_exact_values_with_their_clauses(regulations, name, key):
    found = password_policies(regulations[name])[key]
    said = [(found[name].value, found[name].clause) for name in ("pwdMinLength", "pwdMaxAge", "pwdMaxFailure")]
    length, length_clause, age, age_clause, wrong, wrong_clause = TABLE[name, key]
    assert said == [(length, length_clause), (age, age_clause), (wrong, wrong_clause)]


def test_ct_10_3_the_whole_policy_of_a_person(cantho):
    found = password_policies(cantho)["person"]
    assert {name: said.value for name, said in found.items() if name != "pwdCheckModuleArg"} == {
        "pwdMinLength": "8",
        "pwdCheckQuality": "2",
        "pwdUseCheckModule": "TRUE",
        "pwdInHistory": "3",
        "pwdMaxAge": "7776000",
        "pwdExpireWarning": "1209600",
        "pwdGraceAuthNLimit": "0",
        "pwdMustChange": "TRUE",
        "pwdAllowUserChange": "TRUE",
        "pwdSafeModify": "FALSE",
        "pwdLockout": "TRUE",
        "pwdMaxFailure": "6",
        "pwdFailureCountInterval": "0",
        "pwdLockoutDuration": "1800",
    }
    assert found["pwdCheckModuleArg"].value == ppm_arguments(cantho.passwords["person"]) == (
        "minQuality 0\n"
        "checkRDN 0\n"
        "checkAttributes mail,cn,tcvPlainName\n"
        "forbiddenChars\n"
        "maxConsecutivePerClass 0\n"
        "useCracklib 0\n"
        "class-upperCase ABCDEFGHIJKLMNOPQRSTUVWXYZ 1 1 0\n"
        "class-lowerCase abcdefghijklmnopqrstuvwxyz 1 1 0\n"
        "class-digit 0123456789 1 1 0\n"
        "class-special !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ 1 1 0\n"
    )  # fmt: skip
    assert found["pwdInHistory"].clause is None
    assert found["pwdInHistory"].why == "A change that may be taken back at once is none."


@pytest.mark.parametrize(
    ("name", "clause", "national"),
    [
        ("cantho", "CT-10.3", False),
        ("caobang", "CB-13.4", False),
        ("quangtri", "QT-4.3b", False),
        ("ninhbinh", "NB", False),
        ("nghean", None, True),
        ("binhduong", None, True),
        ("binhphuoc", None, True),
    ],
)
def test_ct_10_3_cb_13_4_qt_4_3b_nb_change_on_receipt(regulations, name, clause, national):
    said = password_policies(regulations[name])["person"]["pwdMustChange"]
    assert (said.value, said.clause, said.national) == ("TRUE", clause, national)


def test_ct_11_4_a_choice_of_the_province_is_not_called_a_national_default(cantho):
    said = password_policies(cantho)["unit"]["pwdMustChange"]
    assert (said.clause, said.national) == (None, False)
    assert str(said.source) == "quy chế không quy định / the regulation is silent"
    assert str(password_policies(cantho)["unit"]["pwdInHistory"].source) == "theo mặc định toàn quốc / national default"


def test_nb_the_checker_knows_which_special_characters_are_allowed(regulations):
    lines = ppm_arguments(regulations["ninhbinh"].passwords["person"]).splitlines()
    assert "forbiddenChars \"'()+,-./:;<=>?[\\]^_`{|}~" in lines


def test_the_checker_asks_only_for_what_the_rule_asks(cantho):
    rule = replace(
        cantho.passwords["person"],
        required=Cited(("lower", "digit"), "CT-10.3"),
        forbidden=Cited(("birth_date",), "CT-10.3"),
    )
    lines = ppm_arguments(rule).splitlines()
    assert "checkAttributes" in lines
    needed = {line.split(" ")[0]: line.split(" ")[2] for line in lines if line.startswith("class-")}
    assert needed == {"class-upperCase": "0", "class-lowerCase": "1", "class-digit": "1", "class-special": "0"}


def lock_of(cantho, **values):
    lock = replace(cantho.lock, **{name: Cited(value, "BP-6.2d") for name, value in values.items()})
    found = policy_attributes(cantho.passwords["person"], lock)
    return {name: found[name].value for name in LOCKING if name in found}


LOCKING = ("pwdLockout", "pwdMaxFailure", "pwdFailureCountInterval", "pwdLockoutDuration")


def test_bp_6_2d_more_than_five_is_the_sixth_and_locked_until_unlocked_is_no_duration(cantho):
    assert lock_of(cantho, wrong_passwords=6, duration=None) == {
        "pwdLockout": "TRUE",
        "pwdMaxFailure": "6",
        "pwdFailureCountInterval": "0",
        "pwdLockoutDuration": "0",
    }


def test_who_is_never_locked_has_no_number_of_failures_either(cantho):
    assert lock_of(cantho, wrong_passwords=None) == {"pwdLockout": "FALSE"}


@pytest.mark.parametrize(
    ("days", "age", "warning"), [(None, "0", "0"), (14, "1209600", "604800"), (1, "86400", "43200")]
)
def test_a_password_without_end_and_one_of_a_short_age(cantho, days, age, warning):
    rule = replace(cantho.passwords["person"], max_age=Cited(days, "CT-10.3"))
    found = policy_attributes(rule, cantho.lock)
    assert (found["pwdMaxAge"].value, found["pwdExpireWarning"].value) == (age, warning)


def test_nb_na_bp_9_what_a_password_is_beside_length_and_age(regulations):
    rules = {name: found.passwords["person"] for name, found in regulations.items()}
    assert rules["ninhbinh"].first_sign_in_within == Cited(Term(1, "months"), "NB")
    assert rules["nghean"].second_factor == Cited(SecondFactor("required", ("sms",)), "NA")
    assert rules["binhphuoc"].vneid_instead == Cited(True, "BP-9")
    assert rules["cantho"].second_factor.value == SecondFactor("optional", ("totp", "security_key"))
    assert (rules["cantho"].vneid_instead.value, rules["cantho"].vneid_instead.national) == (False, True)


@pytest.fixture
def with_classes(project):
    """Cần Thơ's regulation with rules of their own for communes and for a role."""

    def make(folder):
        text = (project / "regulations/cantho.yml").read_text(encoding="utf-8")
        own = (
            "passwords:\n"
            "  district:\n"
            "    min_length: {value: 12, clause: CT-11.4}\n"
            "  administrator:\n"
            "    max_age: {value: 2 months, clause: CT-10.3}\n"
            "    first_sign_in_within: {value: never, clause: CT-10.3}\n"
        )
        text = text.replace("\nid: cantho\n", "\nid: classes\n").replace("passwords:\n", own)
        path = folder / "classes.yml"
        path.write_text(text.replace("quotas:\n", "quotas:\n  district: {value: 20 GB, clause: CT-4.1a}\n"), "utf-8")
        return load_regulation(path)

    return make


def test_every_further_kind_and_role_has_a_policy_of_its_own(with_classes, tmp_path):
    policies = password_policies(with_classes(tmp_path))
    values = {
        name: (found["pwdMinLength"].value, found["pwdMaxAge"].value, found["pwdMinLength"].clause)
        for name, found in policies.items()
    }
    assert values == {
        "person": ("8", MONTHS_3, "CT-10.3"),
        "unit": ("8", MONTHS_2, "CT-11.4"),
        "agency": ("8", MONTHS_2, "CT-11.4"),
        "district": ("12", MONTHS_2, "CT-11.4"),
        "administrator": ("8", MONTHS_2, "CT-10.3"),
    }
    assert policies["district"]["pwdInHistory"].national


def test_ct_4_1_a_class_is_a_kind_of_mailbox_or_of_agency_or_a_role(with_classes, tmp_path):
    regulation = with_classes(tmp_path)
    gigabyte = 1024**3
    quotas = {
        name: quota_of_class(regulation, name).value for name in ("person", "unit", "agency", "board", "district")
    }
    assert quotas == {
        "person": 5 * gigabyte,
        "unit": 10 * gigabyte,
        "agency": None,
        "board": None,
        "district": 20 * gigabyte,
    }
    lengths = [
        password_rule_of_class(regulation, name).min_length.value for name in ("board", "district", "administrator")
    ]
    assert lengths == [8, 12, 8]
    assert password_rule_of_class(regulation, "administrator").first_sign_in_within.value is None
    with pytest.raises(CoreError) as caught:
        quota_of_class(regulation, "administrator")
    assert caught.value.key == "regulation.unknown_class"
    assert "allowed: district, agency, unit, person, department, board" in str(caught.value)
