"""What the web server answers: the webmail, and what mail programs and servers read to find ours (CT-3.4)."""

import http.client
import socket
import ssl
import xml.etree.ElementTree as ET
from urllib.parse import parse_qs

import pytest


def ask(site, name, path, method="GET", body=None, headers=None):
    connection = http.client.HTTPSConnection(name, context=site.context, timeout=30)
    plain = socket.create_connection((site.address, site.facts["ports"]["https"]), timeout=30)
    connection.sock = site.context.wrap_socket(plain, server_hostname=name)
    connection.request(method, path, body=body, headers=headers or {})
    answer = connection.getresponse()
    page = answer.read().decode()
    connection.close()
    return answer, page


def test_ct_3_2_the_webmail_sends_whoever_is_not_signed_in_to_the_portal_and_guards_its_pages(site):
    answer, _page = ask(site, f"mail.{site.domain}", "/")
    assert answer.status == 302
    portal, question = answer.headers["Location"].split("?", 1)
    assert portal == f"https://sso.{site.domain}/oauth2/authorize"
    assert parse_qs(question)["client_id"] == ["webmail"]
    assert "max-age=" in answer.headers["Strict-Transport-Security"]
    assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
    cookie = answer.headers["Set-Cookie"].lower()
    assert "; secure" in cookie
    assert "; httponly" in cookie


@pytest.mark.parametrize(
    "path",
    [
        "/config/config.inc.php",
        "/.htaccess",
        "/../config/config.inc.php",
        "/logs/",
        "/temp/",
        "/installer/",
        "/bin/",
        "/plugins/archive/composer.json",
        "/plugins/password/helpers/chpass-wrapper.py",
    ],
)
def test_the_webmails_inside_is_not_served(site, path):
    answer, page = ask(site, f"mail.{site.domain}", path)
    assert answer.status in (400, 403, 404)
    assert "des_key" not in page


@pytest.mark.parametrize("path", ["/mail/config-v1.1.xml", "/.well-known/autoconfig/mail/config-v1.1.xml"])
def test_autoconfig_names_our_servers(site, path):
    answer, page = ask(site, f"autoconfig.{site.domain}", f"{path}?emailaddress=a%40{site.domain}")
    assert answer.status == 200
    tree = ET.fromstring(page)  # noqa: S314 our own server wrote it
    servers = {
        (server.get("type"), server.findtext("hostname"), server.findtext("port"), server.findtext("socketType"))
        for server in tree.iter()
        if server.tag in ("incomingServer", "outgoingServer")
    }
    assert servers == {
        ("imap", f"imap.{site.domain}", "993", "SSL"),
        ("pop3", f"imap.{site.domain}", "995", "SSL"),
        ("smtp", f"smtp.{site.domain}", "465", "SSL"),
    }


@pytest.mark.parametrize("path", ["/autodiscover/autodiscover.xml", "/Autodiscover/Autodiscover.xml"])
def test_autodiscover_answers_outlooks_post(site, path):
    answer, page = ask(
        site, f"autodiscover.{site.domain}", path, "POST", "<Autodiscover/>", {"Content-Type": "text/xml"}
    )
    assert answer.status == 200
    space = "{http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a}"
    found = {
        (protocol.findtext(f"{space}Type"), protocol.findtext(f"{space}Server"), protocol.findtext(f"{space}Port"))
        for protocol in ET.fromstring(page).iter(f"{space}Protocol")  # noqa: S314 our own server wrote it
    }
    assert found == {("IMAP", f"imap.{site.domain}", "993"), ("SMTP", f"smtp.{site.domain}", "465")}


def test_the_mta_sts_policy_names_the_mail_exchange(site):
    answer, page = ask(site, f"mta-sts.{site.domain}", "/.well-known/mta-sts.txt")
    assert answer.status == 200
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert f"mx: mx.{site.domain}" in page.splitlines()


def test_plain_http_only_sends_on_to_https(site):
    connection = http.client.HTTPConnection(site.address, 80, timeout=10)
    connection.request("GET", "/x?y=1", headers={"Host": f"mail.{site.domain}"})
    answer = connection.getresponse()
    assert answer.status == 301
    assert answer.headers["Location"] == f"https://mail.{site.domain}/x?y=1"
    connection.close()


def test_a_strange_name_gets_no_certificate(site):
    plain = socket.create_connection((site.address, site.facts["ports"]["https"]), timeout=10)
    with pytest.raises(ssl.SSLError):
        site.context.wrap_socket(plain, server_hostname="mail.stranger.example")


@pytest.mark.parametrize("name", ["autoconfig", "autodiscover", "mta-sts"])
def test_nothing_but_its_page_is_served_under_a_clients_name(site, name):
    answer, _ = ask(site, f"{name}.{site.domain}", "/")
    assert answer.status == 404
