"""How deep and how large a YAML file is once its aliases are followed: what has no end, or too much of it, is refused."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Far beyond any file of ours; below the depth at which whoever follows a value into itself runs out of stack.
MOST_LEVELS = 64
# What the aliases of one file may stand for altogether: a register of a million people is people files, not this.
MOST_VALUES = 1_000_000
# libyaml builds nodes by calling itself, and the process dies where its stack ends, which is beyond 20,000 levels.
_SAFE_LEVELS = 10_000


def _too_deep(path: Path, line: int) -> Problem:
    return Problem("yaml.too_deep", {"most": MOST_LEVELS}, path, line)


def deep_text(path: Path, text: str, loader: type[yaml.CSafeLoader]) -> Problem | None:
    """Return what is wrong with text that is nested too deeply to be made into nodes; nothing where it cannot be.

    Each level takes a bracket, or two characters of one line.

    Args:
        path: The file, to be named in the problem.
        text: The text.
        loader: What reads it.

    Raises:
        yaml.YAMLError: The text is not YAML; only text that may be too deep is looked at.
    """
    brackets = text.count("[") + text.count("{")
    if brackets < _SAFE_LEVELS and max(map(len, text.splitlines()), default=0) < _SAFE_LEVELS:
        return None
    depth = 0
    line = 1
    for event in yaml.parse(text, Loader=loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            line = event.start_mark.line + 1 if event.start_mark is not None else line
            if depth > MOST_LEVELS:
                return _too_deep(path, line)
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return None


def _children(node: yaml.Node) -> Iterator[yaml.Node]:
    if isinstance(node, yaml.SequenceNode):
        yield from node.value
    elif isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield key
            yield value


def shape_problem(path: Path, root: yaml.Node) -> Problem | None:
    """Return the first thing that stands inside itself, is nested too deeply, or stands for too many values.

    Args:
        path: The file, to be named in the problem.
        root: Its node; what an alias repeats is one node.
    """
    measured: dict[int, tuple[int, int]] = {}
    around: set[int] = set()
    waiting: list[tuple[yaml.Node, bool]] = [(root, False)]
    while waiting:
        node, leaving = waiting.pop()
        if leaving:
            around.discard(id(node))
            inner = [measured.get(id(child), (0, 1)) for child in _children(node)]
            levels = 1 + max((depth for depth, _size in inner), default=0)
            values = 1 + sum(size for _depth, size in inner)
            if levels > MOST_LEVELS:
                return _too_deep(path, node.start_mark.line + 1)
            if values > MOST_VALUES:
                return Problem("yaml.too_many", {"most": MOST_VALUES}, path, node.start_mark.line + 1)
            measured[id(node)] = levels, values
        elif id(node) in around:
            return Problem("yaml.circle", {}, path, node.start_mark.line + 1)
        elif isinstance(node, yaml.CollectionNode) and id(node) not in measured:
            around.add(id(node))
            waiting.append((node, True))
            waiting.extend((child, False) for child in _children(node))
    return None
