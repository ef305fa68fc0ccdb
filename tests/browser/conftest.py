"""A real browser before the webmail, as people have it: it trusts the province's CA and knows the webmail by its name."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Playwright,
    ViewportSize,
    expect,
    sync_playwright,
)

from tcv.applications import ALL, PROVIDER
from tcv.demo.proof import correspondents
from tcv.paths import ROOT, WORK

SCREENSHOTS = WORK / "screenshots"
HERE = ROOT / "tests/browser"
# What a busy machine of two cores needs; a page comes in a fraction of it.
PATIENCE_MS = 20_000
ARRIVAL_SECONDS = 60
WINDOW = ViewportSize(width=1280, height=800)

type Person = dict[str, str]
type NewBrowser = Callable[[Path | None], AbstractContextManager[Browser]]


@dataclass(frozen=True)
class Words:
    """Roundcube's words by key: its English, its Vietnamese, and those that we put in place of it."""

    english: dict[str, str]
    vietnamese: dict[str, str]
    ours: dict[str, str]

    @property
    def shown(self) -> dict[str, str]:
        """What people see."""
        return self.vietnamese | self.ours


@dataclass
class Webmail:
    """The webmail in one person's browser window."""

    page: Page
    url: str
    portal_url: str

    def open(self, query: str = "") -> None:
        """Open a page of the webmail."""
        self.page.goto(f"{self.url}{query}")
        self.rest()

    def rest(self, frame: str | None = None) -> None:
        """Wait until a page that was opened asks the server for nothing more.

        Roundcube keeps one session a person: who leaves a page while it still asks for something may lose what the next
        one has put there.
        """
        shown = self.page.frame(frame) if frame else self.page.main_frame
        assert shown is not None
        shown.wait_for_load_state("networkidle")

    def sign_in(self, person: Person) -> None:
        """Sign in on the page that the webmail's address shows."""
        self.open()
        self.try_to_sign_in(person["address"], person["password"])
        expect(self.page.locator("#mailboxlist")).to_be_visible()
        self.rest()

    def try_to_sign_in(self, user: str, password: str) -> None:
        """Fill in the sign-in page and send it."""
        self.page.get_by_placeholder("Tên đăng nhập").fill(user)
        self.page.get_by_placeholder("Mật khẩu").fill(password)
        self.page.get_by_role("button", name="Đăng nhập").click()

    def portal(self, person: Person | None = None) -> None:
        """Open the portal itself, and sign in there."""
        self.page.goto(self.portal_url)
        self.rest()
        if person:
            self.try_to_sign_in(person["address"], person["password"])
            expect(self.page.locator("#menu")).to_be_visible()

    def compose(self) -> None:
        """Go to the page where a message is written."""
        self.page.locator("#taskmenu a.compose").click()
        self.page.locator("#composebody").wait_for()
        self.rest()

    def message(self, subject: str) -> Locator:
        """The message in the list, once it has arrived; asks for new mail as people do, with the button."""
        row = self.page.locator("#messagelist tr.message").filter(has_text=subject)
        deadline = time.monotonic() + ARRIVAL_SECONDS
        while not row.count() and time.monotonic() < deadline:
            with self.page.expect_response(lambda answer: "_action=refresh" in answer.url):
                self.page.locator("#toolbar-list-menu a.refresh").click()
        expect(row).to_have_count(1)
        return row

    def screenshot(self, name: str) -> None:
        """Keep what is on the screen, with what fades in fully there."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.mouse.move(0, 0)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", animations="disabled")


@pytest.fixture(scope="session")
def facts() -> dict:
    return json.loads(Path(os.environ.get("TCV_DEMO", ROOT / ".demo/demo.json")).read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def people(facts: dict) -> tuple[Person, Person]:
    """Who writes and who reads: of two agencies."""
    return correspondents(facts["accounts"])


def webmail_container(facts: dict) -> str:
    return facts.get("parts", {}).get("webmail", facts)["container"]


class Directory:
    """The directory as root on its host has it."""

    SOCKET = ("-Q", "-Y", "EXTERNAL", "-H", "ldapi:///")

    def __init__(self, facts: dict) -> None:
        self.container = facts.get("parts", {}).get("directory", facts)["container"]

    def ask(self, *command: str, said: str = "") -> str:
        """Run a program on the directory's host."""
        whole = ["podman", "exec", "-i", self.container, *command]
        return subprocess.run(whole, input=said, capture_output=True, text=True, check=True).stdout

    def modify(self, dn: str, *changes: str, kind: str = "modify") -> None:
        """Change an entry, also what slapd itself keeps of it; each change is LDIF as behind ``changetype: modify``."""
        ldif = f"dn: {dn}\nchangetype: {kind}\n" + "\n-\n".join(changes) + "\n"
        self.ask("ldapmodify", *self.SOCKET, "-e", "relax", said=ldif)

    def read(self, dn: str, *attributes: str) -> dict[str, list[str]]:
        """The values of some attributes of an entry."""
        search = ["ldapsearch", *self.SOCKET, "-LLL", "-o", "ldif-wrap=no", "-s", "base", "-b", dn]
        found: dict[str, list[str]] = {}
        for line in self.ask(*search, "(objectClass=*)", *attributes).splitlines():
            name, colon, value = line.partition(":")
            if colon and name != "dn":
                plain = base64.b64decode(value[2:]).decode(errors="replace") if value.startswith(":") else value.strip()
                found.setdefault(name, []).append(plain)
        return found


