"""Where variables stand, and that Ansible reads them there; and that no playbook goes on with an inventory that is wrong."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import make_rsa_key

PROJECT = Path(__file__).resolve().parents[2]
INVENTORIES = sorted(path.parent for path in PROJECT.glob("inventories/*/hosts.yml"))
SCENARIO_INVENTORIES = sorted(path.parent for path in PROJECT.glob("molecule/*/inventory/hosts.yml"))
REGULATIONS = sorted(path.stem for path in PROJECT.glob("regulations/*.yml"))
HOST = "mail01.cantho.gov.vn"


def test_group_vars_is_linked_beside_the_playbooks():
    link = PROJECT / "playbooks/group_vars"
    assert link.is_symlink()
    assert os.readlink(link) == "../group_vars"


@pytest.mark.parametrize(
    "folder", [*INVENTORIES, *SCENARIO_INVENTORIES], ids=lambda path: str(path.relative_to(PROJECT))
)
def test_no_inventory_sets_variables_for_the_group_all(folder):
    """Ansible lets group_vars/all beside the playbook win over an inventory's."""
    assert list(folder.glob("group_vars/all*")) == []
    assert "all" not in (yaml.safe_load((folder / "hosts.yml").read_text(encoding="utf-8")) or {})


@pytest.fixture(scope="module")
def seen():
    """What Ansible makes of Cần Thơ's inventory when a playbook of playbooks/ runs."""
    done = subprocess.run(
        [
            Path(sys.executable).parent / "ansible-inventory",
            "-i",
            "inventories/cantho",
            "--playbook-dir",
            "playbooks",
            "--host",
            HOST,
        ],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_every_variable_of_all_provinces_is_read(seen):
    for path in sorted((PROJECT / "group_vars/all").glob("*.yml")):
        names = set(yaml.safe_load(path.read_text(encoding="utf-8")))
        assert names - set(seen) == set(), path.name


def test_a_provinces_own_values_win(seen):
    own = yaml.safe_load((PROJECT / "inventories/cantho/group_vars/province/main.yml").read_text(encoding="utf-8"))
    assert {name: seen[name] for name in own} == own


@pytest.fixture
def importing(tmp_path):
    """A playbook elsewhere that imports one of playbooks/, as Molecule's do."""
    (tmp_path / "import.yml").write_text(
        yaml.safe_dump([{"name": "Import", "ansible.builtin.import_playbook": str(PROJECT / "playbooks/dns.yml")}])
    )
    return tmp_path / "import.yml"


@pytest.mark.parametrize("how", ["directly", "by import"])
def test_a_playbook_sees_group_vars_directly_and_by_import(ansible, tmp_path, importing, how):
    """And playbooks/dns.yml prints and writes what stands there, and tells no key."""
    key = make_rsa_key("")
    required = yaml.safe_load((PROJECT / "group_vars/all/secrets.yml").read_text(encoding="utf-8"))["required_secrets"]
    values = dict.fromkeys((entry["name"] for entry in required), "mật")
    values |= {"secret_dkim_key": key, "dns_zone_file": str(tmp_path / "dns/cantho.zone")}
    (tmp_path / "values.yml").write_text(yaml.safe_dump(values))
    playbook = "playbooks/dns.yml" if how == "directly" else importing
    loud = ["-vvv", "--diff"] if how == "directly" else []
    done = ansible.run("-i", "inventories/cantho", playbook, "-e", f"@{tmp_path / 'values.yml'}", *loud)
    assert done.returncode == 0, done.stdout
    zone = (tmp_path / "dns/cantho.zone").read_text()
    assert "@ 3600 IN MX 10 mx.cantho.gov.vn." in zone
    assert "mail01 3600 IN A 198.51.100.10" in zone
    assert "who receives mail (RFC 5321)" in done.stdout
    for line in key.splitlines()[1:-1]:
        assert line not in done.stdout


@pytest.fixture
def inventory(tmp_path):
    """A copy of Cần Thơ's inventory."""
    ignored = shutil.ignore_patterns("vault.yml", "first-passwords", "dns", "register")
    return Path(shutil.copytree(PROJECT / "inventories/cantho", tmp_path / "cantho", ignore=ignored))


# What an operator runs; the others are parts that these import.
IMPORTS = {
    path.stem: [
        Path(play["ansible.builtin.import_playbook"]).stem
        for play in plays
        if "ansible.builtin.import_playbook" in play
    ]
    for path in sorted((PROJECT / "playbooks").glob("*.yml"))
    for plays in [yaml.safe_load(path.read_text(encoding="utf-8"))]
}
# A part of others alone does not begin with the inventory; one that is an operator's own action too does.
PLAYBOOKS = [
    name
    for name, parts in IMPORTS.items()
    if parts[:1] == ["inventory"] or not any(name in others for others in IMPORTS.values())
]


def test_every_playbook_checks_the_inventory_first():
    assert {"accounts", "dns", "import", "register", "secrets", "site"} <= set(PLAYBOOKS)
    assert {name: IMPORTS[name][0] for name in PLAYBOOKS} == dict.fromkeys(PLAYBOOKS, "inventory")


@pytest.mark.parametrize("playbook", [*PLAYBOOKS, "inventory"])
def test_a_misspelt_variable_stops_every_playbook_before_a_host_is_contacted(ansible, inventory, playbook):
    (inventory / "group_vars/province/extra.yml").write_text("# the operator's own\npostfix_max_message_byte: 1\n")
    before = {path: path.read_bytes() for path in inventory.rglob("*") if path.is_file()}
    done = ansible.run("-i", inventory, f"playbooks/{playbook}.yml")
    assert done.returncode != 0
    assert [(task["task"], task["host"], task["outcome"]) for task in done.tasks] == [
        ("Check the inventory's variables", "localhost", "failed")
    ]
    said = done.results[0]["msg"]
    assert "extra.yml:2: postfix_max_message_byte = '1'" in said
    assert said.count("There is no variable postfix_max_message_byte; nearest: postfix_max_message_bytes;") == 1
    assert "allowed: the variables of the roles (meta/argument_specs.yml)" in said
    assert HOST not in done.stdout
    assert {path: path.read_bytes() for path in inventory.rglob("*") if path.is_file()} == before


def test_every_value_that_is_not_allowed_is_named_with_what_is(ansible, inventory):
    text = "regulation: canthoo\ndomain: Cần Thơ\npublic_ipv4: 300.1.1.1\nprovince: [cantho]\n"
    (inventory / "group_vars/province/extra.yml").write_text(text, encoding="utf-8")
    done = ansible.run("-i", inventory, "playbooks/site.yml")
    assert [(task["host"], task["outcome"]) for task in done.tasks] == [("localhost", "failed")]
    said = done.results[0]["msg"]
    for line, (wrong, allowed) in enumerate(
        [
            ("regulation = 'canthoo'", f"allowed: {', '.join(REGULATIONS)}"),
            ("domain = 'Cần Thơ'", "a domain in small letters, for example cantho.gov.vn"),
            ("public_ipv4 = '300.1.1.1'", "an IPv4 address"),
            ("province\n", "Wrong type; allowed: str."),
        ],
        1,
    ):
        assert f"extra.yml:{line}: {wrong}" in said
        assert allowed in said


def test_what_a_province_must_say_is_asked_for_before_it_is_used(ansible, inventory):
    (inventory / "group_vars/province/main.yml").write_text("province: cantho\ndns_mta_sts_mode: tsting\n")
    done = ansible.run("-i", inventory, "playbooks/register.yml")
    assert [(task["host"], task["outcome"]) for task in done.tasks] == [("localhost", "failed")]
    said = done.results[0]["msg"]
    for name in ("regulation", "domain", "province_name"):
        assert f"The variable {name} of mail01.cantho.gov.vn is missing" in said
    assert "public_ipv4" not in said
    assert "main.yml:2: dns_mta_sts_mode = 'tsting'" in said
    assert "allowed: testing, enforce, none." in said


def test_a_deployment_without_secrets_says_what_to_run_and_contacts_no_host(ansible, inventory):
    done = ansible.run("-i", inventory, "playbooks/site.yml")
    assert done.returncode != 0
    assert done.tasks[-1]["outcome"] == "failed"
    assert "Missing secrets secret_ca, secret_dkim_key" in done.results[-1]["msg"]
    assert "run playbooks/secrets.yml first" in done.results[-1]["msg"]
    assert "UNREACHABLE" not in done.stdout
