"""Every other dimension that a province's rules may have is expressed in a regulation's file and read back as what it means.

Each regulation here is the national defaults with the entries that the test names.
"""

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation, read_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.terms import Rate, Term

MINUTE, DAY = 60, 86400


def said(value):
    return {"value": value, "clause": "BP-4.1"}


# Where it stands, and a value of that dimension; it is found again under the same name.
SAID = [
    ("organisations.supervisor", "Sở Khoa học và Công nghệ"),
    ("organisations.operator", "Trung tâm Chuyển đổi số"),
    ("domains.aliases", ["thu.dongnai.gov.vn", "dongnai.vn"]),
    ("domains.legacy", [{"domain": "binhphuoc.gov.vn", "until": "2027-06-30"}, {"domain": "cu.gov.vn", "until": None}]),
    ("addresses.aliases_per_mailbox", 3),
    ("quota_warnings", [70, 85, 95]),
    ("attachments.forbidden_types", ["exe", "docm"]),
    ("handover.includes", ["mailbox", "password", "data"]),
    ("requests.channels", ["signed_document", "document", "mail", "phone", "portal"]),
    ("requests.to", "hotro"),
    ("requests.form", "Phụ lục 1"),
    ("requests.form", None),
    ("requests.contact_point", "Văn phòng Sở"),
    ("reports.agency.dates", ["06-05", "12-05"]),
    ("reports.agency.form", "Phụ lục 2"),
    ("reports.supervisor.dates", ["01-15", "04-15", "07-15", "10-15"]),
    ("violations.reminders", 2),
    ("protocols", ["imap", "webmail"]),
    ("logs.fields", ["time", "account", "source_address"]),
    ("backups.other_storage", True),
    ("exclusions", ["Công an tỉnh", "Bộ Chỉ huy quân sự tỉnh"]),
    ("idle.counted_from", "creation"),
    ("idle.counted_from", "last_use"),
    ("idle.counted_from", "last_use_or_creation"),
    ("idle.receives", False),
    ("lock.on_sending_excess", True),
    ("passwords.person.second_factor", {"use": "required", "kinds": ["totp", "sms", "security_key"]}),
    ("passwords.person.second_factor", {"use": "none", "kinds": []}),
    ("passwords.person.vneid_instead", True),
]


@pytest.mark.parametrize(("key", "value"), SAID)
def test_a_value_is_found_under_its_name_with_clause_and_line(write_regulation, key, value):
    path = write_regulation({key: said(value)})
    found = load_regulation(path).values[key]
    assert (found.value, found.clause, found.silent_at, found.file) == (value, "BP-4.1", None, path)
    assert f"{key.rpartition('.')[2]}:" in path.read_text(encoding="utf-8").splitlines()[found.line - 1]


@pytest.mark.parametrize(
    ("key", "text", "seconds"),
    [
        ("requests.terms.support", "24 hours", DAY),
        ("requests.terms.support", "30 minutes", 30 * MINUTE),
        ("leavers.close_within", "2 days", 2 * DAY),
        ("leavers.keep_data", "3 months", 90 * DAY),
        ("logs.keep", "6 months", 180 * DAY),
        ("backups.every", "7 days", 7 * DAY),
        ("idle.keep_data", "12 months", 360 * DAY),
        ("addresses.reuse_after", "24 months", 720 * DAY),
        ("passwords.agency.first_sign_in_within", "15 days", 15 * DAY),
        ("requests.terms.create", "3 working days", None),
        ("requests.terms.change", "1 working days", None),
        ("requests.terms.close", "2 working days", None),
        ("requests.terms.password", "1 working days", None),
        ("handover.within", "5 working days", None),
    ],
)
def test_a_term_in_hours_days_months_or_working_days(vary, key, text, seconds):
    regulation = vary({key: said(text)})
    term = regulation.term(key)
    assert (str(term.value), term.clause) == (text, "BP-4.1")
    if seconds is not None:
        assert term.value.seconds(regulation.month_days) == seconds
    else:
        with pytest.raises(ValueError, match="working days"):
            term.value.seconds(regulation.month_days)


@pytest.mark.parametrize("key", ["addresses.reuse_after", "idle.keep_data", "leavers.keep_data"])
def test_never(vary, key):
    assert vary({key: said("never")}).term(key).value is None


def test_how_long_a_month_and_how_large_a_gigabyte_is(vary):
    regulation = vary(
        {
            "month_days": said(31),
            "gigabyte": said(10**9),
            "quotas.person": said("2 GB"),
            "passwords.person.max_age": said("2 months"),
        }
    )
    assert regulation.quota("person", "department").value == 2 * 10**9
    assert regulation.passwords["person"].max_age.value == 62
    assert regulation.term("logs.keep").value == Term(180, "days")


@pytest.mark.parametrize(
    ("kind", "agency_kind", "wanted"),
    [
        ("person", "department", 2 * 1024**3),
        ("unit", "department", 500 * 1024**2),
        ("agency", "department", 20 * 1024**3),
        ("agency", "commune", 3 * 1024**3),
        ("agency", "commune_party_committee", None),
        ("person", "commune", 2 * 1024**3),
    ],
)
def test_quotas_by_kind_of_mailbox_and_of_agency(vary, kind, agency_kind, wanted):
    quotas = {"person": "2 GB", "unit": "500 MB", "agency": "20 GB", "commune": "3 GB"}
    quotas |= {"commune_party_committee": "unlimited"}
    regulation = vary({f"quotas.{name}": said(size) for name, size in quotas.items()})
    assert regulation.quota(kind, agency_kind).value == wanted


