"""What holds where a text is silent, and what an amendment does to the text that it amends."""

import json
from pathlib import Path

import pytest
import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.yaml_file import load_yaml

FOLDER = Path(__file__).resolve().parents[2] / "regulations"
REGULATIONS = sorted(FOLDER.glob("*.yml"))
NATIONAL = FOLDER / "national" / "vietnam.yml"
SCHEMA = json.loads((FOLDER / "schema.json").read_text(encoding="utf-8"))
IDENTITY = {"format", "id", "code", "title", "number", "issuer", "issued", "effective", "amends"}
# The mailbox kinds of which every regulation speaks, in the sections that are open for more.
KINDS = ("person", "unit", "agency")


def said(value):
    return {"value": value, "clause": "BP-4.1"}


def resolved(node):
    """A place of the schema, through its reference."""
    return SCHEMA["$defs"][node["$ref"].rpartition("/")[2]] if "$ref" in node else node


def places(node, way=()):
    """Every place of the schema at which a value stands."""
    node = resolved(node)
    properties = node.get("properties", {})
    if way in {("kinds",), ("addresses", "agency")}:
        yield way
    elif isinstance(node.get("additionalProperties"), dict):
        for kind in KINDS:
            yield from places(node["additionalProperties"], (*way, kind))
    elif properties and not {"value", "candidates"} & set(properties):
        for key, inner in properties.items():
            if way or key not in IDENTITY:
                yield from places(inner, (*way, key))
    else:
        yield way


def get(data, way):
    for key in way:
        data = data[key]
    return data


def silences(data, way=()):
    """Every place of a file that is silent."""
    if data == "silent":
        yield way
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from silences(value, (*way, key))


def text_of(path, line):
    return path.read_text(encoding="utf-8").splitlines()[line - 1]


def test_the_national_defaults_have_every_place_of_the_schema_but_the_domain():
    national = yaml.safe_load(NATIONAL.read_text(encoding="utf-8"))
    every = set(places(SCHEMA)) - {("domains", "primary")}
    assert len(every) > 90
    missing = []
    for way in every:
        try:
            value = get(national, way)
        except KeyError:
            missing.append(way)
            continue
        assert value != "silent", way
    assert missing == []
    assert set(national["addresses"]["agency"]) == set(national["kinds"])


def test_every_national_value_says_why_and_cites_no_clause():
    def entries(data):
        if isinstance(data, dict):
            if "clause" in data:
                yield data
            for value in data.values():
                yield from entries(value)
        elif isinstance(data, list):
            for value in data:
                yield from entries(value)

    found = list(entries(yaml.safe_load(NATIONAL.read_text(encoding="utf-8"))))
    assert len(found) > 100
    assert [entry for entry in found if entry["clause"] is not None or not entry["why"].strip()] == []


@pytest.mark.parametrize("path", REGULATIONS, ids=lambda path: path.stem)
def test_whatever_is_silent_is_a_value_that_names_the_silence_and_the_national_line(path):
    regulation = load_regulation(path)
    file = load_yaml(path)
    national = yaml.safe_load(NATIONAL.read_text(encoding="utf-8"))
    told = {}
    for value in regulation.values.values():
        if value.silent_at is not None:
            told.setdefault(value.silent_at, []).append(value)
    silent = list(silences(file.data))
    assert bool(silent) is ("amends" not in file.data)
    for way in silent:
        if get(national, way) == []:
            continue  # an empty table has no entry that could be shown
        values = told[path, file.line(way)]
        line = text_of(path, file.line(way))
        assert "silent" in line or ": *" in line, "there, or where an alias repeats it"
        for value in values:
            assert (value.file, value.clause) == (NATIONAL, None)
            # A rule's reasons stand with its forms.
            assert "candidates" in value.value if value.why is None else value.why.strip()


