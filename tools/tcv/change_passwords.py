"""Runs on the directory's host: changes passwords as their owners, then tells the state of every mailbox.

Reads ``{"base": DN, "changes": [{"dn", "old", "new"}]}`` from its input and writes ``{DN: {"status", "reset"}}``.
"""

import json
import sys

import ldap

SOCKET = "ldapi:///"


def change(dn: str, old: str, new: str) -> None:
    """Change one password, signed in with the old one; one that is changed already is left alone."""
    connection = ldap.initialize(SOCKET)
    try:
        connection.simple_bind_s(dn, old)
    except ldap.INVALID_CREDENTIALS:
        # A run that was cut off has changed it.
        connection.simple_bind_s(dn, new)
    else:
        connection.passwd_s(dn, old, new)
    connection.unbind_s()


def states(base: str) -> dict[str, dict[str, str]]:
    """Return status and must-change state of every mailbox, by DN."""
    connection = ldap.initialize(SOCKET)
    connection.sasl_external_bind_s()
    wanted = ["tcvMailboxStatus", "pwdReset"]
    found = connection.search_s(base, ldap.SCOPE_SUBTREE, "(objectClass=tcvMailbox)", wanted)
    return {
        dn: {
            "status": entry["tcvMailboxStatus"][0].decode(),
            "reset": entry.get("pwdReset", [b"FALSE"])[0].decode(),
        }
        for dn, entry in found
    }


def main() -> None:
    """Run."""
    asked = json.load(sys.stdin)
    for entry in asked["changes"]:
        change(entry["dn"], entry["old"], entry["new"])
    json.dump(states(asked["base"]), sys.stdout)


if __name__ == "__main__":
    main()
