"""Shared applications of an inventory: what is wrong is named with file, line, value and what is allowed."""

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.declared_variables import Declared
from ansible_collections.thucongvu.mail.plugins.module_utils.inventory_variables import inventory_problems
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.secrets_store import make_rsa_key
from ansible_collections.thucongvu.mail.plugins.module_utils.sso_clients import (
    KEYS,
    directory_accounts,
    read_clients,
    required_secrets,
    sso_problems,
)
from ansible_collections.thucongvu.mail.plugins.module_utils.sso_portal import applications, upstream
from ansible_collections.thucongvu.mail.plugins.module_utils.vneid import read_vneid, vneid_problems

METADATA = """\
<EntityDescriptor xmlns="urn:oasis:names:tc:SAML:2.0:metadata" entityID="https://hoso.cantho.gov.vn/saml">
  <SPSSODescriptor AuthnRequestsSigned="true" protocolSupportEnumeration="urn:oasis:names:tc:SAML:2.0:protocol">
    <AssertionConsumerService index="0" Binding="urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST" Location="{location}"/>
  </SPSSODescriptor>
</EntityDescriptor>
"""
OIDC = {
    "name": "lich-hop",
    "protocol": "oidc",
    "title": "Lịch họp",
    "url": "https://lichhop.cantho.gov.vn/",
    "redirect_uris": ["https://lichhop.cantho.gov.vn/ve"],
}
CAS = {
    "name": "thuvien",
    "protocol": "cas",
    "title": "Thư viện",
    "url": "https://thuvien.cantho.gov.vn/",
    "services": ["https://thuvien.cantho.gov.vn/"],
}
LDAP = {
    "name": "cham-cong",
    "protocol": "ldap",
    "title": "Chấm công",
    "url": "https://chamcong.cantho.gov.vn/",
    "networks": ["10.1.0.0/24"],
}
SECRETS = {"secret_sso_lich_hop": "một", "secret_sso_cham_cong": "hai"}


@pytest.fixture
def saml(tmp_path):
    file = tmp_path / "hoso.xml"
    file.write_text(METADATA.format(location="https://hoso.cantho.gov.vn/acs"), encoding="utf-8")
    return {
        "name": "hoso",
        "protocol": "saml",
        "title": "Hồ sơ cán bộ",
        "url": "https://hoso.cantho.gov.vn/",
        "metadata_file": str(file),
    }


def only_problem(entries):
    problems = sso_problems(entries)
    assert len(problems) == 1, "\n".join(map(str, problems))
    return problems[0]


def test_every_protocol_is_taken(saml):
    clients = read_clients([OIDC, saml, CAS, LDAP])
    assert [client.protocol for client in clients] == list(KEYS)
    assert clients[0].scopes == ("openid", "profile", "email")


@pytest.mark.parametrize(
    ("change", "field", "key"),
    [
        ({"name": "Lịch họp"}, "name", "sso.name"),
        ({"name": "webmail"}, "name", "sso.reserved"),
        ({"name": 7}, "name", "sso.name"),
        ({"title": "hai\ndòng"}, "title", "sso.text"),
        ({"url": "http://lichhop.cantho.gov.vn/"}, "url", "sso.url"),
        ({"url": "https://lichhop.cantho.gov.vn:0x/"}, "url", "sso.url"),
        ({"url": "https://ai@lichhop.cantho.gov.vn/"}, "url", "sso.url"),
        ({"redirect_uris": ["https://*.cantho.gov.vn/ve"]}, "redirect_uris[0]", "sso.url"),
        ({"redirect_uris": ["https://a.vn/ve", "https://a.vn/ve#x"]}, "redirect_uris[1]", "sso.url"),
        ({"redirect_uris": ["https://a.vn/ve https://b.vn/"]}, "redirect_uris[0]", "sso.url"),
        ({"redirect_uris": []}, "redirect_uris", "sso.none"),
        ({"redirect_uris": "https://a.vn/ve"}, "redirect_uris", "inventory.type"),
        ({"scopes": ["openid", "imap"]}, "scopes[1]", "inventory.choice"),
        ({"scopes": ["email"]}, "scopes", "sso.openid"),
        ({"id_token_alg": "HS256"}, "id_token_alg", "inventory.choice"),
        ({"id_token_alg": "none"}, "id_token_alg", "inventory.choice"),
        ({"public": "yes"}, "public", "inventory.type"),
        ({"agencies": ['x" or 1']}, "agencies[0]", "sso.agency"),
        ({"agencies": []}, "agencies", "sso.none"),
        ({"protocol": "oauth"}, "protocol", "inventory.choice"),
        ({"redirect_uri": "https://a.vn/"}, "redirect_uri", "sso.unknown"),
        ({"networks": ["10.0.0.0/8"]}, "networks", "sso.unknown"),
    ],
)
def test_a_wrong_value_is_named_with_its_place(change, field, key):
    problem = only_problem([CAS, OIDC | change])
    assert (problem.field, problem.key) == (f"sso_clients[1].{field}", key)


