"""CT-3.2: the directory answers who signs in, shows what is published, and shows nobody a password."""

import ssl

import ldap3
import pytest
from ldap3.core.exceptions import LDAPException

from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register


@pytest.fixture
def server(site):
    tls = ldap3.Tls(
        validate=ssl.CERT_REQUIRED,
        ca_certs_file=site.facts["ca_file"],
        valid_names=[f"ldap.{site.domain}"],
        version=ssl.PROTOCOL_TLS_CLIENT,
    )
    return ldap3.Server(site.address, port=site.facts["ports"]["ldaps"], use_ssl=True, tls=tls, get_info=ldap3.NONE)


@pytest.fixture
def base(site):
    return "dc=" + site.domain.replace(".", ",dc=")


def found(connection, base, query, attributes=ldap3.ALL_ATTRIBUTES):
    connection.search(base, query, attributes=attributes)
    return [entry for entry in connection.response or [] if entry["type"] == "searchResEntry"]


def test_anonymous_reads_nothing(server, base, sender):
    connection = ldap3.Connection(server)
    try:
        connection.bind()
    except LDAPException:
        return
    for place in (base, sender["dn"], ""):
        connection.search(place, "(objectClass=*)", search_scope=ldap3.BASE)
        assert not connection.response, (place, connection.response)


def test_who_has_signed_in_sees_that_the_directory_answers_and_nothing_else_of_it(server, sender):
    """The portal asks before it uses a connection again, and would make a new one for each sign-in."""
    connection = ldap3.Connection(server, sender["dn"], sender["password"], auto_bind=True)
    connection.search("", "(objectClass=*)", search_scope=ldap3.BASE, attributes=["*", "+"])
    (root,) = connection.response
    assert {name.lower() for name in root["attributes"]} == {"objectclass", "supportedldapversion"}


@pytest.mark.parametrize("kind", ["person", "unit", "agency"])
def test_every_kind_of_account_signs_in(server, site, kind):
    account = site.account(kind)
    connection = ldap3.Connection(server, account["dn"], account["password"])
    assert connection.bind(), connection.result
    assert not ldap3.Connection(server, account["dn"], account["password"] + "x").bind()


def test_a_person_reads_what_is_published_of_others_and_no_more(server, base, sender, recipient):
    connection = ldap3.Connection(server, sender["dn"], sender["password"], auto_bind=True)
    entries = found(connection, base, f"(mail={recipient['address']})")
    assert len(entries) == 1
    attributes = {name.lower() for name in entries[0]["attributes"]}
    assert {"cn", "displayname", "mail", "o"} <= attributes
    assert attributes.isdisjoint({"userpassword", "telephonenumber", "tcvmailboxstatus", "tcvmailboxquota"})
    own = found(connection, sender["dn"], "(objectClass=*)")
    assert "userpassword" not in {name.lower() for name in own[0]["attributes"]}


def test_the_display_name_is_name_and_agency(server, base, sender, recipient):
    """CT-4.2đ."""
    connection = ldap3.Connection(server, sender["dn"], sender["password"], auto_bind=True)
    entry = found(connection, base, f"(mail={recipient['address']})")[0]
    (shown,) = entry["attributes"]["displayName"]
    assert recipient["name"] in shown
    assert recipient["agency"] in shown


def test_nobody_writes(server, sender, recipient):
    connection = ldap3.Connection(server, sender["dn"], sender["password"], auto_bind=True)
    for dn in (sender["dn"], recipient["dn"]):
        assert not connection.modify(dn, {"title": [(ldap3.MODIFY_REPLACE, ["Giám đốc"])]})
        assert connection.result["description"] == "insufficientAccessRights"


def test_service_accounts_are_seen_by_nobody(server, base, sender):
    connection = ldap3.Connection(server, sender["dn"], sender["password"], auto_bind=True)
    assert found(connection, f"ou=services,{base}", "(objectClass=*)") == []
    assert found(connection, f"ou=functions,{base}", "(cn=*)") == []


def test_a_closed_mailbox_is_seen_by_nobody_and_signs_in_nowhere(server, site, base, sender, cantho, project):
    """CT-5.3: whoever has left is in the register for ever, and in the directory for the mail servers only."""
    register = load_register(project / "inventories" / site.facts["province"] / "register", cantho)
    cancelled = next(person for person in register.people if person.status == "cancelled")
    connection = ldap3.Connection(server, sender["dn"], sender["password"], auto_bind=True)
    assert found(connection, base, f"(mail={cancelled.address}@{site.domain})") == []
    assert not connection.search(f"uid={cancelled.id},ou=people,{base}", "(objectClass=*)", search_scope=ldap3.BASE)
    with site.outside() as session:
        session.mail("hoi.dan@outside.example")
        assert session.rcpt(f"{cancelled.address}@{site.domain}")[0] == 550
