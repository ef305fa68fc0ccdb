#!/usr/bin/python
"""Bring entries of the directory in line with what is declared, in one pass."""

from __future__ import annotations

DOCUMENTATION = r"""
module: directory_tree
short_description: Bring entries of the directory in line with what is declared
description:
  - Reads the tree once, compares the declared attributes, and writes what differs. Runs on the directory's host as root over its own
    socket, so that no password is needed. Attributes that are not declared are left alone, and no entry is removed except below
    O(complete_below).
options:
  base_dn:
    description: The top of the tree.
    type: str
    required: true
  entries:
    description: The entries; an entry's parent stands before it or is there already.
    type: list
    elements: dict
    default: []
    suboptions:
      dn:
        description: Distinguished name.
        type: str
        required: true
      attributes:
        description: Lists of values by attribute. An empty list means that the attribute is absent.
        type: dict
        required: true
  entries_file:
    description:
      - A file on the host with the entries in place of O(entries), a JSON list of pairs of DN and attributes, compressed with gzip. Tens
        of thousands do not fit into a module's arguments in good time.
    type: path
  new_password_hashes:
    description:
      - Hash by DN, for entries that have no password. One that an entry has is kept. Its owner must change it before anything else
        (CT-10.3, CB-13.4, QT-4.3b).
    type: dict
    default: {}
  hashes_file:
    description: A file on the host with them, a JSON mapping compressed with gzip.
    type: path
  reset:
    description: DNs of entries that get a new password although they have one.
    type: list
    elements: str
    default: []
  complete_below:
    description: DNs below which an entry that is not declared is removed.
    type: list
    elements: str
    default: []
  known_below:
    description: DNs below which every entry must be declared. One that is not is reported in RV(strangers) and left alone.
    type: list
    elements: str
    default: []
  plan_only:
    description: Say what would be done, and do nothing.
    type: bool
    default: false
  plan_file:
    description:
      - A file on the host in which O(plan_only) leaves what is to be done, and from which later runs with O(part) do it, so that the
        tree is read once.
    type: path
  part:
    description: Do so much of O(plan_file) and nothing else, C([first, number]) of its steps.
    type: list
    elements: int
  actor:
    description: Who has it done, the operator on the controller. With it every change is recorded in the host's audit log.
    type: str
    default: ''
  request:
    description: The document by which it was asked for (CT-6.1), for the audit log.
    type: str
    default: ''
  service_accounts:
    description: Accounts below C(ou=services), each with C(name) and C(password).
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The account's C(cn).
        type: str
        required: true
      password:
        description: The account's password. Its hash is written anew only when the present one does not match.
        type: str
        required: true
requirements: [python3-ldap]
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Have the top of the tree
  thucongvu.mail.directory_tree:
    base_dn: dc=cantho,dc=gov,dc=vn
    entries:
      - dn: ou=people,dc=cantho,dc=gov,dc=vn
        attributes: {objectClass: [top, organizationalUnit], ou: [people]}
"""

RETURN = r"""
added:
  description: DNs that were made, or would be.
  type: list
  elements: str
  returned: always
steps:
  description: How many entries are to be made, changed or removed.
  type: int
  returned: always
active:
  description: How many mailboxes were active in the directory before.
  type: int
  returned: always
statuses:
  description: Each with C(dn), C(before) and C(after), mailboxes whose status changes.
  type: list
  elements: dict
  returned: always
attributes:
  description: DNs of entries that change, by attribute.
  type: dict
  returned: always
modified:
  description: DNs that were changed, or would be.
  type: list
  elements: str
  returned: always
readdressed:
  description: Each with C(dn), C(before) and C(after), entries whose C(mail) changes.
  type: list
  elements: dict
  returned: always
taken:
  description: Each with C(dn), C(mail) and C(holder), addresses that an entry which is not declared has already.
  type: list
  elements: dict
  returned: always
strangers:
  description: Each with C(dn) and C(mail), entries below O(known_below) that are not declared.
  type: list
  elements: dict
  returned: always
without_password:
  description: Declared DNs that need a password, before O(new_password_hashes) are written.
  type: list
  elements: str
  returned: always
removed:
  description: DNs that were removed, or would be.
  type: list
  elements: str
  returned: always
"""

