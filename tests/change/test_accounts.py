"""The action accounts on the directory's host: first passwords on paper before the account exists, and nothing of them in the output."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from passlib.hash import ldap_salted_sha512

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import desired_accounts
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import plan_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_write import register_changes, write_changes
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from tcv.sample_register import write_register
from tcv.site import Site

# Not the province's own: an address is one mailbox's alone (CT-4.2a), and some of these are taken there.
DOMAIN = "thu-nghiem.example"
VAULT_PASSWORD = "mật khẩu vault"
FOLDERS = ("agencies", "people", "functions", "services", "policies", "lists", "groups")
NEWCOMER = "p5,Phạm Văn Mới,,,,2026-01-05,active,pvmoi\n"


def descendants(pid):
    """The processes that a process has started, and those that they have."""
    listed = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True).stdout
    parents = {int(child): int(parent) for child, parent in (line.split() for line in listed.splitlines())}
    found = {pid}
    while more := {child for child, parent in parents.items() if parent in found} - found:
        found |= more
    return found - {pid}


class Province:
    """A register, the files with first passwords, and a directory that holds the top of the tree already."""

    def __init__(self, folder, register, directory):
        self.site = Site(Path(os.environ["TCV_INVENTORY"]), folder)
        self.site.vault_password.write_text(VAULT_PASSWORD, encoding="utf-8")
        self.register = register
        self.directory = directory
        self.minh = f"uid=p1,{directory.people}"
        folders = [directory.folder(name) for name in FOLDERS]
        directory.add(directory.top, *folders)

    def issued(self):
        """The first passwords' entries by address."""
        return {account["address"]: account for account in self.site.accounts()}

    def rewrite(self, old, new, file="people/tttt.csv"):
        """Change the register as its keeper does."""
        text = (self.register / file).read_text(encoding="utf-8")
        assert old in text
        (self.register / file).write_text(text.replace(old, new), encoding="utf-8")

    def arguments(self, **more):
        """What the action is called with."""
        return {
            "regulation": "regulations/cantho.yml",
            "register": str(self.register),
            "domain": DOMAIN,
            "first_passwords_dir": str(self.site.first_passwords),
            **more,
        }

    def killed_after(self, words):
        """A run that is killed with all its processes on the controller once it has said something."""
        task = {"name": "Write", "thucongvu.mail.accounts": {"base_dn": self.directory.base, **self.arguments()}}
        where = {"hosts": self.directory.container, "connection": "containers.podman.podman", "gather_facts": False}
        playbook = self.site.state / "killed.yml"
        playbook.write_text(yaml.safe_dump([{"name": "Test", **where, "tasks": [task]}]), encoding="utf-8")
        inventory = ["-i", f"{self.directory.container},"]
        command = [Path(sys.executable).with_name("ansible-playbook"), *inventory, playbook]
        command += ["--vault-password-file", self.site.vault_password]
        with subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True
        ) as process:
            said = []
            for line in process.stdout:
                said.append(line)
                if words in line:
                    # Ansible's workers have sessions of their own.
                    for pid in [process.pid, *descendants(process.pid)]:
                        os.kill(pid, signal.SIGKILL)
        assert process.returncode == -signal.SIGKILL, "".join(said)

    def run(self, *argv, vault=True, times=1, **more):
        arguments = self.arguments(**more)
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
        assert stored.startswith("{SSHA512}")
        assert province.directory.signs_in(account["dn"], account["password"])
        assert account["password"] not in done.stdout
        assert stored not in done.stdout
    assert not province.directory.signs_in(province.minh, issued[f"dut@{DOMAIN}"]["password"])
    assert "userPassword" not in entries[f"uid=p2,{province.directory.people}"]
    assert entries[f"cn=hotro,ou=functions,{province.directory.base}"]["rfc822MailMember"] == [f"sotttt@{DOMAIN}"]


def test_ct_4_2a_an_address_that_another_entry_has_stops_the_run(province):
    directory = province.directory
    other = f"cn=khac,{directory.base}"
    mailbox = {"mail": [f"NVminh@{DOMAIN}"], "tcvMailboxKind": ["unit"], "tcvMailboxStatus": ["active"]}
    mailbox |= {"tcvMailboxQuota": ["unlimited"], "tcvRegisterId": ["khac"]}
    directory.add((other, {"objectClass": ["organizationalRole", "tcvMailbox"], "cn": ["khac"], **mailbox}))
    before = directory.entries()
    (result,) = province.run().results
    assert f"NVminh@{DOMAIN}: {province.minh}, {other}" in result["msg"]
    assert directory.entries() == before
    assert not province.site.first_passwords.exists()


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


