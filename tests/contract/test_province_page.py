"""The page "Your province in one file", followed word by word: what it says to type is a province, and gives what it promises."""

import re

import pytest
import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.accounts import function_aliases
from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import plan_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

BLOCK = re.compile(r"```\w+\n(.*?)```", re.DOTALL)


@pytest.fixture
def blocks(project):
    return BLOCK.findall((project / "docs/your-province.md").read_text(encoding="utf-8"))


def replaced(text, sections):
    """A file with some of its sections written anew, as the page tells."""
    for name in yaml.safe_load(sections):
        old = re.search(rf"^{name}: silent\n", text, re.MULTILINE)
        assert old, name
        new = re.search(rf"^{name}:\n(?:[ ].*\n)+", sections, re.MULTILINE)
        assert new, name
        text = text.replace(old.group(), new.group())
    return text


def test_both_languages_type_the_same(project, blocks):
    assert BLOCK.findall((project / "docs/your-province.vi.md").read_text(encoding="utf-8")) == blocks


def test_a_regulation_of_silence_is_whole(tmp_path, blocks):
    path = tmp_path / "dongthap.yml"
    path.write_text(blocks[0], encoding="utf-8")
    regulation = load_regulation(path)
    assert regulation.domain.value == "dongthap.gov.vn"
    assert regulation.values["idle.stages"].silent_at == (path, blocks[0].splitlines().index("idle: silent") + 1)


def test_the_register_gets_what_the_page_promises(project, tmp_path, blocks, make_register):
    path = tmp_path / "dongthap.yml"
    path.write_text(replaced(blocks[0], blocks[1]), encoding="utf-8")
    regulation = load_regulation(path)
    _hosts, settings, agencies, people, others = blocks[3:8]
    assert yaml.safe_load(settings)["domain"] == regulation.domain.value
    folder = make_register(agencies, sokhcn=people.encode(), caolanh=others.encode())
    plan = plan_register(load_register(folder, regulation), regulation)
    addresses = [issued.candidate.address for issued in plan.issued]
    page = (project / "docs/your-province.md").read_text(encoding="utf-8")
    promised = re.search(r"written into the\s+register: ((?:`[a-z0-9.]+`(?:, )?\s?)+)", page)
    assert promised
    assert sorted(re.findall(r"`([^`]+)`", promised.group(1))) == sorted(addresses)
    assert {issued.candidate.clause for issued in plan.issued if issued.subject.kind != "agency"} == {
        "DT-4.2",
        "DT-4.3",
    }
    assert plan.pending == ()


def test_the_operator_of_the_page_has_an_address(tmp_path, blocks, make_register):
    path = tmp_path / "dongthap.yml"
    path.write_text(replaced(blocks[0], blocks[1]), encoding="utf-8")
    regulation = load_regulation(path)
    folder = make_register(blocks[5].replace("address: ''", "address: sokhcn", 1))
    assert function_aliases(regulation, load_register(folder, regulation), "dongthap.gov.vn")


def test_the_amendment_of_the_page_changes_what_it_says(tmp_path, blocks):
    (tmp_path / "dongthap.yml").write_text(replaced(blocks[0], blocks[1]), encoding="utf-8")
    (amendment,) = [block for block in blocks if "amends: dongthap" in block]
    (tmp_path / "dongthap_2027.yml").write_text(amendment, encoding="utf-8")
    base = load_regulation(tmp_path / "dongthap.yml")
    found = load_regulation(tmp_path / "dongthap_2027.yml")
    assert (base.quotas["person"].value, found.quotas["person"].value) == (3 * 1024**3, 4 * 1024**3)
    assert found.person_rule == base.person_rule
