"""A mail program on somebody's own machine: a real Thunderbird that is told address and password, and nothing else.

It is driven through Marionette, the remote control that it brings, and used by its windows as a person does.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import time
from collections.abc import Iterator
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tcv import mailbox, testhost
from tcv.paths import ROOT
from tcv.programs import output, run

NAMES = ("autoconfig", "autodiscover", "imap", "smtp")
FOLDER = "/etc/thunderbird/policies"
# As an office's administrators make it known to the program (policy-templates of Thunderbird).
POLICIES = {"policies": {"Certificates": {"Install": [f"{FOLDER}/province.pem"]}}}
INSTALL = "apt-get -q update && apt-get -qy install --no-install-recommends thunderbird"
START = "exec thunderbird --headless --marionette --remote-allow-system-access >/var/log/thunderbird.log 2>&1"
PORT = 2828
# What a busy machine of two cores needs, as in conftest.
SECONDS = 60
BODY = "Kính gửi Quý cơ quan, đề nghị cử cán bộ dự họp đúng giờ."

# Every part of the window that can be seen, those in shadow trees too: the account setup is made of such.
SEEN = """
const within = root => root ? [...root.querySelectorAll("*")].flatMap(each => [each, ...within(each.shadowRoot)]) : [];
const seen = within(document).filter(each => each.checkVisibility({visibilityProperty: true}));
"""
FIND = f"{SEEN} return seen.find(each => each.matches(arguments[0]) && !each.disabled) ?? null;"
TEXT = f"""{SEEN}
const texts = seen.flatMap(each => [...each.childNodes]).filter(node => node instanceof Text);
return texts.map(node => node.data.trim()).filter(text => text).join(" | ");
"""
# What the account was made of: incoming server first, then outgoing.
ACCOUNTS = """
const {MailServices} = ChromeUtils.importESModule("resource:///modules/MailServices.sys.mjs");
const told = server => [
    server.type, server.hostname ?? server.serverURI.host, server.port ?? server.serverURI.port,
    server.socketType == Ci.nsMsgSocketType.SSL ? "SSL" : server.socketType, server.username,
];
const person = MailServices.accounts.accounts.filter(each => each.incomingServer.type != "none");
return [...person.map(each => told(each.incomingServer)), ...MailServices.outgoingServer.servers.map(told)];
"""
# How many certificates are trusted although nothing vouches for them.
EXCEPTIONS = """
return Cc["@mozilla.org/security/certoverride;1"].getService(Ci.nsICertOverrideService).getOverrides().length;
"""
# A click on a folder on the left, found by the end of its address.
OPEN = """
const {folderTree} = document.getElementById("tabmail").currentAbout3Pane;
const row = [...folderTree.querySelectorAll("li")].find(each => decodeURIComponent(each.uri).endsWith(arguments[0]));
row?.querySelector(".name").click();
return Boolean(row);
"""
# A message in the list on the right by its whole subject, as it is shown there.
SELECT = """
const {threadTree, gDBView} = document.getElementById("tabmail").currentAbout3Pane;
for (let row = 0; row < (gDBView?.rowCount ?? 0); row++) {
    if (gDBView.cellTextForColumn(row, "subjectCol") == arguments[0]) {
        threadTree.selectedIndex = row;
        return true;
    }
}
return false;
"""
# The message that is open: subject and text.
READ = """
const shown = document.getElementById("tabmail").currentAboutMessage;
const subject = shown?.document.getElementById("expandedsubjectBox")?.textContent ?? "";
return [subject, shown?.getMessagePaneBrowser().contentDocument?.body?.textContent ?? ""].join("\\n");
"""


class Thunderbird:
    """A running Thunderbird as its user has it."""

    def __init__(self, container: str) -> None:
        self.count = 0
        self.stream = self.connected(container).makefile("rwb")
        self.answer()
        self.ask("WebDriver:NewSession")
        self.ask("Marionette:SetContext", value="chrome")
        self.main = self.ask("WebDriver:GetWindowHandle")["value"]

    @staticmethod
    def connected(container: str) -> socket.socket:
        """A connection made in the container's network: Marionette listens on its loopback alone."""
        process = output(["podman", "inspect", "--format", "{{.State.Pid}}", container])
        deadline = time.monotonic() + SECONDS
        with Path(f"/proc/{process}/ns/net").open() as theirs, Path("/proc/thread-self/ns/net").open() as ours:
            os.setns(theirs.fileno(), os.CLONE_NEWNET)
            try:
                while True:
                    try:
                        return socket.create_connection(("127.0.0.1", PORT), SECONDS)
                    except ConnectionRefusedError:
                        if time.monotonic() > deadline:
                            raise
                        time.sleep(0.25)
            finally:
                os.setns(ours.fileno(), os.CLONE_NEWNET)

    def answer(self):
        """What comes next: JSON behind its length and a colon."""
        length = b""
        while not length.endswith(b":"):
            length += self.stream.read(1) or pytest.fail("Thunderbird has gone")
        return json.loads(self.stream.read(int(length[:-1])))

    def ask(self, command: str, **values):
        """Give a command and take its result."""
        self.count += 1
        told = json.dumps([0, self.count, command, values]).encode()
        self.stream.write(b"%d:%s" % (len(told), told))
        self.stream.flush()
        _kind, _number, error, result = self.answer()
        assert error is None, error
        return result

    def run(self, script: str, *values):
        """Run a script in the window that is in front, with the program's own rights."""
        return self.ask("WebDriver:ExecuteScript", script=script, args=values, sandbox="system")["value"]

    def wait(self, script: str, *values, holds=bool):
        """Run a script again until its result is the one that is waited for."""
        deadline = time.monotonic() + SECONDS
        while not holds(result := self.run(script, *values)):
            assert time.monotonic() < deadline, f"{values}: {result}; on the screen: {self.run(TEXT)}"
            time.sleep(0.1)
        return result

    def element(self, selector: str) -> str:
        """A part of the window, once it can be seen and used."""
        (reference,) = self.wait(FIND, selector).values()
        return reference

    def click(self, selector: str) -> None:
        self.ask("WebDriver:ElementClick", id=self.element(selector))

    def write(self, selector: str, text: str) -> None:
        self.ask("WebDriver:ElementClear", id=self.element(selector))
        self.ask("WebDriver:ElementSendKeys", id=self.element(selector), text=text)

    def send(self, recipient: str, subject: str, text: str) -> None:
        """Write a message and send it."""
        self.run("MsgNewMessage(null)")
        (window,) = self.wait_for_windows(2) - {self.main}
        self.ask("WebDriver:SwitchToWindow", handle=window)
        self.write("#toAddrInput", f"{recipient},")
        self.write("#msgSubject", subject)
        self.run("GetCurrentEditor().insertText(arguments[0])", text)
        self.click("#button-send")
        # The window closes when the server has taken the message.
        self.wait_for_windows(1)
        self.ask("WebDriver:SwitchToWindow", handle=self.main)

    def wait_for_windows(self, number: int) -> set[str]:
        """The windows, once they are so many."""
        deadline = time.monotonic() + SECONDS
        while len(windows := self.ask("WebDriver:GetWindowHandles")) != number:
            assert time.monotonic() < deadline, self.run(TEXT)
            time.sleep(0.1)
        return set(windows)


