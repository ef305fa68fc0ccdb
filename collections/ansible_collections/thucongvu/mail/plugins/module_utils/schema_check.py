"""A YAML file against a JSON Schema, with problems that name the line, the key and what is allowed."""

from __future__ import annotations

import difflib
import json
import re
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys, YamlFile


def _pattern(_validator: object, pattern: str, instance: object, _schema: object) -> Iterator[ValidationError]:
    """Check a form to the very end of a text: Python's ``$`` would also let a line end pass behind it."""
    whole = pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern
    if isinstance(instance, str) and re.search(whole, instance) is None:
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


# 2.0 is no whole number here: what counts and numbers with it needs one as Python knows it.
_TYPES = Draft202012Validator.TYPE_CHECKER.redefine(
    "integer", lambda _checker, value: isinstance(value, int) and not isinstance(value, bool)
)
_Validator = extend(  # type: ignore[no-untyped-call]  # the library has no types here
    Draft202012Validator, {"pattern": _pattern}, type_checker=_TYPES
)


@cache
def _validator(schema: Path) -> Any:  # noqa: ANN401  # the library makes the class, so its type has no name
    return _Validator(json.loads(schema.read_text(encoding="utf-8")))


def dotted(keys: Keys) -> str:
    """Return keys as people write them: ``kinds.department.types[0].short``."""
    text = ""
    for key in keys:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
    return text


def variable_problems(
    name: str, found: Iterable[tuple[Keys, CoreError, object]], place: Callable[[Keys], tuple[Path | None, int | None]]
) -> list[Problem]:
    """Return what is wrong with a variable of an inventory.

    Args:
        name: Its name.
        found: The keys within it, the error, and what stands there.
        place: File and line of a value within it, by its keys.
    """
    problems: list[Problem] = []
    for keys, error, value in found:
        file, line = place(keys)
        shown = str(value) if isinstance(value, str | int | float | bool) else None
        problems.append(Problem(error.key, error.values, file, line, dotted((name, *keys)), shown))
    return problems


def joined(values: Iterable[object]) -> str:
    """Return what is allowed as a list for people."""
    return ", ".join(str(value) for value in values)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the known name that is most like a misspelt one, a dash when none is."""
    found = difflib.get_close_matches(name, list(known), 1)
    return found[0] if found else "-"


def _properties(schema: object, root: dict[str, Any]) -> set[str]:
    """Return the keys that a schema knows, through its references."""
    if not isinstance(schema, dict):
        return set()
    found = set(schema.get("properties", {}))
    for inner in [*schema.get("allOf", []), *([{"$ref": schema["$ref"]}] if "$ref" in schema else [])]:
        target = root["$defs"][inner["$ref"].rsplit("/", 1)[-1]] if "$ref" in inner else inner
        found |= _properties(target, root)
    return found


def _explain(error: ValidationError, file: YamlFile, root: dict[str, Any]) -> Iterator[Problem]:
    """Turn one finding of the library into problems."""
    keys: Keys = tuple(error.absolute_path)
    name = dotted(keys) or "-"
    value = error.instance if isinstance(error.instance, str | int | float | bool) or error.instance is None else None
    shown_value = None if isinstance(error.instance, dict | list) else json.dumps(value, ensure_ascii=False)

    def problem(key: str, at: Keys = keys, field: str = name, **values: object) -> Problem:
        return Problem(key, values, file.path, file.line(at), field, shown_value)

    rule: Any = error.validator_value
    instance: Any = error.instance
    match error.validator:
        case "additionalProperties":
            known = sorted(_properties(error.schema, root))
            for extra in instance:
                if extra not in known:
                    at = (*keys, extra)
                    yield problem(
                        "schema.unknown_key", at, dotted(at), near=nearest(str(extra), known), allowed=joined(known)
                    )
        case "required":
            for missing in rule:
                if missing not in instance:
                    yield problem("schema.missing_key", keys, name, missing=missing)
        case "enum":
            yield problem("schema.not_allowed", allowed=joined(rule))
        case "const":
            yield problem("schema.not_allowed", allowed=json.dumps(rule))
        case "type":
            yield problem("schema.wrong_type", allowed=rule if isinstance(rule, str) else joined(rule))
        case "pattern":
            yield problem("schema.pattern", allowed=rule)
        case _:
            yield problem("schema.other", rule=error.validator, allowed=json.dumps(rule))


def _key_problems(file: YamlFile) -> list[Problem]:
    """Return keys that are not text as YAML reads them (``1``, ``~``, ``on``)."""
    problems: list[Problem] = []
    waiting = [] if file.root is None else [file.root]
    looked_at: set[int] = set()
    for node in waiting:
        if id(node) in looked_at:
            continue
        looked_at.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            waiting.extend(node.value)
        elif isinstance(node, yaml.MappingNode):
            for key, value in node.value:
                waiting.append(value)
                if key.tag != "tag:yaml.org,2002:str":
                    name = str(key.value)
                    problems.append(Problem("schema.key_not_text", {}, file.path, key.start_mark.line + 1, name))
    return problems


def schema_problems(file: YamlFile, schema: Path) -> list[Problem]:
    """Return what a file has against a schema, in the order of its lines.

    Args:
        file: The file, already read.
        schema: The JSON Schema.
    """
    keys = _key_problems(file)
    if keys:
        return keys
    validator = _validator(schema)
    root: Any = validator.schema
    found = {
        (problem.line or 0, problem.field or "", problem.key, str(problem.values)): problem
        for error in validator.iter_errors(file.data)
        for problem in _explain(error, file, root)
    }
    return [found[key] for key in sorted(found)]
