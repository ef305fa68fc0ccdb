"""The module directory_tree on the directory's host: what it compares, in what order it writes, and what it never shows."""

import re

import pytest

PASSWORD = "q7Zt0LrB4mXw9KcVy2HsNd5PfJg8TaEu"


def declared(*pairs):
    return [{"dn": dn, "attributes": attributes} for dn, attributes in pairs]


def test_dns_are_compared_without_case_and_spaces(directory):
    base, people = directory.base, directory.people
    role = {"objectClass": ["top", "organizationalRole"], "cn": ["a,Đb"]}
    minh = {"objectClass": ["top", "account"], "uid": ["ct-1"]}
    directory.add(
        directory.top, directory.folder("people"), (f"uid=ct-1,{people}", minh), (f"cn=a\\,Đb,{people}", role)
    )
    same = (f"UID=CT-1,OU=People,{base.upper()}", f"uid=ct-1, ou=people, {base}", f"cn=A\\,đB,{people}")
    other = (f"uid=ct-10,{people}", f"cn=ct-1,{people}", f"cn=a\\,b,{people}")
    (result,) = directory.run(
        "directory_tree", {"entries": declared(*((dn, {}) for dn in same + other)), "plan_only": True}
    ).results
    assert (result["added"], result["modified"]) == (sorted(other), [])


# What is declared of an entry that is there, the attributes that are then written, and what the plan says.
PRESENT = {
    "objectClass": ["top", "inetOrgPerson", "tcvMailbox", "labeledURIObject"],
    "sn": ["Nguyễn"],
    "cn": ["Nguyễn Văn Minh"],
    "telephoneNumber": ["0292"],
    "userPassword": ["{ARGON2}x"],
    "tcvMailboxKind": ["person"],
    "tcvMailboxStatus": ["active"],
    "tcvMailboxQuota": ["unlimited"],
}
CASES = [
    ({"cn": ["Nguyễn Văn Minh"]}, {}, None),
    ({"CN": ["Nguyễn Văn Minh"]}, {}, None),
    ({"mail": ["a2@x", "b2@x"]}, {}, None),
    ({"title": []}, {}, None),
    ({}, {}, None),
    # Classes and attributes that an application added stay.
    ({"objectClass": ["top", "inetorgperson", "tcvMailbox"]}, {}, None),
    (
        {"objectClass": ["top", "pkiUser"]},
        {"objectClass": [*PRESENT["objectClass"], "pkiUser"]},
        (
            "objectClass: top, inetOrgPerson, tcvMailbox, labeledURIObject -> "
            "top, inetOrgPerson, tcvMailbox, labeledURIObject, pkiUser"
        ),
    ),
    ({"telephoneNumber": []}, {"telephoneNumber": []}, "telephoneNumber: 0292 -> -"),
    ({"title": ["Chuyên viên"]}, {"title": ["Chuyên viên"]}, "title: - -> Chuyên viên"),
    ({"cn": ["nguyễn văn minh"]}, {"cn": ["nguyễn văn minh"]}, "cn: Nguyễn Văn Minh -> nguyễn văn minh"),
    ({"userPassword": ["{ARGON2}y"]}, {"userPassword": ["{ARGON2}y"]}, "userPassword: (secret) -> (secret)"),
    ({"tcvIdentitySubject": ["0920"]}, {"tcvIdentitySubject": ["0920"]}, "tcvIdentitySubject: - -> (secret)"),
]


def test_only_what_is_declared_and_differs_is_replaced(directory):
    before, wanted, written, lines, asked = {}, {}, {}, "", []
    for number, (declares, changes, line) in enumerate(CASES):
        dn = f"uid=ct-{number},{directory.people}"
        own = {"uid": [f"ct-{number}"], "tcvRegisterId": [f"ct-{number}"], "mail": [f"b{number}@x", f"a{number}@x"]}
        before[dn] = PRESENT | own
        wanted[dn] = declares
        written[dn] = {name: values for name, values in (before[dn] | changes).items() if values}
        if line:
            lines += f"~ {dn} {line}\n"
            asked += [f'MOD dn="{dn}"', f"MOD attr={' '.join(changes)}"]
    directory.add(directory.top, directory.folder("people"), *before.items())
    directory.requests()
    argument = {"entries": declared(*wanted.items())}
    first, second = directory.run("directory_tree", argument, argument).results
    assert (first["added"], first["removed"]) == ([], [])
    assert first["modified"] == sorted(dn for dn in wanted if f"~ {dn} " in lines)
    assert first["diff"]["after"] == lines
    assert sorted(directory.requests()) == sorted(asked)
    found = directory.entries()
    assert {dn: found[dn] for dn in written} == written
    assert not second["changed"]


