"""playbooks/explain.yml as an operator asks it: three questions, in both languages, and nothing changed."""

from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]


@pytest.fixture
def explain(ansible):
    """Ask about a province, Cần Thơ if none is named, as its inventory stands."""

    def ask(*extra, province="cantho"):
        register = PROJECT / "inventories" / province / "register"
        before = {path: path.read_bytes() for path in register.rglob("*") if path.is_file()}
        words = [word for text in extra for word in ("-e", text)]
        done = ansible.run("-i", f"inventories/{province}", "playbooks/explain.yml", *words)
        assert {path: path.read_bytes() for path in register.rglob("*") if path.is_file()} == before
        assert "changed=1" not in done.stdout
        assert "UNREACHABLE" not in done.stdout
        return done

    return ask


def explained(done):
    assert done.returncode == 0, done.stdout
    return next(result["explained"] for result in done.results if "explained" in result)


def test_an_address(explain):
    done = explain("address=songoaivu@cantho.gov.vn")
    found = explained(done)
    assert found["holder"]["id"] == "songoaivu"
    assert found["holder"]["place"].startswith("inventories/cantho/register/agencies.yml:")
    assert (found["form"]["clause"], found["form"]["step"]) == ("CT-4.2a", 2)
    assert found["form"]["place"].startswith("regulations/cantho.yml:")
    assert [(form["address"], form["by_id"], form["standing"]) for form in found["forms"]] == [
        ("sonv", "sonv", "taken"),
        ("songoaivu", None, "given"),
    ]
    vietnamese = done.stdout.index("songoaivu@cantho.gov.vn là địa chỉ của cơ quan Sở Ngoại vụ")
    assert vietnamese < done.stdout.index("songoaivu@cantho.gov.vn is the address of the agency Sở Ngoại vụ")
    assert "- 1. sonv → Sở Nội vụ (sonv; inventories/cantho/register/agencies.yml:" in done.stdout


@pytest.mark.parametrize("word", ["name", "person"])
def test_a_name_and_its_agency(explain, word):
    found = explained(explain(f"{word}='Nông Văn Đạt' agency=soyte", province="caobang"))
    assert found["kind"] == "person"
    assert found["where"] == ["Sở Y tế"]
    assert (found["form"]["address"], found["form"]["clause"]) == ("datnv4", "CB-7.3b")
    assert [(form["address"], form["by_id"]) for form in found["forms"] if form["standing"] == "on_request"] == [
        ("datnv.soyte", "cb-0080")
    ]


def test_ansible_warns_of_the_word_name_alone(explain):
    assert "reserved name" in explain("name='Sở Du lịch'").stdout
    assert "reserved name" not in explain("person='Lê An' agency=sonv").stdout


def test_an_agencys_name_with_its_kind(explain):
    found = explained(explain("name='Xã Hoa Mai' agency=dongphu kind=commune", province="binhphuoc"))
    assert (found["form"]["address"], found["form"]["clause"]) == ("xhm.hdp", "BP-4.1c")


def test_a_value_and_a_section(explain):
    done = explain("value=passwords.person.max_age", province="binhphuoc")
    [found] = explained(done)["values"]
    assert (found["value"], found["clause"], found["silent_at"]) == ("3 months", "BP-9", None)
    values = explained(explain("value=lock"))["values"]
    assert {entry["key"]: entry["clause"] for entry in values}["lock.wrong_passwords"] is None
    assert all(entry["silent_at"].startswith("regulations/cantho.yml:") for entry in values)


@pytest.mark.parametrize(
    ("extra", "said"),
    [
        ((), "Ask for exactly one thing; allowed: -e address="),
        (("address=nvminh", "value=idle"), "Ask for exactly one thing"),
        (("address=nvminh@example.org",), "address = 'nvminh@example.org'"),
        (("person='Lê An' agency=sonvv",), "nearest: sonv (Sở Nội vụ)"),
        (("value=pasword.person",), "nearest: passwords.person"),
        (("adress=nvminh",), "There is no variable adress; nearest: address"),
        (("person='Lê An'", "agncy=sonv"), "There is no variable agncy; nearest: agency"),
    ],
)
def test_a_question_without_an_answer(explain, extra, said):
    done = explain(*extra)
    assert done.returncode != 0
    assert said in done.results[-1]["msg"]


def test_a_question_stands_in_no_inventory(ansible, tmp_path):
    (tmp_path / "hosts.yml").write_text("province:\n  vars: {address: nvminh}\n")
    done = ansible.run("-i", "inventories/cantho", "-i", tmp_path, "playbooks/explain.yml")
    assert done.returncode != 0
    assert "There is no variable address" in done.results[-1]["msg"]
