"""The module directory_tree: what it compares, in what order it writes, and what it never shows. The directory is a fake one
(tests/support/fake_ldap); the real one is in tests/system."""

import importlib
import json
import re
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

FAKE = Path(__file__).parents[1] / "support/fake_ldap"
BASE = "dc=cantho,dc=gov,dc=vn"
PEOPLE = f"ou=people,{BASE}"
SERVICES = f"ou=services,{BASE}"
PASSWORD = "q7Zt0LrB4mXw9KcVy2HsNd5PfJg8TaEu"
TOP = {"objectClass": ["top", "dcObject", "organization"], "dc": ["cantho"], "o": ["Cần Thơ"]}
FOLDER = {"objectClass": ["top", "organizationalUnit"]}


@pytest.fixture(scope="module")
def module():
    """The module's code, with the fake python-ldap as its library."""
    sys.path.insert(0, str(FAKE))
    try:
        yield importlib.import_module("ansible_collections.thucongvu.mail.plugins.modules.directory_tree")
    finally:
        sys.path.remove(str(FAKE))


def test_an_ssha_hash_is_of_its_password_alone(module):
    assert module.ssha("thu", b"\x01\x02\x03\x04") == "{SSHA}" + SSHA_OF_THU
    stored = module.ssha(PASSWORD, b"0123456789abcdef")
    assert module.ssha_matches(stored, PASSWORD)
    assert not module.ssha_matches(stored, PASSWORD + "x")
    assert module.ssha(PASSWORD, b"another salt") != stored


# printf 'thu\001\002\003\004' | openssl sha1 -binary, the salt behind it, in Base64.
SSHA_OF_THU = "8CSAt0enTPfYEREbgPaY+uyaHdoBAgME"


@pytest.mark.parametrize(
    "stored", ["", PASSWORD, "{ARGON2}$argon2id$v=19$x", "{SSHA}", "{SSHA}!!!", "{SSHA}A", "{ssha}AAAA"]
)
def test_what_is_no_ssha_hash_matches_nothing(module, stored):
    assert not module.ssha_matches(stored, PASSWORD)


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [
        (f"uid=ct-1,{PEOPLE}", f"UID=CT-1,OU=People,{BASE.upper()}", True),
        (f"uid=ct-1,{PEOPLE}", f"uid=ct-1, ou=people, {BASE}", True),
        (f"cn=a\\,b,{BASE}", f"cn=A\\,B,{BASE}", True),
        (f"uid=ct-1,{PEOPLE}", f"uid=ct-10,{PEOPLE}", False),
        (f"uid=ct-1,{PEOPLE}", f"cn=ct-1,{PEOPLE}", False),
    ],
)
def test_dns_are_compared_without_case_and_spaces(module, one, other, equal):
    assert (module.Tree.key(one) == module.Tree.key(other)) is equal


PRESENT = {
    "objectclass": ["top", "inetOrgPerson", "tcvMailbox", "shadowAccount"],
    "cn": ["Nguyễn Văn Minh"],
    "telephonenumber": ["0292"],
    "userpassword": ["{ARGON2}x"],
    "mail": ["b@x", "a@x"],
}