@pytest.mark.parametrize("path", REGULATIONS, ids=lambda path: path.stem)
def test_every_value_names_the_line_on_which_it_stands(path):
    for value in load_regulation(path).values.values():
        *way, last = [name.partition("[")[0] for name in value.key.split(".")]
        line = text_of(value.file, value.line)
        shared = f"{way[-1]}: *" in line if way else False
        # The forms of an address are numbered, and each is an entry of a list.
        form = last.isdigit() and line.lstrip().startswith("- ")
        assert f"{last}:" in line or shared or form or last in line, (value.key, value.line, line)


@pytest.mark.parametrize(
    ("key", "file", "clause"),
    [
        ("lock.wrong_passwords", "binhphuoc.yml", "BP-6.2d"),
        ("lock.duration", "vietnam.yml", None),
        ("passwords.agency.max_age", "binhphuoc.yml", "BP-9"),
        ("passwords.agency.min_length", "vietnam.yml", None),
        ("addresses.agency.commune", "binhphuoc.yml", None),
        ("addresses.agency.department", "vietnam.yml", None),
        ("domains.primary", "binhphuoc.yml", "BP-4.1c"),
        ("domains.aliases", "vietnam.yml", None),
    ],
)
def test_bp_4_1c_bp_6_2d_bp_9_the_amendment_of_2024_over_the_text_of_2021(key, file, clause):
    value = load_regulation(FOLDER / "binhphuoc.yml").values[key]
    assert (value.file.name, value.clause) == (file, clause)
    silent = value.silent_at
    assert (silent[0].name if silent else None) == ("binhphuoc_2021.yml" if file == "vietnam.yml" else None)


@pytest.fixture
def amend(write_regulation, tmp_path):
    """Write a base with changes and an amendment with others; return the amendment's file."""

    def write(base, amendment, **identity):
        write_regulation(base, name="base")
        head = {"format": 2, "id": "later", "code": "BP", "amends": "base", "issued": "2024", "effective": "2024"}
        head |= dict.fromkeys(("title", "number", "issuer"), "x")
        path = tmp_path / "later.yml"
        text = yaml.safe_dump(head | identity | amendment, allow_unicode=True, sort_keys=False)
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_an_amendment_replaces_what_it_says_and_keeps_the_rest(amend, tmp_path):
    path = amend(
        {"lock.wrong_passwords": said("after 3"), "lock.duration": said("1 hours"), "quotas.person": said("2 GB")},
        {"lock": {"wrong_passwords": said("more than 9")}},
    )
    regulation = load_regulation(path)
    assert (regulation.lock.wrong_passwords.value, regulation.lock.duration.value) == (10, 3600)
    assert regulation.values["lock.wrong_passwords"].file == path
    assert regulation.values["lock.duration"].file == tmp_path / "base.yml"
    assert regulation.quota("person", "department").value == 2 * 1024**3
    assert regulation.id == "later"


def test_silent_in_an_amendment_goes_back_to_the_national_default(amend):
    base = {"lock.wrong_passwords": said("after 3"), "lock.duration": said("1 hours"), "quota_warnings": said([50])}
    path = amend(base, {"lock": "silent", "quota_warnings": "silent"})
    regulation = load_regulation(path)
    assert (regulation.lock.wrong_passwords.value, regulation.lock.duration.value) == (6, 30 * 60)
    for key, line in (("lock.duration", "lock: silent"), ("quota_warnings", "quota_warnings: silent")):
        value = regulation.values[key]
        assert value.file == NATIONAL
        assert value.silent_at[0] == path
        assert text_of(*value.silent_at) == line


def test_a_list_of_an_amendment_replaces_the_whole_list(amend):
    def entry(name):
        return {"name": name, "kinds": ["sector"], "short": "x", "clause": "BP-4.1"}

    regulation = load_regulation(
        amend(
            {"names.agency_table": [entry("Một"), entry("Hai")], "names.minor_words": said(["và", "về"])},
            {"names": {"agency_table": [entry("Ba")], "minor_words": said(["cho"])}},
        )
    )
    assert [item.name for item in regulation.names.agency_table] == ["Ba"]
    assert regulation.names.minor_words.value == ("cho",)


