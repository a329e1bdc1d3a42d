"""From files to months: which months, what is counted, what is said."""

import gzip
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, cast

import jsonschema_rs
import pytest

import specs
from perseus.calculation import calculate
from perseus.inputs import Inputs, Source
from perseus.made_up import LABEL, MadeUp, made_up, with_faults
from perseus.statement import Statement, plain
from trust.claims.halfhour import Month, instant
from trust.claims.intensity import IntensityKind
from trust.claims.region import GB, Region
from trust.errors import MalformedError

DATA = Path(__file__).parents[1] / "data"
AT = instant("2026-11-23T12:00:00Z")
FAULTY = with_faults(7, Month(2023, 1))
METER = Source("building.csv", FAULTY.meter_csv)
GRID = Source("grid.json", FAULTY.intensity_json)
YEAR = made_up(7, Month(2025, 11))


def outcome(
    meter: Source = METER, intensity: Source = GRID, *, at: datetime = AT, **choices: object
) -> Statement:
    return calculate(
        replace(Inputs(meter=(meter,), intensity=(intensity,)), **cast("dict[str, Any]", choices)), at=at
    )


def refusal(meter: Source = METER, intensity: Source = GRID, **choices: object) -> MalformedError:
    with pytest.raises(MalformedError) as refused:
        outcome(meter, intensity, **cast("dict[str, Any]", choices))
    return refused.value


def codes(statement: Statement) -> list[str]:
    return [finding.code for finding in statement.findings]


def files(made: MadeUp) -> tuple[Source, Source]:
    return Source("meter.csv", made.meter_csv), Source("grid.json", made.intensity_json)


def test_the_committed_month_is_the_one_that_the_generator_makes() -> None:
    assert (DATA / "made-up-building-2023-01.csv").read_bytes() == FAULTY.meter_csv
    assert (DATA / "made-up-gb-intensity-2023-01.json").read_bytes() == FAULTY.intensity_json


def test_a_month_with_the_faults_of_real_data_is_calculated_and_every_fault_is_named() -> None:
    statement = outcome()
    assert [month.month for month in statement.months] == ["2023-01"]
    total = statement.total
    assert (total.expected, total.present, total.missing) == (1488, 1483, 5)
    found = codes(statement)
    assert {code: found.count(code) for code in set(found)} == {
        "data.intensity_missing": 5,
        "data.implausible_zero": 1,
        "data.outside_window": 1,
        "data.partial_month": 1,
        "data.national_intensity": 1,
        "data.location_unstated": 1,
        "data.fuel_assumed": 1,
    }


def test_forecasts_fill_what_actuals_lack_and_the_method_says_how_many() -> None:
    filled = outcome(fill=True, kind=IntensityKind.ACTUAL)
    assert (filled.total.present, filled.total.missing) == (1488, 0)
    assert filled.method["filled"] == 5
    assert filled.total.kg > outcome().total.kg


def test_findings_on_the_unused_series_do_not_reduce_what_is_counted() -> None:
    statement = outcome(kind=IntensityKind.FORECAST)
    assert statement.total.missing == 0
    assert sum("not used" in finding.detail for finding in statement.findings) == 6


def test_the_answer_has_the_members_that_programs_rely_on() -> None:
    answer: dict[str, Any] = dict(outcome(outcode="LS1").as_json())
    jsonschema_rs.validator_for(specs.document("calculate/calculate-v1.schema.json")).validate(answer)
    assert list(answer) == ["months", "total", "fuels", "method", "findings"]
    counts = ["month", "fuel", "gases", "expected", "present", "missing", "duplicates", "conflicts"]
    energy = ["kwh", "kwh_counted", "m3", "m3_counted"]
    assert list(answer["total"]) == [*counts, *energy, "kg", "kg_exact"]
    assert answer["fuels"] == [answer["total"]]
    assert (answer["method"]["region"], answer["method"]["outcode"]) == ({"id": 18, "name": "GB"}, "LS1")
    assert answer["method"]["meter_region"] == {"id": 5, "name": "Yorkshire"}