def test_a_value_that_the_directory_would_refuse_is_refused_with_its_place(settled):
    before, issued = settled.directory.entries(), settled.issued()
    settled.rewrite("Chánh Văn phòng,,", "Chánh Văn phòng,0292*,")
    (result,) = settled.run().results
    assert "tttt.csv:2" in result["msg"]
    assert "Not a telephone number" in result["msg"]
    assert (settled.directory.entries(), settled.issued()) == (before, issued)


def test_an_address_that_two_people_have_is_refused_with_its_place(settled):
    before, issued = settled.directory.entries(), settled.issued()
    settled.rewrite("2016-01-06,active,\n", "2016-01-06,active,nvminh\n")
    (result,) = settled.run().results
    assert "tttt.csv:4" in result["msg"]
    assert (settled.directory.entries(), settled.issued()) == (before, issued)


def test_a_directory_that_does_not_answer_changes_nothing(province):
    with province.directory.stopped():
        (result,) = province.run().results
    assert "the directory does not answer on its socket" in result["msg"]
    assert not province.site.first_passwords.exists()


def test_a_full_directory_changes_nothing(province):
    """Here by a disk that has less room than the new entries take."""
    before = province.directory.entries()
    with province.directory.full():
        (result,) = province.run().results
    assert "the directory is full: " in result["msg"], result["msg"]
    assert province.directory.entries() == before
    assert not province.site.first_passwords.exists()


def test_ct_5_4_a_suspended_account_keeps_address_and_password_and_leaves_its_lists(settled):
    account = settled.issued()[f"nvminh@{DOMAIN}"]
    lists = f"ou=lists,{settled.directory.base}"
    before = settled.directory.entries("*", "+")
    assert before[f"cn=tttt-vp,{lists}"]["member"] == [settled.minh]
    settled.rewrite("active,nvminh", "suspended,nvminh")
    result, again = settled.run(times=2).results
    assert result["suspended"] == result["ended"] == [f"nvminh@{DOMAIN}"]
    assert "- 1: tạm dừng / suspended" in result["plan"]
    assert not again["changed"]
    after = settled.directory.entries("*", "+")
    assert after[settled.minh]["userPassword"] == before[settled.minh]["userPassword"]
    assert after[settled.minh]["mail"] == [f"nvminh@{DOMAIN}"]
    assert not settled.directory.signs_in(settled.minh, account["password"])
    # Nobody of these places is left.
    assert not {f"cn=tttt-vp,{lists}", f"cn=tttt,{lists}"} & set(after)
    settled.rewrite("suspended,nvminh", "active,nvminh")
    back, again = settled.run(times=2).results
    assert "- 1: dùng lại sau khi tạm dừng / resumed" in back["plan"]
    assert (back["ended"], again["changed"]) == ([], False)
    assert settled.directory.signs_in(settled.minh, account["password"])
    assert settled.directory.entries()[f"cn=tttt,{lists}"]["member"] == [settled.minh]


def test_ct_11_5_a_list_changes_by_single_members_and_belongs_to_its_mailbox(settled):
    place = f"cn=tttt,ou=lists,{settled.directory.base}"
    with (settled.register / "people/tttt.csv").open("a", encoding="utf-8") as rows:
        rows.write(NEWCOMER)
    settled.directory.requests()
    done = settled.run("--diff")
    newcomer = f"uid=p5,{settled.directory.people}"
    assert f"~ {place} member: +{newcomer}" in done.stdout
    entry = settled.directory.entries()[place]
    assert entry["member"] == [settled.minh, newcomer]
    assert entry["owner"] == [f"tcvRegisterId=tttt,ou=agencies,{settled.directory.base}"]


