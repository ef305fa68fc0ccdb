"""The servers keep the regulation's password rules, whatever protocol somebody comes by (CT-10.3, CT-11.4, BP-6.2d)."""

from datetime import UTC, datetime, timedelta

import pytest

NEW = "Tram@Xanh47Khue"


PROTOCOLS = ("imap", "pop3", "smtp", "sieve", "ldap")
MAIL = PROTOCOLS[:-1]


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_ct_10_3_cb_13_4_qt_4_3b_a_first_password_opens_nothing(site, ways, protocol):
    newcomer = site.account("person", state="first-password")
    said = ways[protocol](newcomer, newcomer["password"])
    assert said is not None
    if protocol in ("imap", "pop3", "smtp"):
        assert f"https://sso.{site.domain}/" in said, "whoever knows it learns where to change it"


def test_ct_10_3_on_the_provinces_own_host_a_first_password_only_lets_itself_be_changed(site, directory):
    newcomer = site.account("person", state="first-password")
    done = directory.signs_in(newcomer["dn"], newcomer["password"])
    assert (done.returncode, "Password must be changed" in done.stderr) == (0, True), done.stderr
    search = ["ldapsearch", "-ZZ", "-x", "-H", f"ldap://ldap.{site.domain}", "-D", newcomer["dn"], "-y", "/dev/stdin"]
    found = directory.inside(*search, "-b", site.base_dn, "(mail=*)", "mail", stdin=newcomer["password"])
    assert "Operations are restricted" in found.stdout + found.stderr
    assert "mail:" not in found.stdout


def change(directory, person, old, new):
    """Change a password as its owner, signed in on the directory's host; returns what the directory says against it."""
    words = [
        "ldappasswd",
        "-H",
        "ldapi:///",
        "-x",
        "-D",
        person["dn"],
        "-w",
        old,
        "-a",
        old,
        "-s",
        new,
        "-e",
        "ppolicy",
    ]
    done = directory.inside(*words)
    return None if done.returncode == 0 else done.stdout + done.stderr


def test_ct_10_3_after_the_change_everything_opens_with_the_new_and_nothing_with_the_old(trial, ways, directory):
    directory.modify(trial["dn"], "replace: pwdReset\npwdReset: TRUE")
    assert all(ways[protocol](trial, trial["password"]) for protocol in PROTOCOLS)
    assert change(directory, trial, trial["password"], NEW) is None
    assert {protocol: ways[protocol](trial, NEW) for protocol in PROTOCOLS} == dict.fromkeys(PROTOCOLS)
    assert all(ways[protocol](trial, trial["password"]) for protocol in ("imap", "smtp", "ldap"))


def test_ct_10_3_what_a_person_chose_is_kept_as_argon2id(site, directory):
    (kept,) = directory.read(site.account("person")["dn"], "userPassword")["userPassword"]
    assert kept.startswith("{ARGON2}$argon2id$v=19$m=7168,t=5,p=1$")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("Tr@m47K", "too short"),
        ("tram@xanh47khue", "upper"),
        ("TRAM@XANH47KHUE", "lower"),
        ("Tram@XanhKhue", "digit"),
        ("TramXanh47Khue", "special"),
        ("{account}@Xanh47K", "part of"),
        ("Xanh@47{family}", "part of"),
    ],
)
def test_ct_10_3_a_weak_password_is_refused_as_its_owner(trial, directory, password, reason):
    """The family name without its marks, as people type it."""
    family = directory.read(trial["dn"], "tcvPlainName")["tcvPlainName"][0].split()[0].capitalize()
    weak = password.format(account=trial["address"].split("@")[0], family=family)
    said = change(directory, trial, trial["password"], weak)
    assert said is not None
    assert "Constraint violation" in said, reason


def test_ct_10_3_a_password_of_before_is_refused(trial, directory):
    assert change(directory, trial, trial["password"], NEW) is None
    said = change(directory, trial, NEW, trial["password"])
    assert said is not None
    assert "history" in said.lower()


def test_bp_6_2d_the_sixth_wrong_password_locks_and_time_unlocks(site, trial, ways, directory, sender):
    wrong = f"{trial['password']}x"
    for protocol in ("imap", "smtp", "ldap", "pop3", "ldap"):
        assert ways[protocol](trial, wrong) is not None
    assert ways["imap"](trial, trial["password"]) is None, "five wrong ones lock nobody, and a right one begins anew"
    for protocol in ("ldap", "smtp", "ldap", "imap", "ldap", "ldap"):
        assert ways[protocol](trial, wrong) is not None
    refused = {protocol: ways[protocol](trial, trial["password"]) for protocol in ("imap", "smtp", "ldap")}
    assert all(refused.values()), refused
    assert refused["ldap"] == ways["ldap"](trial, wrong), "nobody learns that it is locked"

    # BP-6.2d by the national default: a locked mailbox still receives.
    message = site.message(sender["address"], trial["address"])
    with site.submission(sender) as session:
        session.send_message(message)

    policy = directory.read(f"cn=person,ou=policies,{site.base_dn}", "pwdLockoutDuration")
    ago = datetime.now(UTC) - timedelta(seconds=int(policy["pwdLockoutDuration"][0]) + 1)
    directory.modify(
        trial["dn"], f"replace: pwdAccountLockedTime\npwdAccountLockedTime: {ago:%Y%m%d%H%M%SZ}", relax=True
    )
    assert ways["ldap"](trial, trial["password"]) is None
    assert site.arrives(trial, message) is not None


@pytest.mark.parametrize(("kind", "days", "open_"), [("person", 89, True), ("person", 91, False), ("unit", 61, False)])
def test_ct_10_3_ct_11_4_a_password_ends(site, directory, ways, kind, days, open_):
    """90 days are three months of a person, 60 two of a shared mailbox."""
    account = site.account(kind, -6)
    (changed,) = directory.read(account["dn"], "pwdChangedTime")["pwdChangedTime"]
    age = datetime.now(UTC) - timedelta(days=days)
    directory.modify(account["dn"], f"replace: pwdChangedTime\npwdChangedTime: {age:%Y%m%d%H%M%SZ}", relax=True)
    try:
        answers = {protocol: ways[protocol](account, account["password"]) for protocol in ("imap", "smtp", "ldap")}
        assert {protocol: said is None for protocol, said in answers.items()} == dict.fromkeys(answers, open_)
    finally:
        directory.modify(account["dn"], f"replace: pwdChangedTime\npwdChangedTime: {changed}", relax=True)


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_ct_5_4_ct_14_2_a_suspended_mailbox_opens_to_nobody(site, ways, protocol):
    suspended = site.account("person", state="suspended")
    assert ways[protocol](suspended, suspended["password"]) is not None


def test_ct_5_4_a_suspended_mailbox_still_receives(site):
    suspended = site.account("person", state="suspended")
    with site.outside() as session:
        session.mail("hoi.dan@outside.example")
        assert session.rcpt(suspended["address"])[0] == 250


def test_ct_5_4_the_last_use_is_recorded(trial, ways, directory):
    directory.modify(trial["dn"], "replace: pwdLastSuccess\npwdLastSuccess: 20200101000000Z", relax=True)
    assert ways["smtp"](trial, trial["password"]) is None
    (used,) = directory.read(trial["dn"], "pwdLastSuccess")["pwdLastSuccess"]
    assert abs(datetime.now(UTC) - datetime.strptime(used[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC)) < timedelta(
        minutes=2
    )
