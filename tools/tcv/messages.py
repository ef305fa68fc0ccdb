"""Sentences for people, by key: Vietnamese first, English beside it."""

import sys
from collections.abc import Callable
from functools import cache

import yaml

from tcv.paths import MESSAGES


class Trouble(Exception):
    """What cannot be done, said in one line with the mend."""

    def __init__(self, file: str, key: str, **values: object) -> None:
        super().__init__(text(file, key, **values))


@cache
def _load(file: str) -> dict[str, dict[str, str]]:
    loaded: dict[str, dict[str, str]] = yaml.safe_load((MESSAGES / f"{file}.yml").read_text(encoding="utf-8"))
    return loaded


def both(file: str, key: str, **values: object) -> tuple[str, str]:
    """The sentence in Vietnamese and in English."""
    entry = _load(file)[key]
    return entry["vi"].format(**values), entry["en"].format(**values)


def text(file: str, key: str, **values: object) -> str:
    """The sentence in both languages on one line."""
    vietnamese, english = both(file, key, **values)
    return vietnamese if vietnamese == english else f"{vietnamese} / {english}"


def guarded(main: Callable[[], int]) -> None:
    """Run a command's main; its trouble becomes one line and exit code 1."""
    try:
        sys.exit(main())
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print(f"\n{text('testhost', 'interrupted')}", file=sys.stderr)
        sys.exit(130)