import base64
import fcntl
import gzip
import hashlib
import json
import os
import re
import shutil
from itertools import islice
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.thucongvu.mail.plugins.module_utils.audit import AuditLog, account_records, shown_values
from ansible_collections.thucongvu.mail.plugins.module_utils.memory import without_cycle_search
from ansible_collections.thucongvu.mail.plugins.module_utils.slapd_log import TRANSACTION_END, TRANSACTION_START

try:
    import ldap
    import ldap.controls
    import ldap.extop
    import ldap.modlist
    import ldap.sasl

    HAS_LDAP = True
except ImportError:
    HAS_LDAP = False

Attributes = dict[str, list[str]]
# One entry to be written: what is done to it, its DN, and its attributes or changes.
Step = list[Any]
# The DN, the method of the connection that asks for what is to be done, and what it is given.
Request = tuple[str, str, Any]
# Of the attributes that slapd keeps itself, those that are declared.
ATTRIBUTES = ["*", "pwdPolicySubentry"]
DATABASES = "(objectClass=olcMdbConfig)"
# A DN that is already in the form in which DNs are compared, but for case.
PLAIN_DN = re.compile(r"[a-z0-9._-]+=[a-z0-9._-]+(?:,[a-z0-9._-]+=[a-z0-9._-]+)*")
# One run at a time: a part that outlives the run that sent it is done before the next run reads the tree.
LOCK = "/run/thucongvu-directory.lock"
# What an entry takes in slapd's database, of what its attributes have in JSON: indices and pages with room left.
DATABASE_BYTES = 12
# Requests of one transaction (RFC 5805). An entry by itself writes each page of the indices that it touches, some hundred, to the disk;
# hundreds of entries together write hardly more.
WINDOW = 500
TRANSACTION_PART = "1.3.6.1.1.21.2"
# TxnEndReq: commit; slapd's transactions have an empty name.
COMMIT = b"\x30\x02\x04\x00"


def ssha(password: str, salt: bytes) -> str:
    """Return the salted hash that slapd knows without a module (RFC 2307); fit for random passwords of high entropy only."""
    digest = hashlib.sha1(password.encode() + salt).digest()  # noqa: S324 the scheme names it, and 190 random bits need no slow hash
    return "{SSHA}" + base64.b64encode(digest + salt).decode()


def ssha_matches(stored: str, password: str) -> bool:
    """Tell whether a stored hash is of this password."""
    if not stored.startswith("{SSHA}"):
        return False
    try:
        salt = base64.b64decode(stored[6:])[20:]
    except ValueError:
        return False
    return ssha(password, salt) == stored


def depth(dn: str) -> int:
    """Return how many components a DN has."""
    return len(ldap.dn.str2dn(dn))