def test_a_first_run_makes_the_tree_parents_first_and_a_second_changes_nothing(directory):
    people, services = directory.people, directory.services
    minh, postfix = f"uid=ct-1,{people}", f"cn=postfix,{services}"
    account = {"objectClass": ["top", "account", "simpleSecurityObject"], "uid": ["ct-1"], "description": []}
    wanted = {
        "entries": declared((minh, account), directory.folder("people"), directory.folder("services"), directory.top),
        "service_accounts": [{"name": "postfix", "password": PASSWORD}],
        "new_password_hashes": {minh: "{ARGON2}x"},
        "complete_below": [services],
    }
    first, second = directory.run("directory_tree", wanted, wanted).results
    assert first["added"] == sorted([directory.base, people, services, minh, postfix])
    assert f"+ {minh}\n" in first["diff"]["after"]
    assert not second["changed"]
    found = directory.entries("*", "creatorsName")
    (stored,) = found[postfix].pop("userPassword")
    assert re.fullmatch(r"\{SSHA\}[A-Za-z0-9+/=]{48}", stored)
    # Over the host's own socket, as root, and so without a password.
    root = {"creatorsName": ["gidNumber=0+uidNumber=0,cn=peercred,cn=external,cn=auth"]}
    assert found == {
        dn: attributes | root
        for dn, attributes in (
            directory.top,
            directory.folder("people"),
            directory.folder("services"),
            (minh, {"objectClass": account["objectClass"], "uid": ["ct-1"], "userPassword": ["{ARGON2}x"]}),
            (postfix, {"objectClass": ["top", "applicationProcess", "simpleSecurityObject"], "cn": ["postfix"]}),
        )
    }


def test_what_is_undeclared_goes_only_where_the_list_is_complete_and_deepest_first(directory):
    old, minh = f"ou=old,{directory.services}", f"uid=ct-1,{directory.people}"
    directory.add(
        directory.top,
        directory.folder("services"),
        (old, {"objectClass": ["organizationalUnit"], "ou": ["old"]}),
        (f"ou=z,{old}", {"objectClass": ["organizationalUnit"], "ou": ["z"]}),
        directory.folder("people"),
        (minh, {"objectClass": ["account"], "uid": ["ct-1"]}),
    )
    (result,) = directory.run("directory_tree", {"entries": [], "complete_below": [directory.services]}).results
    assert result["removed"] == [f"ou=z,{old}", old]
    assert set(directory.entries()) == {directory.base, directory.services, directory.people, minh}


def test_an_entry_that_is_there_keeps_its_password(directory):
    dn = f"cn=Y,{directory.people}"
    there = {"objectClass": ["person"], "cn": ["Y"], "sn": ["Y"], "userPassword": ["{ARGON2}own"]}
    directory.add(directory.top, directory.folder("people"), (dn, there))
    hashes = {"new_password_hashes": {dn: "{ARGON2}first"}}
    (result,) = directory.run("directory_tree", {"entries": declared((dn, {"sn": ["Ý"]})), **hashes}).results
    assert result["modified"] == [dn]
    assert directory.entries()[dn] == there | {"sn": ["Ý"]}


