"""Passwords that are guessed from one source (F1, BP-6.2d): the source is shut out for a while, whatever protocol it tries."""

from __future__ import annotations

import imaplib
import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tcv import image, mailbox, network

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "tests/support/stranger.py"
# Of the role: so many within ten minutes.
WRONG_SIGN_INS = 20
PROTOCOLS = ("imap", "pop3", "smtp", "sieve", "portal")

type Tries = list[tuple[str, str, str]]


class Stranger:
    """A machine of its own on the test network."""

    def __init__(self, site, name: str) -> None:
        self.site, self.name = site, name
        shown = ["podman", "container", "inspect", "--format", "{{json .NetworkSettings.Networks}}"]
        own, host = (
            json.loads(subprocess.run([*shown, each], check=True, capture_output=True, text=True).stdout)[network.NAME]
            for each in (name, site.facts["container"])
        )
        self.sources = {4: own["IPAddress"], 6: own["GlobalIPv6Address"]}
        self.targets = {4: host["IPAddress"], 6: host["GlobalIPv6Address"]}

    def tries(self, attempts: Tries, family: int = 4) -> list[dict]:
        """Sign in, ten at a time; what each service says, and after how many seconds."""
        command = ["podman", "exec", "--interactive", self.name, "python3", "-", self.targets[family], self.site.domain]
        done = subprocess.run(
            [*command, json.dumps(attempts)],
            input=SCRIPT.read_text(encoding="utf-8"),
            capture_output=True,
            text=True,
            check=True,
        )
        return json.loads(done.stdout)

    def is_shut_out(self, family: int = 4) -> dict[str, bool]:
        """By protocol, whether nothing answers."""
        said = self.tries([(protocol, "ai.do", "Sai-1") for protocol in PROTOCOLS], family)
        return {protocol: each["said"].startswith("shut out") for protocol, each in zip(PROTOCOLS, said, strict=True)}


SHUT_OUT = dict.fromkeys(PROTOCOLS, True)
SERVED = dict.fromkeys(PROTOCOLS, False)


@pytest.fixture
def stranger(site, host) -> Iterator[Stranger]:
    """A machine that nobody has banned, and whose ban ends with it."""
    name = f"{site.facts['container']}-stranger"
    remove = ["podman", "rm", "--force", "--ignore", "--time", "1", name]
    subprocess.run(remove, check=True, capture_output=True)
    flags = ["--privileged", "--systemd=false", f"--network={network.NAME}"]
    subprocess.run(
        ["podman", "run", "--detach", "--name", name, *flags, image.NAME, "sleep", "infinity"],
        check=True,
        capture_output=True,
    )
    made = Stranger(site, name)
    try:
        yield made
    finally:
        for source in made.sources.values():
            host.run("fail2ban-client unban %s", source)
        subprocess.run(remove, check=True, capture_output=True)


@pytest.fixture
def unban(site, ansible) -> Callable[..., tuple[int, int, str]]:
    """Run the operator's playbook: its exit code, how many tasks changed something, and what it says."""
    state = Path(site.facts["ca_file"]).parent

    def run(source: str, *more: str) -> tuple[int, int, str]:
        inventories = ["-i", f"inventories/{site.facts['province']}", "-i", state / "inventory"]
        vault = ["--vault-password-file", state / "vault-password"]
        done = ansible.run(*inventories, *vault, "playbooks/unban.yml", "-e", f"source={source}", *more)
        return done.returncode, sum(bool(result.get("changed")) for result in done.results), done.stdout

    return run


def guesses(site, count: int) -> Tries:
    """Wrong passwords for accounts that there are not, over every protocol in turn; nobody's account is locked by them."""
    return [
        (PROTOCOLS[number % len(PROTOCOLS)], f"do.mat.khau.{number}@{site.domain}", "Sai-Mat-Khau-1")
        for number in range(count)
    ]


@pytest.mark.parametrize("family", [4, 6])
def test_f1_bp_6_2d_whoever_guesses_over_all_protocols_is_shut_out_and_let_in_again(
    site, host, stranger, unban, sender, eventually, family
):
    if not stranger.targets[family]:
        assert family == 6, "IPv4 is always there"
        assert not network.ipv6_works()
        return
    source, other = stranger.sources[family], 10 - family
    said = stranger.tries(guesses(site, WRONG_SIGN_INS - 1), family)
    assert [each["said"] for each in said if each["said"].startswith("shut out")] == [], "one less than the limit"
    stranger.tries(guesses(site, 1), family)
    assert eventually(lambda: stranger.is_shut_out(family) == SHUT_OUT)

    # Everybody else is served, and so is mail from there.
    with site.imap(sender) as session:
        assert session.select()[0] == "OK"
    if stranger.targets[other]:
        assert stranger.is_shut_out(other) == SERVED
    assert stranger.tries([("reception", "", "")], family)[0]["said"] == "in"

    # The firewall may be loaded anew, or start anew.
    host.check_output("systemctl reload nftables.service")
    assert stranger.is_shut_out(family) == SHUT_OUT
    host.check_output("systemctl restart nftables.service")
    assert eventually(lambda: stranger.is_shut_out(family) == SHUT_OUT)

    assert unban("van-phong")[0] != 0
    code, changed, report = unban(source, "--check")
    assert (code, changed, f"The ban of {source} on" in report) == (0, 1, True), report
    assert stranger.is_shut_out(family) == SHUT_OUT
    code, changed, report = unban(source)
    assert (code, changed, f"{source} is no longer banned" in report) == (0, 1, True), report
    assert stranger.is_shut_out(family) == SERVED
    code, changed, report = unban(source)
    assert (code, changed, f"{source} is not banned" in report) == (0, 0, True), report


