"""What an operator does with single accounts: the audit log, ending sessions, unlocking, first passwords again, last use."""

import csv
import http.client
import imaplib
import json
import re
import shutil
import smtplib
import socket
import time
import urllib.parse
from datetime import UTC, datetime, timedelta

import pytest
import yaml

from tcv import mailbox

NEW = "Song#Hau58Nuoc"
REQUEST = "12/CV-SNV"


def said(play):
    """Everything that a run printed, on one line."""
    return " ".join(play.stdout.split())


class Portal(http.client.HTTPSConnection):
    """A person's browser at the portal, as far as signing in needs one."""

    def __init__(self, site):
        super().__init__(f"sso.{site.domain}", site.facts["ports"]["https"], timeout=mailbox.TIMEOUT)
        self.where, self.trust, self.cookie = site.address, site.context, ""

    def connect(self):
        plain = socket.create_connection((self.where, self.port), self.timeout)
        self.sock = self.trust.wrap_socket(plain, server_hostname=self.host)

    def ask(self, method="GET", body=None):
        words = {"Cookie": self.cookie, "Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}
        self.request(method, "/", body, words)
        answer = self.getresponse()
        page = answer.read().decode()
        cookies = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        self.cookie = "; ".join(cookies) or self.cookie
        self.close()
        return page

    def sign_in(self, account):
        token = re.search(r'name="token" value="([^"]*)"', self.ask())
        form = {"user": account["address"], "password": account["password"], "token": token[1] if token else ""}
        self.ask("POST", urllib.parse.urlencode(form))
        assert self.is_open()

    def is_open(self):
        """Whether it shows the pages of somebody who is signed in."""
        return 'name="password"' not in self.ask()


@pytest.fixture
def records(host):
    """The audit log's records of an entry, the oldest first."""

    def read(dn, since):
        host.check_output("journalctl --namespace=audit --sync")
        # When it happened, where the record says so: one of before this test may be written only now.
        lines = host.check_output(
            "journalctl --namespace=audit --quiet --output json --since @%s TCV_KEY=%s", str(int(since)), dn.lower()
        )
        found = [json.loads(line) for line in lines.splitlines()]
        return [r for r in found if int(r.get("TCV_HAPPENED", r["__REALTIME_TIMESTAMP"])) > since * 1e6]

    return read


@pytest.fixture
def now(host):
    """The host's clock when the test began."""
    return float(host.check_output("date +%s.%N"))


def kinds(found):
    return [(record["TCV_ORIGIN"], record["TCV_KIND"], record["TCV_ACTOR"]) for record in found]


@pytest.fixture
def changed_register(site, project, tmp_path, operator):
    """Run accounts.yml over a copy of the register in which one person's status is another; afterwards over the real one."""
    folder = tmp_path / "register"
    shutil.copytree(project / "inventories" / site.facts["province"] / "register", folder)

    def run(address, status, *argv):
        local = address.split("@")[0]
        (file,) = [
            path
            for path in (folder / "people").glob("*.csv")
            if re.search(rf",{local}$", path.read_text("utf-8"), re.M)
        ]
        text = re.sub(rf",(active|suspended),{local}$", f",{status},{local}", file.read_text("utf-8"), flags=re.M)
        file.write_text(text, encoding="utf-8")
        return operator("accounts", "-e", f"register_dir={folder}", *argv)

    yield run
    done = operator("accounts")
    assert done.returncode == 0, done.stdout


def test_f5_a_suspension_ends_every_session_and_mail_still_comes(site, trial, sender, changed_register, records, now):
    """CT-5.4, CT-6.1; by the register, as an operator does it."""
    imap, portal = site.imap(trial), Portal(site)
    portal.sign_in(trial)
    message = site.message(sender["address"], trial["address"], "Trong khi tạm dừng")
    with site.submission(trial) as smtp:
        assert smtp.mail(trial["address"])[0] == 250
        smtp.rset()
        done = changed_register(trial["address"], "suspended", "-e", f"account_request={REQUEST}")
        assert done.returncode == 0, done.stdout
        with pytest.raises((imaplib.IMAP4.error, OSError)):
            imap.noop()
        assert not portal.is_open()
        refused = smtp.mail(trial["address"])
        code = refused[0] if refused[0] >= 400 else smtp.rcpt(sender["address"])[0]
        assert 500 <= code < 600
    with pytest.raises(imaplib.IMAP4.error):
        site.imap(trial)
    with site.submission(sender) as smtp:
        smtp.send_message(message)

    found = [record for record in records(trial["dn"], now) if record["TCV_ORIGIN"] == "accounts"]
    assert len(found) == 1, found
    assert found[0]["TCV_REQUEST"] == REQUEST
    assert re.fullmatch(r"\S+@\S+", found[0]["TCV_ACTOR"])
    assert json.loads(found[0]["TCV_CHANGES"])["tcvMailboxStatus"] == [["active"], ["suspended"]]

    assert changed_register(trial["address"], "active").returncode == 0
    assert site.arrives(trial, message) is not None


def test_sessions_of_others_stay(site, trial, sender, operator):
    with site.imap(trial), site.imap(sender) as others:
        portal = Portal(site)
        portal.sign_in(sender)
        began = time.monotonic()
        many = [f"khong.co.{number}@{site.domain}" for number in range(300)]
        ended = json.dumps({"ended_accounts": [trial["address"], *many]})
        done = operator("end_sessions", "-e", ended)
        assert done.returncode == 0, done.stdout
        assert time.monotonic() - began < 60, "hundreds at once are no hundreds of tasks"
        assert others.noop()[0] == "OK"
        assert portal.is_open()
    assert operator("end_sessions", "-e", ended).tasks[-1]["result"]["changed"] is False


def test_what_dovecot_keeps_of_an_account_is_forgotten_with_its_sessions(host, trial, operator):
    """Who comes back at once would have a shared mailbox that was just taken from them."""
    ended = json.dumps({"ended_accounts": [trial["address"]]})
    for run, kept in ((lambda: None, "1"), (lambda: operator("end_sessions", "-e", ended), "0")):
        host.check_output("doveadm user %s", trial["address"])
        run()
        assert host.check_output("doveadm auth cache flush %s", trial["address"]).startswith(f"{kept} ")


def test_ct_6_1_every_change_is_recorded_whoever_makes_it(site, trial, directory, records, now, eventually):
    person = trial["dn"]
    directory.modify(person, "replace: title\ntitle: Trưởng phòng")
    own = ["ldappasswd", "-ZZ", "-H", f"ldap://ldap.{site.domain}", "-x", "-D", person, "-w", trial["password"]]
    assert directory.inside(*own, "-a", trial["password"], "-s", NEW).returncode == 0
    for _attempt in range(7):
        directory.signs_in(person, "sai")
    # slapd writes no line about a lock: who unlocks in the same moment is faster than the follower that asks for it.
    assert eventually(lambda: "locked" in [kind for _origin, kind, _actor in kinds(records(person, now))])
    directory.modify(person, "delete: pwdAccountLockedTime")
    expected = [
        ("directory", "modified", "root"),
        ("directory", "password", person),
        ("directory", "locked", "slapd"),
        ("directory", "unlocked", "root"),
    ]
    assert eventually(lambda: kinds(records(person, now)) == expected), kinds(records(person, now))
    title, password, *_others = records(person, now)
    assert (title["TCV_ATTRIBUTES"], title["TCV_RESULT"], title["TCV_ADDRESS"]) == ("title", "success", "ldapi")
    assert password["TCV_ATTRIBUTES"] == "userPassword"
    assert re.match(r"[0-9a-f.:]+$", password["TCV_ADDRESS"])


def test_a_refused_change_is_recorded_as_refused(trial, sender, directory, records, now, eventually):
    ldif = f"dn: {sender['dn']}\nchangetype: modify\nreplace: title\ntitle: Giám đốc\n"
    words = ["ldapmodify", "-H", "ldapi:///", "-x", "-D", trial["dn"], "-w", trial["password"]]
    assert directory.inside(*words, stdin=ldif).returncode == 50
    assert eventually(lambda: len(records(sender["dn"], now)) == 1)
    (record,) = records(sender["dn"], now)
    assert (record["TCV_ACTOR"], record["TCV_RESULT"]) == (trial["dn"], "50")


def test_a_follower_that_is_killed_leaves_nothing_out_and_writes_nothing_twice(
    trial, directory, host, records, now, eventually
):
    def title(number):
        directory.modify(trial["dn"], f"replace: title\ntitle: Chuyên viên {number}")

    for number in range(10):
        title(number)
    assert eventually(lambda: len(records(trial["dn"], now)) == 10)
    # Before it has kept its place again: what it does a second time it finds in the log.
    host.check_output("systemctl kill --signal KILL thucongvu-audit.service")
    for number in range(10, 20):
        title(number)
    assert eventually(lambda: host.run("systemctl is-active thucongvu-audit.service").stdout.strip() == "active")
    title(20)
    assert eventually(lambda: len(records(trial["dn"], now)) >= 21)
    sources = [record["TCV_SOURCE"] for record in records(trial["dn"], now)]
    assert len(sources) == len(set(sources)) == 21


def test_no_secret_is_in_the_audit_log(host, site):
    whole = host.check_output("journalctl --namespace=audit --output export")
    assert "TCV_KIND=password" in whole
    secrets = [account["password"] for account in site.facts["accounts"]]
    for secret in [*secrets, NEW, "{ARGON2}", "{SSHA", "$argon2", "$6$"]:
        assert secret not in whole


def test_nobody_but_root_adds_to_the_audit_log_or_reads_it(host):
    """And nobody takes anything away: the log's interface has no word for it."""
    forged = "import socket; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM); s.connect('/run/systemd/journal.audit/socket')"
    done = host.run("runuser -u nobody -- python3 -c %s", forged)
    assert "PermissionError" in done.stderr
    assert host.run("runuser -u nobody -- journalctl --namespace=audit --quiet --lines 1").stdout == ""
    (folder,) = host.check_output("ls -d /var/log/journal/*.audit").split()
    for name in (folder, f"{folder}/system.journal"):
        assert host.file(name).user == "root"
        assert host.file(name).mode & 0o007 in (0, 0o005)
        assert not host.file(name).mode & 0o020


def test_the_audit_log_is_kept_as_long_as_the_regulation_says(host, project):
    regulation = yaml.safe_load((project / "regulations/national/vietnam.yml").read_text("utf-8"))
    assert regulation["logs"]["keep"]["value"] == "180 days"
    lines = host.file("/etc/systemd/journald@audit.conf").content_string.splitlines()
    # No file holds more than a week, and goes when its first record has become so old.
    assert {"Storage=persistent", "MaxFileSec=1week", "MaxRetentionSec=187day"} <= set(lines)


def test_audit_yml_says_what_happened(operator, trial, directory, records, now, eventually):
    directory.modify(trial["dn"], "replace: title\ntitle: Phó phòng")
    assert eventually(lambda: len(records(trial["dn"], now)) == 1)
    since = (datetime.now(UTC) - timedelta(days=1)).date().isoformat()
    for argv in ([], ["--check"]):
        done = operator("audit", "-e", f"account={trial['address']}", "-e", f"since={since}", *argv)
        assert done.returncode == 0, done.stdout
        assert f"thay đổi / changed: {trial['dn']}" in said(done)
        assert "Nhật ký thay đổi tài khoản" in said(done)
    assert "changed=0" in done.stdout


@pytest.mark.parametrize("name", ["audit", "unlock", "password_reset"])
def test_an_unknown_account_is_refused_with_the_nearest(operator, trial, name):
    local = trial["address"].split("@")[0]
    done = operator(name, "-e", f"account={local}x")
    assert done.returncode != 0
    assert f"The register has no account {local}x; the nearest: {local}" in said(done)


def test_bp_6_2d_unlock_yml_unlocks(operator, trial, directory):
    def unlock(*argv):
        return operator("unlock", "-e", f"account={trial['address']}", *argv)

    for _attempt in range(6):
        directory.signs_in(trial["dn"], "sai")
    assert directory.signs_in(trial["dn"], trial["password"]).returncode == 49
    dry = unlock("--check", "--diff")
    assert f"{trial['address']} is locked since" in said(dry)
    assert directory.signs_in(trial["dn"], trial["password"]).returncode == 49
    done = unlock()
    assert f"{trial['address']} is unlocked" in said(done)
    assert "changed=1" in done.stdout
    assert directory.signs_in(trial["dn"], trial["password"]).returncode == 0
    again = unlock()
    assert f"{trial['address']} was not locked." in said(again)
    assert "changed=0" in again.stdout


def test_cb_13_4_password_reset_yml_gives_a_first_password_and_ends_sessions(
    site, operator, trial, directory, records, now, eventually
):
    imap, portal = site.imap(trial), Portal(site)
    portal.sign_in(trial)
    dry = operator("password_reset", "-e", f"account={trial['address']}", "--check", "--diff")
    assert dry.returncode == 0, dry.stdout
    assert directory.signs_in(trial["dn"], trial["password"]).returncode == 0
    assert imap.noop()[0] == "OK"
    done = operator("password_reset", "-e", f"account={trial['address']}", "-e", f"account_request={REQUEST}")
    assert done.returncode == 0, done.stdout
    assert directory.read(trial["dn"], "pwdReset")["pwdReset"] == ["TRUE"]
    assert directory.signs_in(trial["dn"], trial["password"]).returncode == 49
    with pytest.raises((imaplib.IMAP4.error, OSError)):
        imap.noop()
    assert not portal.is_open()
    with pytest.raises((imaplib.IMAP4.error, smtplib.SMTPException)):
        site.imap(trial)

    def recorded():
        found = {record["TCV_ORIGIN"]: record for record in records(trial["dn"], now)}
        return set(found) == {"accounts", "directory"} and {r["TCV_KIND"] for r in found.values()} == {"password"}

    assert eventually(recorded), records(trial["dn"], now)
    (own,) = [record for record in records(trial["dn"], now) if record["TCV_ORIGIN"] == "accounts"]
    assert own["TCV_REQUEST"] == REQUEST
    assert json.loads(own["TCV_CHANGES"])["userPassword"][1] == ["(secret)"]


def test_ct_5_4_last_use_yml_lists_the_longest_unused_first(site, host, operator, trial, directory, ways, tmp_path):
    path = tmp_path / "last-use.csv"

    def table():
        done = operator("last_use", "-e", f"last_use_file={path}")
        assert done.returncode == 0, done.stdout
        with path.open(encoding="utf-8-sig") as lines:
            return done, list(csv.DictReader(lines))

    def use():
        """What the table says of the person."""
        return next(row["last_use"] for row in table()[1] if row["address"] == trial["address"])

    identity = directory.read(trial["dn"], "tcvRegisterId")["tcvRegisterId"][0]
    sessions = "/usr/share/lemonldap-ng/bin/lemonldap-ng-sessions --user lemonldap --group www-data"

    def forget(*also):
        """Nothing that was noted is from today."""
        noted = directory.read(trial["dn"], "pwdLastSuccess")
        old = [f"replace: pwdChangedTime\npwdChangedTime: {datetime.now(UTC) - timedelta(days=80):%Y%m%d%H%M%SZ}"]
        directory.modify(trial["dn"], *old, *(f"delete: {name}" for name in noted), relax=True)
        if "mailbox" in also:
            host.check_output("touch -d 2020-01-02 %s", f"/var/mail/thucongvu/{identity}/last-login")
        if "portal" in also:
            host.check_output(f"{sessions} delete --persistent %s", identity)

    today = (datetime.now(UTC) + timedelta(hours=7)).date().isoformat()
    with site.imap(trial):
        pass
    # The mailbox itself remembers that it was opened, as it does when a token of the portal opened it.
    forget("portal")
    assert use().startswith(today)
    forget("mailbox")
    assert use() < today
    for way in ("pop3", "smtp", "sieve", "ldap", "imap"):
        forget()
        assert ways[way](trial, trial["password"]) is None
        assert directory.read(trial["dn"], "pwdLastSuccess"), way
    forget("portal", "mailbox")
    assert ways["pop3"](trial, trial["password"]) is None
    assert use().startswith(today)
    # The portal itself remembers a sign-in, by whatever way it came.
    Portal(site).sign_in(trial)
    forget("mailbox")
    assert use().startswith(today)
    # slapd forgets the last use with every change of a password.
    forget("mailbox", "portal")
    assert use() < today
    own = ["ldappasswd", "-x", "-H", "ldapi:///", "-D", trial["dn"], "-w", trial["password"], "-a", trial["password"]]
    assert directory.inside(*own, "-s", NEW).returncode == 0
    assert "pwdLastSuccess" not in directory.read(trial["dn"], "pwdLastSuccess")
    assert use().startswith(today)

    done, rows = table()
    assert "Lần dùng gần nhất của" in said(done)
    uses = [row["last_use"] for row in rows]
    assert uses == sorted(uses)
    assert all(row["created"] for row in rows)
    assert path.stat().st_mode & 0o777 == 0o600


def test_cb_13_1_quota_usage_yml_lists_the_fullest_first(site, operator, tmp_path):
    path = tmp_path / "quota-usage.csv"
    done = operator("quota_usage", "-e", f"quota_usage_file={path}")
    assert done.returncode == 0, done.stdout
    with path.open(encoding="utf-8-sig") as lines:
        rows = list(csv.DictReader(lines))
    assert len(rows) >= len(site.facts["accounts"])
    percents = [int(row["percent"] or -1) for row in rows]
    assert percents == sorted(percents, reverse=True)
    assert {row["quota_mb"] for row in rows if row["kind"] == "person"} == {"5120.0"}
    assert {row["quota_mb"] for row in rows if row["kind"] == "agency"} == {""}
    assert "Đã dùng từ 95 % trở lên" in said(done)
    assert path.stat().st_mode & 0o777 == 0o600
