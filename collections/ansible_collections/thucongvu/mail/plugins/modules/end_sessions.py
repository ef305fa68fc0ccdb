#!/usr/bin/python
"""End the sessions of accounts, on the mail host or in the portal."""

from __future__ import annotations

DOCUMENTATION = r"""
module: end_sessions
short_description: End the sessions of accounts
description:
  - On the mail host, cuts every IMAP, POP3 and Sieve connection of the accounts (C(doveadm kick)). In the portal, deletes their
    sessions, and with these whatever was signed in through it.
  - A host on which the service is not installed yet has no sessions to end.
options:
  where:
    description: Whose sessions.
    type: str
    required: true
    choices: [mail, portal]
  addresses:
    description: The accounts' addresses.
    type: list
    elements: str
    required: true
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: End the mail sessions of a closed account
  thucongvu.mail.end_sessions:
    where: mail
    addresses: [nvminh@cantho.gov.vn]
"""

RETURN = r"""
ended:
  description: Addresses that had sessions.
  type: list
  elements: str
  returned: always
"""

import json
import os
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.thucongvu.mail.plugins.module_utils.host_command import DOVEADM, run
from ansible_collections.thucongvu.mail.plugins.module_utils.mail_sessions import end_sessions

PORTAL = "/usr/share/lemonldap-ng/bin/lemonldap-ng-sessions"
# What the portal runs as, which alone reads its configuration.
PORTAL_USER = ["--user", "lemonldap", "--group", "www-data"]
# As many as fit into one command line.
BATCH = 500


def end_portal(module: AnsibleModule, addresses: list[str]) -> list[str]:
    """Delete sessions, all at once: each start of the program takes half a second."""
    out = run(module, PORTAL, *PORTAL_USER, "search", "--select", "mail", "--select", "_session_id")
    wanted = set(addresses)
    sessions = [
        (str(entry.get("mail", "")).lower(), str(entry.get("_session_id", ""))) for entry in json.loads(out or "[]")
    ]
    theirs = [(address, identity) for address, identity in sessions if address in wanted and identity]
    if theirs and not module.check_mode:
        identities = [identity for _address, identity in theirs]
        for start in range(0, len(identities), BATCH):
            run(module, PORTAL, *PORTAL_USER, "delete", *identities[start : start + BATCH])
    return sorted({address for address, _identity in theirs})


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "where": {"type": "str", "required": True, "choices": ["mail", "portal"]},
            "addresses": {"type": "list", "elements": "str", "required": True},
        },
        supports_check_mode=True,
    )
    parameters: dict[str, Any] = module.params
    addresses = [address.lower() for address in parameters["addresses"]]
    program, end = (DOVEADM, end_sessions) if parameters["where"] == "mail" else (PORTAL, end_portal)
    ended = end(module, addresses) if addresses and os.path.exists(program) else []
    module.exit_json(changed=bool(ended), ended=ended)


if __name__ == "__main__":
    main()
