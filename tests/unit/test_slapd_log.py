"""Records of changes from the lines that slapd writes (loglevel stats): the lines here are as slapd 2.6.10 wrote them."""

import json

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.audit import Record, record_fields
from ansible_collections.thucongvu.mail.plugins.module_utils.slapd_log import Refused, SlapdLog

ROOT = 'dn="gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth"'
TOAN = "uid=ct-0186,ou=people,dc=cantho,dc=gov,dc=vn"
PORTAL = "cn=portal,ou=services,dc=cantho,dc=gov,dc=vn"
AS_ROOT = f"""\
conn=7 op=0 BIND dn="" method=163
conn=7 op=0 BIND {ROOT} mech=EXTERNAL bind_ssf=0 ssf=128
conn=7 fd=18 ACCEPT from PATH=/var/run/slapd/ldapi (PATH=/var/run/slapd/ldapi)
connection_input: conn=7 deferring operation: binding
conn=7 op=0 RESULT tag=97 err=0 qtime=0.000009 etime=0.003173 text="""
AS_PORTAL = f"""\
conn=8 fd=17 ACCEPT from IP=[2001:db8::7]:42158 (IP=[::]:389)
conn=8 op=0 EXT oid=1.3.6.1.4.1.1466.20037
conn=8 op=0 STARTTLS
conn=8 op=0 RESULT oid= err=0 qtime=0.000013 etime=0.000047 text=
conn=8 fd=17 TLS established tls_ssf=256 ssf=256 tls_proto=TLSv1.3 tls_cipher=TLS_AES_256_GCM_SHA384
conn=8 op=1 BIND dn="{PORTAL}" method=128
conn=8 op=1 BIND dn="{PORTAL}" mech=SIMPLE bind_ssf=0 ssf=256
conn=8 op=1 RESULT tag=97 err=0 qtime=0.000009 etime=0.000743 text="""


def read(*parts: str, log: SlapdLog | None = None, process: str = "a") -> list[Record | Refused]:
    log = log or SlapdLog()
    found: list[Record | Refused] = []
    for number, line in enumerate("\n".join(parts).splitlines()):
        found += log.read(process, line, 1000 + number, f"s={number}")
    return found


@pytest.mark.parametrize(
    ("lines", "kind", "attributes", "result"),
    [
        (
            f'conn=7 op=1 MOD dn="{TOAN}"\nconn=7 op=1 MOD attr=title telephoneNumber\nconn=7 op=1 RESULT tag=103 err=0 q',
            "modified",
            ("title", "telephoneNumber"),
            "success",
        ),
        (
            f'conn=7 op=1 MOD dn="{TOAN}"\nconn=7 op=1 MOD attr=userPassword pwdReset\nconn=7 op=1 RESULT tag=103 err=19 q',
            "password",
            ("userPassword", "pwdReset"),
            "19",
        ),
        (
            f'conn=7 op=1 MOD dn="{TOAN}"\nconn=7 op=1 MOD attr=pwdAccountLockedTime\nconn=7 op=1 RESULT tag=103 err=0 q',
            "unlocked",
            ("pwdAccountLockedTime",),
            "success",
        ),
        (f'conn=7 op=1 ADD dn="{TOAN}"\nconn=7 op=1 RESULT tag=105 err=0 q', "added", (), "success"),
        (f'conn=7 op=1 DEL dn="{TOAN}"\nconn=7 op=1 RESULT tag=107 err=0 q', "deleted", (), "success"),
        (f'conn=7 op=1 MODRDN dn="{TOAN}"\nconn=7 op=1 RESULT tag=109 err=0 q', "renamed", (), "success"),
        (
            f'conn=7 op=1 PASSMOD id="{TOAN}" new\nconn=7 op=1 RESULT oid= err=0 q',
            "password",
            ("userPassword",),
            "success",
        ),
        (f'conn=7 op=1 MOD dn="{TOAN}"\nconn=7 fd=18 closed (connection lost)', "modified", (), "unanswered"),
    ],
)
def test_a_change_as_root(lines, kind, attributes, result):
    (record,) = read(AS_ROOT, lines)
    assert isinstance(record, Record)
    assert (record.kind, record.attributes, record.result) == (kind, attributes, result)
    assert (record.entry, record.actor, record.address, record.origin) == (TOAN, "root", "ldapi", "directory")
    # Of the line with which the change began, which no other has.
    assert (record.source, record.happened) == ("s=5", 1005)


def test_a_change_over_the_network_says_who_was_signed_in_and_from_where():
    (record,) = read(
        AS_PORTAL,
        f'conn=8 op=2 MOD dn="{TOAN}"\nconn=8 op=2 MOD attr=userPassword\nconn=8 op=2 RESULT tag=103 err=0 q',
    )
    assert isinstance(record, Record)
    assert (record.actor, record.address, record.kind) == (PORTAL, "2001:db8::7", "password")


def test_a_person_changes_the_own_password_without_naming_it():
    lines = f'conn=8 op=2 BIND dn="{TOAN}" method=128\nconn=8 op=2 BIND dn="{TOAN}" mech=SIMPLE bind_ssf=0 ssf=256'
    (record,) = read(AS_PORTAL, lines, "conn=8 op=3 PASSMOD old new\nconn=8 op=3 RESULT oid= err=0 q")
    assert isinstance(record, Record)
    assert (record.entry, record.actor) == (TOAN, TOAN)


def test_who_failed_to_sign_in_is_nobody_afterwards():
    lines = f'conn=8 op=2 BIND dn="{TOAN}" method=128\nconn=8 op=2 RESULT tag=97 err=49 qtime=0 etime=0 text='
    refused, record = read(AS_PORTAL, lines, f'conn=8 op=3 DEL dn="{TOAN}"\nconn=8 op=3 RESULT tag=107 err=50 q')
    assert refused == Refused(TOAN, "2001:db8::7", 1009)
    assert isinstance(record, Record)
    assert (record.actor, record.result) == ("-", "50")


