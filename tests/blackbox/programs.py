"""G: how mail programs set themselves up, the webmail, the records, the logs."""

from __future__ import annotations

import http.client
from xml.etree import ElementTree

from tests.blackbox.clients import connect
from tests.blackbox.model import TIMEOUT, NotOffered, Server, check, must

_SCHEMA = "http://schemas.microsoft.com/exchange/autodiscover/outlook"


class _Https(http.client.HTTPSConnection):
    def __init__(self, server: Server, name: str) -> None:
        super().__init__(name, server.port("https"), timeout=TIMEOUT, context=server.context)
        self.server = server

    def connect(self) -> None:
        self.sock = self.server.context.wrap_socket(connect(self.server, "https"), server_hostname=self.host)


def _ask(server: Server, name: str, path: str, body: str | None = None) -> tuple[int, dict[str, str], bytes]:
    """The answer of the web server under a name."""
    connection = _Https(server, name)
    headers = {"Content-Type": "text/xml; charset=utf-8"} if body is not None else {}
    connection.request("GET" if body is None else "POST", path, body.encode() if body else None, headers)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    return answer.status, {name.lower(): value for name, value in answer.getheaders()}, said


@check("G2", "Thunderbird tự cấu hình", "Thunderbird autoconfig by both addresses", harmless=True)
def g2(server: Server) -> None:
    """Both URLs."""
    address = server.person("a").address
    for name, path in (
        (f"autoconfig.{server.domain}", f"/mail/config-v1.1.xml?emailaddress={address}"),
        (f"autoconfig.{server.domain}", f"/.well-known/autoconfig/mail/config-v1.1.xml?emailaddress={address}"),
    ):
        status, _headers, said = _ask(server, name, path)
        must(status == 200, f"{name}{path}: {status}")
        root = ElementTree.fromstring(said)  # noqa: S314 the server is the one that is checked
        hosts = {one.findtext("hostname") for one in root.iter() if one.tag in ("incomingServer", "outgoingServer")}
        must({server.name("imaps"), server.name("submission")} <= hosts, hosts)


@check("G3", "Outlook tự cấu hình", "Outlook's POST to autodiscover, every form", harmless=True)
def g3(server: Server) -> None:
    """Every URL form."""
    body = (
        f'<?xml version="1.0"?><Autodiscover xmlns="{_SCHEMA}/requestschema/2006"><Request><EMailAddress>'
        f"{server.person('a').address}</EMailAddress><AcceptableResponseSchema>{_SCHEMA}/responseschema/2006a"
        "</AcceptableResponseSchema></Request></Autodiscover>"
    )
    for path in ("/autodiscover/autodiscover.xml", "/Autodiscover/Autodiscover.xml", "/AutoDiscover/AutoDiscover.xml"):
        status, _headers, said = _ask(server, f"autodiscover.{server.domain}", path, body)
        must(status == 200, f"{path}: {status}")
        root = ElementTree.fromstring(said)  # noqa: S314 the server is the one that is checked
        text = ElementTree.tostring(root, encoding="unicode")
        must(server.name("imaps") in text and server.name("submission") in text, text)


@check("G4", "mọi bản ghi DNS có mặt và đúng", "all DNS records are there and true", harmless=True)
def g4(server: Server) -> None:
    """As the server's own resolver answers."""
    found = server.hook("dns")
    for wanted in ("v=spf1", "v=DKIM1", "v=DMARC1", "_imaps._tcp", "_submission"):
        must(wanted in found, f"{wanted} is missing")


@check("G5", "webmail gửi chính sách nội dung", "the webmail sends a Content-Security-Policy", harmless=True)
def g5(server: Server) -> None:
    """The first page."""
    if not server.ports.get("https"):
        raise NotOffered("no web server")
    status, headers, _said = _ask(server, server.name("https"), "/")
    must(status in (200, 302, 303), status)
    policy = headers.get("content-security-policy", "")
    must("default-src" in policy or "script-src" in policy, headers)


@check("G7", "nhật ký không có lỗi lạ", "no error in the logs that the checks did not provoke")
def g7(server: Server) -> None:
    """What the server's side says of its logs."""
    found = server.hook("strange_log_lines").strip()
    must(not found, found[:600])
