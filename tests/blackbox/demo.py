"""The fixtures of a demo, and what the checks have done on its side:  python -m tests.blackbox.demo HOOK [ARGUMENT …]"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

ROOT = Path(__file__).resolve().parents[2]
FACTS = Path(os.environ.get("TCV_DEMO", ROOT / ".demo/demo.json"))
# What hooks remember until they put it back.
_KEPT = FACTS.parent / "blackbox-kept.json"
_SOCKET = ["-Q", "-Y", "EXTERNAL", "-H", "ldapi:///"]
_LIMIT = 3
_HOOKS: dict[str, Callable[..., str]] = {}


def facts() -> dict[str, Any]:
    """The demo's own description."""
    found: dict[str, Any] = json.loads(FACTS.read_text(encoding="utf-8"))
    return found


def fixtures() -> dict[str, Any]:
    """What the checks need to know of the demo."""
    known = facts()
    ready = [account for account in known["accounts"] if account["state"] == "ready"]
    by_address = {account["address"]: account for account in known["accounts"]}
    shared = next(one for one in known["delegations"] if one["delegates"])
    listed = next(one for one in known["lists"] if len(one["may_post"]) == 2 and one["members"][0] in by_address)
    works = {address for one in known["delegations"] for address in (one["head"], *one["delegates"])}
    # Others than those to whom the other tests do things.
    spare = [one for one in ready if one["kind"] == "person" and one["address"] not in works]
    people = {
        "a": shared["delegates"][0],
        "u": shared["mailbox"],
        "b": spare[10]["address"],
        "q": spare[11]["address"],
        "m": spare[12]["address"],
        "g": spare[13]["address"],
        "h": f"soxd@{known['domain']}",
        "x": next(one["address"] for one in known["accounts"] if one["state"] == "first-password"),
        "l": listed["may_post"][1],
        "n": next(
            one for one in listed["members"] if one not in listed["may_post"] and by_address[one]["state"] == "ready"
        ),
    }
    domain = known["domain"]
    names = {"smtp": f"mx.{domain}", "https": f"mail.{domain}", "imaps": f"imap.{domain}"}
    names |= dict.fromkeys(("pop3s", "sieve"), f"imap.{domain}")
    names |= dict.fromkeys(("submission", "submissions"), f"smtp.{domain}")
    wanted = ("smtp", "submission", "submissions", "imaps", "pop3s", "sieve", "https")
    return {
        "host": known["host"],
        "domain": domain,
        "ports": {key: known["ports"][key] for key in wanted},
        "names": names,
        "ca_file": known["ca_file"],
        "forged": "forged.example",
        "list": listed["address"],
        "alias": f"soxaydung@{domain}",
        "people": {name: {"address": one, "password": by_address[one]["password"]} for name, one in people.items()},
        "dkim": {"tcv": inside("dig", "+short", "TXT", f"tcv._domainkey.{domain}").replace('"', "").replace(" ", "")},
        "hooks": {name: [sys.executable, "-m", "tests.blackbox.demo", name] for name in _HOOKS},
    }


