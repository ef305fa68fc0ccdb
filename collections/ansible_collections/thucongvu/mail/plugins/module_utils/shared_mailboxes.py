"""What Dovecot reads of shared mailboxes: which there are, and what may be done in them (CT-11.1, CT-11.3, roles/dovecot).

Whose they are is not here: that each sign-in asks the directory. The standard library only: it runs on the mail host.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

# RFC 4314: look, read, keep seen, write flags, insert, create folders; then delete messages, expunge, and remove folders.
KEEP = "lrwsik"
CLEAR = "lrwsitek"
ALL = "lrwsitekx"
# What is no mail received or sent: letters that are being written, and spam (CT-11.3).
CLEARED = ("Drafts", "Junk")
# The folders of a shared mailbox, so that its people have them from the first day on.
FOLDERS = ("Sent", "Drafts", "Junk", "Archive")


def rights(mailboxes: Iterable[str], *, deletion: bool, prefix: str, itself: str, deleted: str) -> str:
    """Return the rules of Dovecot's file of global ACLs.

    Args:
        mailboxes: Addresses of shared mailboxes.
        deletion: Whether mail may be deleted from them.
        prefix: In front of an address, where people see its mailbox.
        itself: What the rules call whoever signs in as a shared mailbox.
        deleted: The folder of what was deleted, which its owner may read.
    """
    read_only = f'"{deleted}" owner lr\n'
    if deletion:
        return read_only + "".join(
            f"{prefix}{address}{below} group={address} {ALL}\n" for address in sorted(mailboxes) for below in ("", "/*")
        )
    lines = [f"* user={itself} {KEEP}", *(f"{folder} user={itself} {CLEAR}" for folder in CLEARED)]
    for address in sorted(mailboxes):
        own = f"{prefix}{address}"
        lines += [f"{own} group={address} {KEEP}", f"{own}/* group={address} {KEEP}"]
        lines += [f"{own}/{folder} group={address} {CLEAR}" for folder in CLEARED]
    return read_only + "".join(f"{line}\n" for line in lines)


def sharing_map(mailboxes: Iterable[str]) -> str:
    """Return Dovecot's dictionary of who sees which shared mailbox: the group that is called like it.

    Args:
        mailboxes: Addresses of shared mailboxes.
    """
    return "".join(f"shared/shared-boxes/group/{address}/{address}\n1\n" for address in sorted(mailboxes))


def pairs(people: Mapping[str, Sequence[str]]) -> set[tuple[str, str]]:
    """Return mailbox and person of each delegation, as addresses in small letters.

    Args:
        people: Addresses of people by that of the shared mailbox.
    """
    return {(mailbox.lower(), person.lower()) for mailbox, persons in people.items() for person in persons}