@pytest.fixture(scope="module")
def given(facts):
    """An agency's mailbox, and the person to whom it is delegated."""
    accounts = {account["address"]: account for account in facts["accounts"]}
    one = next(each for each in facts["delegations"] if each["delegates"])
    return accounts[one["mailbox"]], accounts[one["delegates"][0]]


@pytest.fixture(scope="module")
def computer(facts) -> Iterator[str]:
    """A computer with Thunderbird that knows the site's names and the province's CA."""
    name = f"{facts['container']}-thunderbird"
    inside = ["podman", "exec", "--interactive", name]
    demo = Path(os.environ.get("TCV_DEMO", ROOT / ".demo/demo.json")).resolve()
    testhost.destroy(name)
    try:
        testhost.create(name, "thunderbird", str(demo.parent))
        known = "".join(f"{facts['host']} {service}.{facts['domain']}\n" for service in NAMES)
        run([*inside, "tee", "-a", "/etc/hosts"], stdin=known)
        run([*inside, "sh", "-c", f"export DEBIAN_FRONTEND=noninteractive; {INSTALL}"])
        run([*inside, "mkdir", "-p", FOLDER])
        run([*inside, "tee", f"{FOLDER}/policies.json"], stdin=json.dumps(POLICIES))
        run([*inside, "tee", f"{FOLDER}/province.pem"], stdin=Path(facts["ca_file"]).read_text(encoding="ascii"))
        run(["podman", "exec", "--detach", "--env", "HOME=/root", name, "sh", "-c", START])
        yield name
    finally:
        testhost.destroy(name)


