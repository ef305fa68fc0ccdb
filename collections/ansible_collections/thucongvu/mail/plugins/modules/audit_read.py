#!/usr/bin/python
"""Read records of the audit log."""

from __future__ import annotations

DOCUMENTATION = r"""
module: audit_read
short_description: Read records of the audit log
description:
  - Returns the records of this host's audit log, the oldest first. Changes nothing.
options:
  entry:
    description: The DN of the account whose records are read; without it all.
    type: str
  since:
    description: From when on, as journalctl takes it.
    type: str
  until:
    description: Up to when, as journalctl takes it.
    type: str
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Read what happened to an account
  thucongvu.mail.audit_read:
    entry: uid=ct-0001,ou=people,dc=cantho,dc=gov,dc=vn
    since: 2026-01-01
"""

RETURN = r"""
records:
  description: The fields of each record.
  type: list
  elements: dict
  returned: always
"""

import json

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.thucongvu.mail.plugins.module_utils.audit import IDENTIFIER, entry_key

FIELDS = ("KIND", "ENTRY", "ACTOR", "ORIGIN", "RESULT", "ATTRIBUTES", "ADDRESS", "REQUEST", "HAPPENED", "CHANGES")


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={"entry": {"type": "str"}, "since": {"type": "str"}, "until": {"type": "str"}},
        supports_check_mode=True,
    )
    command = ["journalctl", "--namespace=audit", "--quiet", "--output=json"]
    command += [f"--{name}={module.params[name]}" for name in ("since", "until") if module.params[name]]
    command.append(f"SYSLOG_IDENTIFIER={IDENTIFIER}")
    if module.params["entry"]:
        command.append(f"TCV_KEY={entry_key(module.params['entry'])}")
    code, out, err = module.run_command(command)
    # 1 without a word: there is no record.
    if code != 0 and err.strip():
        module.fail_json(msg=f"journalctl: {err.strip()}")
    records = []
    for line in out.splitlines():
        entry = json.loads(line)
        record = {name.lower(): str(entry.get(f"TCV_{name}", "")) for name in FIELDS}
        record["happened"] = record["happened"] or entry["__REALTIME_TIMESTAMP"]
        records.append(record)
    module.exit_json(changed=False, records=sorted(records, key=lambda record: int(record["happened"])))


if __name__ == "__main__":
    main()
