"""An inventory with a misspelt variable is refused with file, line, value and the nearest known name."""

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.declared_variables import Declared, declared_variables
from ansible_collections.thucongvu.mail.plugins.module_utils.inventory_files import files_of_nobody
from ansible_collections.thucongvu.mail.plugins.module_utils.inventory_variables import (
    extra_problems,
    group_problems,
    inventory_problems,
    missing_problems,
)

DECLARED = {
    "domain": Declared("str", (), r"[a-z.]+", "a domain"),
    "regulation": Declared("str", ("cantho", "caobang")),
    "postfix_workers": Declared("int"),
    "base_debug": Declared("bool"),
    "anything": Declared(),
    "filter_processes": Declared("int", pattern="[1-9][0-9]?", allowed="1 to 99"),
}
HOSTS = """\
province:
  children:
    mail:
      hosts:
        mail01:
"""


@pytest.fixture
def inventory(tmp_path):
    def make(**files):
        for name, text in {"hosts.yml": HOSTS, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return tmp_path

    return make


def problems_in(folder):
    return inventory_problems([folder], DECLARED, {".git", "group_vars", "host_vars", "register"}.__contains__)


def only_problem(folder):
    problems = problems_in(folder)
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0], str(problems[0])


def test_a_right_inventory_has_no_problems(inventory):
    folder = inventory(
        **{
            "group_vars/province/main.yml": "domain: cantho.gov.vn\nregulation: cantho\nanything: {a: [1]}\n",
            "group_vars/province/empty.yml": "# nothing yet\n",
            "group_vars/mail.yml": "postfix_workers: 4\nansible_user: root\n",
            "host_vars/mail01.yml": "base_debug: false\n",
        }
    )
    assert problems_in(folder) == []


@pytest.mark.parametrize(
    ("name", "text", "line", "value"),
    [
        ("group_vars/province/main.yml", "# site\ndomian: cantho.gov.vn\n", 2, "cantho.gov.vn"),
        ("group_vars/province.yml", "domian: cantho.gov.vn\n", 1, "cantho.gov.vn"),
        ("host_vars/mail01/main.yml", "domian: x\n", 1, "x"),
        ("host_vars/mail01", "domian: x\n", 1, "x"),
        ("host_vars/mail01.cantho.gov.vn", "domian: x\n", 1, "x"),
        ("hosts.yml", HOSTS + "          domian: x\n", 6, "x"),
        ("hosts.yml", HOSTS + "  vars:\n    domian: x\n", 7, "x"),
        ("hosts.yml", HOSTS + "      vars: {domian: x}\n", 6, "x"),
    ],
)
def test_a_misspelt_variable_is_refused_wherever_it_stands(inventory, name, text, line, value):
    problem, shown = only_problem(inventory(**{name: text}))
    assert (problem.key, problem.line, problem.value) == ("inventory.unknown", line, value)
    assert f"{name}:{line}: domian = '{value}'" in shown
    assert "nearest: domain" in shown


@pytest.mark.parametrize(
    ("text", "key", "allowed"),
    [
        ("domain: 5\n", "inventory.type", "allowed: str"),
        ("postfix_workers: '4'\n", "inventory.type", "allowed: int"),
        ("postfix_workers: true\n", "inventory.type", "allowed: int"),
        ("filter_processes: 0\n", "inventory.choice", "1 to 99"),
        ("base_debug: 'no'\n", "inventory.type", "allowed: bool"),
        ("regulation: canthoo\n", "inventory.choice", "allowed: cantho, caobang"),
        ("domain: Cần Thơ\n", "inventory.choice", "allowed: a domain"),
        ("- domain\n", "inventory.not_variables", "Pairs of a variable"),
        ("domain: [\n", "yaml.syntax", "not valid YAML"),
        ("domain: a\ndomain: b\n", "yaml.duplicate_key", "may stand once"),
    ],
)
def test_a_bad_value(inventory, text, key, allowed):
    problem, shown = only_problem(inventory(**{"group_vars/province/main.yml": text}))
    assert problem.key == key
    assert allowed in shown


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("ansible_hots", "ansible_host"),
        ("ansible_usr", "ansible_user"),
        ("ansible_pyton_interpreter", "ansible_python_interpreter"),
    ],
)
def test_a_slip_in_how_a_host_is_reached_is_refused(inventory, name, near):
    problem, shown = only_problem(inventory(**{"host_vars/mail01.yml": f"{name}: x\n"}))
    assert problem.key == "inventory.connection"
    assert f"mail01.yml:1: {name} = 'x'" in shown
    assert f"allowed: {near}." in shown


