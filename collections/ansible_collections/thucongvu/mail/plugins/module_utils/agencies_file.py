"""The agencies file, read: every entry of it checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.mailing_lists import list_local_part
from ansible_collections.thucongvu.mail.plugins.module_utils.names import agency_name, words
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError
from ansible_collections.thucongvu.mail.plugins.module_utils.register_entries import EntryReader
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Agency, Trust, Unit
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import joined, nearest

if TYPE_CHECKING:
    from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import HolderKind
    from ansible_collections.thucongvu.mail.plugins.module_utils.register_check import Checks
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation
    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys, YamlFile

_TRUST_KEYS = ("head", "delegates", "list_poster", "receipts")
_AGENCY_KEYS = ("id", "name", "kind", "parent", "address", "aliases", *_TRUST_KEYS, "units")
_UNIT_KEYS = ("id", "name", "address", "aliases", *_TRUST_KEYS)


class _Reader(EntryReader):
    """Reads agencies and their units."""

    def __init__(self, file: YamlFile, regulation: Regulation, checks: Checks) -> None:
        super().__init__(file, checks)
        self.regulation = regulation

    def aliases(self, keys: Keys, kind: HolderKind, entry: dict[str, Any]) -> tuple[str, ...]:
        """Return an entry's further addresses."""
        place = (*keys, "aliases")
        found = self.texts(place, entry.get("aliases"))
        return self.checks.aliases(self.place(place), kind, entry["id"], entry["name"], found)

    def trust(self, keys: Keys, entry: dict[str, Any]) -> Trust:
        """Return to whom an entry's mailbox and list are given; that they are people is known only once those are read."""
        delegates = self.texts((*keys, "delegates"), entry.get("delegates"))
        return Trust(entry.get("head") or None, delegates, entry.get("list_poster") or None, entry.get("receipts"))

    def list_address(self, keys: Keys, identity: str, name: str, address: str) -> None:
        """Claim the address of the list of an agency's or unit's people (CT-11.5), once the mailbox has its own."""
        holder = self.checks.book.holders.get(address)
        if holder is not None and holder.id == identity:
            taken = list_local_part(self.regulation, address)
            self.checks.address(self.place((*keys, "address")), "list", identity, name, taken)

    def units(self, keys: Keys, found: object, agency_id: str) -> tuple[Unit, ...]:
        """Return an agency's units."""
        units: list[Unit] = []
        for place, entry in self.entries(keys, found if found is not None else [], _UNIT_KEYS, ("id", "name")):
            address = entry.get("address") or ""
            self.checks.identifier(self.place((*place, "id")), entry["id"])
            try:
                words(entry["name"], self.regulation.names)
            except CoreError as error:
                self.problem(error.key, (*place, "name"), entry["name"], **error.values)
            address = self.checks.address(self.place((*place, "address")), "unit", entry["id"], entry["name"], address)
            self.list_address(place, entry["id"], entry["name"], address)
            aliases = self.aliases(place, "unit", entry)
            line = self.file.line(place)
            trust = self.trust(place, entry)
            units.append(Unit(entry["id"], entry["name"], address, agency_id, line, place, aliases, trust))
        return tuple(units)

    def agency(self, keys: Keys, entry: dict[str, Any]) -> Agency:
        """Return one agency."""
        kinds = self.regulation.kinds
        identity, name, kind = entry["id"], entry["name"], entry["kind"]
        self.checks.identifier(self.place((*keys, "id")), identity)
        address = self.checks.address(
            self.place((*keys, "address")), "agency", identity, name, entry.get("address") or ""
        )
        if kind not in kinds:
            allowed = joined(f"{known} ({kinds[known].label.value})" for known in kinds)
            self.problem("register.kind", (*keys, "kind"), kind, kind=kind, allowed=allowed)
        try:
            # An address that stands is kept whatever the name; only one that is to be issued needs the name's form.
            if address or kind not in kinds:
                words(name, self.regulation.names)
            else:
                agency_name(name, kinds[kind], self.regulation.names)
        except CoreError as error:
            self.problem(error.key, (*keys, "name"), name, **error.values)
        units = self.units((*keys, "units"), entry.get("units"), identity)
        self.list_address(keys, identity, name, address)
        aliases = self.aliases(keys, "agency", entry)
        line = self.file.line(keys)
        return Agency(
            identity, name, kind, entry.get("parent"), address, units, line, keys, aliases, self.trust(keys, entry)
        )

    def parents(self, agencies: dict[str, Agency]) -> None:
        """Check that each parent is an agency, and that none stands above itself."""
        for agency in agencies.values():
            if agency.parent is None:
                continue
            keys = (*agency.keys, "parent")
            if agency.parent not in agencies:
                near = nearest(agency.parent, agencies)
                self.problem("register.parent", keys, agency.parent, parent=agency.parent, near=near)
                continue
            above: set[str] = {agency.id}
            parent: str | None = agency.parent
            while parent in agencies and parent not in above:
                above.add(parent)
                parent = agencies[parent].parent
            if parent == agency.id:
                self.problem("register.parent_circle", keys, agency.parent, id=agency.id)

    def same_offices(self, agencies: dict[str, Agency]) -> None:
        """Check that no office stands twice under two ways to write its name (Xã Minh Hưng, UBND xã Minh Hưng)."""
        seen: dict[tuple[object, ...], Agency] = {}
        for agency in agencies.values():
            kind = self.regulation.kinds.get(agency.kind)
            if kind is None:
                continue
            try:
                found = agency_name(agency.name, kind, self.regulation.names)
            except CoreError:
                continue  # noted already, or an address of before stands under a name that the rules cannot read
            key = (agency.kind, agency.parent, found.type, *(word.spelling for word in found.words))
            first = seen.setdefault(key, agency)
            if first is not agency:
                where = f"{first.name} ({self.place((*first.keys, 'name'))})"
                self.problem("register.same_office", (*agency.keys, "name"), agency.name, first=where)


def read_agencies(file: YamlFile, regulation: Regulation, checks: Checks) -> dict[str, Agency]:
    """Return a register's agencies by id, in the order of the file; what is wrong goes to the checks.

    Args:
        file: agencies.yml, read.
        regulation: The regulation that names the kinds.
        checks: Where ids and addresses are claimed and problems are gathered.
    """
    reader = _Reader(file, regulation, checks)
    agencies: dict[str, Agency] = {}
    data = file.data if file.data is not None else []
    for keys, entry in reader.entries((), data, _AGENCY_KEYS, ("id", "name", "kind")):
        agency = reader.agency(keys, entry)
        agencies.setdefault(agency.id, agency)
    reader.parents(agencies)
    reader.same_offices(agencies)
    return agencies
