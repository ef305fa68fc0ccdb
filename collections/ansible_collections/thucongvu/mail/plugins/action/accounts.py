"""Action: bring the directory in line with the register, and hand out first passwords."""

from __future__ import annotations

import getpass
import gzip
import json
import socket
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase
from passlib.hash import ldap_salted_sha512

from ansible_collections.thucongvu.mail.plugins.module_utils.account_changes import Changes
from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import (
    Account,
    accounts_without_address,
    desired_accounts,
    function_aliases,
    mailbox_aliases,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.directory import (
    Entry,
    account_dn,
    account_entry,
    administrators_entry,
    function_entries,
    list_entries,
    policy_entries,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.find_account import find_account
from ansible_collections.thucongvu.mail.plugins.module_utils.mailing_lists import desired_lists
from ansible_collections.thucongvu.mail.plugins.module_utils.memory import without_cycle_search
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.password_owner import Owner
from ansible_collections.thucongvu.mail.plugins.module_utils.passwords import generate_first_password
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation
from ansible_collections.thucongvu.mail.plugins.plugin_utils.vault_files import VaultFiles

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

# A first password has at least 64 bits and is changed on receipt (CT-10.3), so its hash need not be slow as one of a password that a
# person chose.
FIRST_PASSWORD_HASH = ldap_salted_sha512

# Entries that are written before the next word of how far it is.
PART = 2000
# How many of those who would be closed are named.
SHOWN = 20
# Below which nothing stands but what follows from register and regulation, and below which nothing may go unnoticed.
COMPLETE = ("functions", "policies", "lists", "groups")
KNOWN = ("people", "agencies")
ARGUMENTS = {
    "regulation": {"type": "path", "required": True},
    "register": {"type": "path", "required": True},
    "domain": {"type": "str", "required": True},
    "base_dn": {"type": "str", "required": True},
    "first_passwords_dir": {"type": "path", "required": True},
    "administrators": {"type": "list", "elements": "str", "default": []},
    "reset": {"type": "list", "elements": "str", "default": []},
    "most_closed_percent": {"type": "int", "default": 2},
    "acknowledged": {"type": "int", "default": 0},
    "request": {"type": "str", "default": ""},
}


def addresses(accounts: Iterable[Account]) -> list[str]:
    """Return the addresses of accounts."""
    return [account.address for account in accounts]


def people_of_mailboxes(accounts: Iterable[Account]) -> dict[str, list[str]]:
    """Return the addresses of those who work in each shared mailbox that somebody works in (CT-11.1)."""
    found: dict[str, list[str]] = {}
    for account in accounts:
        for mailbox in account.works_in:
            found.setdefault(mailbox, []).append(account.address)
    return {mailbox: sorted(people) for mailbox, people in sorted(found.items())}


def new_password(account: Account, regulation: Regulation) -> str:
    """Return a first password by the rule for the account's kind, with nothing of its owner that the rule forbids."""
    rule = regulation.password_rule(account.kind, account.agency_kind)
    try:
        return generate_first_password(rule, Owner(account.address, account.name, account.born))
    except CoreError as error:
        raise AnsibleActionFail(f"{account.name} ({account.address}): {error}") from None


def by_agency(accounts: Iterable[Account]) -> list[tuple[str, list[Account]]]:
    """Return accounts by their agency's id, in the ids' order."""
    found: dict[str, list[Account]] = {}
    for account in accounts:
        found.setdefault(account.agency_id, []).append(account)
    return sorted(found.items())


class FirstPasswords:
    """The files with first passwords, one an agency, encrypted with the operator's vault password."""

    def __init__(self, folder: Path, vault: Any) -> None:
        self.folder = folder
        self.files = VaultFiles(vault)

    def file(self, agency_id: str) -> Path:
        return self.folder / f"{agency_id}.yml"

    def write(self, file: Path, entries: dict[str, Any]) -> None:
        """Write a file; in C, since a whole province takes ten times as long in Python."""
        self.files.write(file, yaml.dump(entries, Dumper=yaml.CSafeDumper, allow_unicode=True, sort_keys=True))

    def hand_out(
        self, accounts: list[Account], base_dn: str, regulation: Regulation, anew: Collection[str] = ()
    ) -> dict[str, str]:
        """Write passwords for accounts without one, before they are in the directory, and return them by DN.

        A run that was cut off has left passwords of accounts that are not in the directory yet; those are kept, so that a list that is
        on its way to an agency stays true, but for accounts with an id in ``anew``.
        """
        passwords: dict[str, str] = {}
        files: dict[Path, dict[str, Any]] = {}
        for agency_id, members in by_agency(accounts):
            _text, entries = self.files.read(self.file(agency_id))
            before = dict(entries)
            for account in members:
                dn = account_dn(account, base_dn)
                if entries.get(account.address, {}).get("dn") != dn or account.id in anew:
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
            self.write(file, entries)
        return passwords

    def forget(self, accounts: list[Account], base_dn: str) -> None:
        """Strike closed accounts off the files: their first passwords open nothing any more."""
        closed = {account_dn(account, base_dn) for account in accounts}
        for agency_id, _members in by_agency(accounts):
            _text, entries = self.files.read(self.file(agency_id))
            kept = {address: entry for address, entry in entries.items() if entry["dn"] not in closed}
            if kept != entries:
                self.write(self.file(agency_id), kept)


class ActionModule(ActionBase):
    """Plans with one read of the tree, writes first passwords on the controller, then entries in bulk and part by part."""

    _supports_check_mode = True

    def directory(self, task_vars: dict[str, Any] | None, **arguments: Any) -> dict[str, Any]:
        """Run the writing module on the directory's host; its refusal ends the action."""
        done: dict[str, Any] = self._execute_module(
            module_name="thucongvu.mail.directory_tree", module_args=arguments, task_vars=task_vars
        )
        if done.get("failed"):
            raise AnsibleActionFail(str(done.get("msg") or done.get("module_stderr") or done))
        return done

    @without_cycle_search()
    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return changed, the plan as text, and the addresses of new, changed, closed, suspended and waiting accounts."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec(ARGUMENTS)
        base_dn, domain = str(arguments["base_dn"]), str(arguments["domain"])
        try:
            regulation = load_regulation(arguments["regulation"])
            register = load_register(Path(arguments["register"]), regulation)
            accounts = desired_accounts(register, regulation, domain)
            aliases = function_aliases(regulation, register, domain) + mailbox_aliases(register, domain)
            administrators = [find_account(str(name), accounts) for name in arguments["administrators"]]
            reset = [find_account(str(name), accounts) for name in arguments["reset"]]
        except (ProblemsError, CoreError) as error:
            raise AnsibleActionFail(str(error)) from None
        entries = [
            *policy_entries(regulation, base_dn),
            *(account_entry(account, base_dn) for account in accounts),
            *function_entries(aliases, base_dn),
            *list_entries(desired_lists(register, regulation, accounts, domain), base_dn),
            *administrators_entry(administrators, base_dn),
        ]
        if reset:
            # Nothing else, whatever else the register says by now.
            accounts = list({account.id: account for account in reset}.values())
            entries = [account_entry(account, base_dn) for account in accounts]
        by_dn = {account_dn(account, base_dn): account for account in accounts}
        folder = self._make_tmp_path()
        try:
            plan = self.plan(task_vars, folder, entries, reset, base_dn)
            changes = Changes.of(plan, by_dn, {account.id for account in reset})
            self.refuse(plan, changes, arguments)
            if changes.any and not self._task.check_mode:
                self.apply(task_vars, folder, plan=plan, changes=changes, regulation=regulation, arguments=arguments)
        finally:
            self._remove_tmp_path(folder)
        waiting = accounts_without_address(register)
        result.update(
            changed=changes.any,
            diff=plan.get("diff", {}),
            new=addresses(changes.new),
            modified=addresses(changes.modified),
            closed=addresses(changes.closed),
            suspended=addresses(changes.suspended),
            ended=addresses(changes.ended),
            waiting=[entry.id for entry in waiting],
            people_of_mailboxes=people_of_mailboxes(accounts),
            plan=self.words(register, accounts, changes, arguments),
        )
        return result

    def words(self, register: Register, accounts: list[Account], changes: Changes, arguments: dict[str, Any]) -> str:
        """Return what is done in words."""
        if changes.reset:
            files = {f"{arguments['first_passwords_dir']}/{account.agency_id}.yml" for account in accounts}
            return say("accounts.reset", addresses=", ".join(addresses(accounts)), files=", ".join(sorted(files)))
        counts = say(
            "accounts.plan",
            total=len(accounts),
            new=len(changes.new),
            modified=len(changes.modified),
            closed=len(changes.closed),
            waiting=len(accounts_without_address(register)),
        )
        return counts + changes.by_kind()

    def ship(self, content: object, folder: str, name: str) -> str:
        """Write a compressed file into the task's own folder on the host, and return its path there."""
        path: str = self._connection._shell.join_path(folder, name)
        with tempfile.NamedTemporaryFile() as packed:
            packed.write(gzip.compress(json.dumps(content, ensure_ascii=False).encode(), compresslevel=1, mtime=0))
            packed.flush()
            self._transfer_file(packed.name, path)
        return path

    def plan(
        self,
        task_vars: dict[str, Any] | None,
        folder: str,
        entries: list[Entry],
        reset: list[Account],
        base_dn: str,
    ) -> dict[str, Any]:
        """Ship the entries as one file, and have the directory's host compare them with one read of the tree."""
        content = [[entry.dn, entry.attributes] for entry in entries]
        return self.directory(
            task_vars,
            base_dn=base_dn,
            entries_file=self.ship(content, folder, "entries.json.gz"),
            complete_below=[] if reset else [f"ou={name},{base_dn}" for name in COMPLETE],
            known_below=[] if reset else [f"ou={name},{base_dn}" for name in KNOWN],
            reset=[account_dn(account, base_dn) for account in reset],
            plan_only=True,
            plan_file=self._connection._shell.join_path(folder, "plan.json"),
        )

    def refuse(self, plan: dict[str, Any], changes: Changes, arguments: dict[str, Any]) -> None:
        """Stop before anything is written when the register cannot mean what it says."""
        closed = [account.address for account in changes.modified if account.status == "cancelled" and changes.reset]
        if closed:
            raise AnsibleActionFail(say("accounts.reset_closed", addresses=", ".join(closed)))
        if changes.reset and plan["added"]:
            raise AnsibleActionFail(say("accounts.reset_unknown", dns=", ".join(plan["added"])))
        if plan.get("strangers"):
            # A row that is gone would free its address for somebody else, to whom the first one's mail would then come.
            rows = "\n".join(f"  {stranger['mail']} ({stranger['dn']})" for stranger in plan["strangers"])
            raise AnsibleActionFail(f"{say('accounts.strangers', number=len(plan['strangers']))}\n{rows}")
        if plan.get("taken"):
            rows = "\n".join(f"  {entry['mail']}: {entry['dn']}, {entry['holder']}" for entry in plan["taken"])
            raise AnsibleActionFail(f"{say('accounts.taken', number=len(plan['taken']))}\n{rows}")
        if plan.get("readdressed"):
            rows = "\n".join(
                f"  {entry['before']} -> {entry['after']} ({entry['dn']})" for entry in plan["readdressed"]
            )
            raise AnsibleActionFail(f"{say('accounts.readdressed', number=len(plan['readdressed']))}\n{rows}")
        leaving = changes.leaving
        most = max(1, plan["active"] * arguments["most_closed_percent"] // 100)
        # A list that was cut short would look just like this.
        if len(leaving) > most and len(leaving) != arguments["acknowledged"]:
            rows = "\n".join(f"  {account.address} ({account.status})" for account in leaving[:SHOWN])
            words = say(
                "accounts.many_closed",
                number=len(leaving),
                active=plan["active"],
                percent=arguments["most_closed_percent"],
                shown=min(SHOWN, len(leaving)),
            )
            raise AnsibleActionFail(f"{words}\n{rows}")

    def apply(
        self,
        task_vars: dict[str, Any] | None,
        folder: str,
        *,
        plan: dict[str, Any],
        changes: Changes,
        regulation: Regulation,
        arguments: dict[str, Any],
    ) -> None:
        """Write first passwords, then the entries part by part, and show how far it is."""
        base_dn = str(arguments["base_dn"])
        first_passwords = FirstPasswords(Path(arguments["first_passwords_dir"]), self._loader._vault)
        # Before the directory changes, so that a run that is cut off in between is made good by the next one.
        first_passwords.forget(changes.cancelled, base_dn)
        passwords = first_passwords.hand_out(changes.unsigned, base_dn, regulation, changes.reset)
        hashes = {dn: FIRST_PASSWORD_HASH.hash(password) for dn, password in passwords.items()}
        hashes_file = self.ship(hashes, folder, "hashes.json.gz")
        steps = int(plan["steps"])
        for first in range(0, steps, PART):
            self.directory(
                task_vars,
                base_dn=base_dn,
                plan_file=self._connection._shell.join_path(folder, "plan.json"),
                part=[first, PART],
                hashes_file=hashes_file,
                # Who has it done, for the audit log of the directory's host.
                actor=f"{getpass.getuser()}@{socket.gethostname()}",
                request=str(arguments["request"]),
            )
            if steps > PART:
                done = min(first + PART, steps)
                self._display.display(say("accounts.progress", done=done, steps=steps))
