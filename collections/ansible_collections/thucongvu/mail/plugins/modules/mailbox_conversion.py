#!/usr/bin/python
"""Copy mailboxes from Maildir, in which mail lay until 0.3.0, to sdbox, in which Dovecot keeps it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: mailbox_conversion
short_description: Copy mailboxes from Maildir to sdbox
description:
  - Tells which homes are to be copied, and copies those that it is given. A copy that is there is brought up to date, so a home may be
    copied while people work in it, and once more when Dovecot is stopped.
  - Folders, messages, flags, dates, subscriptions and the numbers by which mail programs know a message stay. The Maildir is left as it is.
options:
  folder:
    description: Where the homes lie.
    type: path
    required: true
  homes:
    description: Names of homes to be copied; without it nothing is.
    type: list
    elements: str
  final:
    description: Dovecot keeps mail in the copies from now on, so that they are never brought up to date again.
    type: bool
    default: false
author: Thư Công Vụ
"""

EXAMPLES = r"""
- name: See what is to be copied
  thucongvu.mail.mailbox_conversion:
    folder: /var/mail/thucongvu
  register: conversion

- name: Copy it
  thucongvu.mail.mailbox_conversion:
    folder: /var/mail/thucongvu
    homes: "{{ conversion.homes }}"
"""

RETURN = r"""
homes:
  description: Names of the homes that have a Maildir, while Dovecot uses it; none as soon as it does not.
  type: list
  elements: str
  returned: success
needed:
  description: Bytes that are still to be copied.
  type: int
  returned: success
free:
  description: Bytes that the disk has left.
  type: int
  returned: success
"""

import os
import re
import tempfile
from pathlib import Path

from ansible.module_utils.basic import AnsibleModule

from ansible_collections.thucongvu.mail.plugins.module_utils.host_command import DOVEADM, run

DEPLOYED = Path("/etc/dovecot/dovecot.conf")
EARLIER = "Maildir"
NOW = "mail"
# In a home as long as its copy is one that may be overwritten.
MARK = ".copy-of-maildir"
OWNER = "vmail"
AS_OWNER = ["/usr/bin/setpriv", "--reuid", OWNER, "--regid", OWNER, "--clear-groups"]
# What doveadm ends with when the mailbox changed while it was read (doveadm-sync(1)), and how often it then is read again.
CHANGED_MEANWHILE = 2
ATTEMPTS = 5
# As many as fit into one command line.
BATCH = 500
# Of its own, so that it needs neither the directory nor a Dovecot that runs, and reads no password.
CONFIG = f"""\
dovecot_config_version = 2.4.1
dovecot_storage_version = 2.4.1
mail_driver = maildir
mail_path = ~/{EARLIER}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""


def uses_maildir() -> bool:
    """Whether Dovecot is configured for the earlier format."""
    return DEPLOYED.exists() and bool(re.search(r"(?m)^mail_driver = maildir$", DEPLOYED.read_text(encoding="utf-8")))


def size_of(module: AnsibleModule, folders: list[Path]) -> int:
    """Return the bytes that some folders take."""
    sizes = 0
    for start in range(0, len(folders), BATCH):
        some = [str(folder) for folder in folders[start : start + BATCH]]
        sizes += sum(
            int(line.split()[0]) for line in run(module, "/usr/bin/du", "--summarize", "--bytes", *some).splitlines()
        )
    return sizes


def copy(module: AnsibleModule, home: Path, config: str) -> None:
    """Make or renew one copy; a mailbox that is no copy is not touched."""
    mark = home / MARK
    if (home / NOW).exists() and not mark.exists():
        module.fail_json(msg=f"{home / NOW}: đã có thư, không ghi đè / there is mail already, it is not overwritten")
    mark.touch()
    command = [
        *AS_OWNER,
        DOVEADM,
        "-c",
        config,
        "-o",
        f"mail_home={home}",
        "backup",
        "--no-userdb-lookup",
        f"sdbox:{home / NOW}",
    ]
    for _attempt in range(ATTEMPTS):
        code, _out, err = module.run_command(command, environ_update={"USER": OWNER})
        if code == 0:
            return
        if code != CHANGED_MEANWHILE:
            break
    module.fail_json(msg=f"{home / EARLIER}: {err.strip() or code}")


def main() -> None:
    """Run the module."""
    module = AnsibleModule(
        argument_spec={
            "folder": {"type": "path", "required": True},
            "homes": {"type": "list", "elements": "str"},
            "final": {"type": "bool", "default": False},
        },
        supports_check_mode=True,
    )
    folder, given = Path(module.params["folder"]), module.params["homes"]
    marked = sorted(folder.glob(f"*/{MARK}")) if folder.exists() else []
    found: list[Path] = sorted(folder.glob(f"*/{EARLIER}")) if uses_maildir() else []
    if module.params["final"] and not found and not module.check_mode:
        for mark in marked:
            mark.unlink()
    if given and not found:
        # A copy that Dovecot uses holds what came since.
        module.fail_json(msg=f"{DEPLOYED}: mail_driver: Dovecot không dùng Maildir / Dovecot does not use Maildir")
    if given and not module.check_mode:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".conf") as config:
            config.write(CONFIG)
            config.flush()
            os.chmod(config.name, 0o644)
            for name in given:
                copy(module, folder / name, config.name)
    needed, free = 0, 0
    if found and given is None:
        copied = [mark.parent / NOW for mark in marked if (mark.parent / NOW).exists()]
        needed = max(0, size_of(module, found) - size_of(module, copied))
        disk = os.statvfs(folder)
        free = disk.f_bavail * disk.f_frsize
    changed = bool(given) or bool(module.params["final"] and marked and not found)
    module.exit_json(changed=changed, homes=[one.parent.name for one in found], needed=needed, free=free)


if __name__ == "__main__":
    main()