def test_the_largest_attachment(vary):
    assert vary({"attachments.max_size": said("20 MB")}).size("attachments.max_size").value == 20 * 1024**2
    assert vary({"attachments.max_size": said("1 GB")}).size("attachments.max_size").value == 1024**3


def test_sending_rates_inside_and_outside_by_kind_of_mailbox_and_of_agency(vary):
    changes = {
        "sending.person.inside": said("unlimited"),
        "sending.person.outside": said("250 per 10 minutes"),
        "sending.agency.outside": said("100 per 1 days"),
        "sending.commune": {"outside": said("10 per 2 hours")},
        "sending.list": {"inside": said("5 per 1 hours")},
    }
    regulation = vary(changes)
    assert regulation.rate("sending.person.inside").value is None
    assert regulation.rate("sending.person.outside").value == Rate(250, Term(10, "minutes"))
    assert regulation.rate("sending.agency.outside").value == Rate(100, Term(1, "days"))
    assert regulation.rate("sending.commune.outside").value == Rate(10, Term(2, "hours"))
    assert regulation.rate("sending.list.inside").value == Rate(5, Term(1, "hours"))
    # What a kind does not say of itself is said of agencies, and of a role what is said of persons.
    assert regulation.rate("sending.commune.inside") == regulation.rate("sending.agency.inside")
    assert regulation.rate("sending.list.outside") == regulation.rate("sending.person.outside")


def test_how_often_mail_is_to_be_read(vary):
    assert vary({"reading": said("2 per 1 working days")}).rate("reading").value == Rate(2, Term(1, "working days"))


def test_passwords_by_kind_of_mailbox_by_kind_of_agency_and_by_role(vary):
    regulation = vary(
        {
            "passwords.person.min_length": said(9),
            "passwords.person.max_age": said("3 months"),
            "passwords.unit.min_length": said(10),
            "passwords.agency.max_age": said("45 days"),
            "passwords.commune": {"max_age": said("never")},
            "passwords.administrator": {"min_length": said(14), "max_age": said("2 months")},
        }
    )
    assert regulation.password_rule("person", "commune").min_length.value == 9
    assert regulation.password_rule("unit", "commune").min_length.value == 10
    assert regulation.password_rule("agency", "department").max_age.value == 45
    assert regulation.password_rule("agency", "commune").max_age.value is None
    assert regulation.password_rule("agency", "commune").min_length.value == 8
    administrator = regulation.passwords["administrator"]
    assert (administrator.min_length.value, administrator.max_age.value) == (14, 60)
    assert administrator.history == regulation.passwords["person"].history
    assert regulation.values["passwords.administrator.second_factor"].value["use"] == "optional"


def test_what_a_password_is_made_of_and_what_may_not_be_in_it(vary):
    regulation = vary(
        {
            "passwords.person.required": said(["lower", "digit"]),
            "passwords.person.specials": said("!@#%$*&"),
            "passwords.person.history": said(5),
            "passwords.person.forbidden": said(["account", "name", "birth_date"]),
            "passwords.person.change_on_receipt": said(False),
        }
    )
    rule = regulation.passwords["person"]
    assert rule.required.value == ("lower", "digit")
    assert rule.specials.value == "!@#%$*&"
    assert (rule.history.value, rule.change_on_receipt.value) == (5, False)
    assert rule.forbidden.value == ("account", "name", "birth_date")
    assert regulation.passwords["unit"].specials.value is None


@pytest.mark.parametrize(
    ("text", "attempt"), [("after 5", 5), ("more than 5", 6), ("more than 12", 13), ("after 1", 1), ("never", None)]
)
def test_locked_after_so_many_or_after_more_than_so_many(vary, text, attempt):
    assert vary({"lock.wrong_passwords": said(text)}).lock.wrong_passwords.value == attempt


@pytest.mark.parametrize(
    ("text", "seconds"), [("30 minutes", 30 * MINUTE), ("2 hours", 2 * 3600), ("1 days", DAY), ("until unlocked", None)]
)
def test_how_long_it_stays_locked_and_whether_it_receives(vary, text, seconds):
    lock = vary({"lock.duration": said(text), "lock.receives": said(False)}).lock
    assert (lock.duration.value, lock.receives.value) == (seconds, False)


def test_stages_of_an_idle_mailbox(vary):
    stages = [
        {"do": "notify_person", "after": "45 days"},
        {"do": "suspend", "after": "3 months"},
        {"do": "notify_agency", "after": "0 days"},
        {"do": "revoke", "after": "15 working days"},
        {"do": "delete", "after": "3 months"},
    ]
    found = vary({"idle.stages": said(stages)}).values["idle.stages"].value
    assert [(stage["do"], Term.parse(stage["after"])) for stage in found] == [
        ("notify_person", Term(45, "days")),
        ("suspend", Term(3, "months")),
        ("notify_agency", Term(0, "days")),
        ("revoke", Term(15, "working days")),
        ("delete", Term(3, "months")),
    ]


def test_primary_domain(vary):
    assert vary({"domains.primary": said("dongnai.gov.vn")}).domain.value == "dongnai.gov.vn"


def test_dates_of_effect_base_and_amendment(write_regulation):
    base = write_regulation({"issued": "2025-06-30", "effective": "2025-07-01"}, name="first")
    amended = write_regulation({"issued": "2026", "effective": "2026-01-15", "amends": "first"}, name="second")
    data = read_regulation(amended)
    assert (data["issued"], data["effective"], data["amends"]) == ("2026", "2026-01-15", "first")
    assert read_regulation(base)["effective"] == "2025-07-01"
