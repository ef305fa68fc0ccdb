"""A change of rules as an operator meets it: what stops, what --check shows, what acknowledges, and what is recorded."""

import re
import shutil
from pathlib import Path

import pytest
import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.rule_changes import read_record

PROJECT = Path(__file__).resolve().parents[2]
PLAYBOOKS = ["register", "site", "accounts"]


@pytest.fixture
def inventory(tmp_path):
    """A copy of Cần Thơ's inventory, whose regulation, register and record are its own."""
    folder = tmp_path / "cantho"
    ignored = shutil.ignore_patterns("vault.yml", "first-passwords", "dns")
    shutil.copytree(PROJECT / "inventories/cantho", folder, ignore=ignored)
    shutil.copy(PROJECT / "regulations/cantho.yml", tmp_path / "own.yml")
    settings = {
        "register_dir": str(folder / "register"),
        "regulation_file": str(tmp_path / "own.yml"),
        "rules_file": str(folder / "rules.yml"),
    }
    (folder / "group_vars/province/test.yml").write_text(yaml.safe_dump(settings))
    return folder


@pytest.fixture
def play(ansible, inventory):
    """Run a playbook over the copy."""

    def run(*arguments, playbook="register"):
        return ansible.run("-i", inventory, f"playbooks/{playbook}.yml", *arguments)

    return run


@pytest.fixture
def record(ansible, inventory):
    """Record the rules as the end of accounts.yml does; that a deployed site does so is in molecule/."""

    def run(*arguments, regulation=inventory.parent / "own.yml"):
        task = {"thucongvu.mail.rules_record": {"regulation": str(regulation), "path": str(inventory / "rules.yml")}}
        done = ansible.play([{"name": "Record", **task}], *arguments)
        assert done.returncode == 0, done.stdout
        return done.results[-1]["changed"]

    return run


def change(inventory, *pairs):
    path = inventory.parent / "own.yml"
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


SHORTER = ("{do: suspend, after: 3 months}", "{do: suspend, after: 2 months}")
LONGER = ("  person:\n    min_length: {value: 8,", "  person:\n    min_length: {value: 12,")


def acknowledge(inventory, *revisions):
    """Put the line into the inventory that a run printed."""
    path = inventory / "group_vars/province/acknowledged.yml"
    path.write_text(f"acknowledged_revisions: [{', '.join(revisions)}]\n")


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def said_line(text):
    (line,) = re.findall(r"^ *(acknowledged_revisions: \[.*\])$", text, re.MULTILINE)
    return yaml.safe_load(line)["acknowledged_revisions"]


def waiting_row(inventory):
    with (inventory / "register/people/sonv.csv").open("a", encoding="utf-8") as stream:
        stream.write("ct-9001,Lê Thị Kim Xuân,sonv-vp,Chuyên viên,,2026-01-05,active,\n")


def test_without_a_record_there_is_nothing_to_acknowledge(play, inventory):
    change(inventory, SHORTER, LONGER)
    done = play()
    assert done.returncode == 0, done.stdout
    assert "There is no " in done.stdout
    assert "rules of before to compare with, and nothing to acknowledge" in done.stdout
    assert not (inventory / "rules.yml").exists()


def test_a_domain_that_the_regulation_does_not_name_is_warned_of(play):
    done = play("-e", "domain=cantho.vn")
    assert "The inventory's domain cantho.vn is not the regulation's (CT-4.2a); allowed: cantho.gov.vn." in done.stdout
    assert "is not the regulation's" not in play().stdout


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_a_change_that_is_not_acknowledged_stops_before_anything(play, record, inventory, playbook):
    assert record()
    change(inventory, SHORTER, LONGER)
    waiting_row(inventory)
    before = contents(inventory)
    done = play(playbook=playbook)
    assert done.returncode != 0
    assert [task["outcome"] for task in done.tasks] == ["ok", "failed"], "the inventory's check, then the gate"
    said = done.results[-1]["msg"]
    assert said.startswith("Chưa áp dụng gì.\n  Nothing has been applied.\n")
    revisions = said_line(said)
    assert len(revisions) == 2
    assert f"- {revisions[0]} passwords.person.min_length: 8 -> 12" in said
    assert re.search(rf"- {revisions[1]} idle.stages: .*3 months.* -> .*2 months", said)
    assert said.count("stricter; mailboxes touched: ") == 2
    assert re.search(r"CT-5\.4; .*own\.yml:\d+", said)
    assert re.search(r"CT-10\.3; .*own\.yml:\d+", said)
    assert "UNREACHABLE" not in done.stdout
    assert contents(inventory) == before


def test_one_acknowledged_of_two_or_another_id_is_not_enough(play, record, inventory):
    record()
    change(inventory, SHORTER, LONGER)
    revisions = said_line(play().results[-1]["msg"])
    acknowledge(inventory, revisions[0], "r00000000")
    done = play()
    assert done.returncode != 0
    said = done.results[-1]["msg"]
    assert set(said_line(said)) == {"r00000000", *revisions}
    waiting, known = said.split("Changes that are acknowledged")
    assert revisions[1] in waiting
    assert f"- {revisions[0]} " in known


