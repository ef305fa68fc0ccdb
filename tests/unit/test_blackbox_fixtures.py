"""The fixtures of the checks from outside: what is wrong in them is said with its place, and a site may have several hosts."""

import json

import pytest
from tests.blackbox.model import BadFixtures, Server

GOOD = {
    "host": "192.0.2.1",
    "domain": "cantho.gov.vn",
    "ports": {"smtp": 25, "https": 443},
    "names": {"smtp": "mx.cantho.gov.vn"},
    "people": {"a": {"address": "nvminh@cantho.gov.vn", "password": "not-to-be-shown"}},
}


@pytest.fixture
def read(tmp_path):
    def read_text(text):
        file = tmp_path / "server.json"
        file.write_text(text, encoding="utf-8")
        return Server.read(file)

    return read_text


def test_a_service_may_have_another_host_than_the_others(read):
    server = read(
        json.dumps({**GOOD, "host6": "2001:db8::1", "hosts": {"https": "192.0.2.2"}, "hosts6": {"https": ""}})
    )
    assert (server.where("smtp"), server.where("https")) == ("192.0.2.1", "192.0.2.2")
    assert (server.where6("smtp"), server.where6("https")) == ("2001:db8::1", "")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"ports": 25}, "ports: 25; allowed: an object"),
        ({"host": None}, "host: None; allowed: a string"),
        ({"closed": "110"}, "closed: '110'; allowed: an array"),
        ({"hots": "x"}, "hots: 'x'; allowed: alias, ca_file, closed"),
        (
            {"people": {"a": {"address": "x@y", "passwort": "not-to-be-shown"}}},
            "people: a; allowed: an object of address",
        ),
    ],
)
def test_what_is_wrong_is_said_with_file_place_and_what_is_allowed(read, change, said):
    with pytest.raises(BadFixtures) as refused:
        read(json.dumps({**GOOD, **change}))
    assert "server.json: " in str(refused.value)
    assert said in str(refused.value)
    assert "not-to-be-shown" not in str(refused.value)


@pytest.mark.parametrize(
    ("text", "said"), [("{", "line 1 column 2"), ("[]", "allowed: an object"), ("{}", "domain, host")]
)
def test_what_is_no_fixtures_at_all_is_refused(read, text, said):
    with pytest.raises(BadFixtures, match=said):
        read(text)
