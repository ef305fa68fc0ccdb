"""Files that a reader always finds whole."""

import os
from pathlib import Path

import yaml

FILE_MODE = 0o600


def write_yaml(file: Path, data: object) -> None:
    """Write YAML that only the owner reads; a file that says the same already stays as it is."""
    write_private(file, yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=1000))


def write_private(file: Path, content: str) -> None:
    """Write a file that only the owner reads, in one step; one that says the same already stays as it is."""
    if file.exists() and file.read_text(encoding="utf-8") == content:
        return
    part = file.with_name(f".{file.name}.{os.getpid()}")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, FILE_MODE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        out.write(content)
    part.rename(file)