@pytest.fixture(scope="module")
def thunderbird(computer, given) -> Thunderbird:
    """Thunderbird after its first start, in which the delegate has filled in the account setup."""
    _agency, person = given
    program = Thunderbird(computer)
    program.write("email-auto-form #realName", person["name"])
    program.write("email-auto-form #email", person["address"])
    program.click("#forward")
    # The site itself has said it; Thunderbird would say otherwise of what it has guessed.
    program.click("[data-l10n-id=account-hub-notification-show-more]")
    program.element("[data-l10n-id=account-hub-config-success-description-isp]")
    program.click("#forward")
    program.write("email-password-form #password", person["password"])
    program.click("#forward")
    program.element("email-added-success")
    program.click("#forward")
    return program


def sent(facts, sender, recipient) -> str:
    """The subject of a message that has just arrived."""
    message = EmailMessage()
    message["From"], message["To"] = sender["address"], recipient["address"]
    message["Subject"] = f"Giấy mời họp về chữ ký số {secrets.token_hex(4)}"
    message["Message-ID"] = make_msgid(domain=facts["domain"])
    message.set_content(BODY)
    context = mailbox.trusting(Path(facts["ca_file"]))
    submission, imap = (
        mailbox.Service(f"{name}.{facts['domain']}", facts["host"], facts["ports"][port])
        for name, port in (("smtp", "submission"), ("imap", "imaps"))
    )
    mailbox.send(submission, context, (sender["address"], sender["password"]), message)
    login = (recipient["address"], recipient["password"])
    assert mailbox.wait_for(imap, context, login, message["Message-ID"]) is not None
    return message["Subject"]


def test_the_address_and_the_password_are_enough_to_set_it_up(thunderbird, given, facts):
    _agency, person = given
    assert thunderbird.run(ACCOUNTS) == [
        ["imap", f"imap.{facts['domain']}", facts["ports"]["imaps"], "SSL", person["address"]],
        ["smtp", f"smtp.{facts['domain']}", facts["ports"]["submissions"], "SSL", person["address"]],
    ]


def test_it_shows_a_message_with_its_vietnamese_subject(thunderbird, given, people, facts):
    _agency, person = given
    subject = sent(facts, people[1], person)
    thunderbird.wait(OPEN, f"{person['address']}@imap.{facts['domain']}/INBOX")
    thunderbird.wait(SELECT, subject)
    shown = thunderbird.wait(READ, holds=lambda text: BODY in text)
    assert subject in shown


def test_what_it_sends_arrives(thunderbird, people, webmail):
    subject = f"Báo cáo quý về chuyển đổi số {secrets.token_hex(4)}"
    thunderbird.send(people[1]["address"], subject, BODY)
    webmail.sign_in(people[1])
    webmail.message(subject).click()
    expect(webmail.page.frame_locator("#messagecontframe").locator("#messagebody")).to_contain_text(BODY)
    assert thunderbird.run(EXCEPTIONS) == 0


def test_ct_11_3_a_delegate_finds_the_agencys_mailbox_in_it(thunderbird, given, people, facts):
    agency, _person = given
    subject = sent(facts, people[1], agency)
    thunderbird.wait(OPEN, f"/shared/{agency['address']}")
    thunderbird.wait(SELECT, subject)
