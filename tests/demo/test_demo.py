"""The two commands' promises: what make demo leaves behind, and that running it again changes nothing."""

import hashlib
import json
import os
import shlex
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def demo_file() -> Path:
    return Path(os.environ.get("TCV_DEMO", ROOT / ".demo/demo.json"))


@pytest.fixture(scope="module")
def facts(demo_file: Path) -> dict:
    return json.loads(demo_file.read_text(encoding="utf-8"))


def test_file_is_for_its_owner_alone(demo_file: Path):
    assert stat.S_IMODE(demo_file.stat().st_mode) == 0o600


def test_keys_are_the_contract(facts: dict):
    assert set(facts) == {
        "province",
        "regulation",
        "domain",
        "host",
        "container",
        "ports",
        "ca_file",
        "webmail_url",
        "portal_url",
        "sso_client_url",
        "applications_host",
        "accounts",
        "delegations",
        "lists",
    }
    assert facts["ports"] == {
        "smtp": 25,
        "submission": 587,
        "submissions": 465,
        "imaps": 993,
        "pop3s": 995,
        "sieve": 4190,
        "ldap": 389,
        "ldaps": 636,
        "https": 443,
    }


def test_delegations_and_lists_have_people_who_are_ready(facts: dict):
    ready = {account["address"] for account in facts["accounts"] if account["state"] == "ready"}
    delegated = [one for one in facts["delegations"] if one["delegates"]]
    assert {one["mailbox"] for one in delegated} <= ready
    assert {address for one in delegated for address in (one["head"], *one["delegates"])} <= ready
    assert {frozenset(one) for one in facts["delegations"]} == {frozenset({"mailbox", "head", "delegates"})}
    assert {frozenset(one) for one in facts["lists"]} == {frozenset({"address", "may_post", "members"})}
    lists = {one["address"] for one in facts["lists"]}
    # Lists of lists, and lists to which a person posts besides the mailbox.
    assert any(set(one["members"]) & lists for one in facts["lists"])
    assert any(len(one["may_post"]) == 2 and set(one["may_post"]) <= ready for one in facts["lists"])


def test_accounts_have_the_contract_keys_and_all_kinds(facts: dict):
    keys = {"address", "password", "kind", "name", "agency", "dn", "state"}
    assert {frozenset(account) for account in facts["accounts"]} == {frozenset(keys)}
    assert {account["kind"] for account in facts["accounts"]} == {"person", "unit", "agency"}
    assert all(account["address"].endswith("@" + facts["domain"]) for account in facts["accounts"])


def test_every_agency_of_the_register_has_accounts(facts: dict):
    register = ROOT / "inventories" / facts["province"] / "register/agencies.yml"
    names = {agency["name"] for agency in yaml.safe_load(register.read_text(encoding="utf-8"))}
    assert {account["agency"] for account in facts["accounts"]} == names


def test_ca_is_a_certificate_and_no_key(facts: dict):
    text = Path(facts["ca_file"]).read_text(encoding="ascii")
    assert "BEGIN CERTIFICATE" in text
    assert "PRIVATE" not in text


def test_secrets_are_encrypted_and_private(demo_file: Path):
    state = demo_file.parent
    for file in [state / "inventory/group_vars/province/vault.yml", *(state / "first-passwords").glob("*.yml")]:
        assert file.read_text(encoding="ascii").startswith("$ANSIBLE_VAULT;"), file
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert stat.S_IMODE((state / "vault-password").stat().st_mode) == 0o600


def fingerprints(state: Path) -> dict[Path, str]:
    files = [file for file in state.rglob("*") if file.is_file() and "logs" not in file.relative_to(state).parts]
    return {file: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def register_state() -> str:
    """What git says of the inventories: the register must stay as it was."""
    command = ["git", "status", "--porcelain", "--", "inventories"]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_running_it_again_changes_nothing(demo_file: Path):
    state = demo_file.parent
    before, register = fingerprints(state), register_state()
    command = shlex.split(os.environ.get("TCV_DEMO_COMMAND", "tools/demo up"))
    again = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert again.returncode == 0, again.stdout + again.stderr
    changes = [line.strip() for line in again.stdout.splitlines() if line.endswith(" changed")]
    assert len(changes) == 4, again.stdout
    assert all(line.endswith(" 0 changed") for line in changes), changes
    assert fingerprints(state) == before
    assert register_state() == register


def test_what_it_cannot_do_is_one_line(tmp_path: Path):
    state = tmp_path / "state"
    refused = subprocess.run(
        ["tools/demo", "up", "--province", "khong-co", "--state", str(state)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert refused.returncode == 1
    assert "inventories/khong-co" in refused.stderr
    assert "cantho" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1
    assert not state.exists()
