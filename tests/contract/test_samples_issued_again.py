"""The sample registers, issued again from nothing: whoever changes the engine sees whether an address would move."""

from dataclasses import replace

import pytest

from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import plan_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation

# Whose address the operator or its agency chose beyond what the rules give.
CHOSEN = {
    "binhduong": set(),
    "binhphuoc": {"locthanhbg"},
    "cantho": {"sotttt-cict"},
    "caobang": {"cb-0080"},
    "quangtri": set(),
}


@pytest.mark.parametrize("province", CHOSEN)
def test_every_address_that_the_rules_gave_is_given_again(province, project):
    regulation = load_regulation(project / "regulations" / f"{province}.yml")
    register = load_register(project / "inventories" / province / "register", regulation)
    wanted = {person.id: person.address for person in register.people}
    agencies = {}
    for agency in register.agencies.values():
        wanted |= {entry.id: entry.address for entry in (agency, *agency.units)}
        units = tuple(replace(unit, address="") for unit in agency.units)
        agencies[agency.id] = replace(agency, address="", units=units)
    people = tuple(replace(person, address="") for person in register.people)
    plan = plan_register(replace(register, agencies=agencies, people=people), regulation)
    assert len(plan.issued) > len(wanted) / 2
    moved = {issued.subject.id for issued in plan.issued if issued.candidate.address != wanted[issued.subject.id]}
    assert moved == CHOSEN[province]