@pytest.mark.parametrize(
    ("wanted", "changes", "line"),
    [
        ({"cn": ["Nguyễn Văn Minh"]}, None, None),
        ({"CN": ["Nguyễn Văn Minh"]}, None, None),
        ({"mail": ["a@x", "b@x"]}, None, None),
        ({"title": []}, None, None),
        ({}, None, None),
        # Classes and attributes that an application added stay.
        ({"objectClass": ["top", "inetorgperson", "tcvMailbox"]}, None, None),
        (
            {"objectClass": ["top", "tcvNew"]},
            [("objectClass", [b"top", b"inetOrgPerson", b"tcvMailbox", b"shadowAccount", b"tcvNew"])],
            (
                "objectClass: top, inetOrgPerson, tcvMailbox, shadowAccount -> "
                "top, inetOrgPerson, tcvMailbox, shadowAccount, tcvNew"
            ),
        ),
        ({"telephoneNumber": []}, [("telephoneNumber", [])], "telephoneNumber: 0292 -> -"),
        ({"title": ["Chuyên viên"]}, [("title", ["Chuyên viên".encode()])], "title: - -> Chuyên viên"),
        ({"cn": ["nguyễn văn minh"]}, [("cn", ["nguyễn văn minh".encode()])], "cn: Nguyễn Văn Minh -> nguyễn văn minh"),
        ({"userPassword": ["{ARGON2}y"]}, [("userPassword", [b"{ARGON2}y"])], "userPassword: (secret)"),
    ],
)
def test_only_what_is_declared_and_differs_is_replaced(module, wanted, changes, line):
    tree = module.Tree(SimpleNamespace(params={"base_dn": BASE}))
    dn = f"uid=ct-1,{PEOPLE}"
    tree.present = {tree.key(dn): PRESENT}
    tree.compare(dn, wanted)
    assert tree.added == {}
    assert tree.modified == ({dn: [(2, name, values) for name, values in changes]} if changes else {})
    assert tree.lines == ([f"~ {dn} {line}"] if line else [])


def test_a_new_entry_has_no_empty_attributes(module):
    tree = module.Tree(SimpleNamespace(params={"base_dn": BASE}))
    tree.compare(PEOPLE, {"ou": ["people"], "description": []})
    assert (tree.added, tree.modified, tree.lines) == ({PEOPLE: {"ou": ["people"]}}, {}, [f"+ {PEOPLE}"])


class Directory:
    """The fake directory, and Ansible that writes into it."""

    def __init__(self, path, ansible):
        self.path = path
        self.ansible = ansible
        self.has({})

    def has(self, entries, **more):
        self.path.write_text(json.dumps({"entries": entries, "log": [], **more}))

    @property
    def entries(self):
        return json.loads(self.path.read_text())["entries"]

    @property
    def log(self):
        return [tuple(words) for words in json.loads(self.path.read_text())["log"]]

    def writes(self):
        return [words for words in self.log if words[0] in ("add", "modify", "delete")]

    def run(self, *runs, argv=(), **environment):
        tasks = [
            {"name": "Write", "thucongvu.mail.directory_tree": {"base_dn": BASE, **arguments}, "ignore_errors": True}
            for arguments in runs
        ]
        environment = {"PYTHONPATH": str(FAKE), "TCV_FAKE_LDAP": str(self.path), **environment}
        return self.ansible.play(tasks, *argv, environment=environment)


@pytest.fixture
def directory(tmp_path, ansible):
    return Directory(tmp_path / "tree.json", ansible)


def entries(*pairs):
    return [{"dn": dn, "attributes": attributes} for dn, attributes in pairs]


def test_a_first_run_makes_the_tree_parents_first_and_a_second_changes_nothing(directory):
    wanted = {
        "entries": entries(
            (f"uid=ct-1,{PEOPLE}", {"objectClass": ["top", "person"], "cn": ["Y"], "sn": ["Y"], "title": []}),
            (PEOPLE, FOLDER),
            (SERVICES, FOLDER),
            (BASE, TOP),
        ),
        "service_accounts": [{"name": "postfix", "password": PASSWORD}],
        "new_password_hashes": {f"uid=ct-1,{PEOPLE}": "{ARGON2}x"},
        "complete_below": [SERVICES],
    }
    first, second = directory.run(wanted, wanted).results
    assert first["added"] == sorted([BASE, PEOPLE, SERVICES, f"uid=ct-1,{PEOPLE}", f"cn=postfix,{SERVICES}"])
    assert not second["changed"]
    assert directory.entries[f"uid=ct-1,{PEOPLE}"]["userPassword"] == ["{ARGON2}x"]
    (stored,) = directory.entries[f"cn=postfix,{SERVICES}"]["userPassword"]
    assert re.fullmatch(r"\{SSHA\}[A-Za-z0-9+/=]{48}", stored)
    assert directory.log[:2] == [("connect", "ldapi:///"), ("bind", "external")]


