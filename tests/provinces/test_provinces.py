"""Each further province over one running host: its accounts by its own regulation, its mail, and a second run."""

from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import function_aliases
from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import check_password
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from tcv import mailbox, programs
from tcv.demo.proof import prove
from tcv.site import ROOT, Site

# What each regulation prints, and the accounts that must therefore be there.
PRINTED = {
    "caobang": [
        *["soittt", "bandantoc", "hoilhpntinh", "hungdao.nguyenbinh", "hungdao.hoan", "baolac", "ttbaolac"],
        *["datnv", "datnv2", "datnv.soyte"],
    ],
    "quangtri": ["skhcn", "vanphong.skhcn"],
    "binhduong": ["vpubnd", "tinhoc.vpubnd"],
    "binhphuoc": ["xmh.hbda", "ptm.txpl", "ttdp.hbda", "xtanlap.hdp", "xthuanloi.hdp"],
}


def by_address(facts: dict) -> dict[str, dict]:
    return {account["address"].split("@")[0]: account for account in facts["accounts"]}


def test_the_printed_addresses_have_accounts(moved_in: tuple[Site, dict]):
    _site, facts = moved_in
    assert set(PRINTED[facts["province"]]) <= set(by_address(facts))


def test_first_passwords_satisfy_the_provinces_rule(moved_in: tuple[Site, dict]):
    _site, facts = moved_in
    regulation = load_regulation(ROOT / "regulations" / f"{facts['province']}.yml")
    assert len(facts["accounts"]) > 50
    for account in facts["accounts"]:
        assert check_password(regulation.passwords[account["kind"]], account["password"]) == []


def test_mail_flows_between_its_people(moved_in: tuple[Site, dict]):
    prove(moved_in[1])


def test_help_reaches_the_operator(moved_in: tuple[Site, dict]):
    site, facts = moved_in
    regulation = load_regulation(ROOT / "regulations" / f"{facts['province']}.yml")
    register = load_register(site.inventory / "register", regulation)
    targets = dict(function_aliases(regulation, register, site.domain))
    sender = next(account for account in facts["accounts"] if account["kind"] == "person")
    operator = by_address(facts)[targets[f"hotro@{site.domain}"].split("@")[0]]
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = sender["address"], f"hotro@{site.domain}", "Quên mật khẩu"
    message["Message-ID"] = make_msgid(domain=site.domain)
    message.set_content("Kính gửi bộ phận hỗ trợ\n")
    context = mailbox.trusting(Path(facts["ca_file"]))
    submission = mailbox.Service(f"smtp.{site.domain}", facts["host"], facts["ports"]["submission"])
    imap = mailbox.Service(f"imap.{site.domain}", facts["host"], facts["ports"]["imaps"])
    mailbox.send(submission, context, (sender["address"], sender["password"]), message)
    login = (operator["address"], operator["password"])
    assert mailbox.wait_for(imap, context, login, message["Message-ID"]) is not None


def test_the_quota_of_a_person_is_the_regulations(moved_in: tuple[Site, dict]):
    site, facts = moved_in
    regulation = load_regulation(ROOT / "regulations" / f"{facts['province']}.yml")
    person = next(account for account in facts["accounts"] if account["kind"] == "person")
    container = site.container(site.hosts[0])
    base = person["dn"]
    search = [
        "ldapsearch",
        "-Q",
        "-LLL",
        "-Y",
        "EXTERNAL",
        "-H",
        "ldapi:///",
        "-s",
        "base",
        "-b",
        base,
        "tcvMailboxQuota",
    ]
    assert f"tcvMailboxQuota: {regulation.quotas['person'].value}B" in programs.output(
        ["podman", "exec", container, *search]
    )


@pytest.mark.parametrize("playbook", ["register", "accounts"])
def test_a_second_run_changes_nothing(moved_in: tuple[Site, dict], playbook: str):
    assert moved_in[0].play(playbook, log=f"{playbook}-again").changed == 0
