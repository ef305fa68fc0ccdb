"""Every filter loads through Ansible, is documented, and does what its documentation says."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import make_rsa_key

PROJECT = Path(__file__).resolve().parents[2]
REGULATION = "'regulations/cantho.yml'"
CAOBANG = "'regulations/caobang.yml'"
BINHPHUOC = "'regulations/binhphuoc.yml'"
NINHBINH = "'regulations/ninhbinh.yml'"
COMMUNE = f"'Thị trấn Bảo Lạc' | address_candidates({CAOBANG}, kind='agency', agency_kind='commune')"
DOMAIN = "'cantho.gov.vn'"
RECORDS = f"({DOMAIN} | dns_records(**dns))"
SSO_CLIENT = "[{'name': 'cham-cong', 'protocol': 'ldap', 'title': 'Chấm công', 'url': 'https://a.vn/', 'networks': ['10.1.0.0/24']}]"
EXAMPLES = {
    "sso_secrets": (f"({SSO_CLIENT} | sso_secrets | first).name", "secret_sso_cham_cong"),
    "sso_directory_accounts": (f"({SSO_CLIENT} | sso_directory_accounts({{}}) | first).name", "app-cham-cong"),
    "sso_configuration": (
        (
            f"({SSO_CLIENT} | sso_configuration({{}}, organisation='Cần Thơ', url='https://sso.cantho.gov.vn/'))"
            ".applicationList.shared['cham-cong'].options.name"
        ),
        "Chấm công",
    ),
    "unaccented": ("'Sở Kế hoạch và Đầu tư' | unaccented", "So Ke hoach va Dau tu"),
    "abbreviated": (f"'Văn phòng Ủy ban nhân dân' | abbreviated({REGULATION})", "vpubnd"),
    "address_candidates": (
        f"'Nguyễn Văn Minh' | address_candidates({REGULATION}) | map(attribute='address') | join(' ')",
        "nvminh nvanminh nguyenvanminh",
    ),
    "issue_address": (
        f"('Nguyễn Văn Minh' | address_candidates({REGULATION}) | issue_address({REGULATION}, taken=['nvminh'])).address",
        "nvanminh",
    ),
    "portal_rules": (
        f"({REGULATION} | portal_rules).classes.person[0].vi",
        "Mật mã phải có ít nhất 8 ký tự (CT-10.3).",
    ),
    "policy_attributes": (f"('unit' | policy_attributes({REGULATION})).pwdMaxAge", "5184000"),
    "display_name": (
        f"'Nguyễn Văn Minh' | display_name({REGULATION}, agency='Sở Nội vụ')",
        "Nguyễn Văn Minh - Sở Nội vụ",
    ),
    "first_password": (f"'unit' | first_password({REGULATION}) | password_problems({REGULATION}, kind='unit')", "[]"),
    "password_problems": (f"('Ab1$' | password_problems({REGULATION}) | first).clause", "CT-10.3"),
    "mailbox_quota": (
        f"['agency', 'unit', 'person'] | map('mailbox_quota', {REGULATION}) | join(' ')",
        f"unlimited {10 * 1024**3} {5 * 1024**3}",
    ),
    "term_days": (f"'6 months' | term_days({REGULATION})", "180"),
    "load_regulation": (f"({REGULATION} | load_regulation).quotas.person.clause", "CT-4.1c"),
    "firewall_lets_in": (
        "[{'name': 'ssh', 'port': 22, 'sources': []}] | firewall_lets_in('198.51.100.7', '22')",
        "True",
    ),
    "nftables_rules": (
        "[{'name': 'ldaps', 'port': 636, 'sources': ['10.1.0.0/16']}] | nftables_rules",
        """['ip saddr { 10.1.0.0/16 } tcp dport 636 accept comment "ldaps"']""",
    ),
    "project_path": ("'regulations/cantho.yml' | project_path", str(PROJECT / "regulations/cantho.yml")),
    "alert_words": ("('mail01' | alert_words) is mapping", "True"),
    "sentence": ("'portal.sign_in' | sentence('vi')", "Đăng nhập"),
    "public_key": ("(dns.dkim_key | public_key).splitlines() | first", "-----BEGIN PUBLIC KEY-----"),
    "reminder_words": ("('hotro@a.vn' | reminder_words('https://sso.a.vn/')) is mapping", "True"),
    "quota_warning_words": ("('hotro@a.vn' | quota_warning_words('https://webmail.a.vn/')).sender", "hotro@a.vn"),
    "sending_alert_words": ("('hotro@a.vn' | sending_alert_words).locked.sender", "hotro@a.vn"),
    "smtp_reply": ("'mailbox_full' | smtp_reply", "Hop thu nguoi nhan da day / recipient's mailbox is full"),
    "dns_records": (f"({RECORDS} | selectattr('type', 'equalto', 'MX') | first).data", "10 mx.cantho.gov.vn."),
    "dns_zone": (
        f"({RECORDS} | dns_zone({DOMAIN}, 'mx.cantho.gov.vn')).splitlines() | select('match', '@ .* MX ') | first",
        "@ 3600 IN MX 10 mx.cantho.gov.vn.",
    ),
    "dns_table": (
        f"({RECORDS} | selectattr('type', 'equalto', 'MX') | dns_table({DOMAIN}, 'x.zone')).splitlines()[-2:] | join('|')",
        "cantho.gov.vn MX  ; máy chủ nhận thư (RFC 5321) / who receives mail (RFC 5321)|    10 mx.cantho.gov.vn.",
    ),
}
# More of what the documentation of these filters says, by what each shows.
FURTHER = {
    "abbreviated: what a regulation prints for a kind": (
        f"'Sở Thông tin và Truyền thông' | abbreviated({CAOBANG}, kind='department')",
        "ittt",
    ),
    "abbreviated: how long a name stays in full for a kind": (
        f"'UBND huyện Bù Gia Mập' | abbreviated({CAOBANG}, kind='district')",
        "bugiamap",
    ),
    "abbreviated: initials of a kind": (
        f"'UBND huyện Bù Gia Mập' | abbreviated({BINHPHUOC}, form='initials', kind='district')",
        "bgm",
    ),
    "address_candidates: with a workplace": (
        f"'Nông Văn Đạt' | address_candidates({CAOBANG}, workplace={{'agency': 'soyte'}}) | map(attribute='address') | join(' ')",
        "datnv datnv2 datnv.soyte",
    ),
    "address_candidates: with the agency above": (
        (
            f"'UBND xã Minh Hưng' | address_candidates({BINHPHUOC}, kind='agency', agency_kind='commune',"
            " above={'address': 'budang', 'kind': 'district', 'name': 'Huyện Bù Đăng'}) | map(attribute='address') | join(' ')"
        ),
        "xmh.hbda xminhhung.hbda",
    ),
    "issue_address: a number": (
        f"('Nông Văn Đạt' | address_candidates({CAOBANG}) | issue_address({CAOBANG}, taken=['datnv', 'datnv2'])).address",
        "datnv3",
    ),
    "issue_address: who has it": (
        f"({COMMUNE} | issue_address({CAOBANG}, taken={{'baolac': 'district'}})).address",
        "ttbaolac",
    ),
    "issue_address: nothing is taken": (f"({COMMUNE} | issue_address({CAOBANG})).clause", "CB-7.3a"),
    "issue_address: the operator chooses": (
        (
            f"('Nguyễn Văn Minh' | address_candidates({REGULATION})"
            f" | issue_address({REGULATION}, taken=['nvminh', 'nvanminh', 'nguyenvanminh'])) is none"
        ),
        "True",
    ),
    "mailbox_quota: a kind of agency": (f"'commune' | mailbox_quota({CAOBANG})", "unlimited"),
    "mailbox_quota: a kind of agency that has a number": (
        "'department' | mailbox_quota('regulations/nghean.yml')",
        f"{10 * 1024**3}",
    ),
    "first_password: of an owner": (
        (
            f"'commune' | first_password({NINHBINH}, account='tan.khe', full_name='Xã Tân Khê', born='1990')"
            f" | password_problems({NINHBINH}, kind='commune', account='tan.khe', full_name='Xã Tân Khê', born='1990')"
        ),
        "[]",
    ),
    "password_problems: the account": (
        f"'Datnv$2024' | password_problems({CAOBANG}, account='datnv') | map(attribute='key') | join(' ')",
        "password.holds_account",
    ),
    "password_problems: name and birth": (
        (
            f"'XkMinh$1990' | password_problems({NINHBINH}, full_name='Nguyễn Văn Minh', born='1990-03-25')"
            " | map(attribute='key') | join(' ')"
        ),
        "password.holds_name password.holds_birth_date",
    ),
    "policy_attributes: with the clause": (
        f"('person' | policy_attributes({BINHPHUOC}, with_sources=true)).pwdMaxFailure",
        "{'value': '6', 'clause': 'BP-6.2d', 'source': 'BP-6.2d', 'why': None}",
    ),
    "policy_attributes: where the regulation is silent": (
        f"('department' | policy_attributes({BINHPHUOC}, with_sources=true)).pwdInHistory.source",
        "theo mặc định toàn quốc / national default",
    ),
}
REFUSALS = {
    "term_days": (f"'15 working days' | term_days({REGULATION})", "working days have no fixed length"),
    "unaccented": ("'Ðinh' | unaccented", "(U+00D0 LATIN CAPITAL LETTER ETH) only looks like"),
    "abbreviated": (f"'A' | abbreviated({REGULATION}, form='long')", "form is short or initials"),
    "address_candidates": (
        f"'A' | address_candidates({REGULATION}, kind='agency')",
        "agency_kind is one of department",
    ),
    "issue_address": (f"[{{'address': 'a'}}] | issue_address({REGULATION})", "Entry 1 is no form of an address"),
    "policy_attributes": (f"'list' | policy_attributes({REGULATION})", "allowed: person, unit, agency, department"),
    "display_name": (f"'A' | display_name({REGULATION}, agency='B', kind='list')", "person, unit or agency"),
    "first_password": (f"'list' | first_password({REGULATION})", "allowed: person, unit, agency, department"),
    "password_problems": (f"5 | password_problems({REGULATION})", "needs password, kind"),
    "mailbox_quota": (f"'list' | mailbox_quota({REGULATION})", "allowed: agency, unit, person, department"),
    "load_regulation": ("'regulations/schema.json' | load_regulation", "The required key code is missing."),
    "firewall_lets_in": ("[] | firewall_lets_in('gateway', 22)", "'gateway' does not appear to be"),
    "nftables_rules": ("[{'name': 'ldaps', 'port': 0}] | nftables_rules", "allowed: a number from 1 to 65535"),
    "project_path": ("'../outside' | project_path", "'../outside' leads out of the project"),
    "sso_secrets": ("[5] | sso_secrets", "sso_clients[0] = '5'"),
    "sso_configuration": ("[5] | sso_configuration({}, organisation='x', url='https://a.vn/')", "sso_clients[0] = '5'"),
    "sso_directory_accounts": ("[5] | sso_directory_accounts({})", "sso_clients[0] = '5'"),
    "alert_words": ("'mail01' | alert_words(5)", "takes 1 positional argument"),
    "sentence": ("'portal.no_such' | sentence('vi')", "no such sentence in messages/"),
    "public_key": ("'x' | public_key", "public_key: "),
    "portal_rules": ("'regulations/schema.json' | portal_rules", "The required key code is missing."),
    "reminder_words": ("'hotro@a.vn' | reminder_words", "portal"),
    "quota_warning_words": ("'hotro@a.vn' | quota_warning_words", "webmail"),
    "sending_alert_words": ("'hotro' | sending_alert_words", "'hotro' is no address"),
    "smtp_reply": ("'no_such' | smtp_reply", "no sentence 'no_such' in messages/smtp.yml"),
    "dns_records": (f"{DOMAIN} | dns_records(**(dns | combine({{'dmarc_policy': 'x'}})))", "allowed: none, quarantine"),
    "dns_zone": (f"[{{}}] | dns_zone({DOMAIN}, 'mx')", "needs what dns_records returned"),
    "dns_table": (f"[{{}}] | dns_table({DOMAIN}, 'x.zone')", "needs what dns_records returned"),
}

FURTHER_REFUSALS = {
    "abbreviated: no such kind": (f"'A' | abbreviated({CAOBANG}, kind='list')", "kind is one of department, board"),
    "issue_address: who has it is not known": (
        f"{COMMUNE} | issue_address({CAOBANG}, taken=['baolac'])",
        "depends on who has the address baolac",
    ),
    "issue_address: no such holder": (
        f"{COMMUNE} | issue_address({CAOBANG}, taken={{'baolac': 'huyen'}})",
        "The address baolac belongs to huyen",
    ),
    "issue_address: no list": (f"'nvminh' | issue_address({REGULATION})", "needs a list of candidates"),
    "mailbox_quota: no such file": ("'person' | mailbox_quota('regulations/none.yml')", "cannot be read"),
    "password_problems: no date": (
        f"'A' | password_problems({NINHBINH}, born='25/03/1990')",
        "Not a year, month or day of birth",
    ),
    "policy_attributes: no flag": (f"'unit' | policy_attributes({REGULATION}, with_sources='no')", "true or false"),
}


@pytest.fixture(scope="module")
def values():
    """What the expressions above use besides their own texts."""
    name = "mail01.cantho.gov.vn"
    return {
        "dns": {
            "hosts": [{"names": [name, "mx.cantho.gov.vn"], "ipv4": "198.51.100.10", "ipv6": None}],
            "mail_exchange": "mx.cantho.gov.vn",
            "submission": name,
            "imap": name,
            "directory": name,
            "autodiscover": name,
            "mta_sts_policy": "version: STSv1",
            "dkim_selector": "tcv",
            "dkim_key": make_rsa_key(""),
            "dmarc_policy": "reject",
            "caa_issuers": [],
        }
    }


def evaluate(ansible, values, expressions):
    """Evaluate expressions in one run of Ansible; each with its value, or with why it failed."""
    tasks = [
        {
            "name": name,
            "ansible.builtin.set_fact": {"value": "{{ (" + expression + ") | string }}"},
            "vars": values,
            "ignore_errors": True,
        }
        for name, expression in expressions.items()
    ]
    done = ansible.play(tasks)
    assert "Skipping plugin" not in done.stdout
    assert [task["task"] for task in done.tasks] == list(expressions), done.stdout
    return {
        task["task"]: task["result"].get("ansible_facts", {}).get("value", task["result"].get("msg"))
        for task in done.tasks
    }


def test_no_filter_is_left_out():
    assert {path.stem for path in (PROJECT / "filter_plugins").glob("*.py")} == set(EXAMPLES) == set(REFUSALS)


def test_every_filter_gives_what_is_documented(ansible, values):
    # By number: what further examples are called is no name of a variable.
    examples = [*EXAMPLES.values(), *FURTHER.values()]
    facts = {
        f"fact_{number}": "{{ (" + expression + ") | string }}" for number, (expression, _wanted) in enumerate(examples)
    }
    done = ansible.play([{"name": "all", "ansible.builtin.set_fact": facts, "vars": values}])
    assert "Skipping plugin" not in done.stdout
    assert done.returncode == 0, done.stdout
    given = [done.results[0]["ansible_facts"][fact] for fact in facts]
    assert dict(zip([*EXAMPLES, *FURTHER], given, strict=True)) == {
        name: wanted for name, (_expression, wanted) in (EXAMPLES | FURTHER).items()
    }


def test_every_filter_refuses_with_a_reason(ansible, values):
    refusals = REFUSALS | FURTHER_REFUSALS
    results = evaluate(ansible, values, {name: expression for name, (expression, _wanted) in refusals.items()})
    for name, (_expression, reason) in refusals.items():
        # Once: what an error was raised from, Ansible would say a second time.
        assert results[name].count(reason) == 1, results[name]


def test_every_smtp_reply_is_one_line_of_ascii_that_a_reply_can_carry(ansible, values):
    sentences = yaml.safe_load((PROJECT / "messages/smtp.yml").read_text(encoding="utf-8"))
    replies = evaluate(ansible, values, {key: f"'{key}' | smtp_reply" for key in sentences})
    assert len(replies) >= 4
    for key, reply in replies.items():
        assert re.fullmatch(r"[ !#-\[\]-~]+", reply), key  # no quotation mark either: they stand in quotes
        assert reply.endswith(f" / {sentences[key]['en']}")
        # RFC 5321, 4.5.3.1.5: 512 octets with code, enhanced code and end of line.
        assert len(reply) <= 490


def documented(program, *arguments):
    return subprocess.run(
        [Path(sys.executable).parent / program, *arguments],
        cwd=PROJECT,
        env={**os.environ, "ANSIBLE_FORCE_COLOR": "false"},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def documentation():
    done = documented("ansible-doc", "-t", "filter", "--json", *EXAMPLES)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_filter_has_documentation_examples_and_return_value(documentation, name):
    entry = documentation[name]
    assert entry["doc"]["description"]
    assert entry["examples"]
    assert entry["return"]["_value"]["description"]
