"""Where a value of the policy comes from: the text and the article that say it, or the national default and its reason."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import joined
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import load_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation, Value


@dataclass(frozen=True, slots=True)
class ValueAnswer:
    """A value with the text that says it.

    Attributes:
        value: The value, with file, line, clause and reason.
        text: The number of the text that says it, or that is silent on it (of an amendment, which of the two texts).
    """

    value: Value
    text: str


def _below(asked: str, key: str) -> bool:
    return key == asked or key.startswith(f"{asked}.")


def _near(asked: str, regulation: Regulation) -> list[str]:
    """Return the names most like one that is not there, those of sections among them; the sections where none is like it."""
    known: dict[str, None] = {}
    for key in regulation.values:
        parts = key.split(".")
        known.update({".".join(parts[: size + 1]): None for size in range(len(parts))})
    return difflib.get_close_matches(asked, known, 5, 0.6) or [name for name in known if "." not in name]


def explain_value(asked: str, regulation: Regulation) -> tuple[ValueAnswer, ...]:
    """Return a value of the regulation, or all those of a section, in the order of the regulation.

    Args:
        asked: A dotted name (``passwords.person.max_age``), or the beginning of some (``passwords.person``, ``idle``).
        regulation: The regulation that holds.

    Raises:
        ProblemsError: There is no such value; the nearest names are listed.
    """
    wanted = asked.strip()
    found = [value for key, value in regulation.values.items() if _below(wanted, key)]
    if not found:
        near = joined(_near(wanted, regulation))
        raise ProblemsError([Problem("explain.unknown_value", {"near": near}, field="value", value=asked)])
    numbers: dict[Path, str] = {}

    def number(file: Path) -> str:
        if file not in numbers:
            numbers[file] = str(load_yaml(file).data["number"])
        return numbers[file]

    return tuple(
        ValueAnswer(value, number(value.silent_at[0] if value.silent_at is not None else value.file))
        for value in found
        # What a rule is made of stands below it, form by form.
        if not (isinstance(value.value, dict) and "candidates" in value.value)
    )
