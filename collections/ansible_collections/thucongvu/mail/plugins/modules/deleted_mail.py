#!/usr/bin/python
"""Move what somebody deleted into a folder of its own."""

from __future__ import annotations

DOCUMENTATION = r"""
module: deleted_mail
short_description: Move what somebody deleted into a folder of its own
description:
  - The part of M(thucongvu.mail.mail_restore) that runs on the mail host.
options:
  address:
    description: Whose mailbox.
    type: str
    required: true
  folder:
    description: Where deleted mail waits.
    type: str
    required: true
  into:
    description: Where it goes; made and subscribed to if need be.
    type: str
    required: true
  seconds:
    description: Deleted within so long.
    type: int
    required: true
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Move what was deleted within an hour
  thucongvu.mail.deleted_mail:
    address: nvminh@cantho.gov.vn
    folder: Thư đã xóa
    into: Thư khôi phục
    seconds: 3600
"""

RETURN = r"""
messages:
  description: How many were moved, or would be.
  type: int
  returned: success
"""

import time

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.thucongvu.mail.plugins.module_utils.host_command import DOVEADM, DOVEADM_NOTHING, run


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "address": {"type": "str", "required": True},
            "folder": {"type": "str", "required": True},
            "into": {"type": "str", "required": True},
            "seconds": {"type": "int", "required": True},
        },
        supports_check_mode=True,
    )
    address, into = module.params["address"], module.params["into"]
    since = str(int(time.time()) - module.params["seconds"])
    which = ["mailbox", module.params["folder"], "savedsince", since]
    found = run(module, DOVEADM, "search", "-u", address, *which, allowed=(0, DOVEADM_NOTHING)).splitlines()
    if found and not module.check_mode:
        run(module, DOVEADM, "mailbox", "create", "-u", address, "-s", into, said="already exists")
        run(module, DOVEADM, "move", "-u", address, into, *which)
    module.exit_json(changed=bool(found), messages=len(found))


if __name__ == "__main__":
    main()
