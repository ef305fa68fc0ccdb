"""The action accounts: the files with first passwords, one an agency. What it does with a directory is in tests/change."""

from dataclasses import replace
from types import SimpleNamespace

import pytest
import yaml
from ansible.errors import AnsibleActionFail
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.thucongvu.mail.plugins.action.accounts import FirstPasswords
from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import desired_accounts
from ansible_collections.thucongvu.mail.plugins.module_utils.directory import account_dn
from ansible_collections.thucongvu.mail.plugins.module_utils.password_owner import Owner
from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import check_password
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Cited

DOMAIN = "cantho.gov.vn"
BASE = "dc=cantho,dc=gov,dc=vn"
SECRET = VaultSecret("mật khẩu vault".encode())


@pytest.fixture
def accounts(cantho, small_register):
    return desired_accounts(load_register(small_register, cantho), cantho, DOMAIN)


def vault_of(*secrets):
    return SimpleNamespace(secrets=list(secrets))


@pytest.fixture
def first_passwords(tmp_path):
    return FirstPasswords(tmp_path / "first-passwords", vault_of(("default", SECRET)))


def opened(path):
    return yaml.safe_load(VaultLib([("default", SECRET)]).decrypt(path.read_bytes()))


def test_ct_10_3_ct_11_4_each_account_gets_a_password_of_its_kind_in_its_agencys_file(
    first_passwords, accounts, cantho
):
    passwords = first_passwords.hand_out(accounts, BASE, cantho)
    files = sorted(first_passwords.folder.iterdir())
    assert [path.name for path in files] == ["nv.yml", "tttt.yml"]
    for path in files:
        assert path.stat().st_mode & 0o7777 == 0o600
        assert path.read_bytes().startswith(b"$ANSIBLE_VAULT;1.1;AES256\n")
    nv, tttt = (opened(path) for path in files)
    assert set(nv) == {f"sonv@{DOMAIN}", f"dut@{DOMAIN}"}
    assert nv[f"dut@{DOMAIN}"]["agency"] == "Sở Nội vụ"
    assert set(tttt) == {f"{name}@{DOMAIN}" for name in ("sotttt", "vanphong.sotttt", "nvminh", "lminh")}
    assert passwords == {entry["dn"]: entry["password"] for entry in (nv | tttt).values()}
    assert set(passwords) == {account_dn(account, BASE) for account in accounts}
    assert len(set(passwords.values())) == len(accounts)
    for account in accounts:
        assert check_password(cantho.passwords[account.kind], passwords[account_dn(account, BASE)]) == []


def test_nb_a_password_has_nothing_of_its_owner_and_follows_the_rule_of_the_agencys_kind(
    first_passwords, accounts, cantho, regulations
):
    rule = regulations["ninhbinh"].passwords["person"]
    kinds = {"person": rule, "unit": rule, "agency": rule, "department": replace(rule, min_length=Cited(40, "NB"))}
    strict = replace(cantho, passwords=kinds)
    # Born in a year that the generator's digits can make, so that it would come up sooner or later.
    many = [
        replace(account, id=f"{account.id}-{number}", address=f"{number}.{account.address}", born="2347-04-23")
        for account in accounts
        for number in range(20)
    ]
    passwords = first_passwords.hand_out(many, BASE, strict)
    for account in many:
        password = passwords[account_dn(account, BASE)]
        owner = Owner(account.address, account.name, account.born)
        assert check_password(strict.password_rule(account.kind, account.agency_kind), password, owner) == []
        assert (len(password) >= 40) is (account.kind == "agency")


def test_a_name_that_no_password_fits_is_named_and_nothing_is_written(first_passwords, accounts, cantho):
    around = "bcdhkmnptx"
    name = " ".join(front + vowel + behind for front in around for vowel in "aeiu" for behind in around)
    last = replace(accounts[-1], name=name)
    with pytest.raises(AnsibleActionFail, match=rf"\({last.address}\): .*\n.* rules out nearly every password"):
        first_passwords.hand_out([*accounts[:-1], last], BASE, cantho)
    assert not first_passwords.folder.exists()


def test_a_run_after_one_that_was_cut_off_gives_the_same_passwords(first_passwords, accounts, cantho):
    first = first_passwords.hand_out(accounts[:3], BASE, cantho)
    written = {path.name: path.read_bytes() for path in first_passwords.folder.iterdir()}
    assert first_passwords.hand_out(accounts[:3], BASE, cantho) == first
    assert {path.name: path.read_bytes() for path in first_passwords.folder.iterdir()} == written
    more = first_passwords.hand_out(accounts, BASE, cantho)
    assert {dn: more[dn] for dn in first} == first


def test_an_address_that_went_to_another_account_gets_another_password(first_passwords, accounts, cantho):
    before = first_passwords.hand_out(accounts, BASE, cantho)
    after = first_passwords.hand_out(accounts, f"o=other,{BASE}", cantho)
    assert set(before.values()).isdisjoint(after.values())


def test_a_closed_account_is_struck_off_and_nobody_else(first_passwords, accounts, cantho):
    first_passwords.hand_out(accounts, BASE, cantho)
    before = opened(first_passwords.file("tttt"))
    gone = next(account for account in accounts if account.address == f"nvminh@{DOMAIN}")
    first_passwords.forget([gone], BASE)
    assert opened(first_passwords.file("tttt")) == {key: entry for key, entry in before.items() if key != gone.address}
    written = first_passwords.file("tttt").read_bytes()
    first_passwords.forget([gone], BASE)
    assert first_passwords.file("tttt").read_bytes() == written


def test_without_a_vault_password_and_with_another_one(tmp_path, first_passwords, accounts, cantho):
    with pytest.raises(AnsibleActionFail, match="No vault password"):
        FirstPasswords(tmp_path, vault_of())
    first_passwords.hand_out(accounts, BASE, cantho)
    before = (first_passwords.folder / "nv.yml").read_bytes()
    other = FirstPasswords(first_passwords.folder, vault_of(("default", VaultSecret(b"khac"))))
    with pytest.raises(AnsibleActionFail, match=r"nv\.yml: Decryption failed"):
        other.hand_out(accounts, BASE, cantho)
    assert (first_passwords.folder / "nv.yml").read_bytes() == before