@pytest.fixture(scope="session")
def directory(facts: dict) -> Directory:
    return Directory(facts)


@pytest.fixture
def as_before(directory: Directory) -> Iterator[Callable[[Person], Person]]:
    """Remember an account's password and state, and put them back afterwards."""
    kept: list[tuple[str, dict[str, list[str]]]] = []

    def remember(account: Person) -> Person:
        kept.append((account["dn"], directory.read(account["dn"], "userPassword", "pwdReset", "pwdChangedTime")))
        return account

    yield remember
    for dn, entry in kept:
        encoded = base64.b64encode(entry["userPassword"][0].encode()).decode()
        state = directory.read(dn, "pwdAccountLockedTime", "pwdFailureTime", "pwdHistory")
        directory.modify(
            dn,
            f"replace: userPassword\nuserPassword:: {encoded}",
            f"replace: pwdReset\npwdReset: {entry.get('pwdReset', ['FALSE'])[0]}",
            f"replace: pwdChangedTime\npwdChangedTime: {entry['pwdChangedTime'][0]}",
            *(f"delete: {name}" for name in state),
        )


@pytest.fixture(scope="session")
def on_webmail_host(facts: dict) -> Callable[..., str]:
    """Run a command on the host of the webmail."""

    def run(*command: str, said: str = "") -> str:
        whole = ["podman", "exec", "-i", webmail_container(facts), *command]
        return subprocess.run(whole, input=said, capture_output=True, text=True, check=True).stdout

    return run


@pytest.fixture(scope="session")
def said_by_roundcube(on_webmail_host: Callable[..., str]) -> Callable[[], list[str]]:
    """What Roundcube has written to the journal since the tests began."""
    since = on_webmail_host("date", "+%Y-%m-%d %H:%M:%S").strip()

    def said() -> list[str]:
        journal = on_webmail_host("journalctl", "--identifier", "roundcube", "--since", since, "--output", "cat")
        return journal.splitlines()

    return said


@pytest.fixture(scope="session", autouse=True)
def beginning(said_by_roundcube: Callable[[], list[str]]) -> None:
    """Let the first test begin the time of which the journal is asked."""


@pytest.fixture(scope="session")
def words(on_webmail_host: Callable[..., str]) -> Words:
    said = on_webmail_host("php", said=(HERE / "texts.php").read_text(encoding="utf-8"))
    return Words(**json.loads(said))


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as running:
        yield running


@pytest.fixture(scope="session")
def start_browser(facts: dict, playwright: Playwright, tmp_path_factory: pytest.TempPathFactory) -> NewBrowser:
    """Start a browser that trusts no authority but its own and, where given, one more.

    It runs in the network of the webmail's host: Chromium drops its connections whenever a network appears on its
    machine, and here containers come and go.
    """
    inspect = ["podman", "inspect", "--format", "{{.State.Pid}}", webmail_container(facts)]
    process = subprocess.run(inspect, capture_output=True, text=True, check=True).stdout.strip()

    beside = [PROVIDER, *(f"{application.name}.{facts['domain']}" for application in ALL)]
    applications = ", ".join(f"MAP {host} {facts['applications_host']}" for host in beside)

    @contextmanager
    def start(authority: Path | None) -> Iterator[Browser]:
        home = tmp_path_factory.mktemp("home")
        chromium = home / "chromium"
        chromium.write_text(
            f'#!/bin/sh\nexec nsenter --net=/proc/{process}/ns/net /usr/bin/chromium "$@"\n', encoding="ascii"
        )
        chromium.chmod(0o700)
        database = home / ".pki/nssdb"
        database.mkdir(parents=True)
        certutil = ["certutil", "-d", f"sql:{database}"]
        subprocess.run([*certutil, "-N", "--empty-password"], check=True)
        if authority:
            subprocess.run([*certutil, "-A", "-n", "province", "-t", "C,,", "-i", str(authority)], check=True)
        browser = playwright.chromium.launch(
            executable_path=chromium,
            env=os.environ | {"HOME": str(home)},
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                # The province's names, nothing else by any name.
                f"--host-resolver-rules={applications}, MAP *.{facts['domain']} {facts['host']}, MAP * ~NOTFOUND",
            ],
        )
        try:
            yield browser
        finally:
            browser.close()

    return start


@pytest.fixture(scope="session")
def browser(start_browser: NewBrowser, facts: dict) -> Iterator[Browser]:
    with start_browser(Path(facts["ca_file"])) as started:
        yield started


@pytest.fixture
def visit(browser: Browser, facts: dict) -> Iterator[Callable[[], Webmail]]:
    """Give a person a browser window with a profile of its own; no page in it may have an error of its own.

    The machine's clock is not Vietnam's, so that a time that is shown right is the webmail's doing.
    """
    profiles: list[BrowserContext] = []
    failures: list[str] = []

    def open_window() -> Webmail:
        profile = browser.new_context(locale="vi-VN", timezone_id="America/New_York", viewport=WINDOW)
        profile.set_default_timeout(PATIENCE_MS)
        profile.on("weberror", lambda failure: failures.append(str(failure.error)))
        profiles.append(profile)
        return Webmail(profile.new_page(), facts["webmail_url"], f"https://sso.{facts['domain']}/")

    yield open_window
    for profile in profiles:
        profile.close()
    assert failures == []


@pytest.fixture
def webmail(visit: Callable[[], Webmail]) -> Webmail:
    return visit()


@pytest.fixture(scope="session", autouse=True)
def patience() -> None:
    expect.set_options(timeout=PATIENCE_MS)
