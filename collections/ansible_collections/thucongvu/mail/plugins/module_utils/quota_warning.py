"""The program that Dovecot runs when a mailbox is nearly full (CB-13.1, roles/dovecot).

The standard library only: it runs on the mail host, as the owner of the mailboxes.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from ansible_collections.thucongvu.mail.plugins.module_utils.notice import Words, notice


def main(arguments: Sequence[str]) -> int:
    """Run as ``WORDS PERCENT ADDRESS``: the file with the mail's words, of what is used so much, and whose mailbox it is.

    Raises:
        CalledProcessError: Postfix did not take the mail.
    """
    words = Words(**json.loads(Path(arguments[0]).read_text(encoding="utf-8")))
    percent, address = arguments[1:]
    mail = notice(words, address, {"percent": percent, "address": address}, datetime.now(UTC))
    subprocess.run(["/usr/sbin/sendmail", "-i", "-f", words.sender, "--", address], input=bytes(mail), check=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
