"""Cần Thơ's regulation as data, and broken regulations with the message that each must give."""

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.problems import ProblemsError
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation


def test_ct_2_1_kinds(cantho):
    assert {kind.id: kind.label.clause for kind in cantho.kinds.values()} == dict.fromkeys(
        ["department", "board", "sector", "district", "commune", "political", "sociopolitical"], "CT-2.1"
    )
    assert set(cantho.agency_rules) == set(cantho.kinds)


@pytest.mark.parametrize(
    ("kind", "quota", "clause"),
    [("agency", None, "CT-4.1a"), ("unit", 10 * 1024**3, "CT-4.1b"), ("person", 5 * 1024**3, "CT-4.1c")],
)
def test_ct_4_1a_ct_4_1b_ct_4_1c_quotas(cantho, kind, quota, clause):
    assert (cantho.quotas[kind].value, cantho.quotas[kind].clause) == (quota, clause)


def test_ct_10_3_rule(cantho):
    rule = cantho.passwords["person"]
    assert (rule.min_length.value, rule.min_length.clause) == (8, "CT-10.3")
    assert set(rule.required.value) == {"upper", "lower", "digit", "special"}
    assert rule.change_on_receipt.value is True


def test_ct_10_5_ct_6_1_functions_and_their_operator(cantho):
    assert cantho.functions["hotro"].clause == "CT-10.5"
    assert (cantho.operator.value, cantho.operator.clause) == ("sotttt", "CT-6.1")
    assert not set(cantho.functions) & set(cantho.reserved)


def test_an_unchanged_file_is_read_once(project):
    path = project / "regulations/cantho.yml"
    assert load_regulation(path) is load_regulation(str(path))


HOTRO = "    - {address: hotro, help: true, clause: CT-10.5}"
BROKEN = [
    ("effective: '2015-12-30'", "effective: '2015-13-30'", "effective", "right form"),
    ("operator: {value: sotttt", "operator: {value: hotro", "functions.operator.value", "allowed: another address"),
    ("operator: {value: sotttt", "operator: {value: admin", "functions.operator.value", "allowed: another address"),
    ("address: hotro, help: true", "address: hotro", "functions.addresses", "one entry needs help: true"),
    ("format: 2", "format: 1", "format", "allowed: 2."),
    ("id: cantho", "id: Cần Thơ", "id", "allowed: ^[a-z][a-z0-9_]*$"),
    ("code: CT\n", "", "-", "The required key code is missing."),
    ("code: CT\n", "code: CT\ncolour: red\n", "colour", "allowed: addresses, amends,"),
    ("quotas:\n", "quotes:\n", "quotes", "nearest: quotas"),
    ("{value: 5 GB, clause", "{value: 5GB, clause", "quotas.person.value", "allowed: ^(unlimited|"),
    ("{value: 5 GB, clause", "{value: 0 GB, clause", "quotas.person.value", "allowed: ^(unlimited|"),
    ("{value: 5 GB, clause: CT-4.1c}", "{value: 5 GB}", "quotas.person", "The required key clause is missing."),
    ("{value: 5 GB, clause: CT-4.1c}", "{value: 5 GB, clause: null}", "quotas.person", "key why is missing."),
    ("{value: 5 GB, clause: CT-4.1c}", "{value: 5 GB, clause: 4.1}", "quotas.person.clause", "Wrong type"),
    ("{value: 5 GB, clause: CT-4.1c}", "{value: 5 GB, clause: CT4.1c}", "quotas.person.clause", "right form"),
    (
        "{value: 5 GB, clause: CT-4.1c}",
        "{value: 5 GB, clause: CB-4.1c}",
        "quotas.person.clause",
        "allowed: null, or an id that begins with CT-.",
    ),
    (
        "{value: 3 months,",
        "{value: quarterly,",
        "passwords.person.max_age.value",
        "allowed: ^(never|[1-9][0-9]* (days|months))$",
    ),
    (
        "min_length: {value: 8, clause: CT-10.3}",
        "min_length: {value: eight, clause: CT-10.3}",
        "passwords.person.min_length.value",
        "allowed: integer.",
    ),
    (
        "[upper, lower, digit, special], clause: CT-10.3",
        "[upper, loser], clause: CT-10.3",
        "passwords.person.required.value[1]",
        "allowed: upper, lower, digit, special.",
    ),
    (
        "{of: type, as: full}, {of: name, as: initials}",
        "{of: typ, as: full}",
        "parts[0].of",
        "allowed: type, name, parent",
    ),
    (
        "{of: type, as: full}, {of: name, as: initials}",
        "{of: type, as: issued}",
        "parts[0].as",
        "The part type cannot be taken as issued; allowed: full, initials, short.",
    ),
    ("    board: *typed", "    boart: *typed", "addresses.agency.boart", "allowed: department, board,"),
    ("    board: *typed\n", "", "kinds.board", "The kind board has no address rule"),
    (HOTRO, f"{HOTRO}\n    - {{address: hotro, clause: CT-10.5}}", "functions.addresses[1].address", "stands twice"),
    (HOTRO, f"{HOTRO}\n    - {{address: Root, clause: CT-10.5}}", "functions.addresses[1].address", "right form"),
    ("lock: silent\n", "", "-", "lock is not spoken of; write its value with its clause, or silent"),
    ("    history: silent\n", "", "passwords.person", "passwords.person.history is not spoken of"),
    ("primary: {value: cantho.gov.vn, clause: CT-4.2a}", "primary: silent", "domains.primary", "may not be silent"),
    ("format: 2\n", "format: 2\namends: nowhere\n", "amends", "There is no regulation of this name to amend"),
    ("kinds: [district, commune]", "kinds: [distrikt]", "names.unit_table[0].kinds[0]", "allowed: department, board,"),
    (
        "{of: family, as: initials}, {of: middle, as: full}",
        "{of: ordinal, as: number}, {of: middle, as: full}",
        "addresses.person.candidates[1].parts[0].of",
        "this form must be the last one",
    ),
    (
        "{of: family, as: full}, {of: middle, as: full}",
        "{of: ordinal, as: number}, {of: ordinal, as: number}",
        "addresses.person.candidates[2].parts[1].of",
        "A form of address has one ordinal",
    ),
    ("{do: suspend, after: 3 months}", "{do: suspend, after: soon}", "idle.stages.value[0].after", "right form"),
    ("person: {value: '{name} - {agency}'", "person: {value: '{who}'", "display_names.person.value", "right form"),
]


@pytest.mark.parametrize(("old", "new", "field", "allowed"), BROKEN)
def test_a_broken_regulation_names_line_key_and_what_is_allowed(project, tmp_path, old, new, field, allowed):
    text = (project / "regulations/cantho.yml").read_text(encoding="utf-8")
    assert old in text
    path = tmp_path / "broken.yml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ProblemsError) as caught:
        load_regulation(path)
    problem = next(problem for problem in caught.value.problems if allowed in str(problem))
    assert field in str(problem.field)
    assert f"{path}:{problem.line}: " in str(problem)
    lines = path.read_text(encoding="utf-8").splitlines()
    key = str(problem.field).rsplit(".", 1)[-1].split("[")[0]
    assert problem.line is not None
    assert key in lines[problem.line - 1] or "missing" in str(problem)


def test_a_missing_regulation(tmp_path):
    with pytest.raises(ProblemsError) as caught:
        load_regulation(tmp_path / "none.yml")
    assert caught.value.problems[0].key == "yaml.unreadable"
