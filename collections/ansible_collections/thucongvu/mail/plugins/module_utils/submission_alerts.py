"""Alerts that the submission policy leaves in a folder, and the program that sends them (roles/submission_policy).

Who judges mail of the network is not root, and only root hands in mail: so one writes down what is to be told, and the other tells it.
The standard library only.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from ansible_collections.thucongvu.mail.plugins.module_utils.notice import Words, notice

type Kind = Literal["excess", "locked"]
_UNFINISHED = "."


@dataclass(frozen=True, slots=True)
class Alert:
    """One mail that is to be sent.

    Attributes:
        kind: Which.
        recipients: To whom.
        values: What is filled in.
    """

    kind: Kind
    recipients: tuple[str, ...]
    values: Mapping[str, object]


def leave(folder: Path, alert: Alert) -> None:
    """Put an alert into the folder, as a whole.

    Raises:
        OSError: It cannot be written.
    """
    content = {"kind": alert.kind, "recipients": alert.recipients, "values": dict(alert.values)}
    handle, name = tempfile.mkstemp(dir=folder, prefix=_UNFINISHED)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file)
        file.flush()
        os.fsync(file.fileno())
    Path(name).rename(folder / f"{Path(name).name.lstrip(_UNFINISHED)}.json")


def read(file: Path) -> Alert:
    """Read an alert.

    Raises:
        ValueError: It is none.
    """
    content = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(content, dict) or content.get("kind") not in ("excess", "locked"):
        raise ValueError(f"{file}: no alert")
    return Alert(content["kind"], tuple(str(one) for one in content["recipients"]), content["values"])


def main(arguments: Sequence[str]) -> int:
    """Run as ``WORDS FOLDER``: the file with the mails' words by kind, and the folder. What was sent is removed.

    Raises:
        CalledProcessError: Postfix did not take a mail; the next run sends it.
    """
    words = {kind: Words(**said) for kind, said in json.loads(Path(arguments[0]).read_text(encoding="utf-8")).items()}
    for file in sorted(Path(arguments[1]).glob("*.json")):
        alert = read(file)
        said = words[alert.kind]
        for recipient in alert.recipients:
            mail = notice(said, recipient, alert.values, datetime.now(UTC))
            subprocess.run(
                ["/usr/sbin/sendmail", "-i", "-f", said.sender, "--", recipient], input=bytes(mail), check=True
            )
        file.unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
