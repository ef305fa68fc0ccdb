"""What was passed when an address was issued is told later, from the book as it is then: nothing in front may differ."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.thucongvu.mail.plugins.module_utils.address_forms import AddressForms, Workplace
from ansible_collections.thucongvu.mail.plugins.module_utils.addresses import AddressBook, Holder
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

REGULATIONS = ["binhphuoc", "cantho", "caobang", "nghean", "ninhbinh", "quangtri"]
NAMES = st.sampled_from(
    [
        "Lê Minh",
        "Lê Mình",
        "Lê Văn Minh",
        "Lê Việt Minh",
        "Nguyễn Văn Minh",
        "Nguyễn Vân Minh",
        "Minh",
        "Lvminh",
        "Hotro",
    ]
)
WORKPLACES = st.builds(
    Workplace,
    agency=st.sampled_from(["soyte", "sonoivu"]),
    unit=st.sampled_from(["", "vanphong.soyte"]),
    born=st.sampled_from(["", "1990", "1990-03"]),
    identity=st.sampled_from(["", "1234"]),
)


@pytest.fixture(params=REGULATIONS)
def regulation(request, project):
    return load_regulation(project / "regulations" / f"{request.param}.yml")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(people=st.lists(st.tuples(NAMES, WORKPLACES), max_size=30))
def test_what_was_passed_is_the_same_once_all_are_issued(regulation, people):
    forms = AddressForms(regulation)
    book = AddressBook.of(regulation)
    then = []
    for number, (name, workplace) in enumerate(people):
        candidate, passed = book.first_free(forms.person(name, workplace))
        then.append((candidate, passed))
        if candidate is not None:
            assert book.claim(candidate.address, Holder("person", str(number), name)) is None
    later = [
        book.passed(forms.person(name, workplace), candidate)
        for (name, workplace), (candidate, _passed) in zip(people, then, strict=True)
    ]
    assert later == [passed for _candidate, passed in then]


def test_of_numbers_the_first_and_the_last_in_front(project):
    regulation = load_regulation(project / "regulations" / "caobang.yml")
    forms = AddressForms(regulation)
    book = AddressBook.of(regulation)
    issued = []
    for number in range(1, 7):
        candidate, _passed = book.first_free(forms.person("Nông Văn Đạt"))
        book.claim(candidate.address, Holder("person", f"p{number}", "Nông Văn Đạt"))
        issued.append(candidate)
    told = [
        [(candidate.address, holder.id) for candidate, holder in book.passed(forms.person("Nông Văn Đạt"), candidate)]
        for candidate in issued
    ]
    assert told == [
        [],
        [("datnv", "p1")],
        [("datnv", "p1"), ("datnv2", "p2")],
        [("datnv", "p1"), ("datnv2", "p2"), ("datnv3", "p3")],
        [("datnv", "p1"), ("datnv2", "p2"), ("datnv4", "p4")],
        [("datnv", "p1"), ("datnv2", "p2"), ("datnv5", "p5")],
    ]