def inside(*command: str, stdin: str = "") -> str:
    """Run a program on the mail host and return its output."""
    whole = ["podman", "exec", "--interactive", facts()["container"], *command]
    done = subprocess.run(whole, input=stdin, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{command[0]}: {done.stderr.strip()}")
    return done.stdout


def dn_of(address: str) -> str:
    """An account's entry."""
    return str(next(one["dn"] for one in facts()["accounts"] if one["address"] == address))


def read(address: str, attribute: str) -> str:
    """One value of an entry, as LDIF has it."""
    said = inside("ldapsearch", *_SOCKET, "-LLL", "-o", "ldif-wrap=no", "-s", "base", "-b", dn_of(address), attribute)
    return next((line for line in said.splitlines() if line.lower().startswith(f"{attribute.lower()}:")), "")


def modify(address: str, *changes: str, relax: bool = False) -> None:
    """Change an entry; each change is LDIF."""
    ldif = f"dn: {dn_of(address)}\nchangetype: modify\n" + "\n-\n".join(changes) + "\n"
    inside("ldapmodify", *_SOCKET, *(["-e", "relax"] if relax else []), stdin=ldif)


def keep(name: str, value: str) -> None:
    """Remember something until it is put back."""
    kept = json.loads(_KEPT.read_text()) if _KEPT.exists() else {}
    _KEPT.write_text(json.dumps({name: value, **kept}))


def kept(name: str) -> str:
    """What was remembered, which is forgotten now; empty where there is nothing."""
    found = json.loads(_KEPT.read_text()) if _KEPT.exists() else {}
    value = str(found.pop(name, ""))
    _KEPT.write_text(json.dumps(found))
    return value


def hook(run: Callable[..., str]) -> Callable[..., str]:
    """Declare what the checks may have done."""
    _HOOKS[run.__name__] = run
    return run


def _replace(address: str, attribute: str, value: str) -> str:
    keep(f"{attribute} {address}", read(address, attribute))
    modify(address, f"replace: {attribute}\n{attribute}: {value}")
    return ""


def put_back() -> None:
    """Put back whatever is still remembered."""
    for name in list(json.loads(_KEPT.read_text()) if _KEPT.exists() else {}):
        attribute, address = name.split(" ")
        line = kept(name)
        if line:
            modify(address, f"replace: {attribute}\n{line}", relax=True)
    _KEPT.unlink(missing_ok=True)


@hook
def limit(address: str) -> str:
    """Let an account write to few people, of which it has written to none yet."""
    _replace(address, "tcvSendingLimits", f"{_LIMIT}/600 -")
    inside("systemctl", "restart", "thucongvu-submission.service")
    return str(_LIMIT)


@hook
def alerted(address: str) -> str:
    """Which mails the operator has about an account."""
    return inside("doveadm", "search", "-u", f"sotttt@{facts()['domain']}", "mailbox", "INBOX", "subject", address)


@hook
def stop_scanner() -> str:
    """Stop ClamAV."""
    return inside("systemctl", "stop", "clamav-daemon.socket", "clamav-daemon.service")


@hook
def start_scanner() -> str:
    """Start it."""
    return inside("systemctl", "start", "clamav-daemon.socket", "clamav-daemon.service")


@hook
def small_quota(address: str) -> str:
    """Give a mailbox little room."""
    return _replace(address, "tcvMailboxQuota", "307200B")


@hook
def old_quota(address: str) -> str:
    """Give it its own again, empty."""
    modify(address, f"replace: tcvMailboxQuota\n{kept(f'tcvMailboxQuota {address}')}")
    return inside("doveadm", "expunge", "-u", address, "mailbox", "INBOX", "all")


@hook
def wrong_passwords() -> str:
    """After how many wrong passwords an account is locked."""
    return str(load_regulation(ROOT / f"regulations/{facts()['regulation']}.yml").lock.wrong_passwords.value)


@hook
def unlock(address: str) -> str:
    """End the lock."""
    modify(address, "delete: pwdAccountLockedTime")
    return ""


@hook
def change_password(address: str, old: str, new: str) -> str:
    """Change a password as its owner does, over the network."""
    keep(f"userPassword {address}", read(address, "userPassword"))
    where = ["-ZZ", "-x", "-H", f"ldap://ldap.{facts()['domain']}", "-D", dn_of(address)]
    # Not among the arguments, where others on that host would see them.
    script = 'umask 077; read -r old; read -r new; printf %s "$old" >/run/old; printf %s "$new" >/run/new; '
    script += 'ldappasswd "$@" -y /run/old -T /run/new >/run/said 2>&1 && echo changed || echo refused; rm -f /run/old /run/new'
    return inside("bash", "-c", script, "change", *where, stdin=f"{old}\n{new}\n")


@hook
def set_password(address: str, _password: str) -> str:
    """Put the password back that there was before."""
    line = kept(f"userPassword {address}")
    modify(address, f"replace: userPassword\n{line}", "replace: pwdReset\npwdReset: FALSE", relax=True)
    modify(address, "replace: pwdHistory", relax=True)
    return ""


@hook
def suspend(address: str) -> str:
    """Suspend an account and end its sessions, as accounts.yml does."""
    modify(address, "replace: tcvMailboxStatus\ntcvMailboxStatus: suspended")
    subprocess.run(
        ["podman", "exec", facts()["container"], "doveadm", "kick", address], capture_output=True, check=False
    )
    return ""


@hook
def resume(address: str) -> str:
    """Make it active again."""
    modify(address, "replace: tcvMailboxStatus\ntcvMailboxStatus: active")
    return ""


@hook
def dns() -> str:
    """What the host's own resolver says of the domain."""
    domain = facts()["domain"]
    asked = [("TXT", domain), ("TXT", f"_dmarc.{domain}"), ("TXT", f"tcv._domainkey.{domain}")]
    asked += [("SRV", f"_imaps._tcp.{domain}"), ("SRV", f"_submission._tcp.{domain}"), ("MX", domain)]
    return "".join(f"{name} {kind} {inside('dig', '+short', kind, name)}" for kind, name in asked)


def main() -> int:
    """Run a hook, or write the fixtures."""
    name, *arguments = sys.argv[1:]
    if name == "fixtures":
        print(json.dumps(fixtures(), ensure_ascii=False, indent=1))
        return 0
    sys.stdout.write(_HOOKS[name](*arguments))
    return 0


if __name__ == "__main__":
    sys.exit(main())
