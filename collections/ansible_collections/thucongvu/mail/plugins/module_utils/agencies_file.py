"""The agencies file, read: every entry of it checked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.thucongvu.mail.plugins.module_utils.names import agency_name, words
from ansible_collections.thucongvu.mail.plugins.module_utils.problems import CoreError, Problem
from ansible_collections.thucongvu.mail.plugins.module_utils.register_check import Place
from ansible_collections.thucongvu.mail.plugins.module_utils.register_model import Agency, Unit
from ansible_collections.thucongvu.mail.plugins.module_utils.schema_check import dotted, joined, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import HolderKind
    from ansible_collections.thucongvu.mail.plugins.module_utils.register_check import Checks
    from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation
    from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import Keys, YamlFile

_AGENCY_KEYS = ("id", "name", "kind", "parent", "address", "aliases", "units")
_UNIT_KEYS = ("id", "name", "address", "aliases")
_LISTS = ("units", "aliases")


class _Reader:
    """Reads the entries of one file; what is wrong goes to the checks."""

    def __init__(self, file: YamlFile, regulation: Regulation, checks: Checks) -> None:
        self.file = file
        self.regulation = regulation
        self.checks = checks

    def problem(self, key: str, keys: Keys, value: object = None, **values: object) -> None:
        """Note a problem at a key."""
        shown_value = None if value is None else str(value)
        place = Problem(key, values, self.file.path, self.file.line(keys), dotted(keys) or "-", shown_value)
        self.checks.problems.append(place)

    def place(self, keys: Keys) -> Place:
        """Return where a key stands."""
        return Place(self.file.path, self.file.line(keys))

    def entries(
        self, keys: Keys, found: object, known: tuple[str, ...], required: tuple[str, ...]
    ) -> Iterator[tuple[Keys, dict[str, Any]]]:
        """Yield a list's entries whose required keys are there and whose texts are texts."""
        if not isinstance(found, list):
            self.problem("register.list", keys, allowed=joined(known))
            return
        for index, entry in enumerate(found):
            place = (*keys, index)
            if not isinstance(entry, dict):
                self.problem("register.entry", place, allowed=joined(known))
            elif self._usable(place, entry, known, required):
                yield place, entry

    def _usable(self, keys: Keys, entry: dict[Any, Any], known: tuple[str, ...], required: tuple[str, ...]) -> bool:
        usable = True
        for name, value in entry.items():
            place = (*keys, str(name))
            if name not in known:
                self.problem("schema.unknown_key", place, near=nearest(str(name), known), allowed=joined(known))
            elif name not in _LISTS and not isinstance(value, str) and (value is not None or name in required):
                self.problem("register.not_text", place, "" if value is None else value)
                usable = False
        for name in required:
            missing = name not in entry or (isinstance(entry[name], str) and not entry[name].strip())
            if missing:
                self.problem("register.field_missing", keys, missing=name)
                usable = False
        return usable

    def aliases(self, keys: Keys, kind: HolderKind, entry: dict[str, Any]) -> tuple[str, ...]:
        """Return an entry's further addresses."""
        place = (*keys, "aliases")
        found = entry.get("aliases") or []
        if not isinstance(found, list) or not all(isinstance(alias, str) for alias in found):
            self.problem("register.alias_list", place, found)
            return ()
        return self.checks.aliases(self.place(place), kind, entry["id"], entry["name"], found)

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
            aliases = self.aliases(place, "unit", entry)
            line = self.file.line(place)
            units.append(Unit(entry["id"], entry["name"], address, agency_id, line, place, aliases))
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
        aliases = self.aliases(keys, "agency", entry)
        return Agency(identity, name, kind, entry.get("parent"), address, units, self.file.line(keys), keys, aliases)

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
