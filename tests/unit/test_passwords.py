"""Passwords by CT-10.3 and CT-11.4: first ones, and what is wrong with a bad one."""

from dataclasses import replace

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils import passwords
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


def test_a_rule_that_lists_its_special_characters(cantho):
    rule = replace(cantho.passwords["person"], specials=Cited("!@#%$*&", "NB-1"), min_length=Cited(40, "NB-1"))
    for _number in range(100):
        assert check_password(rule, generate_first_password(rule)) == []
    assert [violation.key for violation in check_password(rule, "A" * 38 + "b1@=")] == ["password.foreign_special"]
    assert first_password_bits(rule) >= 64


def test_a_rule_without_a_special_character_that_the_generator_knows(cantho):
    rule = replace(cantho.passwords["person"], specials=Cited("~", "NB-1"))
    with pytest.raises(CoreError) as caught:
        generate_first_password(rule)
    assert caught.value.key == "password.none_fits"
    assert "at least one is needed of: @#%+=?*$" in str(caught.value)
