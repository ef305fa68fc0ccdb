"""What a check is, and what it knows of the server: the fixtures of a file."""

from __future__ import annotations

import json
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import MISSING, dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

type Verdict = Literal["pass", "fail", "not offered"]

TIMEOUT = 30.0
# The longest that something is waited for.
PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.25
# What JSON calls the kinds of values that fixtures have.
_KINDS: dict[str, tuple[type, str]] = {
    "str": (str, "a string"),
    "int": (int, "a number"),
    "dict": (dict, "an object"),
    "tuple": (list, "an array"),
}


class NotOffered(Exception):
    """The server does not offer this, or the fixtures do not say what the check needs."""


class BadFixtures(ValueError):
    """The fixtures are not what the checks can read."""


class Failed(AssertionError):
    """The server does otherwise; the message says what it did."""


@dataclass(frozen=True)
class Person:
    """An account."""

    address: str
    password: str

    @property
    def local(self) -> str:
        """The part before the at sign."""
        return self.address.partition("@")[0]


@dataclass(frozen=True)
class Server:
    """The server and the fixtures.

    Attributes:
        host: Its address.
        host6: Its IPv6 address; empty without one.
        hosts: Addresses of services that another host has, by the key of their port.
        hosts6: Their IPv6 addresses.
        names: What clients call each service, by the key of its port.
        ports: By key: ``smtp``, ``submission``, ``submissions``, ``imaps``, ``pop3s``, ``sieve``, ``https``, ``ldap``.
        closed: Ports that are to be closed, or to let nobody sign in without TLS.
        domain: The server's own domain.
        foreign: A domain of others, whose mail servers the client is one of.
        forged: A domain whose owner has all mail refused that is not from there (DMARC p=reject), and the client's is not.
        people: Accounts by the letter that the checks give them: ``a``, ``b``, ``u`` (a shared mailbox; ``a`` works in it and may not
            delete, ``b`` has no right), ``q`` (small quota), ``s`` (suspended), ``x`` (first password), ``l`` (who may write to the list).
        list: A mailing list that only ``l`` writes to.
        alias: Another address of ``a``.
        prefix: In front of a shared mailbox's address, where IMAP shows it.
        dkim: TXT records by selector; empty where they are to be asked of DNS.
        hooks: Commands on the server's side, by what they do; without one its check is not offered.
    """

    host: str
    domain: str
    ports: dict[str, int]
    names: dict[str, str]
    people: dict[str, Person]
    host6: str = ""
    hosts: dict[str, str] = field(default_factory=dict)
    hosts6: dict[str, str] = field(default_factory=dict)
    ca_file: str = ""
    foreign: str = "outside.example"
    forged: str = ""
    list: str = ""
    alias: str = ""
    prefix: str = "shared/"
    dkim: dict[str, str] = field(default_factory=dict)
    hooks: dict[str, list[str]] = field(default_factory=dict)
    closed: tuple[int, ...] = (110, 143)
    size_limit: int = 0

    @classmethod
    def read(cls, file: Path) -> Server:
        """Read the fixtures.

        Raises:
            BadFixtures: The file is not there, or is none; the message names the place and what is allowed.
        """
        try:
            content = json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise BadFixtures(f"{file}: {error}") from None
        if not isinstance(content, dict):
            raise BadFixtures(f"{file}: {content!r}; allowed: an object")
        known = {one.name: _KINDS[str(one.type).partition("[")[0]] for one in fields(cls)}
        needed = {one.name for one in fields(cls) if one.default is MISSING and one.default_factory is MISSING}
        for name, value in content.items():
            if name not in known:
                raise BadFixtures(f"{file}: {name}: {value!r}; allowed: {', '.join(sorted(known))}")
            kind, called = known[name]
            if not isinstance(value, kind):
                raise BadFixtures(f"{file}: {name}: {value!r}; allowed: {called}")
        if missing := needed - set(content):
            raise BadFixtures(f"{file}: needed: {', '.join(sorted(missing))}")
        people = {}
        for letter, said in content["people"].items():
            if not isinstance(said, dict) or set(said) != {"address", "password"}:
                # Not the value: a password may stand in it.
                raise BadFixtures(f"{file}: people: {letter}; allowed: an object of address and password")
            people[letter] = Person(**said)
        closed = tuple(content.get("closed", cls.closed))
        return cls(**{**content, "people": people, "closed": closed})

    @property
    def context(self) -> ssl.SSLContext:
        """What is trusted: the machine's authorities, or the one of the fixtures."""
        return ssl.create_default_context(cafile=self.ca_file or None)

    def port(self, key: str) -> int:
        """A port; a service without one is not offered."""
        if not self.ports.get(key):
            raise NotOffered(f"no port for {key}")
        return self.ports[key]

    def where(self, key: str) -> str:
        """The address of a service."""
        return self.hosts.get(key, self.host)

    def where6(self, key: str) -> str:
        """Its IPv6 address; empty without one."""
        return self.hosts6.get(key, self.host6)

    def name(self, key: str) -> str:
        """What clients call a service."""
        return self.names.get(key, self.host)

    def person(self, letter: str) -> Person:
        """An account of the fixtures."""
        if letter not in self.people:
            raise NotOffered(f"no account {letter}")
        return self.people[letter]

    def hook(self, name: str, *arguments: str) -> str:
        """Have something done on the server's side."""
        if name not in self.hooks:
            raise NotOffered(f"no hook {name}")
        done = subprocess.run([*self.hooks[name], *arguments], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"hook {name}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        id: As the list of checks numbers it.
        what: What must hold, in few words: Vietnamese, English.
        run: Raises ``Failed`` or ``NotOffered``; whatever else it raises is a failure too.
        harmless: Whether it may run against a live site: it sends nothing to anybody, signs in with no wrong password, changes nothing.
    """

    id: str
    what: tuple[str, str]
    run: Callable[[Server], None]
    harmless: bool


CHECKS: list[Check] = []


def check(
    identity: str, vietnamese: str, english: str, *, harmless: bool = False
) -> Callable[[Callable[[Server], None]], Callable[[Server], None]]:
    """Declare a check."""

    def declare(run: Callable[[Server], None]) -> Callable[[Server], None]:
        CHECKS.append(Check(identity, (vietnamese, english), run, harmless))
        return run

    return declare


@dataclass(frozen=True)
class Result:
    """What came of a check."""

    check: Check
    verdict: Verdict
    said: str
    seconds: float


def run_all(server: Server, *, harmless: bool, only: frozenset[str]) -> Iterator[Result]:
    """Run the checks in their order, one after the other: some count what others send."""
    for one in sorted(CHECKS, key=lambda found: (found.id[0], int(found.id[1:]))):
        if (harmless and not one.harmless) or (only and one.id not in only):
            continue
        began = time.monotonic()
        verdict: Verdict = "pass"
        said = ""
        try:
            one.run(server)
        except NotOffered as error:
            verdict, said = "not offered", str(error)
        except Exception as error:  # whatever it is, the check did not hold
            verdict, said = "fail", f"{type(error).__name__}: {error}"
        yield Result(one, verdict, " ".join(said.split()), time.monotonic() - began)


def must(holds: object, said: object) -> None:
    """Fail with what the server did, unless it holds."""
    if not holds:
        raise Failed(str(said))


def eventually(asked: Callable[[], Any], seconds: float = PATIENCE_SECONDS) -> Any:
    """Ask again until the answer is true; return the last answer."""
    deadline = time.monotonic() + seconds
    while not (found := asked()) and time.monotonic() < deadline:
        time.sleep(_POLL_SECONDS)
    return found