def test_the_energy_that_the_kilograms_come_from_is_told_apart_from_what_was_metered() -> None:
    found, filled = outcome().total, outcome(fill=True).total
    lacking = [line for line in FAULTY.intensity_json.split(b"},{") if b'"actual":null' in line]
    stamps = {line.split(b'"')[3].decode() for line in lacking}
    rows = [row.split(",") for row in FAULTY.meter_csv.decode().splitlines()]
    uncounted = sum(int(kwh) for start, kwh in rows[1:] if start.replace(":00Z", "Z") in stamps)
    assert len(stamps) == 5
    assert found.kwh is not None
    assert found.kwh_counted is not None
    assert found.kwh - found.kwh_counted == uncounted > 0
    assert filled.kwh == filled.kwh_counted == found.kwh


def test_a_made_up_year_has_twelve_months_and_two_half_hours_less() -> None:
    statement = outcome(*files(YEAR))
    assert [month.month for month in statement.months] == [str(month) for month in YEAR.months]
    assert (statement.total.expected, statement.total.missing) == (17_520, 2)
    gaps = [finding.at for finding in statement.findings if finding.code == "data.gap"]
    assert gaps == [str(slot) for slot in YEAR.missing]
    assert set(codes(statement)) == {"data.gap", "data.fuel_assumed"}
    assert statement.method["region"] == {"id": 13, "name": "London"}


def test_the_total_is_the_sum_of_the_months_as_they_are_published() -> None:
    statement = outcome(*files(YEAR))
    assert statement.total.kg == sum(month.kg for month in statement.months)
    assert statement.total.kg_exact == sum(month.kg_exact for month in statement.months)
    assert abs(statement.total.kg - statement.total.kg_exact) <= Decimal("0.006")


def test_made_up_files_repeat_for_a_seed_and_say_what_they_are() -> None:
    assert made_up(7, Month(2026, 2), months=1) == made_up(7, Month(2026, 2), months=1)
    assert made_up(7, Month(2026, 2), months=1) != made_up(8, Month(2026, 2), months=1)
    assert YEAR.made_up
    assert LABEL.encode() in YEAR.intensity_json
    assert b"made up" in YEAR.meter_csv
    assert (YEAR.region, FAULTY.region) == (Region.of(13), GB)


@pytest.mark.parametrize("seed", range(12))
def test_made_up_gaps_stand_alone_and_inside_a_month(seed: int) -> None:
    made = made_up(seed, Month(2026, 2), months=1, missing=4)
    numbers = [slot.number for slot in made.missing]
    assert len(numbers) == 4
    assert all(later - earlier > 1 for earlier, later in pairwise(numbers))
    edge = Month(2026, 2).period
    assert edge.first.number < numbers[0] < numbers[-1] < edge.after.number - 1


def test_only_the_months_asked_for_are_calculated() -> None:
    statement = outcome(
        *files(YEAR), start=instant("2026-01-01T00:00:00Z"), end=instant("2026-03-01T00:00:00Z")
    )
    assert [month.month for month in statement.months] == ["2026-01", "2026-02"]
    assert "data.partial_month" not in codes(statement)


def test_a_month_asked_for_without_data_is_reported_as_missing_not_as_zero_emissions() -> None:
    statement = outcome(start=instant("2022-12-01T00:00:00Z"))
    assert [(month.month, month.present, month.missing) for month in statement.months] == [
        ("2022-12", 0, 1488),
        ("2023-01", 1483, 5),
    ]
    assert "1,488 half-hours without a reading" in next(
        f.detail for f in statement.findings if f.code == "data.gap"
    )


@pytest.mark.parametrize(
    ("choices", "code"),
    [
        ({"start": instant("2023-01-02T00:00:00Z")}, "data.partial_month"),
        ({"end": instant("2026-12-01T00:00:00Z")}, "data.in_future"),
        ({"start": instant("2023-02-01T00:00:00Z")}, "data.partial_month"),
        ({"outcode": "BT1"}, "data.region"),
        ({"outcode": "leeds"}, "data.region"),
        ({"region": 19}, "data.region"),
        ({"region": 1, "outcode": "LS1"}, "data.region"),
        ({"meter_format": "excel"}, "format.unknown_type"),
        ({"meter_format": "perseus"}, "format.unparseable"),
    ],
)
def test_a_choice_that_does_not_fit_is_refused(choices: dict[str, Any], code: str) -> None:
    assert refusal(**choices).code == code


