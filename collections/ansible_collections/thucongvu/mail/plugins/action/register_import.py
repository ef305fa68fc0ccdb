"""Action: take a province's present list into the register, and leave what is unsure for review."""

from __future__ import annotations

import stat
from datetime import date
from pathlib import Path
from typing import Any

import yaml
from ansible.errors import AnsibleActionFail
from ansible.plugins.action import ActionBase

from ansible_collections.thucongvu.mail.plugins.module_utils.atomic_file import write_atomically
from ansible_collections.thucongvu.mail.plugins.module_utils.import_report import import_report
from ansible_collections.thucongvu.mail.plugins.module_utils.import_write import import_changes, review_text
from ansible_collections.thucongvu.mail.plugins.module_utils.list_columns import chosen_columns
from ansible_collections.thucongvu.mail.plugins.module_utils.list_file import ListFile, read_list
from ansible_collections.thucongvu.mail.plugins.module_utils.list_headings import load_headings
from ansible_collections.thucongvu.mail.plugins.module_utils.list_import import (
    Decided,
    ImportPlan,
    outcome_counts,
    plan_import,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.project import LIST_HEADINGS, shown
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Agency, Register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_write import FileChange, write_changes
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import joined


def _required(arguments: dict[str, Any]) -> tuple[Path, date]:
    """Return the list's path and the date of registration.

    Raises:
        ProblemsError: The operator did not give one of them, or the date is none.
    """
    problems = [
        Problem("import.variable_missing", {"name": f"import_{name}"}, field=f"import_{name}")
        for name in ("list", "registered")
        if not arguments[name]
    ]
    if problems:
        raise ProblemsError(problems)
    text = arguments["registered"]
    try:
        registered = date.fromisoformat(text)
    except ValueError:
        registered = date.min
    if registered == date.min or registered.isoformat() != text:
        raise ProblemsError([Problem("register.date", {}, field="import_registered", value=text)])
    return Path(arguments["list"]), registered


def _columns(given: Any) -> dict[str, object]:
    """Return the columns that the operator names; a text of the command line stands for what it says in YAML.

    Raises:
        ProblemsError: It is no pairs of field and column.
    """
    try:
        found = yaml.safe_load(given) if isinstance(given, str) else given
    except (yaml.YAMLError, ValueError, RecursionError):
        # PyYAML itself stumbles over a date that is none, and over brackets without end.
        found = given
    if not isinstance(found, dict):
        values = {"allowed": "dict"}
        raise ProblemsError([Problem("inventory.type", values, field="import_columns", value=str(given))])
    return {str(field): value for field, value in found.items()}


def _agency(register: Register, identity: str | None) -> Agency | None:
    """Return the agency that the operator names.

    Raises:
        ProblemsError: The register has none of this id.
    """
    if identity and identity not in register.agencies:
        values = {"id": identity, "allowed": joined(register.agencies)}
        raise ProblemsError([Problem("import.no_agency", values, field="import_agency", value=identity)])
    return register.agencies[identity] if identity else None


def _review_file(named: str | None, file: ListFile, register: Register, sheet: str | None) -> Path:
    """Return where the rows for review go: beside the list, unless the operator says where.

    Raises:
        ProblemsError: It would replace the list, or lie in the register, which then could not be read.
    """
    # With its ending: a list may stand there as CSV and as a workbook, and neither may take the other's open rows away.
    name = file.path.name + (f".{sheet}" if sheet else "")
    path = Path(named) if named else file.path.with_name(f"{name}.review.csv")
    resolved = path.resolve()
    inside = resolved.is_relative_to(register.folder.resolve())
    # A device such as /dev/null would be replaced by a file, for every program of the machine.
    special = resolved.exists() and not resolved.is_file()
    if inside or special or resolved == file.path.resolve():
        raise ProblemsError([Problem("import.review_place", {}, path, field="import_review_file")])
    return path


def _review_change(path: Path, plan: ImportPlan) -> FileChange | None:
    """Return how the review file changes, None where it stays as it is.

    It is read as it stands: whatever is there is replaced.
    """
    after = review_text(plan)
    before = path.read_bytes() if path.exists() else None
    if before == after.encode():
        return None
    # It holds what the list holds, so whoever may read the one may read the other.
    mode = stat.S_IMODE((path if before is not None else plan.file.path).stat().st_mode)
    return FileChange(path, (before or b"").decode("utf-8", "replace"), after, mode)


def _row(row: Decided) -> dict[str, Any]:
    return {
        "row": row.entry.number,
        "outcome": row.outcome,
        "name": row.entry.name,
        "address": row.entry.address,
        "id": row.id,
        "reasons": [reason.key for reason in row.entry.reasons],
    }


class ActionModule(ActionBase):
    """Runs on the controller only."""

    _requires_connection = False
    _supports_check_mode = True

    def run(self, tmp: None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """Return what became of each row (in check mode, what would), and the plan as text."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        _valid, arguments = self.validate_argument_spec(
            {
                "list": {"type": "path"},
                "registered": {"type": "str"},
                "columns": {"type": "raw", "default": {}},
                "agency": {"type": "str"},
                "sheet": {"type": "str"},
                "review_file": {"type": "path"},
                "regulation": {"type": "path", "required": True},
                "register": {"type": "path", "required": True},
                "domain": {"type": "str", "required": True},
                "headings": {"type": "path", "default": str(LIST_HEADINGS)},
            }
        )
        try:
            self._import(arguments, result)
        except ProblemsError as error:
            raise AnsibleActionFail(str(error)) from None
        except OSError as error:
            raise AnsibleActionFail(f"{error.filename}: {error.strerror}") from None
        return result

    def _import(self, arguments: dict[str, Any], result: dict[str, Any]) -> None:
        """Plan, write unless in check mode, and say what was done."""
        path, registered = _required(arguments)
        regulation = load_regulation(arguments["regulation"])
        register = load_register(Path(arguments["register"]), regulation)
        agency = _agency(register, arguments["agency"])
        headings = load_headings(Path(arguments["headings"]))
        sheet = arguments["sheet"] or None
        file = read_list(path, sheet)
        chosen = chosen_columns(_columns(arguments["columns"]), file.width)
        plan = plan_import(
            file,
            register,
            regulation,
            domain=arguments["domain"],
            headings=headings,
            chosen=chosen,
            agency=agency,
        )
        review_file = _review_file(arguments["review_file"] or None, file, register, sheet)
        changes = import_changes(register, plan, registered)
        review = _review_change(review_file, plan)
        if not self._task.check_mode:
            # The review file first: a run that is cut off behind it is repeated and finds there what it would write.
            if review is not None and review.new_mode is not None:
                write_atomically(review_file.resolve(), review.after.encode(), review.new_mode)
            write_changes(changes)
        shown_changes = [*([review] if review is not None else []), *changes]
        result.update(
            changed=bool(shown_changes),
            counts=dict(outcome_counts(plan)),
            rows=[_row(row) for row in plan.rows],
            headings=[{"row": heading.line.number, "kind": heading.kind} for heading in plan.headings],
            review_file=shown(review_file),
            plan=import_report(plan, review_file, written=not self._task.check_mode),
            diff=[
                {
                    "before": change.before,
                    "after": change.after,
                    "before_header": shown(change.path),
                    "after_header": shown(change.path),
                }
                for change in shown_changes
            ],
        )