@pytest.mark.parametrize("network", ["0.0.0.0/0", "::/0", "10.0.0.1/8", "mạng", 10])
def test_an_application_of_the_directory_says_from_where_it_asks(network):
    assert only_problem([LDAP | {"networks": [network]}]).field == "sso_clients[0].networks[0]"


@pytest.mark.parametrize("missing", ["name", "protocol", "title", "url", "redirect_uris"])
def test_what_is_missing_is_asked_for(missing):
    problem = only_problem([{key: value for key, value in OIDC.items() if key != missing}])
    assert (problem.key, problem.values["missing"]) == ("schema.missing_key", missing)


def test_two_entries_cannot_share_a_secret():
    problem = only_problem([OIDC | {"name": "a-b-c"}, LDAP | {"name": "a-b-c"}])
    assert (problem.field, problem.key) == ("sso_clients[1].name", "sso.twice")


@pytest.mark.parametrize(
    ("content", "key"),
    [
        (None, "sso.metadata_missing"),
        ("<a>", "sso.metadata_xml"),
        ("<a/>", "sso.metadata_entity"),
        (METADATA.format(location="http://hoso.cantho.gov.vn/acs"), "sso.metadata_https"),
    ],
)
def test_metadata_that_cannot_be_used_are_refused(saml, tmp_path, content, key):
    file = tmp_path / "other.xml"
    if content is not None:
        file.write_text(content, encoding="utf-8")
    problem = only_problem([saml | {"metadata_file": str(file)}])
    assert (problem.field, problem.key, problem.value) == ("sso_clients[0].metadata_file", key, str(file))


def test_an_inventory_is_refused_with_file_and_line(tmp_path):
    (tmp_path / "group_vars/province").mkdir(parents=True)
    (tmp_path / "hosts.yml").write_text("province: {hosts: {mail01: }}\n")
    file = tmp_path / "group_vars/province/sso.yml"
    file.write_text(
        "sso_clients:\n  - name: lich-hop\n    protocol: oidc\n    title: Lịch họp\n    url: https://a.vn/\n"
        "    redirect_uris:\n      - https://a.vn/\n      - http://a.vn/\nvneid:\n  client_id: tinh\n  claim: a b\n",
        encoding="utf-8",
    )
    declared = {"sso_clients": Declared("list"), "vneid": Declared()}
    problems = inventory_problems([tmp_path], declared, {"group_vars"}.__contains__)
    assert [(problem.line, problem.field, problem.value) for problem in problems] == [
        (8, "sso_clients[0].redirect_uris[1]", "http://a.vn/"),
        (9, "vneid", None),
        (9, "vneid", None),
        (11, "vneid.claim", "a b"),
    ]
    assert "sso.yml:8: sso_clients[0].redirect_uris[1] = 'http://a.vn/'" in str(problems[0])


@pytest.mark.parametrize("value", ["{{ other }}", "vault"])
def test_what_is_known_only_later_is_checked_by_the_filter(tmp_path, value):
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "hosts.yml").write_text("province: {hosts: {mail01: }}\n")
    written = "!vault x" if value == "vault" else f"'{value}'"
    (tmp_path / "group_vars/province.yml").write_text(f"sso_clients: {written}\n")
    assert inventory_problems([tmp_path], {"sso_clients": Declared("list")}, {"group_vars"}.__contains__) == []
    with pytest.raises(ProblemsError, match="sso_clients"):
        read_clients(value)


def test_secrets_and_accounts_follow_the_entries(saml):
    clients = read_clients([OIDC, OIDC | {"name": "di-dong", "public": True}, saml, CAS, LDAP])
    assert required_secrets(clients) == [
        {"name": "secret_sso_lich_hop", "kind": "password"},
        {"name": "secret_sso_cham_cong", "kind": "password"},
        {"name": "secret_portal_saml_key", "kind": "rsa_key"},
    ]
    assert directory_accounts(clients, SECRETS) == [{"name": "app-cham-cong", "password": "hai"}]


def configuration(*entries, **secrets):
    return applications(
        read_clients(list(entries)), SECRETS | secrets, "Thành phố Cần Thơ", "https://sso.cantho.gov.vn/"
    )


def test_nothing_declared_changes_nothing():
    assert configuration() == {}
    assert upstream(None, "") == {}