@pytest.mark.parametrize(
    "name",
    [
        "ansible_host",
        "ansible_ssh_host",
        "ansible_ssh_user",
        "ansible_become_exe",
        "ansible_doas_user",
        "ansible_oc_host",
    ],
)
def test_ansibles_own_variables_may_be_set(inventory, name):
    assert problems_in(inventory(**{"host_vars/mail01.yml": f"{name}: x\n"})) == []


@pytest.mark.parametrize(
    ("extra", "key"),
    [
        ({"domian": "x.vn"}, "inventory.unknown"),
        ({"postfix_worker": "4"}, "inventory.unknown"),
        ({"postfix_workers": "many"}, "inventory.type"),
        ({"postfix_workers": [4]}, "inventory.type"),
        ({"base_debug": "5"}, "inventory.type"),
        ({"regulation": "canthoo"}, "inventory.choice"),
        ({"postfix_workers": "2026-13-45"}, "inventory.type"),
        ({"postfix_workers": "[" * 5000}, "inventory.type"),
    ],
)
def test_a_slip_on_the_command_line_is_refused(extra, key):
    (problem,) = extra_problems(extra, DECLARED)
    assert problem.key == key
    assert str(problem).startswith(f"--extra-vars {next(iter(extra))}")


def test_what_is_right_on_the_command_line_and_what_is_not_ours():
    right = {"postfix_workers": "4", "base_debug": "true", "domain": "x.vn", "anything": "[", "awx_job_id": 5}
    assert extra_problems(right, DECLARED) == []


def test_a_template_and_an_encrypted_value_are_known_only_in_use(inventory):
    text = 'domain: "{{ anything }}"\npostfix_workers: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162\n'
    assert problems_in(inventory(**{"group_vars/province/main.yml": text})) == []


def test_a_file_encrypted_as_a_whole_is_not_looked_into(inventory):
    text = "$ANSIBLE_VAULT;1.1;AES256\n6162\n"
    assert problems_in(inventory(**{"group_vars/province/vault.yml": text})) == []


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("group_vars/all/main.yml", "domain: cantho.gov.vn\n"),
        ("group_vars/all.yml", "domain: cantho.gov.vn\n"),
        ("hosts.yml", "all:\n  vars:\n    domain: cantho.gov.vn\n"),
    ],
)
def test_variables_of_the_group_all_are_refused_with_the_reason(inventory, name, text):
    problem, shown = only_problem(inventory(**{name: text}))
    assert problem.key == "inventory.all"
    assert "would lose to the project's own group_vars/all" in shown


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("province:\n  host:\n    mail01:\n", "inventory.group_key"),
        ("province: [mail01]\n", "inventory.group_form"),
        ("- mail01\n", "inventory.not_inventory"),
    ],
)
def test_an_inventory_of_another_form(inventory, text, key):
    assert only_problem(inventory(**{"hosts.yml": text}))[0].key == key


def test_the_register_is_no_inventory(inventory):
    folder = inventory(**{"register/agencies.yml": "- id: x\n", "register/people/x.csv": "id\n"})
    assert problems_in(folder) == []


def test_an_inventory_that_is_not_yaml_is_refused(inventory):
    folder = inventory(**{"hosts.ini": "[mail]\nmail01\n"})
    assert [problem.key for problem in problems_in(folder / "hosts.ini")] == ["inventory.not_yaml"]


