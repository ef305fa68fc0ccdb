"""The action accounts: first passwords on paper before the account exists, one file an agency, and nothing of them in the output."""

import json
import re
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from ansible.errors import AnsibleActionFail
from ansible.parsing.vault import VaultLib, VaultSecret
from passlib.hash import argon2

from ansible_collections.thucongvu.mail.plugins.action.accounts import FirstPasswords
from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import desired_accounts
from ansible_collections.thucongvu.mail.plugins.module_utils.directory import account_dn
from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import check_password
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register

FAKE = Path(__file__).parents[1] / "support/fake_ldap"
PROJECT = Path(__file__).parents[2]
DOMAIN = "cantho.gov.vn"
BASE = "dc=cantho,dc=gov,dc=vn"
SECRET = VaultSecret("mật khẩu vault".encode())
AGENCIES = """\
- id: tttt
  name: Sở Thông tin và Truyền thông
  kind: department
  address: sotttt
  units:
    - {id: tttt-vp, name: Văn phòng, address: vanphong.sotttt}
- {id: nv, name: Sở Nội vụ, kind: department, address: sonv}
"""
PEOPLE = {
    "tttt": [
        "p1,Nguyễn Văn Minh,tttt-vp,Chánh Văn phòng,,2016-01-04,active,nvminh",
        "p2,Lê Minh,,,,2016-01-05,cancelled,lminh",
        "p3,Trần Thị Hoa,,,,2016-01-06,active,",
    ],
    "nv": ["p4,Danh Út,,,,2016-01-06,active,dut"],
}


@pytest.fixture
def register_folder(make_register):
    return make_register(AGENCIES, **PEOPLE)


@pytest.fixture
def accounts(cantho, register_folder):
    return desired_accounts(load_register(register_folder, cantho), cantho, DOMAIN)


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


class Province:
    """The action through Ansible, over a fake directory that holds the top of the tree already."""

    def __init__(self, folder, register_folder, ansible):
        self.register = register_folder
        self.first_passwords = folder / "first-passwords"
        self.tree = folder / "tree.json"
        self.password_file = folder / "password"
        self.password_file.write_bytes(SECRET.bytes)
        self.ansible = ansible
        folders = {f"ou={name},{BASE}": {"ou": [name]} for name in ("agencies", "people", "functions", "services")}
        self.change(entries={BASE: {"dc": ["cantho"]}, **folders})

    def change(self, **values):
        state = json.loads(self.tree.read_text()) if self.tree.exists() else {}
        self.tree.write_text(json.dumps({**state, **values}))

    @property
    def entries(self):
        return json.loads(self.tree.read_text())["entries"]

    def issued(self):
        found = {}
        for path in sorted(self.first_passwords.glob("*")):
            found |= opened(path)
        return found

    def run(self, *argv, vault=True, times=1):
        task = {
            "name": "Accounts",
            "thucongvu.mail.accounts": {
                "regulation": str(PROJECT / "regulations/cantho.yml"),
                "register": str(self.register),
                "domain": DOMAIN,
                "base_dn": BASE,
                "first_passwords_dir": str(self.first_passwords),
            },
            "ignore_errors": True,
        }
        words = ["--vault-password-file", self.password_file] if vault else []
        environment = {"PYTHONPATH": str(FAKE), "TCV_FAKE_LDAP": str(self.tree), "ANSIBLE_INJECT_INVOCATION": "true"}
        return self.ansible.play([task] * times, *words, *argv, environment=environment)


@pytest.fixture
def province(tmp_path, register_folder, ansible):
    return Province(tmp_path, register_folder, ansible)


def test_the_directory_follows_the_register_and_the_passwords_open_it(province):
    done = province.run("-vvvv", "--diff", times=2)
    first, second = done.results
    assert first["changed"], first
    assert set(first["new"]) == {
        f"{name}@{DOMAIN}" for name in ("sotttt", "sonv", "vanphong.sotttt", "nvminh", "lminh", "dut")
    }
    assert first["waiting"] == ["p3"]
    assert (
        "Accounts in the register: 6; new: 6; changed: 0, of which closed: 0; waiting for an address: 1."
        in first["plan"]
    )
    assert (second["changed"], second["new"], second["modified"]) == (False, [], [])
    issued = province.issued()
    assert f"lminh@{DOMAIN}" not in issued, "a closed account needs no password"
    for entry in issued.values():
        (stored,) = province.entries[entry["dn"]]["userPassword"]
        assert stored.startswith("{ARGON2}$argon2id$")
        assert argon2.verify(entry["password"], stored.removeprefix("{ARGON2}"))
        assert entry["password"] not in done.stdout
        assert stored not in done.stdout
    assert "userPassword" not in province.entries[f"uid=p2,ou=people,{BASE}"]
    assert province.entries[f"cn=hotro,ou=functions,{BASE}"]["rfc822MailMember"] == [f"sotttt@{DOMAIN}"]


