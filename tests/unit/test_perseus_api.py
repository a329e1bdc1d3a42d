"""The answer of a Perseus consumption API, demanded to its last rule."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from perseus.formats.metering import settle
from perseus.formats.perseus_api import read
from trust.claims.consumption import Fuel, UnitCode
from trust.errors import MalformedError


def reading(hour: int, value: float, cumulative: float) -> dict[str, Any]:
    return {
        "type": "electricity",
        "from": f"2026-09-01T{hour:02}:00:00Z",
        "to": f"2026-09-01T{hour:02}:30:00Z",
        "takenAt": "2026-09-02T03:10:00Z",
        "energy": {"value": value, "unitCode": "WHR"},
        "cumulative": {"value": cumulative, "unitCode": "WHR"},
    }


def answer() -> dict[str, Any]:
    return {
        "data": [reading(0, 412.5, 184210.0), reading(1, 0, 184210.0)],
        "location": {"ukPostcodeOutcode": "LS1"},
        "provenance": {},
    }


def refusal(change: Callable[[dict[str, Any]], object]) -> MalformedError:
    faulty = answer()
    change(faulty)
    with pytest.raises(MalformedError) as refused:
        read(json.dumps(faulty).encode())
    return refused.value


def test_an_answer_gives_its_readings_its_unit_and_its_place() -> None:
    found = read(json.dumps(answer()).encode())
    assert (found.fuel, found.unit_code, found.scale) == (Fuel.ELECTRICITY, UnitCode.WATT_HOUR, 0)
    assert found.outcode == "LS1"
    assert [row.quantity for row in found.rows] == [Decimal("412.5"), 0]
    assert found.findings == ()
    assert settle((found,)).over(settle((found,)).period).total == Decimal("0.4125")


def test_a_reading_that_no_meter_can_have_counted_is_refused_by_its_pointer() -> None:
    refused = refusal(lambda faulty: faulty["data"][1]["energy"].update(value=1_000_000_001))
    assert (refused.where, refused.code) == ("/data/1/energy/value", "data.range")
    huge = answer()
    huge["data"][1]["cumulative"]["value"] = 10**12  # the counter of a large building, in watt-hours
    assert len(read(json.dumps(huge).encode()).rows) == 2


def test_gas_says_where_the_file_says_so() -> None:
    faulty = answer()
    for each in faulty["data"]:
        each["type"] = "gas"
    with pytest.raises(MalformedError) as refused:
        read(json.dumps(faulty).encode()).require(Fuel.ELECTRICITY)
    assert (refused.value.where, refused.value.code) == ("/data/0/type", "data.unit")


def test_kilowatt_hours_and_gas_are_read_in_their_own_units() -> None:
    faulty = answer()
    for each in faulty["data"]:
        each |= {"type": "gas", "energy": {"value": 2, "unitCode": "MTQ"}}
    assert read(json.dumps(faulty).encode()).unit_code is UnitCode.CUBIC_METRE
    for each in faulty["data"]:
        each["energy"]["unitCode"] = "KWH"
    assert read(json.dumps(faulty).encode()).scale == 3


@pytest.mark.parametrize("field", ["type", "from", "to", "takenAt", "energy", "cumulative"])
def test_each_of_the_six_fields_is_required(field: str) -> None:
    refused = refusal(lambda faulty: faulty["data"][1].pop(field))
    assert (refused.where, refused.expected) == ("/data/1", f"a member {field}")


@pytest.mark.parametrize(
    ("changes", "where"),
    [
        ({"type": "Electricity"}, "/data/1"),
        ({"type": 7}, "/data/1"),
        ({"to": "2026-09-01T02:00:00Z"}, "/data/1"),
        ({"from": "2026-09-01T01:10:00Z", "to": "2026-09-01T01:40:00Z"}, "/data/1/from"),
        ({"from": "2026-09-01T01:00Z"}, "/data/1/from"),
        ({"takenAt": "2026-09-01T01:29:59Z"}, "/data/1"),
        ({"takenAt": None}, "/data/1/takenAt"),
        ({"energy": {"value": -1, "unitCode": "WHR"}}, "/data/1/energy/value"),
        ({"energy": {"value": "1", "unitCode": "WHR"}}, "/data/1/energy/value"),
        ({"energy": {"value": True, "unitCode": "WHR"}}, "/data/1/energy/value"),
        ({"energy": {"value": 1, "unitCode": "KWH"}}, "/data/1"),
        ({"energy": {"unitCode": "WHR"}}, "/data/1/energy"),
        ({"energy": 5}, "/data/1/energy"),
        ({"type": "gas"}, "/data/1"),
        ({"cumulative": {"value": "1"}}, "/data/1/cumulative/value"),
    ],
)
def test_a_faulty_reading_is_refused_by_its_pointer(changes: dict[str, object], where: str) -> None:
    assert refusal(lambda faulty: faulty["data"][1].update(changes)).where == where


@pytest.mark.parametrize(
    "change",
    [
        lambda faulty: faulty.pop("data"),
        lambda faulty: faulty.update(data=[]),
        lambda faulty: faulty.update(data={}),
        lambda faulty: faulty.pop("location"),
        lambda faulty: faulty.update(location={"ukPostcodeOutcode": 1}),
        lambda faulty: faulty.update(location={"ukPostcodeOutcode": "BT1"}),
        lambda faulty: [each["energy"].update(unitCode="MTQ") for each in faulty["data"]],
    ],
)
def test_an_answer_without_its_parts_is_refused(change: Callable[[dict[str, Any]], object]) -> None:
    assert refusal(change).code in {"format.schema", "data.gap", "data.region", "data.unit"}


def test_every_fault_of_the_first_reading_is_named_at_once() -> None:
    faulty = [reading(0, 1, 1) | {"type": "Electricity", "takenAt": "2026-09-01T00:15:00Z"}]
    with pytest.raises(MalformedError) as refused:
        read(json.dumps(faulty).encode())
    assert refused.value.found == "a bare array; type 'Electricity'; takenAt 00:15 before `to` 00:30"


def test_a_register_that_falls_is_a_meter_exchange() -> None:
    exchanged = answer()
    exchanged["data"][1]["cumulative"]["value"] = 12
    found = read(json.dumps(exchanged).encode())
    assert [(finding.code, finding.at) for finding in found.findings] == [
        ("data.register_falls", "2026-09-01T01:00:00Z")
    ]
