"""The action accounts on the directory's host: first passwords on paper before the account exists, and nothing of them in the output."""

import os
from pathlib import Path

import pytest

from tcv.site import Site

# Not the province's own: an address is one mailbox's alone (CT-4.2a), and some of these are taken there.
DOMAIN = "thu-nghiem.example"
VAULT_PASSWORD = "mật khẩu vault"
NEWCOMER = "p5,Phạm Văn Mới,,,,2026-01-05,active,pvmoi\n"


class Province:
    """A register, the files with first passwords, and a directory that holds the top of the tree already."""

    def __init__(self, folder, register, directory):
        self.site = Site(Path(os.environ["TCV_INVENTORY"]), folder)
        self.site.vault_password.write_text(VAULT_PASSWORD, encoding="utf-8")
        self.register = register
        self.directory = directory
        self.minh = f"uid=p1,{directory.people}"
        folders = [directory.folder(name) for name in ("agencies", "people", "functions", "services")]
        directory.add(directory.top, *folders)

    def issued(self):
        """The first passwords' entries by address."""
        return {account["address"]: account for account in self.site.accounts()}

    def rewrite(self, old, new, file="people/tttt.csv"):
        """Change the register as its keeper does."""
        text = (self.register / file).read_text(encoding="utf-8")
        assert old in text
        (self.register / file).write_text(text.replace(old, new), encoding="utf-8")

    def run(self, *argv, vault=True, times=1):
        arguments = {
            "regulation": "regulations/cantho.yml",
            "register": str(self.register),
            "domain": DOMAIN,
            "first_passwords_dir": str(self.site.first_passwords),
        }
        words = ["--vault-password-file", self.site.vault_password] if vault else []
        runs = [arguments] * times
        return self.directory.run("accounts", *runs, argv=[*words, *argv], ANSIBLE_INJECT_INVOCATION="true")


@pytest.fixture
def province(tmp_path, small_register, directory):
    return Province(tmp_path, small_register, directory)


@pytest.fixture
def settled(province):
    """The province after a first run."""
    assert province.run().results[0]["changed"]
    return province


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
    issued, entries = province.issued(), province.directory.entries()
    assert len(issued) == 5
    assert f"lminh@{DOMAIN}" not in issued, "a closed account needs no password"
    for account in issued.values():
        (stored,) = entries[account["dn"]]["userPassword"]
        assert stored.startswith("{ARGON2}$argon2id$")
        assert province.directory.signs_in(account["dn"], account["password"])
        assert account["password"] not in done.stdout
        assert stored not in done.stdout
    assert not province.directory.signs_in(province.minh, issued[f"dut@{DOMAIN}"]["password"])
    assert "userPassword" not in entries[f"uid=p2,{province.directory.people}"]
    assert entries[f"cn=hotro,ou=functions,{province.directory.base}"]["rfc822MailMember"] == [f"sotttt@{DOMAIN}"]


def test_a_run_that_is_cut_off_leaves_passwords_that_the_next_one_uses(province):
    """Here by an address that another mailbox has (CT-4.2a)."""
    directory = province.directory
    other = f"cn=khac,{directory.base}"
    mailbox = {"mail": [f"nvminh@{DOMAIN}"], "tcvMailboxKind": ["unit"], "tcvMailboxStatus": ["active"]}
    mailbox |= {"tcvMailboxQuota": ["unlimited"], "tcvRegisterId": ["khac"]}
    directory.add((other, {"objectClass": ["organizationalRole", "tcvMailbox"], "cn": ["khac"], **mailbox}))
    (result,) = province.run().results
    assert f"the directory refuses {province.minh}: Constraint violation: non-unique attributes found" in result["msg"]
    agency = f"tcvRegisterId=tttt,ou=agencies,{directory.base}"
    entries, before = directory.entries(), province.issued()
    # The agency was written before it, and what stands below an agency would have come after it.
    assert agency in entries
    assert not {province.minh, f"tcvRegisterId=tttt-vp,{agency}"} & set(entries)
    directory.remove(other)
    (again,) = province.run().results
    assert again["changed"]
    assert {f"nvminh@{DOMAIN}", f"vanphong.sotttt@{DOMAIN}"} <= set(again["new"])
    assert province.issued() == before
    for account in before.values():
        assert directory.signs_in(account["dn"], account["password"])