def test_what_is_undeclared_goes_only_where_the_list_is_complete_and_deepest_first(directory):
    old = f"cn=old,{SERVICES}"
    directory.has(
        {BASE: TOP, SERVICES: FOLDER, old: FOLDER, f"cn=z,{old}": FOLDER, PEOPLE: FOLDER, f"uid=ct-1,{PEOPLE}": FOLDER}
    )
    (result,) = directory.run({"entries": [], "complete_below": [SERVICES]}).results
    assert result["removed"] == [f"cn=z,{old}", old]
    assert set(directory.entries) == {BASE, SERVICES, PEOPLE, f"uid=ct-1,{PEOPLE}"}


def test_an_entry_that_is_there_keeps_its_password(directory):
    dn = f"uid=ct-1,{PEOPLE}"
    directory.has({BASE: TOP, PEOPLE: FOLDER, dn: {"cn": ["Y"], "userPassword": ["{ARGON2}own"]}})
    hashes = {"new_password_hashes": {dn: "{ARGON2}first"}}
    (result,) = directory.run({"entries": entries((dn, {"cn": ["Ý"]})), **hashes}).results
    assert result["modified"] == [dn]
    assert directory.entries[dn] == {"cn": ["Ý"], "userPassword": ["{ARGON2}own"]}


@pytest.mark.parametrize("how", ["check", "plan_only"])
def test_a_plan_writes_nothing(directory, how):
    directory.has({BASE: TOP, PEOPLE: FOLDER})
    wanted = {"entries": entries((f"uid=ct-1,{PEOPLE}", {"cn": ["Y"]}), (PEOPLE, {"description": ["x"]}))}
    if how == "plan_only":
        done = directory.run({**wanted, "plan_only": True}, argv=["--diff"])
    else:
        done = directory.run(wanted, argv=["--check", "--diff"])
    (result,) = done.results
    assert (result["added"], result["modified"], result["changed"]) == ([f"uid=ct-1,{PEOPLE}"], [PEOPLE], True)
    assert f"+~ {PEOPLE} description: - -> x" in done.stdout
    assert directory.writes() == []


def test_no_secret_is_shown_however_much_is_asked_for(directory):
    directory.has({BASE: TOP, SERVICES: FOLDER, f"cn=dovecot,{SERVICES}": {"userPassword": ["{SSHA}AAAA"]}})
    services = [{"name": "postfix", "password": PASSWORD}, {"name": "dovecot", "password": PASSWORD[::-1]}]
    wanted = {"entries": entries((PEOPLE, FOLDER)), "new_password_hashes": {PEOPLE: "{ARGON2}hash-of-a-password"}}
    done = directory.run(
        {**wanted, "service_accounts": services}, argv=["-vvvv", "--diff"], ANSIBLE_INJECT_INVOCATION="true"
    )
    assert done.results[0]["changed"], done.stdout
    assert "invocation" in done.stdout
    for secret in (
        PASSWORD,
        PASSWORD[::-1],
        "hash-of-a-password",
        *(value for entry in directory.entries.values() for value in entry.get("userPassword", [])),
    ):
        assert secret not in done.stdout


def test_the_directorys_refusal_is_quoted_with_the_entry(directory):
    dn, service = f"uid=ct-1,{PEOPLE}", f"cn=old,{SERVICES}"
    tree = {BASE: TOP, PEOPLE: FOLDER, SERVICES: FOLDER, service: FOLDER, f"cn=below,{service}": FOLDER}
    directory.has(tree, refuse={dn: "attribute 'sn' not allowed"})
    keep = entries((f"cn=below,{service}", FOLDER))
    add, remove = directory.run(
        {"entries": entries((dn, {"cn": ["Y"]}))}, {"entries": keep, "complete_below": [SERVICES]}
    ).results
    assert f"the directory refuses {dn}: Constraint violation: attribute 'sn' not allowed" in add["msg"]
    assert f"the directory refuses {service}: Operation not allowed on non-leaf" in remove["msg"]


def test_a_directory_that_does_not_answer(directory):
    directory.has({}, down=True)
    wanted = {"entries": entries((BASE, TOP))}
    assert "the directory does not answer on its socket" in directory.run(wanted).results[0]["msg"]
    # On a dry run of a fresh host there is none yet.
    (dry,) = directory.run(wanted, argv=["--check"]).results
    assert dry["added"] == [BASE]
