"""The portal's rules as data say of a password what the core says (CT-10.3, CT-11.4)."""

import re
from dataclasses import replace

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import check_password
from ansible_collections.thucongvu.mail.plugins.module_utils.portal_rules import portal_rules
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Cited

PASSWORDS = (
    "",
    "Tr@m47K",
    "Tr@m47Kh",
    "tram@xanh47khue",
    "TRAM@XANH47KHUE",
    "Tram@XanhKhue",
    "TramXanh47Khue",
    "Tram Xanh 47 Khue",
    "Trạm@Xanh47Khuê",
    "Tram\nXanh@47",
    *(f"Tram{sign}Xanh47" for sign in "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ "),
)


def broken(lines, password):
    """What the patterns find, as the portal's Perl and a browser's script try them."""
    return [
        line["key"]
        for line in lines
        if ("needs" in line and not re.search(line["needs"], password))
        or ("refuses" in line and re.search(line["refuses"], password))
    ]


def test_the_patterns_of_every_regulation_find_what_the_core_finds(regulations):
    for regulation in regulations.values():
        rules = portal_rules(regulation)
        assert rules["classes"].keys() == regulation.passwords.keys()
        for name, rule in regulation.passwords.items():
            for password in PASSWORDS:
                found = {item.key for item in check_password(rule, password)}
                assert set(broken(rules["classes"][name], password)) == found, (regulation.id, name, password)


@pytest.mark.parametrize("allowed", ["@", "!@#%$*&", "-]^\\"])
def test_only_the_signs_that_a_rule_allows(regulations, allowed):
    regulation = regulations["cantho"]
    rule = replace(regulation.passwords["person"], specials=Cited(allowed, "CT-10.3"))
    lines = portal_rules(replace(regulation, passwords={"person": rule}))["classes"]["person"]
    for password in PASSWORDS:
        assert set(broken(lines, password)) == {item.key for item in check_password(rule, password)}, password


def test_ct_10_3_each_line_names_its_clause_in_both_languages(regulations):
    lines = {line["key"]: line for line in portal_rules(regulations["cantho"])["classes"]["person"]}
    assert lines["password.too_short"]["vi"] == "Mật mã phải có ít nhất 8 ký tự (CT-10.3)."
    assert lines["password.too_short"]["en"] == "A password needs at least 8 characters (CT-10.3)."
    assert lines["password.holds_name"]["holds"] == "name"
    # slapd alone knows the ones of before.
    assert lines["password.in_history"].keys() == {"key", "vi", "en"}


def test_a_second_factor_is_asked_of_the_classes_whose_rule_requires_it(regulations):
    assert portal_rules(regulations["cantho"])["second_factor"] == []
    assert portal_rules(regulations["nghean"])["second_factor"] == ["person", "unit", "agency"]