@pytest.mark.parametrize("name", ["more", "more.ini", "more.json", "below/more.sh"])
def test_a_file_of_the_folder_that_ansible_would_read_and_nobody_could_check_is_refused(inventory, name):
    problem, _shown = only_problem(inventory(**{name: "[mail]\nmail01 domian=x\n", ".git/x": "x"}))
    assert (problem.key, problem.file.name) == ("inventory.not_yaml", name.rpartition("/")[2])


def test_a_misspelt_variable_in_a_folder_of_the_inventory_is_refused(inventory):
    problem, _shown = only_problem(inventory(**{"below/more.yml": "province: {vars: {domian: x}}\n"}))
    assert (problem.key, problem.file.name) == ("inventory.unknown", "more.yml")


def test_a_list_of_hosts_on_the_command_line_sets_nothing(inventory):
    assert problems_in(inventory() / "mail01,") == []


def test_a_variable_that_a_host_lacks():
    declared = {**DECLARED, "domain": Declared("str", required=True), "public_ipv4": Declared("str", required=True)}
    hosts = {"a": {"domain", "public_ipv4"}, "b": {"domain"}, "c": {"domain"}}
    (problem,) = missing_problems(hosts, declared)
    assert problem.key == "inventory.missing"
    assert "The variable public_ipv4 of b, c is missing" in str(problem)


GROUPS = {"province": ["a", "b"], "directory": ["a"], "mail": ["b"], "webmail": ["b"]}


@pytest.mark.parametrize(
    ("groups", "keys"),
    [
        (GROUPS, []),
        ({}, ["inventory.no_province"]),
        ({**GROUPS, "mail": []}, ["inventory.group_size"]),
        ({**GROUPS, "mail": ["a", "b"]}, ["inventory.group_size"]),
        ({**GROUPS, "mail": ["c"]}, ["inventory.outside"]),
    ],
)
def test_groups(groups, keys):
    assert [problem.key for problem in group_problems(groups)] == keys


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("group_vars/provnice/main.yml", "province"),
        ("group_vars/provnice.yml", "province"),
        ("group_vars/provnice", "province"),
        ("group_vars/province.txt", "province"),
        ("host_vars/mail1.cantho.gov.vn.yml", "mail01.cantho.gov.vn"),
        ("host_vars/mail01.cantho.gov/main.yml", "mail01.cantho.gov.vn"),
    ],
)
def test_a_variable_file_that_nobody_has_is_refused(inventory, name, near):
    groups = {"all": ["mail01.cantho.gov.vn"], "province": ["mail01.cantho.gov.vn"]}
    good = {
        "group_vars/province/main.yml": "",
        "group_vars/all.yml": "",
        "host_vars/mail01.cantho.gov.vn.yml": "",
        "host_vars/mail01.cantho.gov.vn": "",
    }
    folder = inventory(**good, **{name: "domain: x.vn\n"})
    (problem,) = files_of_nobody([folder, folder / "hosts.yml", folder / "mail01,"], groups)
    assert problem.key == "inventory.nobody"
    assert name.startswith(str(problem.file.relative_to(folder)))
    assert f"nearest: {near}; allowed:" in str(problem)


def test_what_is_declared_comes_from_roles_shared_variables_secrets_and_the_site(tmp_path):
    files = {
        "roles/postfix/meta/argument_specs.yml": "argument_specs: {main: {options: {postfix_workers: {type: int}}}}\n",
        "group_vars/all/mail.yml": "imap_name: x\nrequired_secrets: [{name: secret_ca, kind: password}]\n",
        "variables.yml": "domain: {type: str, description: d}\nregulation: {type: str, choices_from: regulations}\n",
        "regulations/b.yml": "",
        "regulations/a.yml": "",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    declared = declared_variables(
        tmp_path / "roles", tmp_path / "group_vars/all", tmp_path / "variables.yml", tmp_path / "regulations"
    )
    assert set(declared) == {"postfix_workers", "imap_name", "required_secrets", "secret_ca", "domain", "regulation"}
    assert declared["regulation"].choices == ("a", "b")