class Tree:
    """The directory as it is, and the changes that make it as declared."""

    def __init__(self, module: AnsibleModule) -> None:
        self.module = module
        self.base: str = module.params["base_dn"]
        self.added: dict[str, Attributes] = {}
        # What is done with which attribute, its values then, and those of before.
        self.modified: dict[str, list[tuple[int, str, list[str], list[str]]]] = {}
        self.removed: list[str] = []
        self.without_password: list[str] = []
        self.strangers: list[dict[str, str]] = []
        self.taken: list[dict[str, str]] = []
        self.readdressed: list[dict[str, str]] = []
        self.statuses: list[dict[str, str]] = []
        self.attributes: dict[str, list[str]] = {}
        self.lines: list[str] = []
        self.connection: Any = None
        self.present: dict[str, Attributes] = {}
        self.known_keys: dict[str, str] = {}

    def connect(self) -> None:
        """Reach the directory as root, over its socket."""
        self.connection = ldap.initialize("ldapi:///")
        self.connection.sasl_external_bind_s()

    def read(self) -> None:
        """Read the tree once. On a dry run of a fresh host there is no directory yet, so everything is to be made."""
        try:
            self.connect()
            found = self.connection.search_s(self.base, ldap.SCOPE_SUBTREE, "(objectClass=*)", ATTRIBUTES)
        except ldap.NO_SUCH_OBJECT:
            return
        except ldap.SERVER_DOWN as error:
            if self.module.check_mode:
                return
            self.module.fail_json(msg=f"the directory does not answer on its socket: {error}")
        except ldap.LDAPError as error:
            self.refused(self.base, error)
        for dn, attributes in found:
            self.present[self.key(dn)] = {
                name.lower(): [value.decode("utf-8", "surrogateescape") for value in values]
                for name, values in attributes.items()
            }

    def key(self, dn: str) -> str:
        """Return a DN in the one form in which DNs are compared."""
        found = self.known_keys.get(dn)
        if found is None:
            lower = dn.lower()
            found = lower if PLAIN_DN.fullmatch(lower) else str(ldap.dn.dn2str(ldap.dn.str2dn(lower)))
            self.known_keys[dn] = found
        return found

    def compare(self, dn: str, wanted: Attributes) -> None:
        present = self.present.get(self.key(dn))
        if present is None:
            self.added[dn] = {name: values for name, values in wanted.items() if values}
            self.lines.append(f"+ {dn}")
            return
        changes: list[tuple[int, str, list[str], list[str]]] = []
        for name, declared in wanted.items():
            now = present.get(name.lower(), [])
            values = declared
            if name.lower() == "objectclass":
                # An application may have added classes of its own: they stay.
                known = {value.lower() for value in now}
                values = now + [value for value in declared if value.lower() not in known]
            if now == values or sorted(now) == sorted(values):
                continue
            self.attributes.setdefault(name, []).append(dn)
            change = {"dn": dn, "before": ", ".join(now), "after": ", ".join(values)}
            # A list's address is not issued, but follows from the mailbox that controls it.
            if name == "mail" and "tcvMailboxStatus" in wanted:
                self.readdressed.append(change)
            elif name == "tcvMailboxStatus":
                self.statuses.append(change)
            if name == "member" and now and values:
                # One member more or less, not thousands again.
                new, gone = sorted(set(values) - set(now)), sorted(set(now) - set(values))
                changes += [(ldap.MOD_ADD, name, new, [])] if new else []
                changes += [(ldap.MOD_DELETE, name, gone, [])] if gone else []
                words = [f"+{value}" for value in new] + [f"-{value}" for value in gone]
                self.lines.append(f"~ {dn} {name}: {' '.join(words)}")
                continue
            changes.append((ldap.MOD_REPLACE, name, values, now))
            before, after = (", ".join(shown_values(name, some)) or "-" for some in (now, values))
            self.lines.append(f"~ {dn} {name}: {before} -> {after}")
        if changes:
            self.modified[dn] = changes

    def declared(self) -> list[tuple[str, Attributes]]:
        """Return the entries that are to be, from the arguments or from the file."""
        if self.module.params["entries_file"]:
            with gzip.open(self.module.params["entries_file"], "rt", encoding="utf-8") as content:
                return [(dn, attributes) for dn, attributes in json.load(content)]
        return [
            (entry["dn"], {name: [str(value) for value in values] for name, values in entry["attributes"].items()})
            for entry in self.module.params["entries"]
        ]

    def plan(self) -> None:
        reset = {self.key(dn) for dn in self.module.params["reset"]}
        entries = self.declared()
        hashes = self.module.params["new_password_hashes"]
        for dn, wanted in entries:
            present = self.present.get(self.key(dn), {})
            self.compare(dn, wanted)
            needs = not present.get("userpassword") or self.key(dn) in reset
            # Declared to have none: a closed mailbox; or no entry that signs in at all.
            if needs and "userPassword" not in wanted and ("tcvMailboxStatus" in wanted or dn in hashes):
                self.without_password.append(dn)
                if present:
                    self.modified.setdefault(dn, [])
        declared = {self.key(dn) for dn, _wanted in entries}
        for account in self.module.params["service_accounts"]:
            dn = f"cn={account['name']},ou=services,{self.base}"
            declared.add(self.key(dn))
            stored = self.present.get(self.key(dn), {}).get("userpassword", [""])[0]
            if not ssha_matches(stored, account["password"]):
                stored = ssha(account["password"], os.urandom(16))
            self.compare(
                dn,
                {
                    "objectClass": ["top", "applicationProcess", "simpleSecurityObject"],
                    "cn": [account["name"]],
                    "userPassword": [stored],
                },
            )
        complete = tuple("," + self.key(dn) for dn in self.module.params["complete_below"])
        undeclared = sorted(key for key in self.present if key.endswith(complete) and key not in declared)
        # What stands below something goes before it.
        self.removed = sorted(undeclared, key=depth, reverse=True)
        self.lines += [f"- {key}" for key in self.removed]
        known = tuple("," + self.key(dn) for dn in self.module.params["known_below"])
        self.strangers = [
            {"dn": key, "mail": ", ".join(attributes.get("mail", []))}
            for key, attributes in sorted(self.present.items())
            if key.endswith(known) and key not in declared
        ]

        mine = {value.lower(): dn for dn, wanted in entries for value in wanted.get("mail", [])}
        self.taken = [
            {"dn": mine[value.lower()], "mail": value, "holder": key}
            for key, attributes in self.present.items()
            for value in attributes.get("mail", [])
            if key not in declared and not key.endswith(known) and value.lower() in mine
        ]

    def room(self) -> None:
        """Stop the module before anything is written when slapd's database, or its disk, has no room for what is added."""
        if not self.added:
            return
        wanted = ["olcDbDirectory", "olcDbMaxSize", "olcSuffix"]
        found = self.ask("cn=config", self.connection.search_s, "cn=config", ldap.SCOPE_SUBTREE, DATABASES, wanted)
        for _dn, database in found:
            if not self.key(self.base).endswith(self.key(database["olcSuffix"][0].decode())):
                continue
            folder = Path(database["olcDbDirectory"][0].decode())
            needed = DATABASE_BYTES * sum(len(json.dumps(values)) for values in self.added.values())
            used = (folder / "data.mdb").stat().st_blocks * 512
            left = max(0, int(database["olcDbMaxSize"][0]) - used)
            free = shutil.disk_usage(folder).free
            if needed > min(left, free):
                self.module.fail_json(
                    msg=f"the directory is full: {len(self.added)} new entries need about {needed >> 20} MiB; its database may "
                    f"grow by {left >> 20} MiB (olcDbMaxSize), its disk has {free >> 20} MiB; nothing was changed"
                )

    def steps(self) -> list[Step]:
        """Return what is to be done in an order in which it can be done: parents before children, removal the other way round."""
        added = sorted(self.added.items(), key=lambda entry: depth(entry[0]))
        found: list[Step] = [["add", dn, attributes] for dn, attributes in added]
        found += [["modify", dn, changes] for dn, changes in self.modified.items()]
        return found + [["delete", dn, None] for dn in self.removed]

    def do(self, steps: list[Step], hashes: dict[str, str]) -> None:
        """Do some steps in bulk: many requests under way at once, but none before that of the entry above it is answered."""
        requests: list[Request] = []
        level = 0
        for kind, dn, what in steps:
            if kind == "add":
                if depth(dn) != level:
                    self.send(requests)
                    requests, level = [], depth(dn)
                values = what | ({"userPassword": [hashes[dn]], "pwdReset": ["TRUE"]} if dn in hashes else {})
                encoded = {name: [value.encode() for value in some] for name, some in values.items()}
                requests.append((dn, "add_ext", ldap.modlist.addModlist(encoded)))
            elif kind == "modify":
                changes = [(action, name, [value.encode() for value in some]) for action, name, some, _before in what]
                if dn in hashes:
                    # Who knows it besides its owner is unknown, so it is changed before anything else (CT-10.3, CB-13.4, QT-4.3b).
                    changes.append((ldap.MOD_REPLACE, "userPassword", [hashes[dn].encode()]))
                    changes.append((ldap.MOD_REPLACE, "pwdReset", [b"TRUE"]))
                if changes:
                    requests.append((dn, "modify_ext", changes))
            else:
                self.send(requests)
                requests = []
                self.ask(dn, self.connection.delete_s, dn)
        self.send(requests)
        self.record(steps, hashes)

    def record(self, steps: list[Step], hashes: dict[str, str]) -> None:
        """Say in the audit log who had it done; that it was done slapd's own log has told it already."""
        actor, request = self.module.params["actor"], self.module.params["request"]
        if not actor:
            return
        done = [(kind, dn, what) for kind, dn, what in steps if what or dn in hashes or kind == "delete"]
        passwords: dict[str, dict[str, tuple[list[str], list[str]]]] = {
            dn: {"userPassword": ([], [hashes[dn]])} for kind, dn, _what in done if dn in hashes and kind != "add"
        }
        records = account_records(
            {dn: what for kind, dn, what in done if kind == "add"},
            {
                dn: {name: (before, after) for _action, name, after, before in what} | passwords.get(dn, {})
                for kind, dn, what in done
                if kind == "modify"
            },
            [dn for kind, dn, _what in done if kind == "delete"],
            actor,
            request,
        )
        try:
            log = AuditLog()
            for record in records:
                log.write(record)
        except OSError as error:
            self.module.warn(f"the audit log takes no records: {error}")

    def send(self, requests: list[Request]) -> None:
        """Do requests a window at a time; the first refusal stops the module with the directory's words."""
        for start in range(0, len(requests), WINDOW):
            part = requests[start : start + WINDOW]
            if len(part) > 1 and self.together(part):
                continue
            # One by one, since of a transaction nobody learns which request was refused.
            under_way = [(dn, what, self.ask(dn, getattr(self.connection, send), dn, what)) for dn, send, what in part]
            for dn, what, message_id in under_way:
                try:
                    self.connection.result(message_id)
                except ldap.ALREADY_EXISTS:
                    # slapd was still at what a run had asked for that was killed since: the entry is of that run.
                    values = [(ldap.MOD_REPLACE, name, some) for name, some in what if name.lower() != "objectclass"]
                    self.ask(dn, self.connection.modify_s, dn, values)
                except ldap.LDAPError as error:
                    self.refused(dn, error)

    def together(self, requests: list[Request]) -> bool:
        """Do requests in one transaction; tell whether it was done. One that is not has changed nothing."""
        part = [ldap.controls.RequestControl(TRANSACTION_PART, True, b"")]
        try:
            self.connection.extop_s(ldap.extop.ExtendedRequest(TRANSACTION_START, None))
            for message_id in [getattr(self.connection, send)(dn, what, part) for dn, send, what in requests]:
                self.connection.result(message_id)
            self.connection.extop_s(ldap.extop.ExtendedRequest(TRANSACTION_END, COMMIT))
        except ldap.SERVER_DOWN as error:
            self.refused(requests[0][0], error)
        except ldap.LDAPError:
            # Where a request was not even taken the transaction is still open, and ends with its connection.
            self.connection.unbind_s()
            self.ask(requests[0][0], self.connect)
            return False
        return True

    def active(self) -> int:
        """Return how many mailboxes are active."""
        return sum(attributes.get("tcvmailboxstatus") == ["active"] for attributes in self.present.values())

    def ask(self, dn: str, request: Any, *words: Any) -> Any:
        """Return what the directory answers; a refusal stops the module."""
        try:
            return request(*words)
        except ldap.LDAPError as error:
            return self.refused(dn, error)

    def refused(self, dn: str, error: Exception) -> None:
        """Stop the module with the directory's words."""
        said = error.args[0] if error.args and isinstance(error.args[0], dict) else {"desc": str(error)}
        words = [str(said[key]) for key in ("desc", "info") if said.get(key)]
        self.module.fail_json(msg=f"the directory refuses {dn}: {': '.join(words)}")


