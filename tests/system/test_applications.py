"""A shared application that signs people in by the directory (CT-3.2): it finds whoever may sign in, and nobody else."""

import http.client
import socket
from urllib.parse import urlencode

import pytest


@pytest.fixture
def answer(site):
    """What the application answers somebody who signs in: the status and the page."""
    name = f"chamcong.{site.domain}"

    def sign_in(address, password):
        plain = socket.create_connection((site.facts["applications_host"], 443), timeout=60)
        connection = http.client.HTTPSConnection(name)
        connection.sock = site.context.wrap_socket(plain, server_hostname=name)
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        connection.request("POST", "/", urlencode({"user": address, "password": password}), form)
        said = connection.getresponse()
        return said.status, said.read().decode()

    return sign_in


def in_state(site, state):
    return next(each for each in site.facts["accounts"] if each["state"] == state and each["kind"] == "person")


def test_ct_3_2_an_application_signs_people_in_by_the_directory(site, answer):
    account = in_state(site, "ready")
    status, page = answer(account["address"], account["password"])
    assert status == 200
    assert f'<p id="person">{account["name"]}' in page


@pytest.mark.parametrize("state", ["first-password", "suspended"])
def test_ct_10_3_an_application_signs_in_nobody_whom_the_mail_servers_refuse(site, answer, state):
    account = in_state(site, state)
    assert answer(account["address"], account["password"])[0] == 401


@pytest.mark.parametrize("password", ["", "Sai-Mat-Khau-1"])
def test_ct_3_2_an_application_refuses_a_wrong_password(site, answer, password):
    account = in_state(site, "ready")
    assert answer(account["address"], password)[0] == 401
    # So that nothing is left of the wrong one.
    assert answer(account["address"], account["password"])[0] == 200
