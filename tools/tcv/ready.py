"""Accounts as their owners have them: most have changed the first password, three have not yet (CT-10.3).

A test site's people change their passwords as real ones do, each signed in with the first one, on the directory's host.
"""

import json
from pathlib import Path

from ansible_collections.thucongvu.mail.plugins.module_utils.mailbox_classes import password_rule_of_class
from ansible_collections.thucongvu.mail.plugins.module_utils.password_owner import Owner
from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import generate_first_password
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from tcv import programs
from tcv.files import write_private
from tcv.paths import ROOT
from tcv.site import Site

# How many people still have their first password.
NEWCOMERS = 3
ON_HOST = Path(__file__).with_name("change_passwords.py")


def on_host(site: Site, changes: list[dict[str, str]]) -> dict[str, dict[str, str]]:
    """Change passwords on the directory's host and return the state of every mailbox by DN."""
    container = site.container(site.members("directory")[0])
    command = ["podman", "exec", "--interactive", container, "python3", "-c", ON_HOST.read_text(encoding="utf-8")]
    base = ",".join(f"dc={label}" for label in site.domain.split("."))
    said = programs.run(command, stdin=json.dumps({"base": base, "changes": changes})).stdout
    found: dict[str, dict[str, str]] = json.loads(said)
    return found


def state_of(entry: dict[str, str]) -> str:
    """What an account's owner can do: ready, first-password, suspended or cancelled."""
    if entry["status"] != "active":
        return entry["status"]
    return "first-password" if entry["reset"] == "TRUE" else "ready"


def owned(site: Site) -> list[dict[str, str]]:
    """Every account with the password that opens it today and its state."""
    accounts = site.accounts()
    states = on_host(site, [])
    file = site.state / "own-passwords.json"
    kept: dict[str, str] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    active = [account for account in accounts if states.get(account["dn"], {}).get("status") == "active"]
    newcomers = [account["dn"] for account in active if account["kind"] == "person"][-NEWCOMERS:]
    regulation = load_regulation(ROOT / "regulations" / f"{site.variable('regulation')}.yml")
    changes: list[dict[str, str]] = []
    for account in active:
        dn = account["dn"]
        # One that was reset since then has a first password again.
        if dn in newcomers or (dn in kept and states[dn]["reset"] != "TRUE"):
            continue
        rule = password_rule_of_class(regulation, account["kind"])
        own = generate_first_password(rule, Owner(account["address"], account["name"]))
        changes.append({"dn": dn, "old": account["password"], "new": own})
    if changes:
        kept |= {change["dn"]: change["new"] for change in changes}
        # Before the directory has them, so that a run that is cut off loses none.
        write_private(file, json.dumps(kept))
        states = on_host(site, changes)
    return [shown(account, kept, states) for account in accounts if account["dn"] in states]


def shown(account: dict[str, str], kept: dict[str, str], states: dict[str, dict[str, str]]) -> dict[str, str]:
    """An account with the password and state of today."""
    state = state_of(states[account["dn"]])
    password = kept.get(account["dn"], account["password"]) if state == "ready" else account["password"]
    return account | {"password": password, "state": state}