@without_cycle_search()
def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "base_dn": {"type": "str", "required": True},
            "entries": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "dn": {"type": "str", "required": True},
                    "attributes": {"type": "dict", "required": True},
                },
            },
            "entries_file": {"type": "path"},
            "hashes_file": {"type": "path"},
            "actor": {"type": "str", "default": ""},
            "request": {"type": "str", "default": ""},
            "reset": {"type": "list", "elements": "str", "default": []},
            "plan_file": {"type": "path"},
            "part": {"type": "list", "elements": "int"},
            "new_password_hashes": {"type": "dict", "default": {}, "no_log": True},
            "complete_below": {"type": "list", "elements": "str", "default": []},
            "known_below": {"type": "list", "elements": "str", "default": []},
            "plan_only": {"type": "bool", "default": False},
            "service_accounts": {
                "type": "list",
                "elements": "dict",
                "default": [],
                "options": {
                    "name": {"type": "str", "required": True},
                    "password": {"type": "str", "required": True, "no_log": True},
                },
            },
        },
        supports_check_mode=True,
        # Ansible writes a module's arguments into the host's journal and does not recognise a secret of several lines.
        no_log=True,
    )
    if not HAS_LDAP:
        if module.check_mode:
            dns = [dn for dn, _attributes in Tree(module).declared()]
            empty = ("modified", "removed", "strangers", "taken", "readdressed", "statuses")
            none: dict[str, Any] = {name: [] for name in empty}
            module.exit_json(
                changed=True, added=dns, without_password=dns, steps=len(dns), active=0, attributes={}, **none
            )
        module.fail_json(msg=missing_required_lib("ldap"))
    # Held until the module ends.
    lock = os.open(LOCK, os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(lock, fcntl.LOCK_EX)
    tree = Tree(module)
    hashes: dict[str, str] = module.params["new_password_hashes"]
    if module.params["hashes_file"]:
        with gzip.open(module.params["hashes_file"], "rt", encoding="utf-8") as content:
            hashes = json.load(content)
    if module.params["part"] is not None:
        do_part(tree, hashes)
    tree.read()
    tree.plan()
    steps = tree.steps()
    changed = bool(steps)
    # Of tens of thousands only where somebody wants to read it.
    with_diff = module._diff or not module.params["entries_file"]
    if changed and tree.connection is not None and not module.check_mode:
        tree.room()
    if module.params["plan_only"]:
        if module.params["plan_file"]:
            keep(Path(module.params["plan_file"]), steps)
    elif changed and not module.check_mode:
        # One that an entry has is kept.
        tree.do(steps, {dn: hashes[dn] for dn in tree.without_password if dn in hashes})
    module.exit_json(
        changed=changed,
        steps=len(steps),
        active=tree.active(),
        added=sorted(tree.added),
        modified=sorted(tree.modified),
        removed=tree.removed,
        without_password=tree.without_password,
        strangers=tree.strangers,
        taken=tree.taken,
        readdressed=tree.readdressed,
        statuses=tree.statuses,
        attributes=tree.attributes,
        **({"diff": {"before": "", "after": "".join(line + "\n" for line in tree.lines)}} if with_diff else {}),
    )


def keep(file: Path, steps: list[Step]) -> None:
    """Write a plan where root alone reads it."""
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        # A line a step, so that a part reads no more than its own.
        out.writelines(json.dumps(step) + "\n" for step in steps)


def do_part(tree: Tree, hashes: dict[str, str]) -> None:
    """Do some steps of a plan, and end the module."""
    first, number = tree.module.params["part"]
    with Path(tree.module.params["plan_file"]).open(encoding="utf-8") as lines:
        steps: list[Step] = [json.loads(line) for line in islice(lines, first, first + number)]
    try:
        tree.connect()
    except ldap.LDAPError as error:
        tree.refused(tree.base, error)
    tree.do(steps, hashes)
    tree.module.exit_json(changed=True)


if __name__ == "__main__":
    main()