def test_operations_of_several_connections_and_of_one_connection_mix():
    found = read(
        AS_ROOT,
        AS_PORTAL,
        f'conn=7 op=1 DEL dn="{TOAN}"\nconn=8 op=2 MOD dn="cn=x"\nconn=7 op=2 ADD dn="cn=y"\nconn=8 op=2 MOD attr=title',
        "conn=7 op=2 RESULT tag=105 err=0 q\nconn=7 op=1 RESULT tag=107 err=0 q\nconn=8 op=2 RESULT tag=103 err=0 q",
    )
    seen = [(record.kind, record.entry, record.actor) for record in found if isinstance(record, Record)]
    assert seen == [("added", "cn=y", "root"), ("deleted", TOAN, "root"), ("modified", "cn=x", PORTAL)]


def test_sign_ins_and_searches_are_no_changes():
    assert (
        read(AS_ROOT, AS_PORTAL, 'conn=7 op=1 SRCH base="cn=x" scope=2\nconn=7 op=1 SEARCH RESULT tag=101 err=0 q')
        == []
    )


def test_it_goes_on_where_another_one_was():
    log = SlapdLog()
    assert read(AS_ROOT, f'conn=7 op=1 MOD dn="{TOAN}"', log=log) == []
    again = SlapdLog.of(json.loads(json.dumps(log.state())))
    (record,) = read("conn=7 op=1 MOD attr=title\nconn=7 op=1 RESULT tag=103 err=0 q", log=again)
    assert isinstance(record, Record)
    assert (record.actor, record.attributes, record.source) == ("root", ("title",), "s=5")


def test_a_slapd_that_was_started_anew_is_not_taken_for_the_one_before():
    log = SlapdLog()
    read(AS_ROOT, f'conn=7 op=1 MOD dn="{TOAN}"', log=log)
    (record,) = read("conn=7 op=1 RESULT tag=103 err=0 q", log=log, process="b")
    assert isinstance(record, Record)
    assert record.result == "unanswered"
    assert not read(f'conn=7 op=2 DEL dn="{TOAN}"', log=log, process="b")
    assert log.pending["7.2"].actor == "-"


def test_what_a_client_sends_for_a_name_forges_nothing():
    """A client chooses the names of attributes; slapd writes them before it looks at them."""
    log = SlapdLog()
    read(AS_PORTAL, f'conn=8 op=2 MOD dn="{TOAN}"', log=log)
    forged = f'conn=8 op=2 MOD attr=x\nconn=7 op=9 DEL dn="cn=y" BIND dn="{TOAN}" mech='
    assert log.read("a", forged, 1, "s") == []
    assert list(log.pending) == ["8.2"]
    (record,) = log.read("a", "conn=8 op=2 RESULT tag=103 err=17 q", 1, "s")
    assert isinstance(record, Record)
    assert record.actor == PORTAL
    said = record_fields(record)["TCV_ATTRIBUTES"].split()
    assert set(said) <= {"x", "?", "DEL", "BIND"} | {"7", "9"}, said


@pytest.mark.parametrize(("code", "result"), [("0", "success"), ("68", "68")])
def test_changes_of_a_transaction_are_known_at_its_end(code, result):
    """Each is answered when it is taken; made they are at the end, all or none."""
    begun = f"""\
conn=7 op=1 EXT oid=1.3.6.1.1.21.1
conn=7 op=1 RESULT oid= err=0 qtime=0.000019 etime=0.000211 text=
conn=7 op=2 ADD dn="{TOAN}"
conn=7 op=2 RESULT tag=105 err=0 qtime=0.000022 etime=0.000134 text="""
    log = SlapdLog()
    assert read(AS_ROOT, begun, log=log) == []
    log = SlapdLog.of(json.loads(json.dumps(log.state())))
    ended = f"""\
conn=7 op=3 EXT oid=1.3.6.1.1.21.3
conn=7 op=3 TXN END
conn=7 op=3 RESULT oid= err={code} qtime=0.000019 etime=0.000211 text="""
    (record,) = read(ended, log=log)
    assert (record.kind, record.entry, record.actor, record.result) == ("added", TOAN, "root", result)
    after = f'conn=7 op=4 DEL dn="{TOAN}"\nconn=7 op=4 RESULT tag=107 err=0 q'
    assert [one.kind for one in read(after, log=log)] == ["deleted"]


def test_who_is_not_root_hides_nothing_in_a_transaction():
    lines = f"""\
conn=8 op=2 EXT oid=1.3.6.1.1.21.1
conn=8 op=2 RESULT oid= err=0 qtime=0.000019 etime=0.000211 text=
conn=8 op=3 MOD dn="{TOAN}"
conn=8 op=3 MOD attr=userPassword
conn=8 op=3 RESULT tag=103 err=0 qtime=0.000022 etime=0.000134 text="""
    (record,) = read(AS_PORTAL, lines)
    assert (record.kind, record.result) == ("password", "success")


def test_a_transaction_that_the_connection_does_not_outlive_is_unanswered():
    lines = f"""\
conn=7 op=1 EXT oid=1.3.6.1.1.21.1
conn=7 op=1 RESULT oid= err=0 qtime=0.000019 etime=0.000211 text=
conn=7 op=2 ADD dn="{TOAN}"
conn=7 op=2 RESULT tag=105 err=0 qtime=0.000022 etime=0.000134 text=
conn=7 fd=18 closed (connection lost)"""
    (record,) = read(AS_ROOT, lines)
    assert record.result == "unanswered"
