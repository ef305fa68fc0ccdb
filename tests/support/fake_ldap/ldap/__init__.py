"""As much of python-ldap as the module directory_tree uses, over a tree in the JSON file that TCV_FAKE_LDAP names.

The tree is ``{"entries": {dn: {attribute: [values]}}, "refuse": {dn: words}, "log": [...]}``. A DN in ``refuse`` is refused when it is
written, with those words; ``"down": true`` is a directory that does not answer. What the module sends is kept in ``log``.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from . import dn, modlist, sasl

__all__ = ["dn", "initialize", "modlist", "sasl"]

MOD_REPLACE = 2
SCOPE_SUBTREE = 2


class LDAPError(Exception):
    """As python-ldap has it: the first argument is a dictionary."""


class NO_SUCH_OBJECT(LDAPError):  # noqa: N801 python-ldap's own name
    """The base is not there."""


class SERVER_DOWN(LDAPError):  # noqa: N801
    """Nobody answers."""


class NOT_ALLOWED_ON_NONLEAF(LDAPError):  # noqa: N801
    """Something is below."""


class Connection:
    """One connection; requests are answered in their order."""

    def __init__(self, uri):
        self.path = Path(os.environ["TCV_FAKE_LDAP"])
        self.state = json.loads(self.path.read_text())
        self.log("connect", uri)
        self.answers = []

    def log(self, *words):
        self.state.setdefault("log", []).append(words)
        self.path.write_text(json.dumps(self.state, ensure_ascii=False))

    def sasl_external_bind_s(self):
        if self.state.get("down"):
            raise SERVER_DOWN({"desc": "Can't contact LDAP server"})
        self.log("bind", "external")

    def search_s(self, base, scope, filterstr):
        assert (scope, filterstr) == (SCOPE_SUBTREE, "(objectClass=*)")
        found = [
            (name, {attribute: [value.encode() for value in values] for attribute, values in attributes.items()})
            for name, attributes in self.state["entries"].items()
            if name.lower().endswith(base.lower())
        ]
        if not found:
            raise NO_SUCH_OBJECT({"desc": "No such object"})
        return found

    def answer(self, name, change):
        refused = self.state.get("refuse", {}).get(name)
        if refused:
            self.answers.append(LDAPError({"desc": "Constraint violation", "info": refused}))
        else:
            change()
            self.answers.append(None)
        return len(self.answers) - 1

    def add_ext(self, name, attributes):
        def change():
            parent = dn.dn2str(dn.str2dn(name)[1:])
            known = {dn.dn2str(dn.str2dn(known)).lower() for known in self.state["entries"]}
            assert parent.lower() in known or not known, f"{name} before its parent"
            self.state["entries"][name] = {key: [value.decode() for value in values] for key, values in attributes}
            self.log("add", name)

        return self.answer(name, change)

    def modify_ext(self, name, changes):
        def change():
            present = next(known for known in self.state["entries"] if known.lower() == name.lower())
            for kind, attribute, values in changes:
                assert kind == MOD_REPLACE
                entry = self.state["entries"][present]
                for key in [key for key in entry if key.lower() == attribute.lower()]:
                    del entry[key]
                if values:
                    entry[attribute] = [value.decode() for value in values]
            self.log("modify", name)

        return self.answer(name, change)

    def result(self, message_id):
        if self.answers[message_id] is not None:
            raise self.answers[message_id]
        return 0, []

    def delete_s(self, name):
        below = [known for known in self.state["entries"] if known.lower().endswith("," + name.lower())]
        if below:
            raise NOT_ALLOWED_ON_NONLEAF({"desc": "Operation not allowed on non-leaf"})
        present = next(known for known in self.state["entries"] if known.lower() == name.lower())
        del self.state["entries"][present]
        self.log("delete", name)


def initialize(uri):
    """Return a connection."""
    return Connection(uri)
