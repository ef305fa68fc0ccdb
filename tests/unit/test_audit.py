"""Records of the audit log: what they hold, and what never."""

import json
import socket
import struct

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.audit import (
    AuditLog,
    Record,
    account_records,
    datagram,
    kind_of_change,
    record_fields,
    shown_values,
)

TOAN = "uid=ct-0186,ou=people,dc=cantho,dc=gov,dc=vn"
HASHES = ["{ARGON2}$argon2id$v=19$m=7168,t=5,p=1$c2FsdA$aGFzaA", "{SSHA512}xyz==", "{CRYPT}$6$abc$def", "$2b$12$abcdef"]


def fields_of(message: bytes) -> dict[str, str]:
    """A datagram as journald reads it."""
    found = {}
    while message:
        name, _break, rest = message.partition(b"\n")
        (length,) = struct.unpack("<Q", rest[:8])
        found[name.decode()] = rest[8 : 8 + length].decode()
        assert rest[8 + length : 9 + length] == b"\n"
        message = rest[9 + length :]
    return found


def test_an_operators_run_has_a_record_for_each_account_with_what_was_before_and_after():
    added, changed, removed = account_records(
        {"uid=new": {"cn": ["Lê Thị Mới"], "userPassword": [HASHES[0]]}},
        {TOAN: {"title": (["Chuyên viên"], ["Trưởng phòng"]), "o": ([], ["Sở Nội vụ"])}},
        ["cn=old"],
        "minh@may-dieu-khien",
        "12/CV-SNV",
    )
    assert [record.kind for record in (added, changed, removed)] == ["added", "modified", "deleted"]
    fields = record_fields(changed)
    assert json.loads(fields["TCV_CHANGES"]) == {"title": [["Chuyên viên"], ["Trưởng phòng"]], "o": [[], ["Sở Nội vụ"]]}
    assert (fields["TCV_ACTOR"], fields["TCV_REQUEST"]) == ("minh@may-dieu-khien", "12/CV-SNV")
    assert fields["TCV_KEY"] == TOAN.lower()
    assert json.loads(record_fields(added)["TCV_CHANGES"])["userPassword"] == [[], ["(secret)"]]


@pytest.mark.parametrize("name", ["userPassword", "userpassword", "pwdHistory", "title"])
@pytest.mark.parametrize("value", HASHES)
def test_no_hash_is_recorded_under_whatever_name(name, value):
    assert shown_values(name, [value]) == ["(secret)"]


def test_a_password_in_clear_is_not_recorded():
    (record,) = account_records({}, {TOAN: {"userPassword": (["cu"], ["Bimat#2026"])}}, [], "minh", "")
    assert "Bimat" not in str(record_fields(record))
    assert record.kind == "password"


def test_a_long_list_is_shortened():
    shown = shown_values("member", [f"uid={number}" for number in range(5000)])
    assert len(shown) == 21
    assert shown[-1] == "… (5000)"
    assert len(shown_values("description", ["x" * 5000])[0]) == 300


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        (["pwdAccountLockedTime"], "unlocked"),
        (["pwdAccountLockedTime", "pwdFailureTime"], "unlocked"),
        (["userPassword", "pwdReset", "pwdAccountLockedTime"], "password"),
        (["title", "pwdFailureTime"], "modified"),
        ([], "modified"),
    ],
)
def test_kinds_of_modifications(attributes, kind):
    assert kind_of_change(attributes) == kind


def test_whom_the_submission_policy_locks_is_not_said_to_be_unlocked():
    assert kind_of_change(["pwdAccountLockedTime"], "cn=submission,ou=services,dc=cantho,dc=gov,dc=vn") == "stopped"


def test_a_value_with_line_breaks_makes_no_field():
    record = Record("modified", "cn=x\nTCV_ACTOR=root", "minh", "accounts", request="a\nTCV_RESULT=success")
    fields = fields_of(datagram(record_fields(record)))
    assert fields == record_fields(record)
    assert fields["TCV_ACTOR"] == "minh"


def test_a_log_that_was_started_again_is_reached_anew(tmp_path):
    path = tmp_path / "socket"
    record = Record("deleted", TOAN, "root", "directory")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as first:
        first.bind(str(path))
        log = AuditLog(str(path))
        log.write(record)
        assert fields_of(first.recv(65536))["TCV_ENTRY"] == TOAN
    path.unlink()
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as second:
        second.bind(str(path))
        log.write(record)
        assert fields_of(second.recv(65536))["TCV_KIND"] == "deleted"
