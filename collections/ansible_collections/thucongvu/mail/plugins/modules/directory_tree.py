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
    required: true
    suboptions:
      dn:
        description: Distinguished name.
        type: str
        required: true
      attributes:
        description: Lists of values by attribute. An empty list means that the attribute is absent.
        type: dict
        required: true
  new_password_hashes:
    description: Hash by DN, for entries that have no password. One that an entry has is kept.
    type: dict
    default: {}
  reset_passwords:
    description: DNs whose password is replaced by that in O(new_password_hashes).
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
strangers:
  description: Each with C(dn) and C(mail), entries below O(known_below) that are not declared.
  type: list
  elements: dict
  returned: always
without_password:
  description: Declared DNs that have no password, before O(new_password_hashes) are written.
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
import hashlib
import os
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from ansible_collections.thucongvu.mail.plugins.module_utils.audit import AuditLog, account_records

try:
    import ldap
    import ldap.modlist
    import ldap.sasl

    HAS_LDAP = True
except ImportError:
    HAS_LDAP = False

Attributes = dict[str, list[str]]
# Of the attributes that slapd keeps itself, those that are declared.
ATTRIBUTES = ["*", "pwdPolicySubentry"]


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
        self.modified: dict[str, list[tuple[int, str, list[bytes]]]] = {}
        # Values before and after by attribute, by DN: for the audit log.
        self.before_after: dict[str, dict[str, tuple[list[str], list[str]]]] = {}
        self.removed: list[str] = []
        self.without_password: list[str] = []
        self.strangers: list[dict[str, str]] = []
        self.readdressed: list[dict[str, str]] = []
        self.lines: list[str] = []
        self.connection: Any = None
        self.present: dict[str, Attributes] = {}

    def read(self) -> None:
        """Read the tree once. On a dry run of a fresh host there is no directory yet, so everything is to be made."""
        self.connection = ldap.initialize("ldapi:///")
        try:
            self.connection.sasl_external_bind_s()
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

    @staticmethod
    def key(dn: str) -> str:
        """Return a DN in the one form in which DNs are compared."""
        return str(ldap.dn.dn2str(ldap.dn.str2dn(dn.lower())))

    def compare(self, dn: str, wanted: Attributes) -> None:
        present = self.present.get(self.key(dn))
        if present is None:
            self.added[dn] = {name: values for name, values in wanted.items() if values}
            self.lines.append(f"+ {dn}")
            return
        changes: list[tuple[int, str, list[bytes]]] = []
        for name, declared in wanted.items():
            now = present.get(name.lower(), [])
            values = declared
            if name.lower() == "objectclass":
                # An application may have added classes of its own: they stay.
                known = {value.lower() for value in now}
                values = now + [value for value in declared if value.lower() not in known]
            if sorted(now) != sorted(values):
                if name.lower() == "mail":
                    self.readdressed.append({"dn": dn, "before": ", ".join(now), "after": ", ".join(values)})
                changes.append((ldap.MOD_REPLACE, name, [value.encode() for value in values]))
                self.before_after.setdefault(dn, {})[name] = (now, values)
                if name.lower() == "userpassword":
                    self.lines.append(f"~ {dn} {name}: (secret)")
                else:
                    self.lines.append(f"~ {dn} {name}: {', '.join(now) or '-'} -> {', '.join(values) or '-'}")
        if changes:
            self.modified[dn] = changes

    def plan(self) -> None:
        hashes: dict[str, str] = self.module.params["new_password_hashes"]
        for entry in self.module.params["entries"]:
            wanted = {name: [str(value) for value in values] for name, values in entry["attributes"].items()}
            without = not self.present.get(self.key(entry["dn"]), {}).get("userpassword")
            if without:
                self.without_password.append(entry["dn"])
            replaced = entry["dn"] in self.module.params["reset_passwords"]
            if (without or replaced) and entry["dn"] in hashes:
                wanted["userPassword"] = [hashes[entry["dn"]]]
                # Who knows it besides its owner is unknown, so it is changed before anything else (CT-10.3, CB-13.4, QT-4.3b).
                wanted["pwdReset"] = ["TRUE"]
            self.compare(entry["dn"], wanted)
        declared = {self.key(entry["dn"]) for entry in self.module.params["entries"]}
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

    def apply(self) -> None:
        """Write in bulk: many requests under way at once, parents before children."""
        levels: dict[int, list[str]] = {}
        for dn in self.added:
            levels.setdefault(depth(dn), []).append(dn)
        for _level, dns in sorted(levels.items()):
            self.send(
                [
                    (
                        dn,
                        self.connection.add_ext,
                        ldap.modlist.addModlist(
                            {name: [value.encode() for value in values] for name, values in self.added[dn].items()}
                        ),
                    )
                    for dn in dns
                ]
            )
        self.send([(dn, self.connection.modify_ext, changes) for dn, changes in self.modified.items()])
        for key in self.removed:
            self.ask(key, self.connection.delete_s, key)

    def record(self) -> None:
        """Say in the audit log who had it done; that it was done slapd's own log has told it already."""
        actor, request = self.module.params["actor"], self.module.params["request"]
        if not actor:
            return
        try:
            log = AuditLog()
            for record in account_records(self.added, self.before_after, self.removed, actor, request):
                log.write(record)
        except OSError as error:
            self.module.warn(f"the audit log takes no records: {error}")

    def send(self, requests: list[tuple[str, Any, Any]]) -> None:
        """Send requests a window at a time and wait for all; the first refusal stops the module with the directory's words."""
        window = 64
        for start in range(0, len(requests), window):
            under_way = [(dn, self.ask(dn, send, dn, what)) for dn, send, what in requests[start : start + window]]
            for dn, message_id in under_way:
                self.ask(dn, self.connection.result, message_id)

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


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "base_dn": {"type": "str", "required": True},
            "entries": {
                "type": "list",
                "elements": "dict",
                "required": True,
                "options": {
                    "dn": {"type": "str", "required": True},
                    "attributes": {"type": "dict", "required": True},
                },
            },
            "new_password_hashes": {"type": "dict", "default": {}, "no_log": True},
            "reset_passwords": {"type": "list", "elements": "str", "default": [], "no_log": False},
            "complete_below": {"type": "list", "elements": "str", "default": []},
            "known_below": {"type": "list", "elements": "str", "default": []},
            "plan_only": {"type": "bool", "default": False},
            "actor": {"type": "str", "default": ""},
            "request": {"type": "str", "default": ""},
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
            dns = [entry["dn"] for entry in module.params["entries"]]
            none: dict[str, list[str]] = {"modified": [], "removed": [], "strangers": [], "readdressed": []}
            module.exit_json(changed=True, added=dns, without_password=dns, **none)
        module.fail_json(msg=missing_required_lib("ldap"))
    tree = Tree(module)
    tree.read()
    tree.plan()
    changed = bool(tree.added or tree.modified or tree.removed)
    if changed and not (module.check_mode or module.params["plan_only"]):
        tree.apply()
        tree.record()
    module.exit_json(
        changed=changed,
        added=sorted(tree.added),
        modified=sorted(tree.modified),
        removed=tree.removed,
        without_password=tree.without_password,
        strangers=tree.strangers,
        readdressed=tree.readdressed,
        diff={"before": "", "after": "".join(line + "\n" for line in tree.lines)},
    )


if __name__ == "__main__":
    main()
