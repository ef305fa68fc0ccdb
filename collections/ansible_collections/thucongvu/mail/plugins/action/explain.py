"""Action: say where an address, a name's address or a value of the policy comes from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.explain import (
    AddressAnswer,
    Form,
    NameAnswer,
    explain_address,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.explain_name import Question, explain_name
from ansible_collections.thucongvu.mail.plugins.module_utils.explain_report import (
    address_report,
    name_report,
    place,
    value_report,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.explain_value import ValueAnswer, explain_value
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation


def _form(form: Form) -> dict[str, Any]:
    holder = form.holder
    return {
        "address": form.candidate.address,
        "step": form.candidate.step,
        "clause": form.candidate.clause,
        "why": form.candidate.why,
        "standing": form.standing,
        "by": holder.name if holder is not None else None,
        "by_id": holder.id if holder is not None else None,
        "place": place(form.file, form.line),
    }


def _address(answer: AddressAnswer) -> dict[str, Any]:
    holder, source, form = answer.holder, answer.source, answer.form
    return {
        "address": answer.address,
        "holder": None
        if holder is None
        else {"kind": holder.kind, "id": holder.id, "name": holder.name, "place": place(holder.file, holder.line)},
        "where": list(answer.where),
        "main": answer.main,
        "cancelled": answer.cancelled,
        "source": _value(source) if source is not None else None,
        "form": _form(form) if form is not None else None,
        "forms": [_form(form) for form in answer.forms],
    }


def _name(answer: NameAnswer) -> dict[str, Any]:
    form = answer.form
    return {
        "name": answer.name,
        "kind": answer.kind,
        "where": list(answer.where),
        "waits": answer.waits,
        "form": _form(form) if form is not None else None,
        "forms": [_form(form) for form in answer.forms],
    }


def _value(value: Any) -> dict[str, Any]:
    silent = value.silent_at
    return {
        "key": value.key,
        "value": value.value,
        "clause": value.clause,
        "why": value.why,
        "place": place(value.file, value.line),
        "silent_at": place(*silent) if silent is not None else None,
    }


def _values(answers: tuple[ValueAnswer, ...]) -> dict[str, Any]:
    return {"values": [{**_value(answer.value), "text": answer.text} for answer in answers]}


class ActionModule(ActionBase):
    """Runs on the controller only."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return the explanation as data and as text; change nothing."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        texts = ("address", "name", "person", "agency", "unit", "kind", "value")
        _valid, arguments = self.validate_argument_spec(
            {
                "regulation": {"type": "path", "required": True},
                "register": {"type": "path", "required": True},
                "domain": {"type": "str", "required": True},
                **{name: {"type": "str", "default": ""} for name in texts},
            }
        )
        asked = {name: str(arguments[name]).strip() for name in texts}
        try:
            regulation = load_regulation(arguments["regulation"])
            found, text = self._answer(asked, regulation, Path(arguments["register"]), str(arguments["domain"]))
        except ProblemsError as error:
            raise AnsibleActionFail(str(error)) from None
        result.update(changed=False, explained=found, explanation=text)
        return result

    @staticmethod
    def _answer(asked: dict[str, str], regulation: Regulation, folder: Path, domain: str) -> tuple[dict[str, Any], str]:
        """Return the answer to the one question that is asked.

        Raises:
            ProblemsError: None is asked or several are, or one that has no answer.
        """
        names = [name for name in ("address", "name", "person", "value") if asked[name]]
        if len(names) != 1:
            raise ProblemsError([Problem("explain.question")])
        if asked["value"]:
            answers = explain_value(asked["value"], regulation)
            return _values(answers), value_report(answers)
        register = load_register(folder, regulation)
        if asked["address"]:
            address = explain_address(asked["address"], register, regulation, domain)
            return _address(address), address_report(address, domain)
        kind = "person" if asked["person"] else asked["kind"]
        question = Question(asked["name"] or asked["person"], asked["agency"], asked["unit"], kind)
        answer = explain_name(question, register, regulation, domain)
        if isinstance(answer, AddressAnswer):
            return _address(answer), address_report(answer, domain)
        return _name(answer), name_report(answer, domain)
