"""To whom mailboxes and lists are given, checked once agencies and people are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import Problem
from ansible_collections.thucongvu.mail.plugins.module_utils.register_entries import EntryReader
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import MailingList, owners_of
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import dotted, nearest

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.thucongvu.mail.plugins.module_utils.register_check import Checks
    from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Agency, Person, Unit
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation
    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys, YamlFile

_LIST_KEYS = ("id", "name", "address", "owner", "poster", "members")


class _TrustCheck:
    """Checks the head, the delegates and the poster of each agency and unit."""

    def __init__(self, file: YamlFile, regulation: Regulation, checks: Checks, people: Mapping[str, Person]) -> None:
        self.file = file
        self.checks = checks
        self.people = people
        self.most = regulation.delegates_most

    def problem(self, key: str, keys: Keys, value: str, **values: object) -> None:
        """Note a problem at a key."""
        self.checks.problems.append(Problem(key, values, self.file.path, self.file.line(keys), dotted(keys), value))

    def colleague(self, keys: Keys, identity: str, agency_id: str) -> None:
        """Check that an id is that of a person of the agency: a mailbox is given to somebody who works there."""
        person = self.people.get(identity)
        if person is None:
            self.problem("register.no_person", keys, identity, id=identity, near=nearest(identity, self.people))
        elif person.agency_id != agency_id:
            place = {"id": identity, "name": person.name, "agency": person.agency_id, "allowed": agency_id}
            self.problem("register.other_agency", keys, identity, **place)

    def owner(self, owner: Agency | Unit, agency_id: str) -> None:
        """Check one agency or unit."""
        trust, keys = owner.trust, owner.keys
        if trust.head is not None:
            self.colleague((*keys, "head"), trust.head, agency_id)
        if trust.poster is not None:
            self.colleague((*keys, "list_poster"), trust.poster, agency_id)
        place = (*keys, "delegates")
        for index, identity in enumerate(trust.delegates):
            self.colleague((*place, index), identity, agency_id)
            if identity == trust.head or identity in trust.delegates[:index]:
                self.problem("register.delegate_twice", (*place, index), identity, id=identity)
        if trust.delegates and trust.head is None:
            self.problem("register.delegates_without_head", place, ", ".join(trust.delegates))
        if self.most.value is not None and len(trust.delegates) > self.most.value:
            found = {"number": len(trust.delegates), "most": self.most.value, "clause": self.most.source}
            self.problem("register.delegates", place, ", ".join(trust.delegates), **found)


def check_trust(
    file: YamlFile,
    regulation: Regulation,
    checks: Checks,
    agencies: Mapping[str, Agency],
    people: Mapping[str, Person],
) -> None:
    """Check to whom the mailboxes of agencies and units are given (CT-11.1, CB-12.1, QT-4.2, BD-10).

    Args:
        file: agencies.yml.
        regulation: The regulation, which says how many delegates there may be.
        checks: Where problems are gathered.
        agencies: By id.
        people: By id.
    """
    check = _TrustCheck(file, regulation, checks, people)
    for agency in agencies.values():
        for owner in owners_of([agency]):
            check.owner(owner, agency.id)


def _circle(start: str, lists: Mapping[str, MailingList]) -> bool:
    """Tell whether a list is reached from itself."""
    seen: set[str] = set()
    open_ = list(lists[start].members)
    while open_:
        one = open_.pop()
        if one == start:
            return True
        if one in lists and one not in seen:
            seen.add(one)
            open_.extend(lists[one].members)
    return False


def read_lists(
    file: YamlFile, checks: Checks, agencies: Mapping[str, Agency], people: Mapping[str, Person]
) -> tuple[MailingList, ...]:
    """Return the lists of lists.yml, in the order of the file; what is wrong goes to the checks.

    Args:
        file: lists.yml, read.
        checks: Where ids and addresses are claimed and problems are gathered.
        agencies: By id.
        people: By id.
    """
    reader = EntryReader(file, checks)
    owners = {owner.id for owner in owners_of(agencies.values())}
    found: dict[str, MailingList] = {}
    required = ("id", "name", "address", "owner", "members")
    for keys, entry in reader.entries((), file.data if file.data is not None else [], _LIST_KEYS, required):
        identity, name = entry["id"], entry["name"]
        checks.identifier(reader.place((*keys, "id")), identity)
        checks.text(reader.place((*keys, "name")), "name", name)
        address = checks.address(reader.place((*keys, "address")), "list", identity, name, entry["address"])
        if entry["owner"] not in owners:
            near = nearest(entry["owner"], owners)
            reader.problem("register.list_owner", (*keys, "owner"), entry["owner"], near=near)
        poster = entry.get("poster") or None
        if poster is not None and poster not in people:
            values = {"id": poster, "near": nearest(poster, people)}
            reader.problem("register.no_person", (*keys, "poster"), poster, **values)
        members = reader.texts((*keys, "members"), entry["members"])
        line = reader.file.line(keys)
        found.setdefault(identity, MailingList(identity, name, address, entry["owner"], poster, members, line, keys))
    known = {*owners, *people, *found}
    for one in found.values():
        for index, member in enumerate(one.members):
            if member not in known:
                values = {"id": member, "near": nearest(member, known)}
                reader.problem("register.list_member", (*one.keys, "members", index), member, **values)
        if _circle(one.id, found):
            reader.problem("register.list_circle", (*one.keys, "members"), ", ".join(one.members), id=one.id)
    return tuple(found.values())