def test_check_mode_shows_the_plan_and_hands_out_nothing(province):
    before = province.directory.entries()
    done = province.run("--check", "--diff", vault=False)
    (result,) = done.results
    assert result["changed"]
    assert f"+ {province.minh}" in done.stdout
    assert province.directory.entries() == before
    assert not province.site.first_passwords.exists()


def test_without_a_vault_password_no_account_is_made(province):
    before = province.directory.entries()
    (result,) = province.run(vault=False).results
    assert "No vault password: run again with --vault-password-file" in result["msg"]
    assert province.directory.entries() == before
    assert not province.site.first_passwords.exists()


def test_ct_5_3_a_closed_account_opens_nothing_and_one_that_comes_back_has_a_new_password(settled):
    others = settled.issued()
    account = others.pop(f"nvminh@{DOMAIN}")
    assert settled.directory.signs_in(settled.minh, account["password"])
    settled.rewrite("active,nvminh", "cancelled,nvminh")
    (result,) = settled.run().results
    assert (result["modified"], result["closed"]) == ([f"nvminh@{DOMAIN}"], [f"nvminh@{DOMAIN}"])
    entry = settled.directory.entries()[settled.minh]
    assert entry["tcvMailboxStatus"] == ["cancelled"]
    assert "userPassword" not in entry
    assert not settled.directory.signs_in(settled.minh, account["password"])
    assert settled.issued() == others
    settled.rewrite("cancelled,nvminh", "active,nvminh")
    back, again = settled.run(times=2).results
    assert (back["new"], back["modified"], again["changed"]) == ([], [f"nvminh@{DOMAIN}"], False)
    issued = settled.issued()[f"nvminh@{DOMAIN}"]["password"]
    assert issued != account["password"]
    assert settled.directory.signs_in(settled.minh, issued)
    assert not settled.directory.signs_in(settled.minh, account["password"])


def test_who_was_closed_when_the_directory_was_made_can_come_back(settled):
    settled.rewrite("cancelled,lminh", "active,lminh")
    dry, done = (settled.run(*argv).results[0] for argv in (["--check"], []))
    assert (dry["changed"], done["changed"]) == (True, True)
    account = settled.issued()[f"lminh@{DOMAIN}"]
    assert settled.directory.signs_in(account["dn"], account["password"])


def test_a_password_that_was_written_for_somebody_who_then_left_is_struck_off(province):
    """The run that wrote it was cut off before the account was there."""
    province.run()
    written = province.site.first_passwords / "tttt.yml"
    kept = written.read_bytes()
    province.rewrite("active,nvminh", "cancelled,nvminh")
    province.run()
    assert f"nvminh@{DOMAIN}" not in province.issued()
    written.write_bytes(kept)
    province.directory.remove(province.minh)
    (result,) = province.run().results
    assert result["new"] == [f"nvminh@{DOMAIN}"]
    assert f"nvminh@{DOMAIN}" not in province.issued()


def test_a_broken_register_is_refused(settled):
    before = settled.directory.entries()
    settled.rewrite("kind: department", "kind: thanhpho", file="agencies.yml")
    (refused,) = settled.run().results
    assert "agencies.yml:3" in refused["msg"]
    assert settled.directory.entries() == before


def test_a_row_that_is_gone_stops_the_run_and_is_named(settled):
    """Its address would be issued again, and somebody else would get the first one's mail."""
    before, issued = settled.directory.entries(), settled.issued()
    row = "p1,Nguyễn Văn Minh,tttt-vp,Chánh Văn phòng,,2016-01-04,active,nvminh\n"
    settled.rewrite(row, NEWCOMER)
    (result,) = settled.run().results
    assert "The directory has 1 entries that are no longer in the register; nothing was changed." in result["msg"]
    assert f"nvminh@{DOMAIN} ({settled.minh})" in result["msg"]
    assert (settled.directory.entries(), settled.issued()) == (before, issued)


def test_an_issued_address_that_changed_in_the_register_stops_the_run(settled):
    """One person's mail would reach another."""
    before, issued = settled.directory.entries(), settled.issued()
    settled.rewrite("active,nvminh", "active,nguyenvm")
    (result,) = settled.run().results
    assert "An address that was issued never changes" in " ".join(result["msg"].split())
    assert f"nvminh@{DOMAIN} -> nguyenvm@{DOMAIN} ({settled.minh})" in result["msg"]
    assert (settled.directory.entries(), settled.issued()) == (before, issued)