def test_a_month_that_is_not_over_is_left_out() -> None:
    statement = outcome(*files(YEAR), at=instant("2026-10-31T23:59:59Z"))
    assert statement.months[-1].month == "2026-09"
    assert {"data.partial_month", "data.in_future"} <= set(codes(statement))


def test_a_fault_names_the_file_and_the_line() -> None:
    refused = refusal(Source("shop.csv", b"start,value\n2023-01-01T00:00:00Z,1\n2023-01-01T00:31:00Z,1\n"))
    assert str(refused).startswith("shop.csv: line 3: expected a time on minute 00 or 30")
    assert refusal(METER, Source("grid.json", b"{}")).where == "grid.json: /"


def test_files_may_be_packed_and_named_anyhow() -> None:
    packed = Source("building.csv.gz", gzip.compress(FAULTY.meter_csv))
    assert outcome(packed, Source("-", gzip.compress(FAULTY.intensity_json))).total == outcome().total
    assert outcome(Source("standard input", FAULTY.meter_csv)).total == outcome().total
    assert refusal(Source("standard input", b"\x1f\x8b")).where == "standard input: content"


def test_an_answer_of_the_perseus_api_is_known_by_its_first_character() -> None:
    assert refusal(Source("meter", b"\xef\xbb\xbf [1]")).where == "meter: /0"


def test_gas_is_never_multiplied_by_the_intensity_of_the_grid() -> None:
    refused = refusal(Source("gas.csv", b"start,volume [m3]\n2023-01-01T00:00:00Z,1\n"))
    assert (refused.code, refused.where) == ("data.intensity_missing", "--intensity")


def test_a_fault_between_files_names_them_all_and_a_fault_of_an_option_names_the_option() -> None:
    young = b"start,value\n2026-11-01T00:00:00Z,1\n2026-11-01T00:30:00Z,1\n"
    assert refusal(Source("young.csv", young)).where == "young.csv, grid.json: months"
    assert refusal(outcode="BT1").where == "building.csv, grid.json: outcode"
    assert refusal(start=instant("2023-01-02T00:00:00Z")).where == "--from"
    pair = (METER, Source("volumes.csv", b"start,volume [m3]\n2023-01-01T00:00:00Z,1\n"))
    with pytest.raises(
        MalformedError, match=r"^volumes\.csv: months: expected a whole UTC month with readings"
    ):
        calculate(Inputs(meter=pair, intensity=(GRID,)), at=AT)


def test_an_empty_file_is_called_empty_whatever_it_should_have_held() -> None:
    for name in ("empty.json", "empty.csv", "empty"):
        assert str(refusal(METER, Source(name, b""))).endswith("found nothing: it is empty")
    assert "JSON" in str(refusal(METER, Source("figures.json", b"from,intensity\n")))


def test_meter_and_grid_must_be_of_one_place() -> None:
    month = made_up(7, Month(2026, 2), months=1)
    assert refusal(*files(month), outcode="LS1").code == "data.region"
    assert outcome(*files(month), outcode="SE1").method["outcode"] == "SE1"
    assert refusal(*files(month), region=5).code == "data.region"


def test_readings_that_never_meet_the_intensities_leave_no_month() -> None:
    refused = refusal(METER, files(YEAR)[1])
    assert refused.code == "data.partial_month"
    assert "or say --from and --to" in refused.expected


@pytest.mark.parametrize(
    ("number", "text"), [("1.500", "1.5"), ("100", "100"), ("1E+3", "1000"), ("0.000", "0")]
)
def test_a_quantity_is_written_in_full(number: str, text: str) -> None:
    assert plain(Decimal(number)) == text
