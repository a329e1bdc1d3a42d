"""Consumption, intensity and emissions refuse to contradict themselves."""

from dataclasses import replace
from decimal import Decimal

import pytest

from trust.claims.consumption import (
    Assurance,
    Consumption,
    Coverage,
    Fuel,
    Measure,
    Readings,
    ResourceReference,
    Substitution,
    UnitCode,
)
from trust.claims.coverage import RowCoverage
from trust.claims.emissions import (
    METHOD,
    SCOPE_2,
    Activity,
    Emissions,
    Exact,
    Gases,
    OpeningClaim,
    Row,
)
from trust.claims.halfhour import HalfHour, Month, Period, instant
from trust.claims.intensity import Intensity, IntensityCoverage, IntensityKind, IntensitySeries, Upstream
from trust.claims.region import GB, Region, outcode
from trust.did import Did
from trust.digest import Digest
from trust.errors import MalformedError

MONTH = Month(2026, 2).period
DAY = Period(MONTH.first, HalfHour(MONTH.first.number + 4))
SALT = bytes(range(32))
REFERENCE = ResourceReference("urn:uuid:69823b13-8227-42dc-a491-b1d70455ce5d", Digest.of(b"readings"))
READINGS = Readings(DAY, UnitCode.WATT_HOUR, 0, (1, None, 3, 4), "M-ES", SALT)
SERIES = IntensitySeries(DAY, (100, 0, None, 400), "AF-A")
CONSUMPTION = Consumption(
    id="urn:uuid:060f1fd5-de0c-45fa-b7d7-b0c12c14a9f8",
    fuel=Fuel.ELECTRICITY,
    measure=Measure.IMPORT,
    outcode="SW1A",
    region=Region.of(13),
    period=MONTH,
    unit_code=UnitCode.WATT_HOUR,
    exponent=0,
    coverage=Coverage(1344, 1342, 0, 0, 2),
    assurance=Assurance("https://example.org/missing", "https://example.org/originator"),
    readings=REFERENCE,
    commitments=REFERENCE,
)
INTENSITY = Intensity(
    region=Region.of(13),
    period=MONTH,
    kind=IntensityKind.FORECAST,
    retrieved_at=instant("2026-03-02T05:30:00Z"),
    upstream=Upstream("https://api.carbonintensity.org.uk/regional", Digest.of(b"answer")),
    series=REFERENCE,
    coverage=IntensityCoverage(1344, 1344, 0, 0),
)
OPENING = OpeningClaim((Digest.of(b"vector"),), Exact(2**62), bytes(32))
ROW = Row(Fuel.ELECTRICITY, Decimal("207.760"), Gases.CO2, SCOPE_2, RowCoverage(1344, 1342, 2, 0), (OPENING,))
NOW = instant("2026-03-03T14:02:00Z")
EMISSIONS = Emissions(Did("did:web:baker.example"), MONTH, (ROW,), METHOD, Activity(NOW, NOW))


def code_of(value: object, **changes: object) -> str:
    with pytest.raises(MalformedError) as refused:
        replace(value, **changes)  # type: ignore[type-var]  # every value here is a dataclass
    return refused.value.code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"values": (1, None, 3)}, "data.gap"),
        ({"values": (1, None, 3, 4, 5)}, "data.overlap"),
        ({"quality": "M-E"}, "data.gap"),
        ({"quality": "M-EA"}, "format.schema"),
        ({"quality": "MMES"}, "data.gap"),
        ({"quality": "-MES"}, "data.gap"),
        ({"values": (1, None, 3, -4)}, "data.range"),
        ({"values": (1, None, 3, 4.5)}, "data.range"),
        ({"values": (1, None, 3, True)}, "data.range"),
        ({"values": (1, None, 3, 10**9 + 1)}, "data.range"),
        ({"values": (1, None, 3, 2**53), "exponent": -12}, "data.range"),
        ({"exponent": 13}, "data.unit"),
        ({"interval": "PT1H"}, "data.unit"),
        ({"salt": bytes(16)}, "format.schema"),
    ],
)
def test_readings_refuse_what_cannot_be_added(changes: dict[str, object], code: str) -> None:
    assert code_of(READINGS, **changes) == code


def test_readings_never_show_a_value_in_a_log() -> None:
    assert repr(READINGS) == f"Readings({DAY}, 4 half-hours)"


def test_coverage_counts_the_quality_letters() -> None:
    assert Coverage.of(READINGS) == Coverage(expected=4, measured=1, estimated=1, substituted=1, missing=1)
    assert code_of(Coverage.of(READINGS), missing=2) == "data.coverage_misstated"
    assert code_of(Coverage.of(READINGS), missing=-1, measured=3) == "data.coverage_misstated"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"period": DAY}, "data.partial_month"),
        ({"outcode": "BT7"}, "data.region"),
        ({"outcode": "sw1a"}, "data.region"),
        ({"interval": "PT1H"}, "data.unit"),
        ({"exponent": -13}, "data.unit"),
        ({"unit_code": UnitCode.CUBIC_METRE}, "data.unit"),
        ({"coverage": Coverage(1488, 1488, 0, 0, 0)}, "data.coverage_misstated"),
    ],
)
def test_consumption_refuses_to_contradict_itself(changes: dict[str, object], code: str) -> None:
    assert code_of(CONSUMPTION, **changes) == code