@pytest.mark.parametrize("how", ["check", "plan_only"])
def test_a_plan_writes_nothing(directory, how):
    dn, people = f"uid=ct-1,{directory.people}", directory.people
    directory.add(directory.top, directory.folder("people"))
    directory.requests()
    account = {"objectClass": ["account"], "uid": ["ct-1"]}
    wanted = {"entries": declared((dn, account), (people, {"description": ["x"]}))}
    if how == "plan_only":
        done = directory.run("directory_tree", {**wanted, "plan_only": True}, argv=["--diff"])
    else:
        done = directory.run("directory_tree", wanted, argv=["--check", "--diff"])
    (result,) = done.results
    assert (result["added"], result["modified"], result["changed"]) == ([dn], [people], True)
    assert f"+~ {people} description: - -> x" in done.stdout
    assert directory.requests() == []
    assert directory.entries() == dict([directory.top, directory.folder("people")])


def test_no_secret_is_shown_however_much_is_asked_for(directory):
    service = {"objectClass": ["applicationProcess", "simpleSecurityObject"], "userPassword": ["{SSHA}AAAA"]}
    dovecot = (f"cn=dovecot,{directory.services}", {**service, "cn": ["dovecot"]})
    directory.add(directory.top, directory.folder("services"), dovecot)
    services = [{"name": "postfix", "password": PASSWORD}, {"name": "dovecot", "password": PASSWORD[::-1]}]
    hashes = {directory.people: "{ARGON2}hash-of-a-password"}
    wanted = {"entries": declared(directory.folder("people")), "new_password_hashes": hashes}
    done = directory.run(
        "directory_tree",
        {**wanted, "service_accounts": services},
        argv=["-vvvv", "--diff"],
        ANSIBLE_INJECT_INVOCATION="true",
    )
    assert done.results[0]["changed"], done.stdout
    assert "invocation" in done.stdout
    stored = [value for entry in directory.entries().values() for value in entry.get("userPassword", [])]
    assert len(stored) == 3
    for secret in (PASSWORD, PASSWORD[::-1], "{SSHA}AAAA", "hash-of-a-password", *stored):
        assert secret not in done.stdout


def test_the_directorys_refusal_is_quoted_with_the_entry(directory):
    dn, service = f"cn=Y,{directory.people}", f"ou=old,{directory.services}"
    unit = {"objectClass": ["organizationalUnit"]}
    below = (f"ou=below,{service}", {**unit, "ou": ["below"]})
    directory.add(
        directory.top,
        directory.folder("people"),
        directory.folder("services"),
        (service, {**unit, "ou": ["old"]}),
        below,
    )
    add, modify, remove = directory.run(
        "directory_tree",
        {"entries": declared((dn, {"objectClass": ["person"], "cn": ["Y"]}))},
        {"entries": declared((directory.people, {"cn": ["Y"]}))},
        {"entries": declared(below), "complete_below": [directory.services]},
    ).results
    assert f"the directory refuses {dn}: Object class violation: " in add["msg"]
    assert "object class 'person' requires attribute 'sn'" in add["msg"]
    assert f"the directory refuses {directory.people}: Object class violation: attribute 'cn' not" in modify["msg"]
    assert f"the directory refuses {service}: Operation not allowed on non-leaf: " in remove["msg"]


def test_of_many_entries_that_go_together_the_refused_one_is_named_and_the_next_run_makes_the_rest(directory):
    directory.add(directory.top, directory.folder("people"))
    people = {f"cn=y{number},{directory.people}": {"objectClass": ["person"], "sn": ["Y"]} for number in range(300)}
    dn = f"cn=y170,{directory.people}"
    broken = {**people, dn: {"objectClass": ["person"]}}
    refused, made, again = directory.run(
        "directory_tree", *({"entries": declared(*entries.items())} for entries in (broken, people, people))
    ).results
    assert f"the directory refuses {dn}: Object class violation: object class 'person' requires" in refused["msg"]
    assert dn in made["added"]
    assert not again["changed"]
    assert set(people) < set(directory.entries())


def test_a_directory_that_does_not_answer(directory):
    wanted = {"entries": declared(directory.top)}
    with directory.stopped():
        (result,) = directory.run("directory_tree", wanted).results
        # On a dry run of a fresh host there is none yet.
        (dry,) = directory.run("directory_tree", wanted, argv=["--check"]).results
    assert "the directory does not answer on its socket" in result["msg"]
    assert dry["added"] == [directory.base]
