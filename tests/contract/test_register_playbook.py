"""playbooks/register.yml as an operator runs it, over a copy of Cần Thơ's inventory."""

import re
import shutil
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def inventory(tmp_path):
    """A copy of the inventory, whose register is its own; group variables of the project stay those of the project."""
    folder = tmp_path / "cantho"
    shutil.copytree(
        PROJECT / "inventories/cantho", folder, ignore=shutil.ignore_patterns("vault.yml", "first-passwords", "dns")
    )
    (folder / "group_vars/province/test.yml").write_text(f"register_dir: {folder / 'register'}\n")
    return folder


@pytest.fixture
def play(ansible, inventory):
    """Run a playbook over the copy."""

    def run(*arguments, playbook="register"):
        return ansible.run("-i", inventory, f"playbooks/{playbook}.yml", *arguments)

    return run


def contents(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def recap(done, host="mail01.cantho.gov.vn"):
    return {name: int(count) for name, count in re.findall(r"(\w+)=(\d+)", done.stdout.rsplit(f"\n{host} ", 1)[1])}


def append(inventory, name, text):
    with (inventory / "register" / name).open("a", encoding="utf-8") as stream:
        stream.write(text)


def test_the_sample_register_needs_nothing_and_its_files_are_no_inventory(play, inventory):
    before = contents(inventory)
    done = play()
    assert done.returncode == 0, done.stdout
    assert recap(done)["changed"] == 0
    assert "Sổ đăng ký đúng và đầy đủ" in done.stdout
    assert "inventory source" not in done.stdout
    assert contents(inventory) == before


def test_check_shows_the_plan_and_writes_nothing_and_a_run_then_writes_it(play, inventory):
    append(inventory, "people/sonv.csv", "ct-9001,Nguyễn Thị Ngọc Diễm,sonv-vp,Chuyên viên,,2026-01-05,active,\n")
    append(inventory, "people/sonv.csv", "ct-9002,Nguyễn Văn Minh,sonv-vp,Chuyên viên,,2026-01-05,active,\n")
    before = contents(inventory)
    done = play("--check", "--diff")
    assert done.returncode == 0, done.stdout
    assert "+ct-9001,Nguyễn Thị Ngọc Diễm,sonv-vp,Chuyên viên,,2026-01-05,active,ntndiem" in done.stdout
    assert "Số địa chỉ sẽ cấp (chưa ghi gì): 1" in done.stdout
    assert "nvminh → Nguyễn Văn Minh" in done.stdout, "who has the forms of the one that waits"
    assert contents(inventory) == before
    assert recap(play())["changed"] == 1
    changed = {path.name for path, content in contents(inventory).items() if content != before[path]}
    assert changed == {"sonv.csv"}
    assert recap(play())["changed"] == 0


# A row or an entry that is wrong: where it stands, what is said of which value, and what is allowed.
BAD = [
    (
        "people/sonv.csv",
        "ct-0001,Lê An,,,,2026-01-05,active,",
        "id = 'ct-0001'",
        "may be used once in the whole register",
    ),
    (
        "people/sonv.csv",
        "ct-9001,Lê An,,,,2026-13-05,active,",
        "registered = '2026-13-05'",
        "a real day as year-month-day",
    ),
    ("people/sonv.csv", "ct-9002,Lê An,,,,hôm qua,active,", "registered = 'hôm qua'", "a real day as year-month-day"),
    (
        "people/sotc.csv",
        "ct-9003,Lê An,,,,2026-01-05,active,nvminh",
        "address = 'nvminh'",
        "belongs to Nguyễn Văn Minh",
    ),
    (
        "people/sotc.csv",
        "ct-9004,Lê An,,,,2026-01-05,active,Le.An",
        "address = 'Le.An'",
        "The address is not valid; allowed:",
    ),
    (
        "people/sotc.csv",
        "ct-9005,Lê An,,,,2026-01-05,nghỉ,",
        "status = 'nghỉ'",
        "no such status; allowed: active, suspended, cancelled.",
    ),
    (
        "agencies.yml",
        "- {id: moi, name: Sở Mới, kind: sở}",
        "kind = 'sở'",
        "no kind of agency sở; allowed: department (Sở),",
    ),
]


def test_a_bad_register_fails_with_file_row_value_and_what_is_allowed_and_writes_nothing(play, inventory):
    # A person who would get an address, were it not for the mistakes.
    append(inventory, "people/bandt.csv", "ct-9000,Trần Thị Lụa,,,,2026-01-05,active,\n")
    rows = []
    for name, text, _value, _allowed in BAD:
        append(inventory, name, text + "\n")
        rows.append(len((inventory / "register" / name).read_text(encoding="utf-8").splitlines()))
    before = contents(inventory)
    done = play()
    assert done.returncode != 0
    problems = re.split(r"\n(?=\S)", done.results[-1]["msg"])
    assert len(problems) == len(BAD), done.stdout
    for row, (name, _text, value, allowed) in zip(rows, BAD, strict=True):
        (said,) = [problem for problem in problems if f"{name}:{row}: " in problem]
        assert value in said
        assert said.count(allowed) == 1
    assert contents(inventory) == before


def test_a_register_that_is_not_utf8(play, inventory):
    with (inventory / "register/people/sonv.csv").open("ab") as stream:
        stream.write(b"ct-9001,Ph\xb9m V\xa8n An,,,,2026-01-05,active,\n")
    row = (inventory / "register/people/sonv.csv").read_bytes().count(b"\n")
    before = contents(inventory)
    done = play()
    assert done.returncode != 0
    said = done.results[-1]["msg"]
    assert f"people/sonv.csv:{row}" in said
    assert "The file is not UTF-8 (byte 0xB9)" in said
    assert contents(inventory) == before


def test_a_misspelt_group_stops_before_anything(play, inventory):
    hosts = inventory / "hosts.yml"
    hosts.write_text(hosts.read_text().replace("province:", "provnice:", 1))
    done = play()
    assert done.returncode != 0
    assert "The inventory has no group province with a host" in done.stdout
