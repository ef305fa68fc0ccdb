"""Ending people's sessions with Dovecot, on the mail host. The standard library only: modules ship it."""

from __future__ import annotations

import os
import signal
from collections.abc import Collection
from contextlib import suppress
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.host_command import DOVEADM, DOVEADM_NOTHING, run

if TYPE_CHECKING:
    from ansible.module_utils.basic import AnsibleModule

_LOOKS = 5
# Serve one connection each, and end it in good order when they are told to end.
_SERVED_ALONE = ("imap", "pop3")


def _program(pid: int) -> str:
    """Return the path of a process' program, empty when there is none."""
    with suppress(OSError):
        return os.readlink(f"/proc/{pid}/exe")
    return ""


def end_sessions(module: AnsibleModule, addresses: Collection[str]) -> list[str]:
    """Cut every connection of some accounts, and return the addresses that had one.

    It looks until it finds none: one that was let in before the directory changed may show itself only now. Dovecot 2.4.1 tells, but does
    not cut, one that has a shared mailbox open: its process is told to end.

    Args:
        module: The module; in check mode it only looks.
        addresses: The accounts' addresses, in small letters.
    """
    if not module.check_mode:
        # Who comes back at once is met by what the directory says now.
        run(module, DOVEADM, "auth", "cache", "flush")
    wanted, ended = set(addresses), set()
    kicked: set[tuple[str, int]] = set()
    for _look in range(_LOOKS):
        rows = [line.split("\t") for line in run(module, DOVEADM, "-f", "tab", "who", "-1").splitlines()[1:]]
        present = {(row[0].lower(), row[1], int(row[2])) for row in rows if row[0].lower() in wanted}
        ended |= {address for address, _service, _pid in present}
        if not present or module.check_mode:
            break
        for address, service, pid in sorted(present):
            if (address, pid) in kicked and service in _SERVED_ALONE:
                if _program(pid) == f"/usr/lib/dovecot/{service}":
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGTERM)
            else:
                run(module, DOVEADM, "kick", address, allowed=(0, DOVEADM_NOTHING))
                kicked.add((address, pid))
    return sorted(ended)
