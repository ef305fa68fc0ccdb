"""What is wrong with an input: where, what stands there and what is allowed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.project import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path


_LONGEST_VALUE = 300


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong.

    Attributes:
        key: The message; its sentence says what is allowed.
        values: What the message's placeholders stand for.
        file: The file, where there is one.
        line: The line of the file; in a CSV file, the row as a spreadsheet numbers it.
        field: The field, column or key.
        value: What stands there.
    """

    key: str
    values: Mapping[str, object] = field(default_factory=dict)
    file: Path | None = None
    line: int | None = None
    field: str | None = None
    value: str | None = None

    def __str__(self) -> str:
        """Return ``file:line: field = 'value'``, and below it the sentence in both languages."""
        where = ""
        if self.file is not None:
            where = shown(self.file) + (f":{self.line}" if self.line is not None else "") + ": "
        if self.field is not None:
            where += self.field + (f" = {self._shown_value()}" if self.value is not None else "")
        sentences = say(self.key, **self.values)
        return f"{where.rstrip(': ')}\n  {sentences}" if where else sentences

    def _shown_value(self) -> str:
        """Return the value in quotes; of a long one (a cell of two megabytes) enough to find it by."""
        value = self.value or ""
        return repr(value) if len(value) <= _LONGEST_VALUE else f"{value[:_LONGEST_VALUE]!r}… ({len(value)})"


class CoreError(ValueError):
    """One thing that is wrong with a value, wherever the value came from."""

    def __init__(self, key: str, **values: object) -> None:
        """Keep the message's key and the values of its placeholders."""
        self.key = key
        self.values = values
        super().__init__(key, values)

    def __str__(self) -> str:
        """Return the sentence in both languages."""
        return say(self.key, **self.values)

    def at(self, file: Path, line: int | None = None, field: str | None = None, value: str | None = None) -> Problem:
        """Return the problem that this error is, at the place where the value stands."""
        return Problem(self.key, self.values, file, line, field, value)


class ProblemsError(ValueError):
    """An input was refused; every problem of it is listed."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        """Keep the problems, in the order in which they were found."""
        self.problems = tuple(problems)
        super().__init__(self.problems)

    def __str__(self) -> str:
        """Return every problem, one after another."""
        return "\n".join(str(problem) for problem in self.problems)
