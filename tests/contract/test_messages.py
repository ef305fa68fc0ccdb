"""Every sentence of messages/ is said somewhere, by plugins, templates or tools."""

import ast
import re
from functools import cache
from pathlib import Path

import pytest
import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.dns_records import dns_records
from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import make_rsa_key

PROJECT = Path(__file__).resolve().parents[2]
KEYS = {
    path.stem: list(yaml.safe_load(path.read_text(encoding="utf-8"))) for path in (PROJECT / "messages").glob("*.yml")
}
# The core's topics are in tests/unit/test_messages.py, from which a key of another topic is said as topic.key too.
# What a page's or a mail's template says.
IN_ROLES = ("portal",)
TOOLS = ("bench", "check", "demo", "testhost")


@cache
def literals(*folders: str) -> list[re.Pattern[str]]:
    """Every text in Python code as a pattern: what an f-string fills in may be anything."""
    found = set()
    for folder in folders:
        for path in (PROJECT / folder).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Constant) and isinstance(node.value, str):
                    found.add(re.escape(node.value))
                elif isinstance(node, ast.JoinedStr):
                    parts = [
                        re.escape(part.value) if isinstance(part, ast.Constant) else r"[\w-]+" for part in node.values
                    ]
                    # A text that is all filled in says nothing.
                    if re.search(r"\w{3}", "".join(part for part in parts if part != r"[\w-]+")):
                        found.add("".join(parts))
    return [re.compile(pattern) for pattern in found]


@pytest.mark.parametrize("topic", TOOLS)
def test_every_sentence_of_the_tools_is_said(topic):
    assert [key for key in KEYS[topic] if not any(pattern.fullmatch(key) for pattern in literals("tools/tcv"))] == []


def test_every_smtp_reply_is_given_and_every_reply_given_exists():
    templates = [path.read_text(encoding="utf-8") for path in (PROJECT / "roles").rglob("*.j2")]
    given = {key for text in templates for key in re.findall(r"'(\w+)' \| smtp_reply", text)}
    assert given == set(KEYS["smtp"])


def test_every_purpose_of_a_dns_record_has_its_words():
    name = "mx.cantho.gov.vn"
    records = dns_records(
        "cantho.gov.vn",
        hosts=[{"names": [name], "ipv4": "198.51.100.10", "ipv6": "2001:db8::1"}],
        mail_exchange=name,
        submission=name,
        imap=name,
        directory=name,
        autodiscover=name,
        mta_sts_policy="",
        dkim_selector="tcv",
        dkim_key=make_rsa_key(""),
        dmarc_policy="reject",
        caa_issuers=[],
    )
    plugins = literals("collections", "filter_plugins")
    by_code = {key for key in KEYS["dns"] if any(pattern.pattern == re.escape(f"dns.{key}") for pattern in plugins)}
    assert {record.purpose for record in records} | by_code == set(KEYS["dns"])


def test_every_sentence_of_the_portal_is_shown():
    own = yaml.safe_load((PROJECT / "roles/lemonldap/vars/main.yml").read_text(encoding="utf-8"))
    shown = {*own["__lemonldap_errors"].values(), *own["__lemonldap_words"].values()}
    wiring = (PROJECT / "group_vars/all/portal.yml").read_text(encoding="utf-8")
    assert shown | set(re.findall(r"'portal\.(\w+)' \| sentence", wiring)) == set(KEYS["portal"])


@pytest.mark.parametrize("topic", sorted(set(KEYS) - set(TOOLS) - {"smtp", "dns", "portal"}))
def test_every_sentence_of_the_plugins_is_said(topic):
    plugins = literals("collections", "filter_plugins")
    in_roles = words_in_roles() if topic in IN_ROLES else set()
    assert [
        key
        for key in KEYS[topic]
        if key not in in_roles and not any(pattern.fullmatch(f"{topic}.{key}") for pattern in plugins)
    ] == []


@cache
def words_in_roles() -> set[str]:
    """Every word of the roles and of the wiring, where the portal's sentences are named by their keys alone."""
    files = [path for folder in ("roles", "group_vars") for path in (PROJECT / folder).rglob("*") if path.is_file()]
    return {word for path in files for word in re.findall(r"\w+", path.read_text(encoding="utf-8", errors="ignore"))}
