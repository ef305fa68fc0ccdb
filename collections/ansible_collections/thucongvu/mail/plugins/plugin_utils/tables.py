"""Tables that operators get beside a report."""

from __future__ import annotations

from pathlib import Path

from ansible_collections.thucongvu.mail.plugins.module_utils.atomic_file import write_atomically


def write_table(path: Path, text: str, *, check_mode: bool) -> bool:
    """Write a table for its operator alone, where it differs; tell whether it does.

    Args:
        path: The file.
        text: What stands in it.
        check_mode: Whether nothing may be written.
    """
    content = text.encode()
    changed = not path.exists() or path.read_bytes() != content
    if changed and not check_mode:
        # How somebody uses a mailbox is nobody else's business.
        write_atomically(path, content, 0o600)
    return changed
