"""Real meters and the real grid, to the figures that the data are known by."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pytest

from perseus.calculation import calculate
from perseus.formats.carbon_intensity import read as read_answer
from perseus.inputs import Inputs, Source, read_meter
from perseus.statement import Statement
from trust.claims.halfhour import HalfHour, Month, Period, instant
from trust.claims.intensity import IntensityKind
from trust.claims.region import Region
from trust.errors import MalformedError

AT = instant("2026-11-23T12:00:00Z")
SAMPLE = "uk-electricity-hdd-only-hourly-sample-2.csv.gz"
YEAR = Period(Month(2013, 1).period.first, Month(2013, 12).period.after)


@pytest.fixture(scope="session")
def source(shared: Path) -> Callable[[str], Source]:
    return lambda name: Source(name, (shared / "data" / name).read_bytes())


def outcome(meter: Source, intensity: Source, **choices: object) -> Statement:
    inputs = Inputs(meter=(meter,), intensity=(intensity,), **choices)  # type: ignore[arg-type]  # its own fields
    return calculate(inputs, at=AT)


def named(statement: Statement, code: str) -> list[str]:
    return [finding.at for finding in statement.findings if finding.code == code]


def test_a_real_building_in_a_real_month(source: Callable[[str], Source]) -> None:
    statement = outcome(source("building-2023-01.csv"), source("gb-intensity-2023-01.json"))
    total = statement.total
    assert (total.month, total.expected, total.present, total.missing) == ("2023-01", 1488, 1483, 5)
    assert (total.kwh, total.kg) == (100_281, Decimal("14617.918"))
    assert named(statement, "data.outside_window") == ["2023-02-01T00:00:00Z"]
    assert named(statement, "data.intensity_missing") == [
        f"2023-01-26T{time}:00Z" for time in ("13:30", "14:00", "14:30", "15:00", "15:30")
    ]
    assert named(statement, "data.implausible_zero") == ["2023-01-31T01:00:00Z"]
    assert named(statement, "data.national_intensity") != []


def test_the_gaps_of_the_real_grid_can_be_filled_from_its_forecasts(source: Callable[[str], Source]) -> None:
    meter, grid = source("building-2023-01.csv"), source("gb-intensity-2023-01.json")
    assert outcome(meter, grid, fill=True).total.kg == Decimal("14701.112")
    assert outcome(meter, grid, kind=IntensityKind.FORECAST).total.kg == Decimal("14562.012")


def test_the_reference_year_adds_up_to_its_last_digit(source: Callable[[str], Source]) -> None:
    slots = range(YEAR.first.number, YEAR.after.number)
    constant = "from,intensity\n" + "\n".join(f"{HalfHour(slot)},100" for slot in slots)
    statement = outcome(source(SAMPLE), Source("constant.csv", constant.encode()))
    total = statement.total
    assert (total.expected, total.present, total.missing) == (17_520, 17_518, 2)
    assert total.kwh == Decimal("7010.2490035")
    assert total.kg_exact == Decimal("701.02490035")
    assert len(statement.months) == 12


def test_the_reference_file_repeats_24_rows_and_contradicts_itself_nowhere(
    source: Callable[[str], Source],
) -> None:
    meter = read_meter(Inputs(meter=(source(SAMPLE),), intensity=()))
    assert (len(meter.duplicates), meter.conflicts) == (24, ())


def test_a_university_building_by_the_hour(source: Callable[[str], Source]) -> None:
    meter = source("cambridge/b110-2019-electricity.csv")
    grid = source("cambridge/gb-intensity-hourly-2019.csv")
    with pytest.raises(MalformedError, match="--split-hours"):
        outcome(meter, grid)
    total = outcome(meter, grid, split_hours=True).total
    assert (total.present, total.kwh) == (17_520, Decimal("27737.8"))
    assert (total.kg_exact, total.kg) == (Decimal("5507.7801"), Decimal("5507.782"))


def test_a_month_of_all_regions_has_no_gap_and_legal_zeros(source: Callable[[str], Source]) -> None:
    month = Month(2023, 4).period
    slots = range(month.first.number, month.after.number)
    meter = Source("m.csv", ("start,value\n" + "\n".join(f"{HalfHour(slot)},1" for slot in slots)).encode())
    north = outcome(meter, source("ci-regional-2023-04.csv"), region=1)
    london = outcome(meter, source("ci-regional-2023-04.csv"), region=13)
    assert north.total.present == london.total.present == 1_440
    assert north.total.kg < london.total.kg
    assert named(north, "data.implausible_zero") == []
    with pytest.raises(MalformedError, match="--region"):
        outcome(meter, source("ci-regional-2023-04.csv"))


def test_the_raw_answers_of_the_grid_operator_are_read(source: Callable[[str], Source]) -> None:
    national = read_answer(source("ci-national-2017-10-01.json").content)
    regional = read_answer(source("ci-regional-fw48h-postcode-SW1A-2026-10-03.json").content)
    assert (len(national.points), len(regional.points)) == (49, 97)
    assert (regional.region, regional.outcode) == (Region.of(13), "SW1A")
    forecasts = [point.forecast for point in regional.points if point.forecast is not None]
    assert (min(forecasts), max(forecasts)) == (40, 286)


def test_a_real_meter_with_what_binary_floats_left_behind(source: Callable[[str], Source]) -> None:
    name = "uk-electricity-hdd-only-hourly-sample-0.csv.gz"
    meter = read_meter(Inputs(meter=(source(name),), intensity=(), split_hours=True))
    assert len(meter.values) == 2 * 23_508
    assert meter.over(meter.period).quality.count("M") == 0


def test_real_answers_of_n3rgy_and_octopus_are_told_apart(source: Callable[[str], Source]) -> None:
    answer = source("n3rgy-get_consumption_data.json")
    meter = read_meter(Inputs(meter=(answer,), intensity=(), meter_format="n3rgy"))
    assert (len(meter.values), str(meter.period.first)) == (96, "2019-01-01T00:00:00Z")
    rates = source("octopus-agile-C-2026-10-04.json")
    with pytest.raises(MalformedError, match="expected a member interval_start"):
        read_meter(Inputs(meter=(rates,), intensity=(), meter_format="octopus"))


def test_the_public_demo_s_file_is_refused_for_its_times_and_its_type(
    source: Callable[[str], Source],
) -> None:
    meter = source("perseus-demo-edp-sample_data.json")
    with pytest.raises(MalformedError) as refused:
        outcome(meter, source("gb-intensity-2023-01.json"))
    assert "takenAt 13:15 before `to` 13:30" in str(refused.value)
    assert "type 'Electricity'" in str(refused.value)
    assert str(refused.value).startswith("perseus-demo-edp-sample_data.json: /0: ")
