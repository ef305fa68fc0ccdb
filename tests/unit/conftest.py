"""What tests of the engine share: registers issued in one step, and regulations that differ from a known one in a few entries."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.thucongvu.mail.plugins.module_utils.register import load_register
from ansible_collections.thucongvu.mail.plugins.module_utils.register_plan import Plan, plan_register
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation import load_regulation
from ansible_collections.thucongvu.mail.plugins.module_utils.regulation_model import Regulation

REGULATIONS = Path(__file__).resolve().parents[2] / "regulations"
NATIONAL = yaml.safe_load((REGULATIONS / "national" / "vietnam.yml").read_text(encoding="utf-8"))

type RegisterMaker = Callable[..., Path]
type Planner = Callable[..., Plan]
type RegulationMaker = Callable[..., Path]
type Varier = Callable[..., Regulation]


@pytest.fixture
def plan_of(make_register: RegisterMaker) -> Planner:
    """Plan a register given as the text of agencies.yml and rows of people by agency."""

    def plan(regulation: Regulation, agencies: str, **people: str | list[str]) -> Plan:
        return plan_register(load_register(make_register(agencies, **people), regulation), regulation)

    return plan


@pytest.fixture
def addresses_of(plan_of: Planner) -> Callable[..., dict[str, str]]:
    """Return what a register is issued, by id."""

    def issued(regulation: Regulation, agencies: str, **people: str | list[str]) -> dict[str, str]:
        plan = plan_of(regulation, agencies, **people)
        return {item.subject.id: item.candidate.address for item in plan.issued}

    return issued


def change(data: dict[str, Any], place: str, value: object) -> None:
    """Put a value at a dotted place; sections on the way that are silent become sections of silent entries."""
    section, model = data, NATIONAL
    *way, last = place.split(".")
    for key in way:
        model = model.get(key, {})
        if section.get(key, "silent") == "silent":
            section[key] = dict.fromkeys(model, "silent")
        section = section[key]
    section[last] = value


@pytest.fixture
def write_regulation(tmp_path: Path) -> RegulationMaker:
    """Write a regulation that is a known one with some places changed; return its file."""

    def write(changes: Mapping[str, object], base: str = "binhphuoc_2021", name: str = "varied") -> Path:
        text = (REGULATIONS / f"{base}.yml").read_text(encoding="utf-8")
        # By way of JSON, so that what an alias repeats is changed in one place alone.
        data = json.loads(json.dumps(yaml.safe_load(text)))
        for place, value in changes.items():
            change(data, place, value)
        path = tmp_path / f"{name}.yml"
        path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return path

    return write


@pytest.fixture
def vary(write_regulation: RegulationMaker) -> Varier:
    """Load a regulation that is a known one with some places changed: the national defaults, if nothing else is named."""

    def varied(changes: Mapping[str, object], base: str = "binhphuoc_2021") -> Regulation:
        return load_regulation(write_regulation(changes, base))

    return varied
