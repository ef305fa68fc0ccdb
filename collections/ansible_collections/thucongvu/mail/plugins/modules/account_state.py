#!/usr/bin/python
"""What the directory itself has noted of accounts: last use, lock, first password; and the end of a lock."""

from __future__ import annotations

DOCUMENTATION = r"""
module: account_state
short_description: Read what the directory has noted of accounts, and end a lock
description:
  - Reads what slapd itself keeps of each account. Runs on the directory's host as root over its own socket.
options:
  base_dn:
    description: The top of the tree.
    type: str
    required: true
  dn:
    description: One account; without it all.
    type: str
  unlock:
    description: Whether the lock of O(dn) and its wrong passwords are taken away.
    type: bool
    default: false
requirements: [python3-ldap]
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Unlock an account
  thucongvu.mail.account_state:
    base_dn: dc=cantho,dc=gov,dc=vn
    dn: uid=ct-0001,ou=people,dc=cantho,dc=gov,dc=vn
    unlock: true
"""

RETURN = r"""
accounts:
  description: >-
    Each with C(dn), C(id), C(created), C(last_use), C(password_changed), C(locked_since), C(wrong_passwords) and C(must_change), as they
    were before; times as the directory writes them, empty where there is none.
  type: list
  elements: dict
  returned: always
"""

from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

try:
    import ldap
    import ldap.sasl

    HAS_LDAP = True
except ImportError:
    HAS_LDAP = False

ATTRIBUTES = [
    "tcvRegisterId",
    "createTimestamp",
    "pwdLastSuccess",
    "pwdChangedTime",
    "pwdAccountLockedTime",
    "pwdFailureTime",
    "pwdReset",
]
LOCK = ("pwdAccountLockedTime", "pwdFailureTime")


def account(dn: str, attributes: dict[str, list[bytes]]) -> dict[str, Any]:
    """Return what is noted of one account."""

    def first(name: str) -> str:
        values = attributes.get(name, [])
        return values[0].decode("utf-8", "replace") if values else ""

    return {
        "dn": dn,
        "id": first("tcvRegisterId"),
        "created": first("createTimestamp"),
        "last_use": first("pwdLastSuccess"),
        "password_changed": first("pwdChangedTime"),
        "locked_since": first("pwdAccountLockedTime"),
        "wrong_passwords": len(attributes.get("pwdFailureTime", [])),
        "must_change": first("pwdReset") == "TRUE",
    }


def unlock(connection: Any, dn: str, attributes: dict[str, list[bytes]]) -> None:
    """Take away the lock; the directory takes the wrong passwords away with it, and by themselves they need its leave."""
    if "pwdAccountLockedTime" in attributes:
        connection.modify_s(dn, [(ldap.MOD_DELETE, "pwdAccountLockedTime", None)])
    _dn, left = connection.search_s(dn, ldap.SCOPE_BASE, "(objectClass=*)", ["pwdFailureTime"])[0]
    if left:
        relax = ldap.controls.simple.RelaxRulesControl(criticality=True)
        connection.modify_ext_s(dn, [(ldap.MOD_DELETE, "pwdFailureTime", None)], serverctrls=[relax])


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "base_dn": {"type": "str", "required": True},
            "dn": {"type": "str"},
            "unlock": {"type": "bool", "default": False},
        },
        required_if=[("unlock", True, ["dn"])],
        supports_check_mode=True,
    )
    if not HAS_LDAP:
        module.fail_json(msg=missing_required_lib("ldap"))
    dn: str | None = module.params["dn"]
    try:
        connection = ldap.initialize("ldapi:///")
        connection.sasl_external_bind_s()
        scope = ldap.SCOPE_SUBTREE if dn is None else ldap.SCOPE_BASE
        found = connection.search_s(dn or module.params["base_dn"], scope, "(objectClass=tcvMailbox)", ATTRIBUTES)
        accounts = [account(name, attributes) for name, attributes in found]
        locked = [name for name, attributes in found if set(LOCK) & set(attributes)] if module.params["unlock"] else []
        if locked and not module.check_mode:
            for name, attributes in found:
                unlock(connection, name, attributes)
    except ldap.NO_SUCH_OBJECT:
        accounts, locked = [], []
    except ldap.LDAPError as error:
        said = error.args[0] if error.args and isinstance(error.args[0], dict) else {"desc": str(error)}
        module.fail_json(msg=": ".join(str(said[key]) for key in ("desc", "info") if said.get(key)))
    diff = {"before": "".join(f"{name} locked\n" for name in locked), "after": ""}
    module.exit_json(changed=bool(locked), accounts=accounts, diff=diff)


if __name__ == "__main__":
    main()
