"""A register of invented people in invented communes, as large as a measurement needs, in the register's own form."""

import csv
import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import islice, product
from pathlib import Path
from typing import Any

import yaml

from tcv.sample_names import data, names

COLUMNS = ["id", "full_name", "unit", "position", "phone", "registered", "status", "address"]
PEOPLE_FOLDER = "people"
SEED = 1945
AGENCIES = 400
DISTRICTS = 20
DEPARTMENTS = (
    "Nội vụ",
    "Tư pháp",
    "Tài chính",
    "Y tế",
    "Xây dựng",
    "Công Thương",
    "Ngoại vụ",
    "Khoa học và Công nghệ",
    "Giáo dục và Đào tạo",
    "Nông nghiệp và Môi trường",
    "Văn hóa, Thể thao và Du lịch",
    "Giao thông vận tải",
)
OFFICES = ("Văn phòng", "Thanh tra", "Phòng Tổ chức cán bộ", "Phòng Kế hoạch - Tài chính")
POSITIONS = ("Chuyên viên", "Văn thư", "Kế toán", "Phó Trưởng phòng", "Trưởng phòng", "Thanh tra viên", "")
FIRST_DAY = date(2011, 1, 14)
DAYS = 5400


def agencies() -> list[dict[str, Any]]:
    """Departments, districts and communes with their offices; each waits for its address."""
    places = (f"{front} {back}" for front, back in product(data()["places_front"], data()["places_back"]))
    found = [_agency("s", index, f"Sở {name}", "department") for index, name in enumerate(DEPARTMENTS)]
    found += [
        _agency("h", index, f"UBND huyện {place}", "district") for index, place in enumerate(islice(places, DISTRICTS))
    ]
    communes = (_agency("x", index, f"UBND xã {place}", "commune") for index, place in enumerate(places))
    for index, commune in enumerate(islice(communes, AGENCIES - len(found))):
        found.append({**commune, "parent": f"h{index % DISTRICTS}"})
    return found


def _agency(letter: str, index: int, name: str, kind: str) -> dict[str, Any]:
    identity = f"{letter}{index}"
    offices = OFFICES if kind != "commune" else OFFICES[:1]
    units = [{"id": f"{identity}-{place}", "name": office, "address": ""} for place, office in enumerate(offices)]
    return {"id": identity, "name": name, "kind": kind, "address": "", "units": units}


def people(called: Iterator[tuple[int, str]], units: list[str], chance: random.Random) -> Iterator[list[str]]:
    """Rows of people who wait for an address."""
    for count, name in called:
        day = FIRST_DAY + timedelta(days=int(chance.random() * DAYS))
        phone = f"0900 {count // 1000 % 1000:03d} {count % 1000:03d}" if count % 2 else ""
        unit = units[int(chance.random() * len(units))]
        position = POSITIONS[int(chance.random() * len(POSITIONS))]
        yield [f"p{count:07d}", name, unit, position, phone, day.isoformat(), "active", ""]


def write_register(folder: Path, number: int) -> None:
    """Write a register of so many people, spread evenly over the agencies; agencies.yml and one list an agency."""
    lists = folder / PEOPLE_FOLDER
    lists.mkdir(parents=True)
    found = agencies()
    called = enumerate(names(SEED), 1)
    chance = random.Random(SEED)  # noqa: S311  # the same rows each time, and nothing secret
    with (folder / "agencies.yml").open("w", encoding="utf-8") as out:
        yaml.safe_dump(found, out, allow_unicode=True, sort_keys=False, width=1000)
    for index, agency in enumerate(found):
        first, last = (number * place // len(found) for place in (index, index + 1))
        with (lists / f"{agency['id']}.csv").open("w", encoding="utf-8", newline="") as out:
            rows = csv.writer(out, lineterminator="\n")
            rows.writerow(COLUMNS)
            rows.writerows(people(islice(called, last - first), [unit["id"] for unit in agency["units"]], chance))
