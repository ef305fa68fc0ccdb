"""Action: bring the directory in line with the register, and hand out first passwords."""

from __future__ import annotations

import getpass
import socket
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from passlib.hash import ldap_salted_sha512

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import (
    Account,
    accounts_without_address,
    desired_accounts,
    function_aliases,
    mailbox_aliases,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.directory import (
    account_dn,
    account_entry,
    function_entries,
    policy_entries,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.find_account import find_account
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.password_owner import Owner
from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import generate_first_password
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation
from ansible_collections.thucongvu.mail.plugins.plugin_utils.vault_files import VaultFiles

# A first password has at least 64 bits and is changed on receipt (CT-10.3), so its hash need not be slow as one of a password that a
# person chose.
FIRST_PASSWORD_HASH = ldap_salted_sha512


def new_password(account: Account, regulation: Regulation) -> str:
    """Return a first password by the rule for the account's kind, with nothing of its owner that the rule forbids."""
    rule = regulation.password_rule(account.kind, account.agency_kind)
    try:
        return generate_first_password(rule, Owner(account.address, account.name, account.born))
    except CoreError as error:
        raise AnsibleActionFail(f"{account.name} ({account.address}): {error}") from None


class FirstPasswords:
    """The files with first passwords, one an agency, encrypted with the operator's vault password."""

    def __init__(self, folder: Path, vault: Any) -> None:
        self.folder = folder
        self.files = VaultFiles(vault)

    def file(self, agency_id: str) -> Path:
        return self.folder / f"{agency_id}.yml"

    def hand_out(
        self, accounts: list[Account], base_dn: str, regulation: Regulation, *, anew: bool = False
    ) -> dict[str, str]:
        """Write passwords for accounts without one, before they are in the directory, and return them by DN.

        A run that was cut off has left passwords of accounts that are not in the directory yet; those are kept, so that a list that is
        on its way to an agency stays true.
        """
        passwords: dict[str, str] = {}
        files: dict[Path, dict[str, Any]] = {}
        for agency_id in sorted({account.agency_id for account in accounts}):
            _text, entries = self.files.read(self.file(agency_id))
            before = dict(entries)
            for account in accounts:
                if account.agency_id != agency_id:
                    continue
                dn = account_dn(account, base_dn)
                if anew or entries.get(account.address, {}).get("dn") != dn:
                    entries[account.address] = {
                        "password": new_password(account, regulation),
                        "kind": account.kind,
                        "name": account.name,
                        "agency": account.agency_name,
                        "dn": dn,
                        "issued": datetime.now(UTC).date().isoformat(),
                    }
                passwords[dn] = entries[account.address]["password"]
            if entries != before:
                files[self.file(agency_id)] = entries
        # Not before there is a password for every account.
        for file, entries in files.items():
            self.files.write(file, yaml.safe_dump(entries, allow_unicode=True, sort_keys=True))
        return passwords

    def forget(self, accounts: list[Account], base_dn: str) -> None:
        """Strike closed accounts off the files: their first passwords open nothing any more."""
        closed = {account_dn(account, base_dn) for account in accounts}
        for agency_id in sorted({account.agency_id for account in accounts}):
            _text, entries = self.files.read(self.file(agency_id))
            kept = {address: entry for address, entry in entries.items() if entry["dn"] not in closed}
            if kept != entries:
                self.files.write(self.file(agency_id), yaml.safe_dump(kept, allow_unicode=True, sort_keys=True))


class ActionModule(ActionBase):
    """Plans with one read of the tree, writes first passwords on the controller, then entries in bulk."""

    _supports_check_mode = True

    def directory(self, task_vars: dict[str, Any] | None, **arguments: Any) -> dict[str, Any]:
        """Run the writing module on the directory's host; its refusal ends the action."""
        done: dict[str, Any] = self._execute_module(
            module_name="thucongvu.mail.directory_tree", module_args=arguments, task_vars=task_vars
        )
        if done.get("failed"):
            raise AnsibleActionFail(str(done.get("msg") or done.get("module_stderr") or done))
        return done

    def reset(
        self,
        task_vars: dict[str, Any] | None,
        accounts: list[Account],
        base_dn: str,
        regulation: Regulation,
        *,
        first_passwords: FirstPasswords,
        who: dict[str, str],
    ) -> dict[str, Any]:
        """Give accounts a first password again (CB-13.4); return what the action returns."""
        closed = [account.address for account in accounts if account.status == "cancelled"]
        if closed:
            raise AnsibleActionFail(say("accounts.reset_closed", addresses=", ".join(closed)))
        dns = [account_dn(account, base_dn) for account in accounts]
        wanted = {
            "base_dn": base_dn,
            "entries": [asdict(account_entry(account, base_dn)) for account in accounts],
            "reset_passwords": dns,
            **who,
        }
        # What the hashes will be does not matter to the plan.
        plan = self.directory(task_vars, **wanted, new_password_hashes=dict.fromkeys(dns, "-"), plan_only=True)
        if plan["added"]:
            raise AnsibleActionFail(say("accounts.reset_unknown", dns=", ".join(plan["added"])))
        if not self._task.check_mode:
            passwords = first_passwords.hand_out(accounts, base_dn, regulation, anew=True)
            hashes = {dn: FIRST_PASSWORD_HASH.hash(password) for dn, password in passwords.items()}
            self.directory(task_vars, **wanted, new_password_hashes=hashes)
        addresses = [account.address for account in accounts]
        files = sorted({str(first_passwords.file(account.agency_id)) for account in accounts})
        return {
            "changed": True,
            "diff": plan.get("diff", {}),
            "ended": addresses,
            "plan": say("accounts.reset", addresses=", ".join(addresses), files=", ".join(files)),
        }

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return changed, the plan as text, and the addresses of new, changed, closed and waiting accounts."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec(
            {
                "regulation": {"type": "path", "required": True},
                "register": {"type": "path", "required": True},
                "domain": {"type": "str", "required": True},
                "base_dn": {"type": "str", "required": True},
                "first_passwords_dir": {"type": "path", "required": True},
                "request": {"type": "str", "default": ""},
                "reset": {"type": "list", "elements": "str", "default": []},
            }
        )
        base_dn = str(arguments["base_dn"])
        try:
            regulation = load_regulation(arguments["regulation"])
            register = load_register(Path(arguments["register"]), regulation)
            accounts = desired_accounts(register, regulation, str(arguments["domain"]))
            aliases = function_aliases(regulation, register, str(arguments["domain"]))
            aliases += mailbox_aliases(register, str(arguments["domain"]))
            reset = [find_account(str(text), accounts) for text in arguments["reset"]]
        except (ProblemsError, CoreError) as error:
            raise AnsibleActionFail(str(error)) from None
        who = {"actor": f"{getpass.getuser()}@{socket.gethostname()}", "request": str(arguments["request"])}
        first_passwords = FirstPasswords(Path(arguments["first_passwords_dir"]), self._loader._vault)
        if reset:
            result.update(self.reset(task_vars, reset, base_dn, regulation, first_passwords=first_passwords, who=who))
            return result
        by_dn = {account_dn(account, base_dn): account for account in accounts}
        wanted = {
            "base_dn": base_dn,
            **who,
            "entries": [asdict(entry) for entry in policy_entries(regulation, base_dn)]
            + [asdict(account_entry(account, base_dn)) for account in accounts]
            + [asdict(entry) for entry in function_entries(aliases, base_dn)],
            "complete_below": [f"ou=functions,{base_dn}", f"ou=policies,{base_dn}"],
            "known_below": [f"ou=people,{base_dn}", f"ou=agencies,{base_dn}"],
        }
        plan = self.directory(task_vars, **wanted, plan_only=True)
        if plan.get("strangers"):
            # A row that is gone would free its address for somebody else, to whom the first one's mail would then come.
            rows = "\n".join(f"  {stranger['mail']} ({stranger['dn']})" for stranger in plan["strangers"])
            raise AnsibleActionFail(f"{say('accounts.strangers', number=len(plan['strangers']))}\n{rows}")
        if plan.get("readdressed"):
            rows = "\n".join(
                f"  {entry['before']} -> {entry['after']} ({entry['dn']})" for entry in plan["readdressed"]
            )
            raise AnsibleActionFail(f"{say('accounts.readdressed', number=len(plan['readdressed']))}\n{rows}")
        new = [by_dn[dn] for dn in plan["added"] if dn in by_dn]
        changed = [by_dn[dn] for dn in plan["modified"] if dn in by_dn]
        closed = [account for account in changed if account.status == "cancelled"]
        suspended = [account for account in changed if account.status == "suspended"]
        # New ones, and those that come back.
        unsigned = [by_dn[dn] for dn in plan["without_password"] if dn in by_dn and by_dn[dn].status != "cancelled"]
        renewed = {account.id for account in unsigned}
        waiting = accounts_without_address(register)
        is_changed = bool(plan["changed"] or unsigned)
        if is_changed and not self._task.check_mode:
            # Before the directory changes, so that a run that is cut off in between is made good by the next one.
            first_passwords.forget([account for account in accounts if account.status == "cancelled"], base_dn)
            passwords = first_passwords.hand_out(unsigned, base_dn, regulation)
            hashes = {dn: FIRST_PASSWORD_HASH.hash(password) for dn, password in passwords.items()}
            self.directory(task_vars, **wanted, new_password_hashes=hashes)
        result.update(
            changed=is_changed,
            diff=plan.get("diff", {}),
            new=[account.address for account in new],
            modified=[account.address for account in changed],
            closed=[account.address for account in closed],
            suspended=[account.address for account in suspended],
            # Whoever may not sign in any more, or has a first password again, has no session either.
            ended=[account.address for account in changed if account.status != "active" or account.id in renewed],
            waiting=[entry.id for entry in waiting],
            plan=say(
                "accounts.plan",
                total=len(accounts),
                new=len(new),
                modified=len(changed),
                closed=len(closed),
                waiting=len(waiting),
            ),
        )
        return result