def test_the_printed_line_lets_the_run_go_on_and_old_ids_stay(play, record, inventory):
    record()
    change(inventory, SHORTER, LONGER)
    waiting_row(inventory)
    revisions = said_line(play().results[-1]["msg"])
    acknowledge(inventory, "r00000000", *revisions)
    done = play()
    assert done.returncode == 0, done.stdout
    assert "Changes that are acknowledged (cantho -> cantho): 2" in done.stdout
    assert "ltkxuan" in (inventory / "register/people/sonv.csv").read_text(encoding="utf-8")
    # Recorded once they are applied; from then on there is nothing to say of them.
    assert record()
    assert not record()
    done = play()
    assert done.returncode == 0, done.stdout
    assert "Changes that are acknowledged" not in done.stdout


@pytest.mark.parametrize("form", ["[{}]", '{{"acknowledged_revisions": [{}]}}'])
def test_revisions_may_come_with_the_command(play, record, inventory, form):
    record()
    change(inventory, LONGER)
    [revision] = said_line(play().results[-1]["msg"])
    extra = form.format(f'"{revision}"') if form.startswith("{") else f"acknowledged_revisions=[{revision}]"
    assert play("-e", extra).returncode == 0


def test_what_is_no_revision_is_refused(play, inventory):
    acknowledge(inventory, "R12", "12345678")
    done = play()
    assert done.returncode != 0
    assert done.results[-1]["msg"].count("Not a revision; allowed: r and 8 hexadecimal digits") == 2


def test_check_shows_the_same_and_the_plan(play, record, inventory):
    record()
    change(inventory, SHORTER)
    waiting_row(inventory)
    before = contents(inventory)
    done = play("--check", "--diff")
    assert done.returncode == 0, done.stdout
    report = next(result for result in done.results if "changes" in result)
    assert [(found["key"], found["direction"], found["clause"]) for found in report["changes"]] == [
        ("idle.stages", "stricter", "CT-5.4")
    ]
    assert said_line(done.stdout) == [report["changes"][0]["revision"]]
    assert report["changes"][0]["mailboxes"] > 300
    assert "Số địa chỉ sẽ cấp (chưa ghi gì): 1" in done.stdout
    assert contents(inventory) == before


@pytest.mark.parametrize("limits", [("--limit", "web01.example"), ("--tags", "postfix"), ("--skip-tags", "nginx")])
def test_no_limit_of_a_run_goes_around_it(ansible, record, inventory, limits):
    text = (inventory / "hosts.yml").read_text(encoding="utf-8")
    hosts = yaml.safe_load(text)
    [(name, variables)] = hosts["province"]["hosts"].items()
    hosts["province"]["hosts"]["web01.example"] = variables
    hosts["province"]["children"]["webmail"]["hosts"] = {"web01.example": None}
    (inventory / "hosts.yml").write_text(yaml.safe_dump(hosts))
    record()
    change(inventory, SHORTER)
    done = ansible.run("-i", inventory, "playbooks/site.yml", *limits)
    assert done.returncode != 0
    assert done.tasks[-1]["outcome"] == "failed"
    assert "Nothing has been applied." in done.results[-1]["msg"]
    assert "UNREACHABLE" not in done.stdout
    assert name not in limits


def test_another_regulation_says_which_addresses_stay(play, record, inventory):
    record()
    shutil.copy(PROJECT / "regulations/nghean.yml", inventory.parent / "own.yml")
    before = contents(inventory / "register")
    done = play("--check")
    assert done.returncode == 0, done.stdout
    result = next(result for result in done.results if "kept" in result)
    assert len(result["kept"]) > 20
    assert result["issued"] == []
    assert "The regulation changes from cantho to nghean: issued addresses stay" in result["plan"]
    assert result["plan"].count(" ← ") == 20
    assert contents(inventory / "register") == before


def test_a_change_whose_register_does_not_fit_is_shown_all_the_same(play, record, inventory):
    record()
    change(inventory, SHORTER)
    with (inventory / "register/agencies.yml").open("a", encoding="utf-8") as stream:
        stream.write("- {id: moi, name: Sở Mới, kind: sở}\n")
    done = play(playbook="site")
    assert "idle.stages: " in done.results[-1]["msg"]
    assert "mailboxes touched: ?" in done.results[-1]["msg"]


def test_the_record_is_written_once_and_check_writes_none(record, inventory):
    path = inventory / "rules.yml"
    assert record("--check")
    assert not path.exists()
    assert record()
    written = path.stat()
    assert not record()
    assert (path.stat().st_ino, path.stat().st_mtime_ns) == (written.st_ino, written.st_mtime_ns)
    found = read_record(path)
    assert found is not None
    assert (found.regulation, found.values["idle.stages"][0]) == ("cantho", {"do": "suspend", "after": "3 months"})


def test_the_same_values_under_another_name_need_no_word_but_a_new_record(play, record, inventory):
    record()
    change(inventory, ("\nid: cantho\n", "\nid: cantho_2027\n"))
    done = play()
    assert done.returncode == 0, done.stdout
    assert "The regulation changes from cantho to cantho_2027" in done.stdout
    assert record()


def test_accounts_record_the_rules_behind_everything_else():
    plays = yaml.safe_load((PROJECT / "playbooks/accounts.yml").read_text(encoding="utf-8"))
    assert [list(task)[1] for task in plays[-1]["tasks"]] == ["thucongvu.mail.rules_record"]


@pytest.mark.parametrize("playbook", PLAYBOOKS)
def test_every_playbook_that_applies_rules_has_the_gate_right_behind_the_inventorys_check(playbook):
    plays = yaml.safe_load((PROJECT / f"playbooks/{playbook}.yml").read_text(encoding="utf-8"))
    assert [entry["ansible.builtin.import_playbook"] for entry in plays[:2]] == ["inventory.yml", "rules.yml"]