def counted(host) -> int:
    """How many refused sign-ins fail2ban has counted, of all sources that are not trusted."""
    (line,) = [
        line for line in host.check_output("fail2ban-client status thucongvu").splitlines() if "Total failed" in line
    ]
    return int(line.split()[-1])


def test_a_name_that_looks_like_a_line_of_the_journal_accuses_nobody(site, host, stranger, eventually):
    """Such names are refused before a password is looked at: they count for no source at all."""
    innocent = "198.51.100.77"
    names = [f"x,{innocent},sasl:plain)<a>: first: unknown user", f"x ({innocent})"]
    torn = [f"x\n[Wed Nov 25 16:15:31 2026] [LLNG:1] [warn] Bad password for x ({innocent})", f"x@{site.domain}\n"]
    before = counted(host)
    stranger.tries([(protocol, name, "Sai-1") for name in names for protocol in PROTOCOLS])
    stranger.tries([(protocol, name, "Sai-1") for name in torn for protocol in ("smtp", "sieve", "portal")])
    # The journal is read in order: when this one has been counted, the others have been seen.
    stranger.tries([("imap", f"ai.do@{site.domain}", "Sai-1")])
    assert eventually(lambda: counted(host) > before)
    assert counted(host) == before + 1


def test_what_is_right_is_not_counted(site, host, stranger, eventually):
    """Somebody who has a first password, and does not know yet that it opens nothing."""
    newcomer = site.account("person", state="first-password")
    before = counted(host)
    said = stranger.tries([(protocol, newcomer["address"], newcomer["password"]) for protocol in PROTOCOLS])
    assert "in" not in {each["said"] for each in said}
    stranger.tries([("imap", newcomer["address"], "Sai-Mat-Khau-1")])
    assert eventually(lambda: counted(host) > before)
    assert counted(host) == before + 1


@pytest.mark.parametrize("protocol", PROTOCOLS)
def test_c1_a_refusal_does_not_tell_whether_there_is_an_account(site, stranger, trial, protocol):
    """Neither by its words nor by its time: every refusal is held back for as long, whether a hash was worked out for it or not."""
    known, unknown = trial["address"], f"khong.co.ai@{site.domain}"
    tries = [(protocol, account, "Sai-Mat-Khau-1") for account in (known, unknown)]
    # Twice two at once: what is counted in whole seconds takes one more now and then.
    said = stranger.tries(tries * 2) + stranger.tries(tries * 2)
    assert len({each["said"] for each in said}) == 1, said
    assert not said[0]["said"].startswith(("in", "shut out"))
    # Dovecot takes two seconds, counted in whole ones, the portal a quarter of one (Refusals.pm).
    assert min(each["seconds"] for each in said) > (0.25 if protocol == "portal" else 1)
    assert abs(min(each["seconds"] for each in said[::2]) - min(each["seconds"] for each in said[1::2])) < 1


def alerts(site, account: dict[str, str], source: str) -> list[str]:
    """The texts of the alerts about a source in an account's mailbox, oldest first."""
    with site.imap(account) as session:
        session.select(readonly=True)
        _, found = session.search(None, "HEADER", "Subject", f'"trusted network: {source}"')
        texts = []
        for number in found[0].split():
            _, data = session.fetch(number.decode(), "(BODY.PEEK[])")
            texts.append(mailbox.message_from_bytes(data[0][1], policy=mailbox.policy.default).get_content())
        return texts


def test_a_trusted_network_is_never_shut_out_and_its_operator_learns_of_it_once_an_hour(site, host, eventually):
    """The tests' own machine is one (trusted_networks): whoever is behind such an address must not shut out the others."""
    source = network.own_addresses()[0]
    operator = help_account(site, host)
    host.check_output("fail2ban-client set thucongvu-trusted unbanip %s", source)
    before = len(alerts(site, operator, source))
    for _round in range(2):
        for number in range(WRONG_SIGN_INS):
            with pytest.raises(imaplib.IMAP4.error):
                site.imap({"address": f"do.{number}@{site.domain}", "password": "Sai-1"})
        assert eventually(lambda: len(alerts(site, operator, source)) > before)
    found = alerts(site, operator, source)[before:]
    assert len(found) == 1
    vietnamese, english = found[0].split("– – –")
    assert f"Từ {source}, thuộc mạng tin cậy" in vietnamese
    assert "IMAP" in vietnamese
    assert f"From {source}, in a trusted network" in english
    assert source not in host.check_output("fail2ban-client get thucongvu banip")


def help_account(site, host) -> dict[str, str]:
    """The account that reads what is written to the help address (CT-10.5)."""
    address = json.loads(host.file("/etc/fail2ban/thucongvu.json").content_string)["address"]
    wanted = host.check_output("postmap -q %s proxy:ldap:/etc/postfix/ldap-functions.cf", address)
    return next(account for account in site.facts["accounts"] if account["address"] == wanted)
