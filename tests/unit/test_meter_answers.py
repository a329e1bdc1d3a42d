"""What n3rgy and Octopus answer: stamps at the end or the start, with and without a zone."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from perseus.formats import n3rgy, octopus
from perseus.formats.stamps import Zone
from perseus.inputs import Inputs, Source, read_meter
from trust.claims.consumption import Fuel, UnitCode
from trust.claims.halfhour import HalfHour
from trust.errors import MalformedError

Change = Callable[[dict[str, Any]], object]


def n3rgy_answer() -> dict[str, Any]:
    return {
        "resource": "/2000000000015/electricity/consumption/1",
        "granularity": "halfhour",
        "values": [
            {"value": 0.671, "timestamp": "2026-07-01 00:30"},
            {"value": 1.212, "timestamp": "2026-07-01 01:00"},
        ],
        "unit": "kWh",
    }


def octopus_page() -> dict[str, Any]:
    return {
        "count": 2,
        "next": None,
        "previous": None,
        "results": [
            {
                "consumption": 0.1,
                "interval_start": "2026-07-01T01:30:00+01:00",
                "interval_end": "2026-07-01T02:00:00+01:00",
            },
            {
                "consumption": 0.25,
                "interval_start": "2026-07-01T00:00:00Z",
                "interval_end": "2026-07-01T00:30:00Z",
            },
        ],
    }


def refusal(read: Callable[[bytes], object], answer: dict[str, Any], change: Change) -> MalformedError:
    change(answer)
    with pytest.raises(MalformedError) as refused:
        read(json.dumps(answer).encode())
    return refused.value


def test_n3rgy_stamps_the_end_of_each_half_hour() -> None:
    found = n3rgy.read(json.dumps(n3rgy_answer()).encode())
    assert [str(HalfHour(row.slot)) for row in found.rows] == ["2026-07-01T00:00:00Z", "2026-07-01T00:30:00Z"]
    assert (found.fuel, found.unit_code, found.scale) == (Fuel.ELECTRICITY, UnitCode.WATT_HOUR, 3)
    assert [finding.code for finding in found.findings] == ["time.zone_assumed"]
    local = n3rgy.read(json.dumps(n3rgy_answer()).encode(), zone=Zone.LONDON)
    assert str(HalfHour(local.rows[0].slot)) == "2026-06-30T23:00:00Z"


def test_n3rgy_says_gas_by_its_unit_or_its_resource() -> None:
    for change in ({"unit": "m3"}, {"resource": "/2000000000015/gas/consumption/1"}):
        found = n3rgy.read(json.dumps(n3rgy_answer() | change).encode())
        assert (found.fuel, found.fuel_at) == (Fuel.GAS, "/" + next(iter(change)))


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda answer: answer.update(granularity="day"), "/granularity"),
        (lambda answer: answer.update(unit="therm"), "/unit"),
        (lambda answer: answer.update(values=[]), "/values"),
        (lambda answer: answer["values"][1].update(timestamp="2026-07-01 01:10"), "/values/1/timestamp"),
        (lambda answer: answer["values"][1].update(value=-1), "/values/1/value"),
        (lambda answer: answer["values"][1].update(value=10**9), "/values/1/value"),
        (lambda answer: answer["values"][1].pop("value"), "/values/1"),
        (lambda answer: answer.pop("resource"), "/"),
    ],
)
def test_what_n3rgy_never_writes_is_refused_by_its_pointer(change: Change, where: str) -> None:
    assert refusal(n3rgy.read, n3rgy_answer(), change).where == where


def test_octopus_pages_come_newest_first_with_offsets() -> None:
    found = octopus.read(json.dumps(octopus_page()).encode())
    assert [str(HalfHour(row.slot)) for row in found.rows] == ["2026-07-01T00:30:00Z", "2026-07-01T00:00:00Z"]
    assert [finding.code for finding in found.findings] == ["data.fuel_assumed"]


def test_a_page_that_has_a_next_one_says_so() -> None:
    found = octopus.read(json.dumps(octopus_page() | {"next": "https://api.octopus.energy/?page=2"}).encode())
    assert [(finding.code, finding.at) for finding in found.findings] == [
        ("data.fuel_assumed", "2026-07-01T00:00:00Z"),
        ("data.gap", "2026-07-01T01:00:00Z"),
    ]


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda page: page.update(results=[]), "/results"),
        (lambda page: page.pop("results"), "/"),
        (lambda page: page.pop("next"), "/"),
        (
            lambda page: page["results"][1].update(interval_end="2026-07-01T01:00:00Z"),
            "/results/1/interval_end",
        ),
        (lambda page: page["results"][0].update(interval_start="soon"), "/results/0/interval_start"),
        (lambda page: page["results"][0].pop("consumption"), "/results/0"),
        (lambda page: page["results"][0].update(consumption="1"), "/results/0/consumption"),
        (lambda page: page["results"][0].update(consumption=10**9), "/results/0/consumption"),
    ],
)
def test_what_octopus_never_writes_is_refused_by_its_pointer(change: Change, where: str) -> None:
    assert refusal(octopus.read, octopus_page(), change).where == where


@pytest.mark.parametrize(("form", "answer"), [("n3rgy", n3rgy_answer()), ("octopus", octopus_page())])
def test_each_format_can_be_named(form: str, answer: dict[str, Any]) -> None:
    source = Source("meter.json", json.dumps(answer).encode())
    meter = read_meter(Inputs(meter=(source,), intensity=(), meter_format=form))
    assert len(meter.values) == 2