def test_many_closings_need_their_number(settled):
    """A list that was cut short looks the same."""
    before, issued = settled.directory.entries(), settled.issued()
    settled.rewrite("active,nvminh", "cancelled,nvminh")
    settled.rewrite("active,dut", "suspended,dut", file="people/nv.csv")
    for acknowledged in (0, 1, 3):
        (result,) = settled.run(acknowledged=acknowledged).results
        assert "2 of 5 active accounts would be suspended or closed, more than 2 %" in " ".join(result["msg"].split())
        assert "-e accounts_acknowledged=2" in result["msg"]
        assert f"nvminh@{DOMAIN} (cancelled)" in result["msg"]
        assert (settled.directory.entries(), settled.issued()) == (before, issued)
    done, again = settled.run(times=2, acknowledged=2).results
    assert (set(done["ended"]), again["changed"]) == ({f"nvminh@{DOMAIN}", f"dut@{DOMAIN}"}, False)


def test_cb_13_4_qt_4_3b_a_reset_gives_a_first_password_and_unlocks(settled):
    directory = settled.directory
    before = settled.issued()[f"nvminh@{DOMAIN}"]["password"]
    directory.modify(
        f"dn: {settled.minh}\nreplace: pwdReset\npwdReset: FALSE\n-\n"
        "add: pwdAccountLockedTime\npwdAccountLockedTime: 20260101000000Z\n-\n"
        "add: pwdFailureTime\npwdFailureTime: 20260101000000Z\n",
    )
    others = {dn: entry for dn, entry in directory.entries().items() if dn != settled.minh}
    (unknown,) = settled.run(reset=["nvmin"]).results
    assert f"the nearest: nvminh@{DOMAIN}" in unknown["msg"] or "nvminh" in unknown["msg"]
    (result,) = settled.run(reset=["nvminh"]).results
    assert result["ended"] == [f"nvminh@{DOMAIN}"]
    entry = directory.entries("*", "+")[settled.minh]
    assert entry["pwdReset"] == ["TRUE"]
    assert not {"pwdAccountLockedTime", "pwdFailureTime"} & set(entry)
    issued = settled.issued()[f"nvminh@{DOMAIN}"]["password"]
    assert issued != before
    assert directory.signs_in(settled.minh, issued)
    assert not directory.signs_in(settled.minh, before)
    assert {dn: found for dn, found in directory.entries().items() if dn != settled.minh} == others


def test_a_changed_rule_reaches_entries_that_are_there_and_no_hash_is_written_again(settled):
    """A rule that is no longer said goes too."""
    policy = f"cn=person,ou=policies,{settled.directory.base}"
    hashes = {dn: entry.get("userPassword") for dn, entry in settled.directory.entries().items()}
    stale = "pwdMaxIdle"
    settled.directory.modify(f"dn: {policy}\nadd: {stale}\n{stale}: 86400\n")
    result, again = settled.run(times=2).results
    assert (result["modified"], again["changed"]) == ([], False)
    assert "- 1: mục khác" in result["plan"]
    after = settled.directory.entries()
    assert stale not in after[policy]
    assert {dn: entry.get("userPassword") for dn, entry in after.items()} == hashes


def test_a_run_of_5000_that_is_killed_in_the_middle_is_made_good_by_the_next(province):
    """Killed while the directory is being written: what was written stays, and no password changes once it is on paper."""
    shutil.rmtree(province.register)
    write_register(province.register, 5000)
    with (province.register / "agencies.yml").open("a", encoding="utf-8") as agencies:
        agencies.write("- {id: nv, name: Sở Nội vụ Thử, kind: department, address: sotttt}\n")
    regulation = load_regulation("regulations/cantho.yml")
    register = load_register(province.register, regulation)
    write_changes(register_changes(register, plan_register(register, regulation)))
    accounts = desired_accounts(load_register(province.register, regulation), regulation, DOMAIN)
    province.killed_after("Directory: ")
    written = [dn for dn, entry in province.directory.entries().items() if "tcvMailboxStatus" in entry]
    issued = province.issued()
    assert 0 < len(written) < len(accounts) == len(issued)
    result, again = province.run(times=2).results
    assert result["changed"], result
    assert not again["changed"]
    assert province.issued() == issued
    entries = province.directory.entries("userPassword", "pwdReset")
    assert all(entries[account["dn"]]["pwdReset"] == ["TRUE"] for account in issued.values())
    assert all(
        ldap_salted_sha512.verify(account["password"], entries[account["dn"]]["userPassword"][0])
        for account in issued.values()
    )
