"""Every sentence for people stands in messages/, in both languages."""

import ast
import re

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.messages import catalogue, placeholders, say

KEY = re.compile(r"([a-z_]+)\.([a-z0-9_]+)")


def keys_in_code(project):
    """Every text in the core that has the form of a message's key and begins with the name of a file of messages."""
    topics = {key.split(".")[0] for key in catalogue()}
    plugins = project / "collections/ansible_collections/thucongvu/mail/plugins"
    for path in [*plugins.rglob("*.py"), *(project / "filter_plugins").glob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                match = KEY.fullmatch(node.value)
                if match and match[1] in topics and match[2] not in {"yml", "yaml", "csv", "py", "json"}:
                    yield node.value, path.name, node.lineno


def test_each_key_in_code_exists(project):
    used = list(keys_in_code(project))
    assert len({key for key, _file, _line in used}) > 50
    assert [place for place in used if place[0] not in catalogue()] == []


# Topics of the core, whose sentences stand one below the other and so must say the same.
CORE = (
    "address",
    "explain",
    "firewall",
    "import",
    "inventory",
    "password",
    "plan",
    "register",
    "regulation",
    "rules",
    "schema",
    "secrets",
    "text",
    "yaml",
)


@pytest.mark.parametrize("key", [key for key in catalogue() if key.split(".")[0] in CORE])
def test_both_languages_are_there_with_equal_placeholders(key):
    sentences = catalogue()[key]
    assert list(sentences) == ["vi", "en"]
    assert all(sentences.values())
    assert placeholders(sentences["vi"]) == placeholders(sentences["en"])


def test_no_message_of_the_core_is_unused(project):
    used = {key for key, _file, _line in keys_in_code(project)}
    assert [key for key in catalogue() if key.split(".")[0] in CORE and key not in used] == []


def test_vietnamese_comes_first():
    assert say("plan.issued", count=2) == (
        "Số địa chỉ đã cấp và ghi vào sổ đăng ký: 2\n  Addresses issued and written into the register: 2"
    )


def test_what_cannot_be_seen_is_said_by_its_code():
    said = say("text.not_a_name", part="Minh\x1b[2J\u200b", found="\x9b")
    assert "Minh\\x1b[2J\\u200b: ký tự \\x9b không dùng" in said


def test_a_placeholder_without_value_is_a_mistake_of_the_code():
    with pytest.raises(KeyError):
        say("plan.issued")
