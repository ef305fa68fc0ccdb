"""tools/bench signins: sign-ins a second that the directory alone, IMAP and the portal give, on the demo that runs.

The directory alone is the floor: the same passwords, over connections that stay open. Everybody signs in with the password
that they chose, so each sign-in costs one argon2id. The load comes from this machine, which pays for the clients' TLS too.
"""

import argparse
import http.client
import json
import re
import socket
import ssl
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import ldap3

from tcv import machine, mailbox
from tcv.bench import FOLDER
from tcv.messages import Trouble, guarded, text
from tcv.paths import ROOT
from tcv.programs import run

SECONDS = 20.0
AT_ONCE = 12
# The aim: so much of what the directory alone gives.
SHARE = 0.8

type SignIn = Callable[[], None]
type Account = dict[str, str]


class Site:
    """The demo's services and people."""

    def __init__(self, facts: dict[str, Any]) -> None:
        self.facts = facts
        self.domain: str = facts["domain"]
        self.address: str = facts["host"]
        self.context = mailbox.trusting(Path(facts["ca_file"]))
        ready = [account for account in facts["accounts"] if account["state"] == "ready"]
        if len(ready) < AT_ONCE:
            raise Trouble("bench", "no-people")
        self.accounts: list[Account] = ready

    def bind(self, account: Account) -> SignIn:
        """Binds over one connection that stays open."""
        server = ldap3.Server(self.address, port=self.facts["ports"]["ldaps"], use_ssl=True, tls=self.tls())
        connection = ldap3.Connection(server, account["dn"], account["password"])
        connection.open()

        def sign_in() -> None:
            if not connection.rebind(account["dn"], account["password"]):
                raise Trouble("bench", "refused", account=account["address"])

        return sign_in

    def tls(self) -> ldap3.Tls:
        """How the directory is verified."""
        names = [f"ldap.{self.domain}"]
        return ldap3.Tls(validate=ssl.CERT_REQUIRED, ca_certs_file=self.facts["ca_file"], valid_names=names)

    def imap(self, account: Account) -> SignIn:
        """Opens a mailbox and leaves it, over a connection of its own each time."""
        service = mailbox.Service(f"imap.{self.domain}", self.address, self.facts["ports"]["imaps"])
        login = f'a LOGIN "{account["address"]}" "{account["password"]}"\r\nb LOGOUT\r\n'.encode()

        def sign_in() -> None:
            plain = socket.create_connection((service.address, service.port), mailbox.TIMEOUT)
            with self.context.wrap_socket(plain, server_hostname=service.name) as session:
                session.sendall(login)
                said = b""
                while part := session.recv(4096):
                    said += part
            if b"a OK" not in said:
                raise Trouble("bench", "refused", account=account["address"])

        return sign_in

    def portal(self, account: Account) -> SignIn:
        """Fills in the portal's page as a browser does that was there before: one request for the page, one for the sign-in."""
        name = f"sso.{self.domain}"

        def answer(connection: http.client.HTTPSConnection) -> str:
            return connection.getresponse().read().decode()

        def sign_in() -> None:
            connection = http.client.HTTPSConnection(name, context=self.context, timeout=mailbox.TIMEOUT)
            plain = socket.create_connection((self.address, self.facts["ports"]["https"]), mailbox.TIMEOUT)
            connection.sock = self.context.wrap_socket(plain, server_hostname=name)
            connection.request("GET", "/")
            found = re.search(r'name="token" value="([^"]+)"', answer(connection))
            form = {"user": account["address"], "password": account["password"]}
            form |= {"token": found.group(1)} if found else {}
            head = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
            connection.request("POST", "/", urlencode(form), head)
            said = answer(connection)
            connection.close()
            if '"result":1' not in said.replace(" ", ""):
                raise Trouble("bench", "refused", account=account["address"])

        return sign_in


def rate(make: Callable[[Account], SignIn], accounts: list[Account]) -> float:
    """How many sign-ins a second so many people at once get done, each as soon as the one before is."""
    jobs = [make(account) for account in accounts]
    counts = [0] * len(jobs)
    begun = time.monotonic()

    def work(number: int) -> None:
        while time.monotonic() - begun < SECONDS:
            jobs[number]()
            counts[number] += 1

    with ThreadPoolExecutor(len(jobs)) as people:
        list(people.map(work, range(len(jobs))))
    return sum(counts) / (time.monotonic() - begun)


def cost(container: str) -> str:
    """What a hash costs, as the directory is configured."""
    found = run(["podman", "exec", container, "grep", "argon2 ", "/etc/ldap/thucongvu/config.ldif"]).stdout
    return found.partition("argon2 ")[2].strip()


def main() -> int:
    parser = argparse.ArgumentParser(prog="tools/bench signins", description=__doc__)
    parser.add_argument("--demo", type=Path, default=ROOT / ".demo/demo.json", help="the running demo's facts")
    wanted = parser.parse_args()
    machine.enter()
    if not wanted.demo.is_file():
        raise Trouble("bench", "no-demo", demo=wanted.demo)
    site = Site(json.loads(wanted.demo.read_text(encoding="utf-8")))
    people = site.accounts[:AT_ONCE]
    hash_cost = cost(site.facts.get("parts", {}).get("directory", site.facts)["container"])
    floor = rate(site.bind, people)
    figures: dict[str, Any] = {
        "at": datetime.now(UTC).isoformat(),
        "hash": hash_cost,
        "at_once": AT_ONCE,
        "binds": floor,
    }
    print(text("bench", "signins-floor", rate=f"{floor:.1f}", minute=f"{floor * 60:.0f}", cost=hash_cost), flush=True)
    for name, make in (("imap", site.imap), ("portal", site.portal)):
        figures[name] = rate(make, people)
        share = figures[name] / floor
        words = {"rate": f"{figures[name]:.1f}", "minute": f"{figures[name] * 60:.0f}", "share": f"{share:.0%}"}
        verdict = "signins-reached" if share >= SHARE else "signins-missed"
        print(text("bench", f"signins-{name}", **words), text("bench", verdict, aim=f"{SHARE:.0%}"), flush=True)
    FOLDER.mkdir(parents=True, exist_ok=True)
    (FOLDER / "signins.json").write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    guarded(main)
