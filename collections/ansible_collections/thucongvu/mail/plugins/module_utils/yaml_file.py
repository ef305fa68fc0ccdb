"""A YAML file with the line of every value, so that a problem can say where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_shape import MOST_LEVELS, deep_text, shape_problem

if TYPE_CHECKING:
    from pathlib import Path

BYTE_ORDER_MARK = "\ufeff"
# How much of a value that YAML cannot read is repeated.
_LONGEST = 60

type Keys = tuple[str | int, ...]


@dataclass(frozen=True)
class Opaque:
    """A value with a tag of its own (for example ``!vault``), which is not looked into."""

    tag: str


class _Loader(yaml.CSafeLoader):  # type: ignore[misc,unused-ignore]  # the stubs lack it where libyaml is missing
    """Plain YAML: a date stays the text that stands there, an unknown tag becomes :class:`Opaque`."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:  # noqa: ANN401  # any YAML value
        """Return a node's value; PyYAML itself stumbles over a standard tag whose value is none (``!!bool x``)."""
        try:
            return super().construct_object(node, deep)
        except (AttributeError, LookupError, ValueError):
            reason = f"{str(node.value)[:_LONGEST]!r} is no {node.tag.rpartition(':')[2]}"
            raise yaml.constructor.ConstructorError(None, None, reason, node.start_mark) from None


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
    for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_multi_constructor("!", lambda _loader, suffix, _node: Opaque(suffix))


@dataclass(frozen=True)
class YamlFile:
    """A file's content.

    Attributes:
        path: The file.
        text: Its text, byte order mark and line ends as they stand.
        data: What it says.
        root: Its node, None when it is empty.
        lines: The line of each value, by its keys from the top.
    """

    path: Path
    text: str
    data: Any
    root: yaml.Node | None
    lines: dict[Keys, int]

    def line(self, keys: Keys) -> int:
        """Return the line of a value, or of the nearest thing around it that has one."""
        while keys and keys not in self.lines:
            keys = keys[:-1]
        return self.lines.get(keys, 1)


def _walk(path: Path, root: yaml.Node) -> tuple[dict[Keys, int], list[Problem]]:
    """Return each value's line, and each key that stands twice.

    What an alias repeats is looked at once, where it stands.
    """
    lines: dict[Keys, int] = {(): root.start_mark.line + 1}
    problems: list[Problem] = []
    waiting: list[tuple[Keys, yaml.Node]] = [((), root)]
    looked_at: set[int] = set()
    shape_checked = False
    for keys, node in waiting:
        # Only an alias, or a file that is deep by itself, makes more of a file than its text.
        if not shape_checked and (id(node) in looked_at or len(keys) >= MOST_LEVELS):
            shape_checked = True
            shape = shape_problem(path, root)
            if shape is not None:
                return lines, [shape]
        if id(node) in looked_at:
            continue
        looked_at.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            for index, child in enumerate(node.value):
                lines[*keys, index] = child.start_mark.line + 1
                waiting.append(((*keys, index), child))
        elif isinstance(node, yaml.MappingNode):
            seen: set[str] = set()
            for key, child in node.value:
                name = str(key.value)
                line = key.start_mark.line + 1
                if name in seen:
                    problems.append(Problem("yaml.duplicate_key", {"name": name}, path, line, name))
                seen.add(name)
                lines[*keys, name] = line
                waiting.append(((*keys, name), child))
    return lines, sorted(problems, key=lambda problem: problem.line or 0)


def read_utf8(path: Path) -> str:
    """Return a file's text with its line ends as they are.

    Raises:
        ProblemsError: The file is missing, or its bytes are not UTF-8.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ProblemsError([Problem("yaml.unreadable", {"reason": error.strerror or str(error)}, path)]) from error
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        values = {"byte": f"0x{content[error.start]:02X}"}
        raise ProblemsError([Problem("yaml.not_utf8", values, path, line)]) from error


def parse_yaml(path: Path, text: str) -> YamlFile:
    """Read text of one YAML document.

    Args:
        path: The file that it stands in, to be named in problems.
        text: The text.

    Raises:
        ProblemsError: It is not YAML, has a key twice, or has no end through its aliases.
    """
    # Marks count from behind the byte order mark, with and without libyaml.
    content = text.removeprefix(BYTE_ORDER_MARK)
    loader = _Loader(content)
    try:
        deep = deep_text(path, content, _Loader)
        root = loader.get_single_node() if deep is None else None
        # Before values are made of the nodes: a merge (<<) is then put in the place of its key.
        lines, problems = _walk(path, root) if root is not None else ({}, [] if deep is None else [deep])
        data = loader.construct_document(root) if root is not None and not problems else None
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark is not None else None
        raise ProblemsError([Problem("yaml.syntax", {"reason": error.problem or error}, path, line)]) from error
    except yaml.reader.ReaderError as error:
        line = content.count("\n", 0, error.position) + 1
        reason = f"U+{ord(content[error.position]):04X}: {error.reason}"
        raise ProblemsError([Problem("yaml.syntax", {"reason": reason}, path, line)]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise ProblemsError([CoreError("yaml.syntax", reason=str(error)).at(path)]) from error
    finally:
        loader.dispose()
    if problems:
        raise ProblemsError(problems)
    return YamlFile(path, text, data, root, lines)


def load_yaml(path: Path) -> YamlFile:
    """Read a YAML file of one document.

    Raises:
        ProblemsError: The file is missing, not UTF-8, not YAML, or as :func:`parse_yaml` says.
    """
    return parse_yaml(path, read_utf8(path))
