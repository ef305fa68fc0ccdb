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
        "allowed: ^(never|[1-9][0-9]{0,3} days|",
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


SILENT = [
    ("lock", "{wrong_passwords: {value: five, clause: CT-9.8}}", "lock.wrong_passwords.value", "(after|more than)"),
    ("lock", "{duration: {value: for ever, clause: CT-9.8}}", "lock.duration.value", "^(until unlocked|"),
    ("lock", "{receives: {value: perhaps, clause: CT-9.8}}", "lock.receives.value", "allowed: boolean."),
    (
        "lock",
        "{unlocked_by: silent, colour: {value: 1, clause: CT-9.8}}",
        "lock.colour",
        "allowed: duration, on_sending",
    ),
    ("leavers", "{close_within: {value: 3 weeks, clause: CT-5.3}}", "leavers.close_within.value", "working days"),
    (
        "handover",
        "{includes: {value: [keys], clause: CT-5.3}}",
        "handover.includes.value[0]",
        "mailbox, password, data.",
    ),
    ("logs", "{fields: {value: [Time], clause: CT-9.8}}", "logs.fields.value[0]", "allowed: ^[a-z][a-z0-9_]*$"),
    ("backups", "{every: {value: daily, clause: CT-9.8}}", "backups.every.value", "minutes|hours|days"),
    ("backups", "{other_storage: {value: elsewhere, clause: CT-9.8}}", "backups.other_storage.value", "boolean"),
    ("lists", "{address: {value: danhsach, clause: CT-11.5}}", "lists.address.value", "[{]owner[}]"),
    ("deleted_mail", "{keep: {value: long, clause: CT-9.8}}", "deleted_mail.keep.value", "working days"),
    ("quota_warnings", "{value: [80, 100], clause: CT-9.8}", "quota_warnings.value[1]", "99"),
    ("reading", "{value: twice a day, clause: CT-9.8}", "reading.value", " per "),
    (
        "sending",
        "{person: {outside: {value: 250/10 minutes, clause: CT-9.8}}}",
        "sending.person.outside.value",
        "^(unlimited|[1-9][0-9]{0,5} per",
    ),
    (
        "sending",
        "{person: {abroad: {value: unlimited, clause: CT-9.8}}}",
        "sending.person.abroad",
        "allowed: inside, outside.",
    ),
    ("gigabyte", "{value: 0, clause: CT-9.8}", "gigabyte.value", "1"),
]
BROKEN += [
    (f"\n{section}: silent\n", f"\n{section}: {new}\n", field, allowed) for section, new, field, allowed in SILENT
]
BROKEN += [
    ("  max_size: silent", "  max_size: {value: unlimited, clause: CT-9.8}", "attachments.max_size.value", "[MG]B$"),
    ("delegates: {value: 1,", "delegates: {value: some,", "shared_mailboxes.delegates.value", "unlimited"),
    ("  aliases: silent", "  aliases: {value: [thu], clause: CT-9.8}", "domains.aliases.value[0]", "right form"),
    (
        "  legacy: silent",
        "  legacy: {value: [{domain: cu.vn, until: next year}], clause: CT-9.8}",
        "domains.legacy.value[0].until",
        "right form",
    ),
    (
        "  legacy: silent",
        "  legacy: {value: [{domain: cu.vn}], clause: CT-9.8}",
        "domains.legacy.value[0]",
        "key until",
    ),
    (
        "quota_warnings: silent",
        "quota_warning: silent",
        "quota_warning",
        "nearest: quota_warnings; allowed: addresses,",
    ),
    (
        "    history: silent",
        "    histroy: silent",
        "passwords.person.histroy",
        "nearest: history; allowed: change_on_rec",
    ),
    ("passwords:\n", "passwords:\n  board: silent\n", "passwords.board", "allowed: agency, person, unit."),
    ("['06-05', '12-05']", "['5 June']", "reports.agency.dates.value[0]", "right form"),
    ("['06-05', '12-05']", "['02-30']", "reports.agency.dates.value[0]", "There is no such day; allowed: a day of the"),
    ("effective: '2015-12-30'", "effective: '2015-02-29'", "effective", "There is no such day"),
    (
        "  legacy: silent",
        "  legacy: {value: [{domain: cu.vn, until: '2026-02-30'}], clause: CT-9.8}",
        "domains.legacy.value[0].until",
        "There is no such day",
    ),
    ("[signed_document]", "[signed_document, fax]", "requests.channels.value[1]", "allowed: signed_document, document"),
    ("to: {value: sotttt,", "to: {value: sotttt@cantho.gov.vn,", "requests.to.value", "right form"),
    ("create: {value: 2 working days", "create: {value: two days", "requests.terms.create.value", "right form"),
    ("reminders: {value: 3,", "reminders: {value: three,", "violations.reminders.value", "allowed: integer."),
    (
        "value: last_use\n",
        "value: last_sign_in\n",
        "idle.counted_from.value",
        "last_use, creation, last_use_or_creation.",
    ),
    ("{do: suspend, after", "{do: hide, after", "idle.stages.value[0].do", "suspend, notify_agency, notify_person"),
    ("[imap, pop3,", "[imap, smtp,", "protocols.value[1]", "allowed: imap, pop3, submission, sieve, webmail."),
    (
        "    second_factor: silent",
        "    second_factor: {value: {use: required, kinds: [letter]}, clause: CT-10.3}",
        "passwords.person.second_factor.value.kinds[0]",
        "allowed: totp, sms, security_key.",
    ),
    (
        "    specials: silent",
        "    specials: {value: abc, clause: CT-10.3}",
        "passwords.person.specials.value",
        "allowed: ^(any|",
    ),
    (
        "    forbidden: silent",
        "    forbidden: {value: [telephone], clause: CT-10.3}",
        "passwords.person.forbidden.value[0]",
        "allowed: account, name, birth_date.",
    ),
    (
        "    department: &typed\n",
        "    department: &typed\n      collision: {moves: both, scope: province, clause: CT-4.2a}\n",
        "addresses.agency.department.collision.scope",
        "allowed: domain, district, agency.",
    ),
    (
        "    department: &typed\n",
        "    department: &typed\n      collision: {moves: earlier, scope: domain, clause: CT-4.2a}\n",
        "addresses.agency.department.collision.moves",
        "allowed: later, both.",
    ),
    (
        "{clause: CT-4.2d, parts: [{of: family",
        "{clause: CT-4.2d, when_taken_by: [neighbour], parts: [{of: family",
        "addresses.person.candidates[1].when_taken_by[0]",
        "allowed: department, board,",
    ),
    ("{of: agency, as: issued, before: '.'}", "{of: agency, as: issued, before: ','}", "parts[1].before", "., -, _"),
    (
        "exhausted: {value: operator, clause: CT-4.2d}",
        "exhausted: {value: anybody, clause: CT-4.2d}",
        "value",
        "operator.",
    ),
    ("value: [registered, file, row]", "value: [row]", "order.value", 'allowed: ["registered", "file", "row"].'),
]
# What looks right to YAML or to the schema, and would end in the middle of something else.
LETTER = "at least one letter or digit is needed"
BROKEN += [
    (
        "  family_names: silent",
        f"  family_names: {{value: [{text}], clause: CT-4.2c}}",
        "names.family_names.value[0]",
        why,
    )
    for text, why in [("'-'", LETTER), ("Ðặng", "only looks like"), ("NguyÔn", "not Unicode"), ("' '", "right form")]
]
BROKEN += [
    ("types:\n      - {names: [Sở]", "types:\n      - {names: ['...']", "kinds.department.types[0].names[0]", LETTER),
    (
        "type_required: false\n    types: []",
        "type_required: true\n    types: []",
        "kinds.sector.types",
        "at least one type",
    ),
    (
        "  minor_words: silent",
        "  minor_words: {value: [và các], clause: CT-4.2a}",
        "names.minor_words.value[0]",
        "one word",
    ),
    (
        "  abbreviations:\n",
        "  abbreviations:\n    - {names: ['-'], short: X, clause: CT-4.2a}\n",
        "tions[0].names[0]",
        LETTER,
    ),
    (
        "  abbreviations:\n",
        "  abbreviations:\n    - {names: [A], short: X Y, clause: CT-4.2a}\n",
        "[0].short",
        "one word",
    ),
    (
        "  agency_table: silent",
        "  agency_table:\n    - {name: '- -', kinds: [board], short: x, clause: CT-4.2a}",
        "names.agency_table[0].name",
        LETTER,
    ),
    ("\nsending: silent", "\nsending: {perzon: {inside: silent}}", "sending.perzon", "nearest: person"),
    (
        "quotas:\n",
        "quotas:\n  comune: {value: 1 GB, clause: CT-4.1}\n",
        "quotas.comune",
        "allowed: agency, unit, person, func",
    ),
    (
        "passwords:\n",
        "passwords:\n  adminstrator: {min_length: {value: 9, clause: CT-10.3}}\n",
        "passwords.adminstrator",
        "allowed: agency, unit, person, administrator, department",
    ),
    ("min_length: {value: 8,", "min_length: {value: 8.0,", "passwords.person.min_length.value", "allowed: integer."),
    ("min_length: {value: 8,", "min_length: {value: 800,", "passwords.person.min_length.value", "the limit: 64."),
    ("{value: 5 GB, clause", "{value: " + "9" * 5000 + " GB, clause", "quotas.person.value", "(5005)"),
    ("{value: 5 GB, clause", '{value: "5 GB\\n", clause', "quotas.person.value", "allowed: ^(unlimited|"),
    ("{value: 3 months,", '{value: "3 months\\n",', "passwords.person.max_age.value", "allowed: ^(never|"),
    ("address: hotro,", 'address: "hotro\\n",', "functions.addresses[0].address", "right form"),
    ("quotas:\n", "quotas:\n  ~: {value: 1 GB, clause: CT-4.1}\n", "~", "a key must be text"),
    ("quotas:\n", "on: silent\nquotas:\n", "on", "a key must be text"),
    (
        "\nsending: silent",
        "\nsending: {person: {inside: {value: 9 per 1 working days, clause: CT-9.8}, outside: silent}}",
        "sending.person.inside.value",
        "(minutes|hours|days))$",
    ),
    (
        "{clause: CT-4.2c, parts",
        "{clause: CT-4.2c, when_taken_by: [person], parts",
        "addresses.person.candidates[0].when_taken_by",
        "never issued",
    ),
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
    # What is not there has no line of its own: the section's, or the first one of the file.
    assert key in lines[problem.line - 1] or "missing" in str(problem) or "not spoken of" in str(problem)


def test_a_missing_regulation(tmp_path):
    with pytest.raises(ProblemsError) as caught:
        load_regulation(tmp_path / "none.yml")
    assert caught.value.problems[0].key == "yaml.unreadable"
