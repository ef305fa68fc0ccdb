"""Passwords by CT-10.3 and CT-11.4: first ones, and what is wrong with a bad one."""

import re
from dataclasses import replace

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils import passwords
from ansible_collections.thucongvu.mail.plugins.module_utils.password_owner import Owner
from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import (
    check_password,
    first_password_bits,
    generate_first_password,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import MAILBOX_KINDS, Cited


def test_ct_10_3_the_printed_example_is_right(cantho):
    assert check_password(cantho.passwords["person"], "MatKhau$789#") == []


@pytest.mark.parametrize(
    ("password", "keys"),
    [
        ("Ab1$efg", ["password.too_short"]),
        ("Ab1$efgh", []),
        ("ab1$efgh", ["password.no_upper"]),
        ("AB1$EFGH", ["password.no_lower"]),
        ("Abc$efgh", ["password.no_digit"]),
        ("Ab1defgh", ["password.no_special"]),
        ("Ab1 efgh", ["password.no_special"]),
        ("Mật1$khau", ["password.not_ascii"]),
        ("Ab1$efgh\n", ["password.not_ascii"]),
        (
            "",
            [
                "password.too_short",
                "password.no_upper",
                "password.no_lower",
                "password.no_digit",
                "password.no_special",
            ],
        ),
    ],
)
def test_ct_10_3_a_password_is_checked(cantho, password, keys):
    assert [violation.key for violation in check_password(cantho.passwords["person"], password)] == keys


def test_each_violation_names_the_clause_and_never_the_password(cantho):
    for kind, clause in (("person", "CT-10.3"), ("unit", "CT-11.4"), ("agency", "CT-11.4")):
        (violation,) = check_password(cantho.passwords[kind], "Ab1$efg")
        assert violation.clause == clause
        assert str(violation) == (
            f"Mật mã phải có ít nhất 8 ký tự ({clause}).\n  A password needs at least 8 characters ({clause})."
        )
        assert "Ab1$efg" not in str(violation)


def test_ct_10_3_and_ct_11_4_greatest_age(cantho):
    ages = {
        kind: (cantho.passwords[kind].max_age.value, cantho.passwords[kind].max_age.clause) for kind in MAILBOX_KINDS
    }
    assert ages == {"person": (90, "CT-10.3"), "unit": (60, "CT-11.4"), "agency": (60, "CT-11.4")}


@pytest.mark.parametrize("kind", MAILBOX_KINDS)
def test_first_passwords_satisfy_the_rule_and_have_no_characters_that_look_alike(cantho, kind):
    rule = cantho.passwords[kind]
    made = [generate_first_password(rule) for _number in range(300)]
    assert len(set(made)) == len(made)
    for password in made:
        assert check_password(rule, password) == []
    used = set("".join(made))
    for alike in ("0OoQ", "1lIi|!", "5Ss", "8B", "2Zz", "6Gb", "9gq"):
        assert len(used & set(alike)) <= 1, alike
    assert first_password_bits(rule) >= 64


def test_a_first_password_can_be_cut_into_syllables_in_one_way_only():
    syllables = {
        onset + vowel + final
        for onset in passwords._ONSETS
        for vowel in passwords._VOWELS
        for final in passwords._FINALS
    }
    pairs = [first + second for first in syllables for second in syllables]
    assert len(set(pairs)) == len(pairs)


@pytest.mark.parametrize("specials", [None, "!@#%$*&", "~", "-_.", "|"])
@pytest.mark.parametrize("least", [1, 8, 20, 21, 40, 100])
def test_first_passwords_satisfy_any_length_and_any_specials(cantho, specials, least):
    rule = replace(cantho.passwords["person"], specials=Cited(specials, "NB"), min_length=Cited(least, "NB"))
    for _number in range(20):
        password = generate_first_password(rule)
        assert check_password(rule, password) == []
        assert len(re.findall("[0-9]", password)) <= 9
    # Half of them can be ruled out by an owner's name, and 64 bits are left.
    assert first_password_bits(rule) >= 65


def test_nb_special_characters_that_are_not_listed_are_refused(regulations):
    (violation,) = check_password(regulations["ninhbinh"].passwords["person"], "Abcdefg1@=")
    assert (violation.key, violation.clause) == ("password.foreign_special", "NB")
    assert "!@#%$*&" in str(violation)


def test_nb_and_na_least_length(regulations):
    assert [violation.key for violation in check_password(regulations["ninhbinh"].passwords["person"], "Abc$1234")] == [
        "password.too_short"
    ]
    assert check_password(regulations["nghean"].passwords["person"], "Abc$1234") == []


def test_where_the_regulation_is_silent_the_message_says_whose_rule_it_is(regulations):
    rule = regulations["caobang"].passwords["person"]
    (violation,) = check_password(rule, "Ab1$efg")
    assert violation.clause is None
    assert str(violation) == (
        "Mật mã phải có ít nhất 8 ký tự (theo mặc định toàn quốc).\n"
        "  A password needs at least 8 characters (national default)."
    )
    chosen = replace(rule, min_length=Cited(8, None, "The province's own choice."))
    (violation,) = check_password(chosen, "Ab1$efg")
    assert "(quy chế không quy định)" in str(violation)
    assert "(the regulation is silent)" in str(violation)


OWNER = Owner("nvminh2@ninhbinh.gov.vn", "Nguyễn Văn Minh", "1990-03-25")


@pytest.mark.parametrize(
    ("password", "keys"),
    [
        ("Xk$nvminh2t", ["password.holds_account", "password.holds_name"]),
        ("XkT$12nVmInH", ["password.holds_account", "password.holds_name"]),
        ("XkT$12nguyen", ["password.holds_name"]),
        ("XkT$12NGUY3N", ["password.holds_name"]),
        ("XkT$2v@n", ["password.holds_name"]),
        ("XkT$2M1nh", ["password.holds_name"]),
        ("XkT$1990b", ["password.holds_birth_date"]),
        ("XkT$25032b", ["password.holds_birth_date"]),
        ("XkT$0325b2", ["password.holds_birth_date"]),
        ("XkT$25%03%b", ["password.holds_birth_date"]),
        ("XkT$900325b", ["password.holds_birth_date"]),
        ("XkT$van1990nvminh", ["password.holds_account", "password.holds_name", "password.holds_birth_date"]),
        ("XkT$25b03c", []),
        ("XkT$mi2nhb", []),
    ],
)
def test_nb_a_password_may_not_hold_account_name_or_birth_date(regulations, password, keys):
    rule = regulations["ninhbinh"].passwords["person"]
    violations = check_password(rule, password, OWNER)
    assert [violation.key for violation in violations if violation.key.startswith("password.holds")] == keys
    assert all(violation.clause == "NB" and "(NB)" in str(violation) for violation in violations)
    assert not any(password in str(violation) for violation in violations)
    assert not any("holds" in violation.key for violation in check_password(rule, password))


def test_only_what_the_rule_forbids_is_looked_for(regulations):
    rule = regulations["caobang"].passwords["person"]
    assert rule.forbidden.value == ("account", "name")
    assert check_password(rule, "XkT$1990b", OWNER) == []
    assert check_password(replace(rule, forbidden=Cited((), "CB")), "Nvminh2$1990", OWNER) == []


@pytest.mark.parametrize(
    ("owner", "password", "held"),
    [
        (Owner("vanphong.sokhdt", "Văn phòng"), "Xk1$sokhdt", ["password.holds_account"]),
        (Owner("vanphong.sokhdt", "Văn phòng"), "Xk1$phongTe", ["password.holds_name"]),
        (Owner("an.y", "Y An"), "Xk1$an.yt", ["password.holds_account"]),
        (Owner("an.y", "Y An"), "Xk1$yanTe", ["password.holds_name"]),
        (Owner("an.y", "Y An"), "Xk1$anTey", []),
        (Owner("kbehmok", "H'Mok K’Bé"), "Xk1$kbeTe", ["password.holds_name"]),
        (Owner("ttcntt", "Trung tâm CNTT 2"), "Xk1$cnttT", ["password.holds_name"]),
        (Owner("", "", "1990-03"), "Xk1$0390T", []),
        (Owner("", "", "1990"), "Xk1$1990T", ["password.holds_birth_date"]),
        (Owner(), "Xk1$Tekhun", []),
    ],
)
def test_what_counts_as_a_part_of_account_and_name(regulations, owner, password, held):
    found = [violation.key for violation in check_password(regulations["ninhbinh"].passwords["unit"], password, owner)]
    assert [key for key in found if key.startswith("password.holds")] == held


def test_an_owner_who_cannot_be_read_is_refused(regulations):
    rule = regulations["ninhbinh"].passwords["person"]
    for owner, key in ((Owner(born="25/03/1990"), "register.born"), (Owner(full_name="Ðinh"), "text.lookalike")):
        with pytest.raises(CoreError) as caught:
            check_password(rule, "XkT$1990b", owner)
        assert caught.value.key == key


def test_nb_first_passwords_hold_nothing_of_their_owner(regulations):
    rule = regulations["ninhbinh"].passwords["person"]
    # Syllables of which the generator would otherwise make a good part of its words.
    owner = Owner("banmat.khe", "Tân Bàn Mát Khen Thùn Nam Phan", "1990-03-25")
    made = [generate_first_password(rule, owner) for _number in range(200)]
    assert len(set(made)) == len(made)
    for password in made:
        assert check_password(rule, password, owner) == []


def test_a_name_that_rules_out_every_password_is_refused_with_a_reason(regulations):
    # The first syllable of a first password ends in a vowel with one of these in front of it and one behind it.
    around = "bcdhkmnptx"
    owner = Owner(
        full_name=" ".join(front + vowel + behind for front in around for vowel in "aeiu" for behind in around)
    )
    with pytest.raises(CoreError) as caught:
        generate_first_password(regulations["caobang"].passwords["person"], owner)
    assert caught.value.key == "password.none_for_owner"
    assert "theo mặc định toàn quốc" in str(caught.value)
