"""Every role has the same shape, says its options truly, keeps to its own variables, and lets no secret into a log."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

PROJECT = Path(__file__).resolve().parents[2]
ROLES = sorted(path.name for path in (PROJECT / "roles").iterdir())
GROUP_VARS = sorted((PROJECT / "group_vars/all").glob("*.yml"))
INVENTORY_FILES = sorted((PROJECT / "inventories").glob("*/group_vars/**/*.yml"))
NAME = re.compile(r"\b_{0,2}[a-z][a-z0-9_]*\b")


@cache
def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8")) if path.exists() else None


def spec(role: str) -> dict[str, Any]:
    return load(PROJECT / "roles" / role / "meta/argument_specs.yml")["argument_specs"]


def options(role: str) -> dict[str, dict[str, Any]]:
    return spec(role)["main"]["options"]


def files(role: str, *folders: str) -> list[Path]:
    return sorted(
        path for folder in folders for path in (PROJECT / "roles" / role / folder).rglob("*") if path.is_file()
    )


def tasks_of(content: Any) -> Iterator[dict[str, Any]]:
    """Every task of a file of tasks or of a playbook, those in blocks too."""
    for entry in content or []:
        inner = [
            entry.get(key) for key in ("block", "rescue", "always", "tasks", "pre_tasks", "post_tasks", "handlers")
        ]
        if any(part is not None for part in inner):
            for part in inner:
                yield from tasks_of(part)
        else:
            yield entry


ALL_TASKS = [
    (path, task)
    for path in [
        *(path for role in ROLES for path in files(role, "tasks", "handlers")),
        *sorted((PROJECT / "playbooks").glob("*.yml")),
        *sorted((PROJECT / "molecule").rglob("*.yml")),
    ]
    if isinstance(load(path), list)
    for task in tasks_of(load(path))
]


def test_there_is_something_to_look_at():
    assert len(ROLES) >= 12
    assert len(ALL_TASKS) > 80
    assert len(GROUP_VARS) > 8
    assert INVENTORY_FILES


@pytest.mark.parametrize("role", ROLES)
def test_the_options_and_their_defaults_are_those_of_the_defaults_file(role):
    said = {name: option.get("default") for name, option in options(role).items()}
    given = load(PROJECT / "roles" / role / "defaults/main.yml")
    assert said == given
    assert {name: type(value) for name, value in said.items()} == {name: type(value) for name, value in given.items()}
    for name, option in options(role).items():
        assert name.startswith(f"{role}_"), name
        assert option["type"], name
        assert option["description"].strip(), name
        # A default stands in one place for Ansible: a required option would have none.
        assert "required" not in option, name


@pytest.mark.parametrize("role", ROLES)
def test_every_role_has_the_same_shape(role):
    folder = PROJECT / "roles" / role
    for name in ("tasks/main.yml", "defaults/main.yml", "meta/argument_specs.yml"):
        assert (folder / name).is_file(), name
    assert spec(role)["main"]["short_description"]
    known = {"tasks", "defaults", "meta", "handlers", "vars", "templates", "files"}
    assert {path.name for path in folder.iterdir()} <= known
    for path in files(role, "vars"):
        assert all(name.startswith(f"__{role}_") for name in load(path) or {}), path.name


@pytest.mark.parametrize("role", ROLES)
def test_what_is_notified_is_handled_and_what_handles_is_notified(role):
    handlers = list(tasks_of(load(PROJECT / "roles" / role / "handlers/main.yml")))
    answers = {topic for task in handlers for topic in as_list(task.get("listen")) or [task["name"]]}
    notified = {
        topic
        for path in files(role, "tasks", "handlers")
        for task in tasks_of(load(path))
        for topic in as_list(task.get("notify"))
    }
    assert answers == notified
    assert (PROJECT / "roles" / role / "handlers/main.yml").exists() == bool(notified)


def as_list(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


@pytest.mark.parametrize("role", ROLES)
def test_every_option_and_every_internal_variable_is_used(role):
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in files(role, "tasks", "handlers", "templates", "vars", "files")
    )
    names = set(options(role)) | {name for path in files(role, "vars") for name in load(path) or {}}
    used = {name: len(re.findall(rf"\b{name}\b", text)) for name in names}
    declared_here = {name for path in files(role, "vars") for name in load(path) or {}}
    assert [name for name, count in used.items() if count < (2 if name in declared_here else 1)] == []


@pytest.mark.parametrize("role", ROLES)
def test_no_role_reads_another_roles_variables(role):
    others = {name for other in ROLES if other != role for name in options(other)}
    for path in files(role, "tasks", "handlers", "templates", "vars", "defaults"):
        found = set(NAME.findall(path.read_text(encoding="utf-8")))
        assert found & others == set(), path
        internal = {name for name in found if name.startswith("__")}
        assert {name for name in internal if not name.startswith(f"__{role}_")} == set(), path


@pytest.mark.parametrize("path", [*GROUP_VARS, *INVENTORY_FILES], ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_variable_with_a_roles_prefix_is_that_roles_option(path):
    if path.name == "vault.yml":
        return
    for name in load(path) or {}:
        role = next((role for role in sorted(ROLES, key=len, reverse=True) if name.startswith(f"{role}_")), None)
        if role is not None:
            assert name in options(role), f"{name} in {path.name}"


def test_every_variable_is_set_in_one_place_for_all_provinces():
    seen: dict[str, Path] = {}
    for path in GROUP_VARS:
        for name in load(path):
            assert name not in seen, f"{name} stands in {path.name} and in {seen[name].name}"
            seen[name] = path


REFUSED_KEYS = {"ignore_errors", "ignore_unreachable"}
REFUSED_MODULES = {"lineinfile", "blockinfile", "replace", "ini_file", "shell", "raw", "script"}


def test_no_task_ignores_errors_or_edits_a_line_of_a_file():
    for path, task in ALL_TASKS:
        keys = {key.rsplit(".", 1)[-1] for key in task}
        assert keys & (REFUSED_KEYS | REFUSED_MODULES) == set(), f"{path}: {task.get('name')}"


def test_every_module_is_called_by_its_full_name_and_every_task_says_what_it_is_for():
    for path, task in ALL_TASKS:
        assert task.get("name") or "ansible.builtin.import_playbook" in task or "roles" in task, path
        assert sum("." in key for key in task) <= 1, f"{path}: {task}"


# Secrets: what a role's specification says is none to be logged, and what playbooks/secrets.yml makes.
REQUIRED = {entry["name"] for entry in load(PROJECT / "group_vars/all/secrets.yml")["required_secrets"]}
# Parameters that their modules keep out of every log, and so may carry a secret: each module's own test shows it with -vvvv.
SILENT = {
    "thucongvu.mail.config_files": {"secret_content"},
    "thucongvu.mail.host_certificate": {"authority"},
    "thucongvu.mail.directory_tree": {"service_accounts"},
}
# What is public of a secret.
PUBLIC = re.compile(r"certificates_authority\.certificate\b|\w+ \| map\(attribute='name'\)")


def secret_options(role: str) -> set[str]:
    """The options of a role that are secret, or hold something that is."""
    return {name for name, option in options(role).items() if holds_secret(option)}


def holds_secret(option: dict[str, Any]) -> bool:
    return bool(option.get("no_log")) or any(holds_secret(inner) for inner in option.get("options", {}).values())


ROLE_SECRETS = {role: secret_options(role) for role in ROLES}
SECRETS = REQUIRED.union(*ROLE_SECRETS.values())


def test_every_option_that_is_wired_to_a_secret_says_so():
    assert len(REQUIRED) >= 7
    for path in GROUP_VARS:
        for name, value in load(path).items():
            touched = REQUIRED & set(NAME.findall(str(value)))
            role = next((role for role in ROLES if name in options(role)), None)
            if touched and role is not None:
                assert name in ROLE_SECRETS[role], f"{name} is given {touched}: no_log in meta/argument_specs.yml"


def touches(text: str, secrets: set[str], templates: set[str]) -> bool:
    text = PUBLIC.sub("", text)
    return bool(secrets & set(NAME.findall(text))) or any(template in text for template in templates)


def leaves(value: Any, keys: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, (*keys, str(key)))
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, keys)
    elif isinstance(value, str):
        yield keys, value


def secret_templates(role: str) -> set[str]:
    folder = PROJECT / "roles" / role / "templates"
    return {
        str(path.relative_to(folder))
        for path in files(role, "templates")
        if touches(path.read_text(encoding="utf-8"), ROLE_SECRETS[role] | REQUIRED, set())
    }


def test_the_templates_that_hold_a_secret_are_found():
    found = {f"{role}/{name}" for role in ROLES for name in secret_templates(role)}
    assert {"dovecot/ldap-password.conf.j2", "valkey/valkey.conf.j2", "rspamd/local.d/redis.conf.j2"} <= found


@pytest.mark.parametrize("role", ROLES)
def test_a_variable_that_holds_a_secret_hands_it_on_as_one(role):
    """In vars/, text that touches a secret stands under secret_content, be the list written in YAML or in Jinja."""
    secrets, templates = ROLE_SECRETS[role] | REQUIRED, secret_templates(role)
    for path in files(role, "vars"):
        for keys, text in leaves(load(path) or {}):
            if keys[-1] != "secret_content":
                open_text = re.sub(r"'secret_content': lookup\([^)]*\)+", "", text)
                assert not touches(open_text, secrets, templates), f"{path}: {'.'.join(keys)}"
            # Nor is one named in a list from which templates' names are built.
            assert f"{text}.j2" not in {Path(template).name for template in templates}, f"{path}: {text}"


def module_of(task: dict[str, Any]) -> str:
    return next((key for key in task if "." in key), "")


@pytest.mark.parametrize("role", [*ROLES, None])
def test_a_secret_reaches_only_parameters_that_are_kept_out_of_logs(role):
    roles = PROJECT / "roles"
    secrets = SECRETS if role is None else ROLE_SECRETS[role] | REQUIRED
    templates = set() if role is None else secret_templates(role)
    for path, task in ALL_TASKS:
        if (path.is_relative_to(roles / role) if role else not path.is_relative_to(roles)) and not task.get("no_log"):
            silent = SILENT.get(module_of(task), set())
            for keys, text in leaves(task):
                if touches(text, secrets, templates):
                    assert silent & set(keys), f"{path}: {task.get('name')}: {'.'.join(keys)}"


@pytest.fixture
def wired_play(tmp_path):
    """A playbook beside which group_vars is linked as it is in playbooks/, with every role's specification."""
    (tmp_path / "group_vars").symlink_to((PROJECT / "playbooks/group_vars").resolve())
    tasks = [
        {
            "name": role,
            "ansible.builtin.validate_argument_spec": {
                "argument_spec": "{{ (lookup('ansible.builtin.file', '"
                + str(PROJECT / "roles" / role / "meta/argument_specs.yml")
                + "') | from_yaml).argument_specs.main.options }}"
            },
        }
        for role in ROLES
    ]
    play = {"name": "Wiring", "hosts": "province", "gather_facts": False, "connection": "local", "tasks": tasks}
    (tmp_path / "wiring.yml").write_text(yaml.safe_dump([play]))
    return tmp_path / "wiring.yml"


def test_what_group_vars_wires_into_the_roles_is_what_they_ask_for(ansible, wired_play, tmp_path):
    """Ansible's own check of every role's options, with Cần Thơ's inventory and secrets of the right kinds."""
    made: dict[str, Any] = dict.fromkeys(REQUIRED, "mật")
    made["secret_ca"] = {"certificate": "x", "key": "mật"}
    (tmp_path / "secrets.yml").write_text(yaml.safe_dump(made))
    done = ansible.run("-i", "inventories/cantho", wired_play, "-e", f"@{tmp_path / 'secrets.yml'}")
    assert [task["task"] for task in done.tasks if task["outcome"] == "ok"] == ROLES, done.stdout