def test_a_substitution_names_a_method_and_at_least_one_half_hour() -> None:
    assert Substitution("linear", 1).slots == 1
    for method, slots in (("", 1), ("linear", 0)):
        with pytest.raises(MalformedError):
            Substitution(method, slots)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"values": (100, 0, None, 10_001)}, "data.range"),
        ({"quality": "AM-A"}, "format.schema"),
        ({"unit_code": "kgCO2/kWh"}, "data.unit"),
        ({"interval": "PT1H"}, "data.unit"),
    ],
)
def test_an_intensity_series_refuses_what_cannot_be_multiplied(changes: dict[str, object], code: str) -> None:
    assert code_of(SERIES, **changes) == code


def test_intensity_coverage_counts_letters_of_the_other_kind_as_filled() -> None:
    counted = IntensityCoverage.of(SERIES, IntensityKind.ACTUAL)
    assert counted == IntensityCoverage(expected=4, present=2, filled=1, missing=1)


def test_a_series_over_another_period_is_missing_where_it_has_nothing() -> None:
    first = DAY.first.number
    wider = SERIES.over(Period(HalfHour(first - 2), HalfHour(first + 6)))
    assert wider.values == (None, None, 100, 0, None, 400, None, None)
    assert wider.quality == "--AF-A--"
    assert SERIES.over(Period(HalfHour(first + 1), HalfHour(first + 3))).values == (0, None)
    assert SERIES.over(Period(HalfHour(first + 9), HalfHour(first + 11))).values == (None, None)
    assert SERIES.over(Period(HalfHour(first - 9), HalfHour(first - 7))).quality == "--"
    assert SERIES.over(DAY) is SERIES


def test_intensity_refuses_to_contradict_itself() -> None:
    assert code_of(INTENSITY, period=DAY) == "data.partial_month"
    assert code_of(INTENSITY, unit_code="gCO2/MWh") == "data.unit"
    assert code_of(INTENSITY, coverage=IntensityCoverage(48, 48, 0, 0)) == "data.coverage_misstated"


def test_a_region_has_the_number_and_the_name_of_one_region() -> None:
    assert str(Region.of(13)) == "London (region 13)"
    assert (GB.national, Region.of(14).national) == (True, False)
    for number, name in ((0, "London"), (19, ""), (11, "South England")):
        with pytest.raises(MalformedError) as refused:
            Region(number, name)
        assert refused.value.code == "data.region"


def test_northern_ireland_has_no_region_and_the_refusal_says_so() -> None:
    assert [outcode(text) for text in ("LS1", "SW1A", "M1", "EC1A")] == ["LS1", "SW1A", "M1", "EC1A"]
    with pytest.raises(MalformedError, match="Northern Ireland"):
        outcode("BT1")


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"total": -1}, "calculation.opening"),
        ({"total": 2**63}, "calculation.opening"),
        ({"blinding": bytes(31)}, "calculation.opening"),
        ({"commitments": ()}, "calculation.opening"),
        ({"commitments": (Digest.of(b""), Digest.of(b""))}, "calculation.opening"),
    ],
)
def test_an_opening_is_one_that_a_commitment_can_have(changes: dict[str, object], code: str) -> None:
    assert code_of(OPENING, **changes) == code


@pytest.mark.parametrize("text", ["207.76", "207.7600", "-1.000", "-0.000", "NaN", "Infinity", "1E+3"])
def test_kilograms_are_written_to_three_places(text: str) -> None:
    assert code_of(ROW, kg=Decimal(text)) == "data.range"


def test_gas_is_never_called_co2_alone() -> None:
    assert code_of(ROW, fuel=Fuel.GAS) == "data.unit"
    assert code_of(ROW, gases=Gases.CO2E) == "data.unit"
    assert replace(ROW, fuel=Fuel.GAS, gases=Gases.CO2E).fuel is Fuel.GAS


def test_emissions_have_one_row_for_each_fuel_of_a_month() -> None:
    assert code_of(EMISSIONS, rows=()) == "format.schema"
    assert code_of(EMISSIONS, rows=(ROW, ROW)) == "format.schema"
    assert code_of(EMISSIONS, period=DAY) == "data.partial_month"


def test_a_calculation_does_not_end_before_it_begins() -> None:
    with pytest.raises(MalformedError):
        Activity(NOW, instant("2026-03-03T14:01:59Z"))


def test_the_half_hours_of_two_sources_are_counted_together() -> None:
    assert RowCoverage(4, 2, 1, 1) + RowCoverage(4, 4, 0, 0) == RowCoverage(8, 6, 1, 1)
    assert code_of(RowCoverage(4, 2, 1, 1), counted=3) == "data.coverage_misstated"