def test_an_amendment_changes_the_rule_of_one_kind_and_adds_a_kind(amend):
    def rule(transform):
        form = {"clause": "BP-4.1", "parts": [{"of": "name", "as": transform}]}
        return {"candidates": [form], "exhausted": said("operator")}

    kind = {"label": "Quỹ", "clause": "BP-4.1", "type_required": False, "types": []}
    regulation = load_regulation(
        amend(
            {"addresses.agency.commune": rule("full"), "addresses.agency.board": rule("full")},
            {"kinds": {"fund": kind}, "addresses": {"agency": {"fund": rule("full"), "board": rule("initials")}}},
        )
    )
    assert {"fund", "commune", "department"} <= set(regulation.agency_rules)
    found = {
        name: regulation.agency_rules[name].templates[0].parts[0].transform for name in ("commune", "board", "fund")
    }
    assert found == {"commune": "full", "board": "initials", "fund": "full"}


def test_what_the_amended_text_added_is_gone_once_the_amendment_is_silent(amend):
    kind = {"label": "Quỹ", "clause": "BP-4.1", "type_required": False, "types": []}
    rule = {"candidates": [], "exhausted": said("operator")}
    base = {"kinds.fund": kind, "addresses.agency.fund": rule, "quotas.fund": said("1 GB")}
    regulation = load_regulation(amend(base, {"kinds": "silent", "addresses": "silent", "quotas": "silent"}))
    assert "fund" not in {*regulation.kinds, *regulation.agency_rules, *regulation.quotas}


def test_national_rules_of_kinds_that_a_regulation_does_not_have_are_left_out(vary):
    kind = {"label": "Sở", "clause": "BP-4.1", "type_required": True, "types": [{"names": ["Sở"], "short": "so"}]}
    regulation = vary({"kinds": {"department": kind}})
    assert list(regulation.kinds) == list(regulation.agency_rules) == ["department"]


