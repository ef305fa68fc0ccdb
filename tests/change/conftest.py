"""What the tests of the directory's writers know: a tree of their own in the real directory, beside the province's entries."""

from __future__ import annotations

import base64
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tcv.programs import run

# Root over the host's own socket may do everything (docs/directory.md).
AS_ROOT = ["-Q", "-Y", "EXTERNAL", "-H", "ldapi:///"]
NO_SUCH_OBJECT = 32
INVALID_CREDENTIALS = 49


class Directory:
    """The test's own tree in the directory: made and read on the directory's host by OpenLDAP's own programs, written by Ansible."""

    def __init__(self, facts, ansible):
        self.container = facts["parts"]["directory"]["container"]
        self.base = "o=thu-nghiem,dc=" + facts["domain"].replace(".", ",dc=")
        self.people = f"ou=people,{self.base}"
        self.services = f"ou=services,{self.base}"
        self.top = (self.base, {"objectClass": ["top", "organization"], "o": ["thu-nghiem"]})
        self.ansible = ansible

    def folder(self, name):
        """An entry below which others stand: its DN and attributes."""
        return f"ou={name},{self.base}", {"objectClass": ["top", "organizationalUnit"], "ou": [name]}

    def inside(self, *command, stdin="", codes=(0,)):
        """What a program prints on the host; other exit codes than these are an error."""
        done = run(["podman", "exec", "--interactive", self.container, *command], stdin=stdin, check=False)
        assert done.returncode in codes, done.stderr
        return done.stdout

    def remove(self, dn):
        """Remove an entry and all below it, if it is there."""
        self.inside("ldapdelete", *AS_ROOT, "-r", dn, codes=(0, NO_SUCH_OBJECT))

    def add(self, *entries):
        """Make entries, pairs of DN and lists of values by attribute, in this order."""
        self.inside("ldapadd", *AS_ROOT, stdin="\n\n".join(ldif(dn, attributes) for dn, attributes in entries))

    def modify(self, changes):
        """Change entries, as LDIF says, even attributes that slapd keeps itself."""
        self.inside("ldapmodify", *AS_ROOT, "-e", "relax", stdin=changes)

    def entries(self, *attributes):
        """The tree as it is: lists of values by attribute, by DN; all attributes but the operational ones when none is named."""
        wanted = ["-LLL", "-o", "ldif-wrap=no", "-b", self.base, "(objectClass=*)", *attributes]
        said = self.inside("ldapsearch", *AS_ROOT, *wanted, codes=(0, NO_SUCH_OBJECT))
        found = {}
        for block in said.split("\n\n"):
            pairs = [value_of(line) for line in block.splitlines()]
            for name, value in pairs[1:]:
                found.setdefault(pairs[0][1], {}).setdefault(name, []).append(value)
        return found

    def signs_in(self, dn, password):
        """Whether an account is let in with a password."""
        words = ["ldapwhoami", "-x", "-H", "ldapi:///", "-D", dn, "-y", "/dev/stdin"]
        said = self.inside(*words, stdin=password, codes=(0, INVALID_CREDENTIALS))
        return said.strip() == f"dn:{dn}"

    def requests(self):
        """What slapd's log says that it was asked to do since this was asked last."""
        since = ["--cursor-file", "/run/tcv-test-requests", "--unit", "slapd.service", "--output", "cat"]
        self.inside("journalctl", "--sync")
        return re.findall(r"op=\d+ ((?:ADD|MOD|MODRDN|DEL) \S+=.*)", self.inside("journalctl", *since))

    def run(self, module, *runs, argv=(), **environment):
        """Run one of the project's modules on the directory's host over this tree, once with each of these arguments."""
        tasks = [
            {"name": "Write", f"thucongvu.mail.{module}": {"base_dn": self.base, **arguments}, "ignore_errors": True}
            for arguments in runs
        ]
        where = {"host": self.container, "connection": "containers.podman.podman"}
        return self.ansible.play(tasks, *argv, environment=environment, **where)

    @contextmanager
    def stopped(self):
        """A directory that does not answer."""
        self.inside("systemctl", "stop", "slapd.service")
        try:
            yield
        finally:
            self.inside("systemctl", "start", "slapd.service")

    @contextmanager
    def full(self):
        """A directory whose database may grow no more."""
        file = "/etc/ldap/thucongvu/config.ldif"
        self.inside("sed", "-i.before", "s/^olcDbMaxSize: .*/olcDbMaxSize: 1048576/", file)
        self.inside("systemctl", "restart", "slapd.service")
        try:
            yield
        finally:
            self.inside("mv", f"{file}.before", file)
            self.inside("systemctl", "restart", "slapd.service")


def ldif(dn, attributes):
    """An entry as LDIF (RFC 2849)."""
    pairs = [("dn", dn), *((name, value) for name, values in attributes.items() for value in values)]
    return "".join(f"{name}:: {base64.b64encode(value.encode()).decode()}\n" for name, value in pairs)


def value_of(line):
    """The attribute and the value in a line of LDIF."""
    name, value = line.split(":", 1)
    return name, base64.b64decode(value[1:]).decode() if value.startswith(":") else value.removeprefix(" ")


@pytest.fixture
def directory(ansible) -> Iterator[Directory]:
    """A tree that is not there yet, and is gone afterwards."""
    made = Directory(json.loads(Path(os.environ["TCV_DEMO"]).read_text(encoding="utf-8")), ansible)
    made.remove(made.base)
    yield made
    made.remove(made.base)
