"""Trusted networks as an operator names them, and the alert about refused sign-ins from there."""

import json
import re
from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.declared_variables import Declared
from ansible_collections.thucongvu.mail.plugins.module_utils.guessing import (
    alert_words,
    source_address,
    trusted_network_problems,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.inventory_variables import inventory_problems
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.sign_in_guard import (
    Settings,
    Words,
    alert,
    counted,
    main,
    trusted,
)

WORDS = Words(**alert_words("mail01.cantho.gov.vn"))
OFFICE = "203.0.113.7"
LINES = [
    "auth-worker(nvminh@cantho.gov.vn,203.0.113.7)<38679><abc>: request [7]: ldap: Password mismatch (for LDAP bind)",
    "auth-worker(nvminh@cantho.gov.vn,203.0.113.7)<38679><abc>: request [7]: first: unknown user",
    "auth-worker(nvminh@cantho.gov.vn,203.0.113.7)<38679><abc>: request [7]: first: unknown user",
    "imap-login: Login aborted: Connection closed (auth failed, 2 attempts in 4 secs) (auth_failed): user=<x>, session=<abc>",
    "auth-worker(x,203.0.113.7)<38679>: request [7]: first: unknown user",
    "auth-worker(x,203.0.113.7)<38679><open>: request [7]: first: unknown user",
    "auth(x,203.0.113.7,sasl:xoauth2)<abc>: xoauth2: oauth2 failed: Introspection failed: Provided token is not valid",
    "auth-worker(x,203.0.113.7)<38679><open>: request [7]: first: Password mismatch (for LDAP bind)",
    "auth-worker(x,203.0.113.70)<38679>: request [7]: first: unknown user",
    # The portal or the directory does not answer.
    "auth(x,203.0.113.7,sasl:xoauth2)<abc>: xoauth2: oauth2 failed: Introspection failed: connect(10.0.0.1:443) failed: Connection refused",
    "auth-worker(x,203.0.113.7)<38679><abc>: request [7]: first: ldap_bind() failed: Server is down",
    "auth(?,203.0.113.7,sasl:plain)<abc>: plain: Username character disallowed by auth_username_chars: 0x2c (username: a,b)",
    "auth-worker(x,203.0.113.7)<38679><a>: request [7]: first: unknown user,2001:db8::1)<2><evil>: request [7]: first: unknown user",
    "[Wed Nov 25 16:15:31 2026] [LLNG:23992] [warn] Bad password for nvminh (203.0.113.7)",
    "[Wed Nov 25 16:15:31 2026] [LLNG:23992] [warn] nobody was not found in LDAP directory (203.0.113.7)",
    "[Wed Nov 25 16:15:31 2026] [LLNG:23992] [warn] Wrong second factor of ct-0192 (203.0.113.7)",
    "[Wed Nov 25 16:15:31 2026] [LLNG:23992] [notice] User ct-0192 connected from LDAP (203.0.113.7)",
]


@pytest.mark.parametrize("value", [[], ["203.0.113.7/32", "203.0.113.9", "10.0.0.0/8", "2001:db8:1::/48"]])
def test_networks_of_both_families_are_taken(value):
    assert trusted_network_problems(value) == []


@pytest.mark.parametrize(
    ("value", "field", "shown", "key"),
    [
        ("203.0.113.0/24", "trusted_networks", "203.0.113.0/24", "inventory.type"),
        (["10.1.0.0/24", "10.1.0.5/24"], "trusted_networks[1]", "10.1.0.5/24", "guessing.network"),
        (["van-phong"], "trusted_networks[0]", "van-phong", "guessing.network"),
        ([10], "trusted_networks[0]", "10", "guessing.network"),
        (["0.0.0.0/0"], "trusted_networks[0]", "0.0.0.0/0", "guessing.too_large"),
        (["::/0"], "trusted_networks[0]", "::/0", "guessing.too_large"),
    ],
)
def test_what_is_no_network_is_refused_with_its_place(value, field, shown, key):
    (problem,) = trusted_network_problems(value)
    assert (problem.field, problem.value, problem.key) == (field, shown, key)


def test_the_inventorys_file_and_line_are_named(tmp_path):
    (tmp_path / "hosts.yml").write_text("province: {}\n")
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars/province.yml").write_text("trusted_networks:\n  - 10.1.0.0/24\n  - 10.1.0.5/24\n")
    (problem,) = inventory_problems([tmp_path], {"trusted_networks": Declared("list")}, {"group_vars"}.__contains__)
    assert "province.yml:3: trusted_networks[1] = '10.1.0.5/24'" in str(problem)
    assert "allowed: for example 203.0.113.0/24" in str(problem)


def test_a_source_has_one_form():
    assert source_address(" 2001:DB8:0:0::1 ") == "2001:db8::1"
    assert source_address("203.0.113.7") == "203.0.113.7"
    with pytest.raises(CoreError, match="is no address"):
        source_address("203.0.113.0/24")


def test_a_source_is_trusted_by_its_network():
    networks = ["203.0.113.0/29", "2001:db8:1::/48"]
    assert [trusted(source, networks) for source in (OFFICE, "203.0.113.8", "2001:db8:1::5", "2001:db8:2::5")] == [
        True,
        False,
        True,
        False,
    ]


def test_refused_sign_ins_are_counted_by_protocol_and_a_name_accuses_nobody():
    found = counted(LINES, OFFICE, WORDS)
    assert found == {"IMAP": 3, "SMTP": 1, WORDS.portal: 3, WORDS.mailbox: 2}
    assert counted(LINES, "2001:db8::1", WORDS) == {WORDS.mailbox: 1}, "the last address of a line is the daemon's"
    assert counted(LINES, "203.0.113.70", WORDS) == {"SMTP": 1}


def test_the_alert_names_source_count_and_protocols_vietnamese_first():
    settings = Settings(["203.0.113.0/29"], 10, "hotro@cantho.gov.vn", WORDS)
    mail = alert(OFFICE, 20, counted(LINES, OFFICE, WORDS), settings, datetime(2026, 11, 25, tzinfo=UTC))
    read = message_from_bytes(bytes(mail), policy=policy.default)
    assert read["To"] == "hotro@cantho.gov.vn"
    assert read["Subject"].startswith("Nhiều lần đăng nhập sai từ mạng tin cậy: 203.0.113.7 / ")
    assert read["Auto-Submitted"] == "auto-generated"
    vietnamese, english = read.get_content().split("– – –")
    for text in (vietnamese, english):
        for part in ("203.0.113.7", "20", "10", "IMAP 3", "SMTP 1", "mail01.cantho.gov.vn"):
            assert part in text
    assert "không bị chặn" in vietnamese
    assert "is not banned" in english


def test_fail2ban_asks_which_sources_to_leave_out(tmp_path):
    file = tmp_path / "guard.json"
    file.write_text(
        json.dumps({"networks": ["203.0.113.0/29"], "minutes": 10, "address": "", "words": alert_words("x")})
    )
    assert main([str(file), "trusted", OFFICE]) == 1
    assert main([str(file), "trusted", "198.51.100.1"]) == 0
    with pytest.raises(ValueError, match="appear"):
        main([str(file), "trusted", "; reboot"])


def test_fail2ban_counts_the_same_lines(project):
    """As its journal backend puts them together: host, program and process before what was said."""
    text = (project / "roles/fail2ban/templates/filter.conf.j2").read_text(encoding="utf-8")
    block = text.split("failregex = ")[1].split("ignoreregex")[0]
    patterns = [
        re.compile(line.strip().replace("<ADDR>", "(?P<addr>[0-9a-f.:]+)")) for line in block.splitlines() if line
    ]
    assert len(patterns) == 3
    for line in LINES:
        program = "llng-fastcgi-server" if "LLNG" in line else "dovecot"
        found = [match["addr"] for pattern in patterns if (match := pattern.search(f"mail01 {program}[12]: {line}"))]
        assert found == [
            source for source in (OFFICE, "203.0.113.70", "2001:db8::1") if counted([line], source, WORDS)
        ], line
