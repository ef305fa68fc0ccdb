"""An explanation as an operator reads it, Vietnamese first."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.explain import AddressAnswer, Form, NameAnswer
from ansible_collections.thucongvu.mail.plugins.module_utils.messages import say
from ansible_collections.thucongvu.mail.plugins.module_utils.project import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import AnyHolder
    from ansible_collections.thucongvu.mail.plugins.module_utils.explain import Standing
    from ansible_collections.thucongvu.mail.plugins.module_utils.explain_value import ValueAnswer
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Value


_HOLDERS = {"agency": "explain.agency", "unit": "explain.unit", "person": "explain.person"}


def place(file: Path | None, line: int | None) -> str:
    """Return where something stands, ``file:line``; empty where nowhere."""
    if file is None:
        return ""
    return shown(file) + (f":{line}" if line else "")


def _part(part: dict[str, Any]) -> str:
    """Return one part of a form, such as ``"." agency (issued)``."""
    before = f'"{part["before"]}" ' if part.get("before") else ""
    return f"{before}{part['of']} ({part['as']})"


def value_text(value: object) -> str:
    """Return a value as it is written on one line: plain, or as YAML; of a form of an address its parts in their order."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict) and "parts" in value:
        rest = {key: inner for key, inner in value.items() if key != "parts"}
        parts = " + ".join(_part(part) for part in value["parts"])
        return f"{parts} {value_text(rest)}" if rest else parts
    text = yaml.safe_dump(value, allow_unicode=True, default_flow_style=True, sort_keys=False, width=10**6)
    return text.removesuffix("\n").removesuffix("\n...")


def _source(clause: str | None, where: str, why: str | None) -> str:
    """Return clause, place and reason, the same in every language: ``CB-7.3b; regulations/caobang.yml:165``."""
    return "- " + "; ".join(part for part in (clause, where, why) if part)


def _holder(holder: AnyHolder | None) -> str:
    if holder is None:
        return "-"
    where = place(holder.file, holder.line)
    return f"{holder.name} ({holder.id}; {where})" if where else f"{holder.name} ({holder.id})"


def _form_source(form: Form) -> str:
    return _source(form.candidate.clause, place(form.file, form.line), form.candidate.why)


def _lines(forms: Iterable[Form], *standings: Standing) -> list[str]:
    """Return a line for each form of some standings: its number, the address, who has it and where the form stands."""
    return [
        f"- {form.candidate.step}. {form.candidate.address} → {_holder(form.holder)};"
        f" {form.candidate.clause or '-'}; {place(form.file, form.line)}"
        for form in forms
        if form.standing in standings
    ]


def _section(key: str, lines: list[str]) -> list[str]:
    return [say(key), *lines] if lines else []


def _others(forms: tuple[Form, ...], *, behind: bool) -> Iterator[str]:
    """Yield what is to be said of the forms that are not the address."""
    yield from _section("explain.in_front", _lines(forms, "taken", "free"))
    yield from _section("explain.rivals", _lines(forms, "rival"))
    yield from _section("explain.unmet", _lines(forms, "unmet"))
    yield from _section("explain.on_request", _lines(forms, "on_request"))
    if behind:
        yield from _section("explain.behind", _lines(forms, "behind"))


def address_report(answer: AddressAnswer, domain: str) -> str:
    """Return an explanation of an address as text, in both languages.

    Args:
        answer: The explanation.
        domain: The mail domain.
    """
    address = f"{answer.address}@{domain}"
    holder = answer.holder
    if holder is None:
        return say("explain.nobody", address=address)
    if holder.kind == "list":
        told = say("explain.list", address=address, name=holder.name, place=place(holder.file, holder.line))
        return told if answer.source is None else f"{told}\n{_value_source(answer.source)}"
    if answer.source is not None:
        key = "explain.function" if holder.kind == "function" else "explain.reserved"
        return "\n".join([say(key, address=address), _value_source(answer.source)])
    parts = [
        say(
            _HOLDERS[holder.kind],
            address=address,
            name=holder.name,
            id=holder.id,
            where=" / ".join(answer.where) or "-",
            place=place(holder.file, holder.line),
        )
    ]
    if answer.cancelled:
        parts.append(say("explain.cancelled"))
    if answer.main != answer.address:
        parts.append(say("explain.alias", main=f"{answer.main}@{domain}" if answer.main else "-"))
        return "\n".join(parts)
    form = answer.form
    if form is None:
        parts.append(say("explain.kept"))
        if answer.exhausted is not None:
            parts.append(_value_source(answer.exhausted))
    else:
        key = "explain.chosen" if form.candidate.on_request else "explain.form"
        parts.extend([say(key, step=form.candidate.step), _form_source(form)])
    parts.extend(_others(answer.forms, behind=False))
    return "\n".join(parts)


def name_report(answer: NameAnswer, domain: str) -> str:
    """Return what a name would be issued as text, in both languages; see :func:`address_report`."""
    form = answer.form
    values = {"name": answer.name, "kind": answer.kind, "where": " / ".join(answer.where) or "-"}
    if form is not None:
        address = f"{form.candidate.address}@{domain}"
        parts = [say("explain.would_issue", address=address, step=form.candidate.step, **values), _form_source(form)]
    elif answer.waits == "agency":
        parts = [say("explain.waits", **values)]
    else:
        parts = [say("explain.operator", **values), _value_source(answer.exhausted)]
    return "\n".join([*parts, *_others(answer.forms, behind=True)])


def _value_source(value: Value) -> str:
    return _source(value.clause, place(value.file, value.line), value.why)


def value_lines(answer: ValueAnswer) -> str:
    """Return one value and where it comes from, in both languages."""
    value = answer.value
    values = {"name": value.key, "value": value_text(value.value), "text": answer.text}
    if value.silent_at is not None:
        said = say("explain.silent", silent=place(*value.silent_at), **values)
    else:
        said = say("explain.value" if value.clause is not None else "explain.choice", **values)
    return f"{said}\n{_value_source(value)}"


def value_report(answers: Iterable[ValueAnswer]) -> str:
    """Return values as text, each with where it comes from."""
    return "\n".join(value_lines(answer) for answer in answers)