def test_an_amendment_of_an_amendment(amend, tmp_path):
    first = amend({"quotas.person": said("2 GB"), "quotas.unit": said("3 GB")}, {"quotas": {"person": said("4 GB")}})
    text = first.read_text(encoding="utf-8").replace("amends: base", "amends: later").replace("4 GB", "5 GB")
    (tmp_path / "last.yml").write_text(text.replace("id: later", "id: last"), encoding="utf-8")
    regulation = load_regulation(tmp_path / "last.yml")
    assert [regulation.quotas[kind].value // 1024**3 for kind in ("person", "unit")] == [5, 3]


def test_what_is_amended_is_read_again_once_it_changes(amend, tmp_path):
    path = amend({"quotas.unit": said("3 GB")}, {"quotas": {"person": said("4 GB")}})
    assert load_regulation(path).quotas["unit"].value == 3 * 1024**3
    base = tmp_path / "base.yml"
    base.write_text(base.read_text(encoding="utf-8").replace("3 GB", "7 GB"), encoding="utf-8")
    assert load_regulation(path).quotas["unit"].value == 7 * 1024**3


def test_a_regulation_adds_to_the_national_lists_and_replaces_an_entry_of_the_same_key(vary):
    regulation = vary(
        {
            "reserved": [{"address": "toasoan", "clause": "BP-4.1"}, {"address": "admin", "clause": "BP-4.2"}],
            "functions.addresses": [{"address": "trogiup", "help": True, "clause": "BP-4.1"}],
            "names.abbreviations": [{"names": ["Ủy ban"], "short": "UBND", "clause": "BP-4.1"}],
        }
    )
    assert [regulation.reserved[name].clause for name in ("toasoan", "admin", "quantri")] == ["BP-4.1", "BP-4.2", None]
    assert next(iter(regulation.functions)) == "trogiup"
    assert regulation.functions["postmaster"].why
    shorts = {item.short.value: item.names for item in regulation.names.abbreviations}
    assert shorts == {"UBND": ("Ủy ban",), "HĐND": ("Hội đồng nhân dân",), "MTTQ": ("Mặt trận Tổ quốc",)}
    added = regulation.values["functions.addresses.postmaster"]
    assert (added.file, text_of(added.file, added.line).strip()[:22]) == (NATIONAL, "- {address: postmaster")


def test_a_function_of_the_regulations_own_takes_the_place_of_a_national_reservation(vary):
    said = {"functions.addresses": [{"address": "quantri", "help": True, "clause": "BP-4.1"}]}
    regulation = vary(said)
    assert regulation.functions["quantri"].clause == "BP-4.1"
    assert "quantri" not in regulation.reserved
    assert {"admin", "info"} <= set(regulation.reserved)
    kept = regulation.values["reserved.support"]
    assert "{address: support" in text_of(kept.file, kept.line)
    assert kept.silent_at is not None
    with pytest.raises(ProblemsError, match=r"varied.yml:\d+: reserved\[0\].address = 'quantri'"):
        vary(said | {"reserved": [{"address": "quantri", "clause": "BP-4.1"}]})


def only_problem(path):
    with pytest.raises(ProblemsError) as caught:
        load_regulation(path)
    assert len(caught.value.problems) == 1, str(caught.value)
    return caught.value.problems[0]


def test_amending_a_regulation_that_is_not_there_names_those_that_are(amend):
    path = amend({}, {}, amends="bse")
    problem = only_problem(path)
    assert (problem.key, problem.line, problem.value) == ("regulation.amends_unknown", 4, "bse")
    assert f"{path}:4: amends = 'bse'" in str(problem)
    assert "There is no regulation of this name to amend; allowed: base." in str(problem)


@pytest.mark.parametrize("amended", ["later", "base"])
def test_files_that_amend_one_another(amend, amended):
    path = amend({"amends": "later"}, {}, amends=amended)
    problem = only_problem(path)
    assert problem.key == "regulation.amends_circle"
    assert text_of(problem.file, problem.line) == "amends: later"
    assert "must lead to a text that amends none" in str(problem)


def test_amending_a_regulation_of_another_province(amend):
    problem = only_problem(amend({"code": "CT"}, {}))
    assert (problem.key, problem.line) == ("regulation.amends_other", 4)
    assert "has the code CT; allowed: the same code BP as the amendment" in str(problem)


BROKEN_AMENDMENTS = [
    ({"lock": {"duration": said("soon")}}, "schema.pattern", "value: soon"),
    ({"lock": {"durations": said("1 hours")}}, "schema.unknown_key", "durations:"),
    ({"quotas": {"person": {"value": "2 GB", "clause": "CT-4.1c"}}}, "regulation.foreign_clause", "clause: CT-4.1c"),
    ({"domains": {"primary": "silent"}}, "regulation.not_silent", "primary: silent"),
    ({"kinds": {"fund": {"label": "Quỹ", "clause": "BP", "type_required": False, "types": []}}}, None, "fund:"),
]


@pytest.mark.parametrize(("amendment", "key", "line"), BROKEN_AMENDMENTS)
def test_what_is_wrong_in_an_amendment_names_its_file_and_line(amend, amendment, key, line):
    path = amend({"quotas.person": said("1 GB")}, amendment)
    problem = only_problem(path)
    assert problem.key == (key or "regulation.kind_without_rule")
    assert problem.file == path
    assert text_of(path, problem.line).strip() == line


def test_what_is_wrong_in_the_amended_text_names_that_file(amend, tmp_path):
    problem = only_problem(amend({"quotas.person": said("much")}, {"quotas": {"person": said("1 GB")}}))
    assert problem.file == tmp_path / "base.yml"
    assert text_of(problem.file, problem.line).strip() == "value: much"


def test_the_base_has_to_speak_of_everything_and_the_amendment_of_nothing(amend, tmp_path):
    path = amend({}, {})
    assert load_regulation(path).id == "later"
    base = tmp_path / "base.yml"
    base.write_text(base.read_text(encoding="utf-8").replace("lock: silent\n", ""), encoding="utf-8")
    problem = only_problem(path)
    assert (problem.key, problem.file) == ("regulation.missing", base)
    assert "lock is not spoken of" in str(problem)