def test_an_application_gets_its_own_scopes_and_no_other():
    found = configuration(OIDC | {"scopes": ["openid", "email"]})
    assert found["oidcRPMetaDataScopeRules"] == {"lich-hop": {"profile": "0"}}
    options = found["oidcRPMetaDataOptions"]["lich-hop"]
    assert options["oidcRPMetaDataOptionsClientSecret"] == "một"
    assert (options["oidcRPMetaDataOptionsPublic"], options["oidcRPMetaDataOptionsRule"]) == (0, "1")


def test_an_application_on_peoples_devices_has_no_secret_but_pkce():
    options = configuration(OIDC | {"public": True})["oidcRPMetaDataOptions"]["lich-hop"]
    assert options["oidcRPMetaDataOptionsClientSecret"] == ""
    assert (options["oidcRPMetaDataOptionsPublic"], options["oidcRPMetaDataOptionsRequirePKCE"]) == (1, 1)


@pytest.mark.parametrize(
    ("who", "rule"),
    [
        ({}, "1"),
        ({"agencies": ["sonv", "sotc"]}, '$agency eq "sonv" or $agency eq "sotc"'),
        ({"administrators": True}, 'inGroup("administrators")'),
        ({"agencies": ["sonv"], "administrators": True}, '$agency eq "sonv" or inGroup("administrators")'),
    ],
)
def test_who_may_use_it_is_a_rule_of_every_protocol_and_of_the_menu(saml, who, rule):
    found = configuration(OIDC | who, saml | who, CAS | who, secret_portal_saml_key=make_rsa_key(""))
    assert found["oidcRPMetaDataOptions"]["lich-hop"]["oidcRPMetaDataOptionsRule"] == rule
    assert found["samlSPMetaDataOptions"]["hoso"]["samlSPMetaDataOptionsRule"] == rule
    assert found["casAppMetaDataOptions"]["thuvien"]["casAppMetaDataOptionsRule"] == rule
    menu = found["applicationList"]["shared"]
    assert {menu[name]["options"]["display"] for name in ("lich-hop", "hoso", "thuvien")} == {
        "on" if rule == "1" else rule
    }


def test_a_missing_secret_says_what_to_run(saml):
    with pytest.raises(CoreError, match="secret_sso_khac"):
        configuration(OIDC | {"name": "khac"})
    with pytest.raises(CoreError, match="secret_portal_saml_key"):
        configuration(saml)


@pytest.fixture
def vneid(tmp_path):
    (tmp_path / "vneid.json").write_text(
        '{"issuer": "https://vneid", "authorization_endpoint": "a", "token_endpoint": "t", "jwks_uri": "j"}'
    )
    (tmp_path / "keys.json").write_text('{"keys": [{"kty": "RSA"}]}')
    return {
        "client_id": "cantho",
        "metadata_file": str(tmp_path / "vneid.json"),
        "keys_file": str(tmp_path / "keys.json"),
    }


def test_bp9_vneid_stands_beside_the_password(vneid):
    found = upstream(read_vneid(vneid | {"claim": "so_dinh_danh"}), "mật")
    assert found["authChoiceModules"]["1_Email"].startswith("LDAP;LDAP;LDAP;")
    assert "(tcvMailboxStatus=active)(tcvIdentitySubject=$user)" in found["authChoiceModules"]["2_VNeID"]
    assert found["oidcOPMetaDataOptions"]["vneid"]["oidcOPMetaDataOptionsUserAttribute"] == "so_dinh_danh"
    with pytest.raises(CoreError, match="secret_vneid"):
        upstream(read_vneid(vneid), "")


@pytest.mark.parametrize(
    ("change", "key", "field"),
    [
        ({"claim": "a b"}, "sso.vneid_claim", "vneid.claim"),
        ({"keys_file": "không-có"}, "sso.vneid_file", "vneid.keys_file"),
        ({"clientid": "x"}, "sso.vneid_unknown", "vneid.clientid"),
        ({"client_id": ""}, "sso.text", "vneid.client_id"),
    ],
)
def test_what_is_wrong_with_vneid_is_named(vneid, change, key, field):
    [problem] = vneid_problems(vneid | change)
    assert (problem.key, problem.field) == (key, field)


def test_metadata_of_vneid_without_an_endpoint_are_refused(vneid):
    [problem] = vneid_problems(vneid | {"metadata_file": vneid["keys_file"]})
    assert problem.values["missing"] == "issuer, authorization_endpoint, token_endpoint, jwks_uri"
    assert [problem.key for problem in vneid_problems("bật")] == ["inventory.type"]