def test_a_run_that_is_cut_off_leaves_passwords_that_the_next_one_uses(province):
    dn = f"uid=p1,ou=people,{BASE}"
    province.change(refuse={dn: "the disk is full"})
    (result,) = province.run().results
    assert f"the directory refuses {dn}: Constraint violation: the disk is full" in result["msg"]
    assert dn not in province.entries
    before = province.issued()
    province.change(refuse={})
    (again,) = province.run().results
    assert again["changed"]
    assert province.issued() == before
    assert argon2.verify(before[f"nvminh@{DOMAIN}"]["password"], province.entries[dn]["userPassword"][0][8:])


def test_check_mode_shows_the_plan_and_hands_out_nothing(province):
    before = province.entries
    done = province.run("--check", "--diff", vault=False)
    (result,) = done.results
    assert result["changed"]
    assert f"+ uid=p1,ou=people,{BASE}" in done.stdout
    assert province.entries == before
    assert not province.first_passwords.exists()


def test_without_a_vault_password_no_account_is_made(province):
    before = province.entries
    (result,) = province.run(vault=False).results
    assert "No vault password: run again with --vault-password-file" in result["msg"]
    assert province.entries == before
    assert not province.first_passwords.exists()


def test_a_closed_account_and_a_changed_name_are_said_and_keep_their_password(province, make_register):
    province.run()
    dn = f"uid=p1,ou=people,{BASE}"
    stored = province.entries[dn]["userPassword"]
    rows = [re.sub(r"active,nvminh", "cancelled,nvminh", row) for row in PEOPLE["tttt"]]
    make_register(AGENCIES, **{**PEOPLE, "tttt": rows})
    (result,) = province.run().results
    assert (result["modified"], result["closed"]) == ([f"nvminh@{DOMAIN}"], [f"nvminh@{DOMAIN}"])
    assert province.entries[dn]["tcvMailboxStatus"] == ["cancelled"]
    assert province.entries[dn]["userPassword"] == stored
    make_register("- {id: nv, name: Sở Nội vụ, kind: thanhpho, address: sonv}\n", nv=[])
    (refused,) = province.run().results
    assert "agencies.yml:1" in refused["msg"]


def test_a_row_that_is_gone_stops_the_run_and_is_named(province, make_register):
    """Its address would be issued again, and somebody else would get the first one's mail."""
    province.run()
    before, issued = province.entries, province.issued()
    newcomer = "p5,Phạm Văn Mới,,,,2026-01-05,active,pvmoi"
    make_register(AGENCIES, **{**PEOPLE, "tttt": [*PEOPLE["tttt"][1:], newcomer]})
    (result,) = province.run().results
    assert "The directory has 1 entries that are no longer in the register; nothing was changed." in result["msg"]
    assert f"nvminh@{DOMAIN} (uid=p1,ou=people,{BASE})" in result["msg"]
    assert (province.entries, province.issued()) == (before, issued)


def test_an_issued_address_that_changed_in_the_register_stops_the_run(province, make_register):
    """One person's mail would reach another."""
    province.run()
    before, issued = province.entries, province.issued()
    rows = [row.replace("active,nvminh", "active,nguyenvm") for row in PEOPLE["tttt"]]
    make_register(AGENCIES, **{**PEOPLE, "tttt": rows})
    (result,) = province.run().results
    assert "An address that was issued never changes" in " ".join(result["msg"].split())
    assert f"nvminh@{DOMAIN} -> nguyenvm@{DOMAIN} (uid=p1,ou=people,{BASE})" in result["msg"]
    assert (province.entries, province.issued()) == (before, issued)
