#!/usr/bin/python
"""Let people have the shared mailboxes that the register gives them."""

from __future__ import annotations

DOCUMENTATION = r"""
module: shared_mailboxes
short_description: Let people have the shared mailboxes that the register gives them
description:
  - Writes what Dovecot reads of shared mailboxes, makes their folders, and puts them among the folders that people's programs show.
  - Whose mailbox it is no longer loses it at once, with every connection that is open.
  - What was done is kept in a file, so that a run that is cut off is made good by the next one.
options:
  folder:
    description: Where it is written.
    type: path
    required: true
  people:
    description: Addresses of people by that of the mailbox that they work in; those of before, where it is not said.
    type: dict
  deletion:
    description: Whether mail may be deleted from them (CT-11.3).
    type: bool
    required: true
  prefix:
    description: In front of an address, where people see its mailbox.
    type: str
    required: true
  itself:
    description: What the rules call whoever signs in as a shared mailbox.
    type: str
    required: true
  deleted:
    description: The folder of what was deleted, which its owner may read.
    type: str
    required: true
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: Let a delegate have a mailbox
  thucongvu.mail.shared_mailboxes:
    folder: /var/lib/thucongvu-shared-mailboxes
    people: {sonv@cantho.gov.vn: [nvminh@cantho.gov.vn]}
    deletion: false
    prefix: shared/
    itself: shared-mailbox
    deleted: Thư đã xóa
"""

RETURN = r"""
given:
  description: Mailbox and person of each new delegation.
  type: list
  elements: list
  returned: always
taken:
  description: Mailbox and person of each delegation that is no more.
  type: list
  elements: list
  returned: always
"""

import grp
import json
import os
import tempfile
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.thucongvu.mail.plugins.module_utils.host_command import DOVEADM, DOVEADM_NO_USER, run
from ansible_collections.thucongvu.mail.plugins.module_utils.mail_sessions import end_sessions
from ansible_collections.thucongvu.mail.plugins.module_utils.shared_mailboxes import (
    FOLDERS,
    pairs,
    rights,
    sharing_map,
)

READER = "vmail"


def write(path: Path, content: str) -> bool:
    """Write a file that Dovecot reads, as a whole; tell whether it was another."""
    if path.exists() and path.read_text(encoding="utf-8") == content:
        return False
    handle, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
        os.fchmod(file.fileno(), 0o640)
        os.fchown(file.fileno(), 0, grp.getgrnam(READER).gr_gid)
        file.flush()
        os.fsync(file.fileno())
    os.replace(name, path)
    return True


def own_folders(module: AnsibleModule, mailbox: str) -> None:
    """Make the folders that a mailbox has from the first day on."""
    for folder in FOLDERS:
        run(module, DOVEADM, "mailbox", "create", "-u", mailbox, folder, said="already exists")


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "folder": {"type": "path", "required": True},
            "people": {"type": "dict"},
            "deletion": {"type": "bool", "required": True},
            "prefix": {"type": "str", "required": True},
            "itself": {"type": "str", "required": True},
            "deleted": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    given_to, prefix = module.params["people"], module.params["prefix"]
    folder = Path(module.params["folder"])
    if not folder.is_dir():
        # Dovecot is not installed yet; the next run finds what is to be done.
        module.exit_json(changed=False, given=[], taken=[])
    done_file = folder / "done.json"
    done = {(one[0], one[1]) for one in json.loads(done_file.read_text())} if done_file.exists() else set()
    wanted = pairs(given_to) if given_to is not None else done
    given, taken = sorted(wanted - done), sorted(done - wanted)
    mailboxes = {mailbox for mailbox, _person in wanted}
    contents = {
        "rights": rights(
            mailboxes,
            deletion=module.params["deletion"],
            prefix=prefix,
            itself=module.params["itself"],
            deleted=module.params["deleted"],
        ),
        "mailboxes": sharing_map(mailboxes),
    }
    before = {
        name: (folder / name).read_text(encoding="utf-8") if (folder / name).exists() else "" for name in contents
    }
    changed = bool(given or taken) or before != contents
    diff = [
        {"before_header": name, "after_header": name, "before": before[name], "after": content}
        for name, content in contents.items()
        if before[name] != content
    ]
    if changed and not module.check_mode:
        for name, content in contents.items():
            write(folder / name, content)
        for mailbox in sorted(mailboxes - {mailbox for mailbox, _person in done}):
            own_folders(module, mailbox)
        for mailbox, person in given:
            names = [f"{prefix}{mailbox}/{name}" for name in ("INBOX", *FOLDERS)]
            run(module, DOVEADM, "mailbox", "subscribe", "-u", person, *names)
        for mailbox, person in taken:
            # Of a mailbox that one may no longer open, INBOX goes by the mailbox's own name.
            names = [f"{prefix}{mailbox}", *(f"{prefix}{mailbox}/{name}" for name in FOLDERS)]
            # Who is gone for good has no folders either.
            run(module, DOVEADM, "mailbox", "unsubscribe", "-u", person, *names, allowed=(0, DOVEADM_NO_USER))
        end_sessions(module, {person for _mailbox, person in taken})
        write(done_file, json.dumps(sorted(wanted)))
    module.exit_json(changed=changed, diff=diff, given=[list(one) for one in given], taken=[list(one) for one in taken])


if __name__ == "__main__":
    main()
