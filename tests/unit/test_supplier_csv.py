"""The supplier's CSV: columns, zones, units, and every way to get them wrong."""

from decimal import Decimal

import pytest

from perseus.formats.metering import Meter, settle
from perseus.formats.stamps import Zone
from perseus.formats.supplier_csv import read
from trust.claims.consumption import Fuel, UnitCode
from trust.claims.halfhour import HalfHour, Period, instant
from trust.errors import MalformedError


def meter(*lines: str, zone: Zone = Zone.UTC, split_hours: bool = False) -> Meter:
    return settle((read("\n".join(lines).encode(), zone=zone, split_hours=split_hours),))


def starts(found: Meter) -> list[str]:
    return [str(HalfHour(slot)) for slot in sorted(found.values)]


def refusal(*lines: str, zone: Zone = Zone.UTC, split_hours: bool = False) -> MalformedError:
    with pytest.raises(MalformedError) as refused:
        meter(*lines, zone=zone, split_hours=split_hours)
    return refused.value


@pytest.mark.parametrize(
    ("header", "stamp"),
    [
        ("start,value", "2026-11-22T17:30:00Z"),
        ("from,kwh", "2026-11-22T17:30Z"),
        ("Interval_Start,Consumption (kWh)", "2026-11-22 17:30:00+00:00"),
        ("datetime,load [kWh]", "2026-11-22 17:30"),
        ("end,value", "2026-11-22T18:00:00Z"),
        ("to,energy", "2026-11-22T19:00:00+01:00"),
        ("interval_end,value", "2026-11-22T12:30:00-0530"),
    ],
)
def test_every_spelling_of_one_half_hour_is_the_same_half_hour(header: str, stamp: str) -> None:
    found = meter(header, f"{stamp},1.42")
    assert starts(found) == ["2026-11-22T17:30:00Z"]
    assert found.over(found.period).total == Decimal("1.42")


@pytest.mark.parametrize(
    ("header", "unit", "exponent"),
    [
        ("start,value", UnitCode.WATT_HOUR, 1),
        ("start,energy [Wh]", UnitCode.WATT_HOUR, -2),
        ("start,wh", UnitCode.WATT_HOUR, -2),
        ("start,gas (m3)", UnitCode.CUBIC_METRE, -2),
    ],
)
def test_a_unit_in_the_header_is_obeyed(header: str, unit: UnitCode, exponent: int) -> None:
    found = meter(header, "2026-11-22T17:30:00Z,1.42")
    assert (found.unit_code, found.exponent, tuple(found.values.values())) == (unit, exponent, (142,))


def test_times_without_a_zone_are_read_in_the_declared_one_and_the_findings_say_so() -> None:
    rows = ("start,value", "2026-07-01 00:00:00,1", "2026-07-01 00:30:00,2")
    assert starts(meter(*rows))[0] == "2026-07-01T00:00:00Z"
    london = meter(*rows, zone=Zone.LONDON)
    assert starts(london) == ["2026-06-30T23:00:00Z", "2026-06-30T23:30:00Z"]
    assert london.findings[0].code == "time.zone_assumed"
    assert "2 times name no zone; they are read as Europe/London" in london.findings[0].detail


def test_a_column_that_does_not_say_which_end_it_is_is_taken_as_the_start_and_told() -> None:
    found = meter("datetime,value", "2026-07-01T00:00:00Z,1", "2026-07-01T00:30:00Z,2")
    assert starts(found)[0] == "2026-07-01T00:00:00Z"
    assert "time.start_assumed" in {finding.code for finding in found.findings}


def local_day(date: str, hours: str) -> list[str]:
    return [f"{date} {hour}:{minute},1" for hour in hours.split() for minute in ("00", "30")]


def test_the_day_the_clocks_go_forward_has_46_local_half_hours() -> None:
    day = local_day("2026-03-29", "00 02 03")
    found = meter("start,value", *day, zone=Zone.LONDON)
    assert starts(found) == [
        f"2026-03-29T0{hour}:{minute}:00Z" for hour in (0, 1, 2) for minute in ("00", "30")
    ]


def test_a_local_time_that_the_clocks_skipped_is_refused() -> None:
    refused = refusal("start,value", "2026-03-29 00:30,1", "2026-03-29 01:00,1", zone=Zone.LONDON)
    assert refused.where == "line 3"
    assert "skipped" in refused.found


@pytest.mark.parametrize("newest_first", [False, True])
def test_the_hour_that_comes_twice_in_october_is_two_hours(*, newest_first: bool) -> None:
    day = local_day("2026-10-25", "00 01 01 02")
    found = meter("start,value", *(reversed(day) if newest_first else day), zone=Zone.LONDON)
    assert len(found.values) == 8
    assert starts(found)[0] == "2026-10-24T23:00:00Z"
    assert starts(found)[-1] == "2026-10-25T02:30:00Z"
    assert found.conflicts == ()


@pytest.mark.parametrize(("change", "utc"), [("01:00", "00:30"), ("02:00", "00:30"), ("02:30", "01:00")])
def test_an_end_at_the_change_itself_belongs_to_the_half_hour_before(change: str, utc: str) -> None:
    found = meter("end,value", f"2026-03-29 {change},1", zone=Zone.LONDON)
    assert starts(found) == [f"2026-03-29T{utc}:00Z"]


def test_british_time_is_known_from_1996_on() -> None:
    assert refusal("start,value", "1995-07-01 00:00,1", zone=Zone.LONDON).code == "time.malformed"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("2026-11-22T17:31:00Z,1", "time.malformed"),
        ("2026-11-22T17:30:01Z,1", "time.malformed"),
        ("2026-11-31T17:30:00Z,1", "time.malformed"),
        ("1969-12-31T17:30:00Z,1", "time.malformed"),
        ("22/11/2026 17:30,1", "time.malformed"),
        ("2026-11-22T24:00:00Z,1", "time.malformed"),
        ("2026-11-22T17:30:00+15:00,1", "time.malformed"),
        ("2026-11-22T17:30:00+01:15,1", "time.malformed"),
        ("2026-11-22T17:30:00Z,-1", "data.range"),
        ("2026-11-22T17:30:00Z,NaN", "data.range"),
        ("2026-11-22T17:30:00Z,inf", "data.range"),
        ("2026-11-22T17:30:00Z,", "data.range"),
        ("2026-11-22T17:30:00Z,1000001", "data.range"),
        ("2026-11-22T17:30:00Z,1e-99", "data.range"),
        ("2026-11-22T17:30:00Z,0x10", "data.range"),
        ("2026-11-22T17:30:00Z,1_000", "data.range"),
        ("2026-11-22T17:30:00Z,٣", "data.range"),
    ],
)
def test_a_row_that_cannot_be_read_exactly_is_refused_by_its_line(row: str, code: str) -> None:
    refused = refusal("start,value", "2026-11-22T17:00:00Z,1", row)
    assert (refused.where, refused.code) == ("line 3", code)


def test_a_decimal_comma_is_refused_with_the_number_as_it_should_be() -> None:
    assert "a decimal point, as in 0.142" in str(refusal("start,value", '2026-11-22T17:00:00Z,"0,142"'))


@pytest.mark.parametrize(
    "header", ["time,value", "start,from,value", "start", "start,value,kwh", "start;value", "start,watts"]
)
def test_columns_that_do_not_say_one_start_and_one_quantity_are_refused(header: str) -> None:
    refused = refusal(header, ",".join("1" for _ in header.split(",")))
    assert (refused.where, refused.code) == ("line 1", "format.schema")


def test_a_start_and_an_end_must_lie_half_an_hour_apart() -> None:
    good = meter("start,end,value", "2026-11-22T17:30:00Z,2026-11-22T18:00:00Z,1")
    assert starts(good) == ["2026-11-22T17:30:00Z"]
    refused = refusal("start,end,value", "2026-11-22T17:30:00Z,2026-11-22T18:30:00Z,1")
    assert (refused.where, refused.found) == ("line 2", "60")


def test_an_exact_duplicate_is_kept_once_and_counted() -> None:
    found = meter("start,value", *["2026-11-22T17:30:00Z,1.0"] * 2, "2026-11-22T17:30:00Z,1.00")
    assert found.over(found.period).total == 1
    assert len(found.duplicates) == 2
    assert "2 rows repeat a half-hour" in found.findings[-1].detail
    once = meter("start,value", *["2026-11-22T17:30:00Z,1.0"] * 2)
    assert "1 row repeats a half-hour" in once.findings[-1].detail


def test_the_most_that_a_meter_can_count_is_the_same_in_every_unit() -> None:
    row = "2026-11-22T17:30:00Z"
    assert meter("start,kwh", f"{row},1000000").over(meter("start,kwh", f"{row},1").period).total == 10**6
    for header, amount in (
        ("start,kwh", "1000001"),
        ("start,wh", "1000000001"),
        ("start,volume [m3]", "1e10"),
    ):
        refused = refusal(header, f"{row},1", f"{row},{amount}")
        assert (refused.where, refused.code) == ("line 3", "data.range")
        assert "in half an hour" in refused.expected


def test_two_values_for_one_half_hour_make_it_missing_with_a_finding() -> None:
    rows = [f"2026-11-22T{time}:00Z,{value}" for time, value in (("17:00", 1), ("17:30", 1), ("17:30", 2))]
    found = meter("start,value", *rows)
    assert starts(found) == ["2026-11-22T17:00:00Z"]
    assert found.over(found.period).quality == "M-"
    assert [(f.code, f.at) for f in found.findings] == [
        ("data.fuel_assumed", "2026-11-22T17:00:00Z"),
        ("data.conflict", "2026-11-22T17:30:00Z"),
    ]


def test_a_file_that_names_no_fuel_is_said_to_be_taken_as_electricity() -> None:
    row = "2026-11-22T17:30:00Z,1"
    assert "taken as electricity" in read(f"start,kwh\n{row}".encode()).findings[0].detail
    assert read(f"start,kwh\n{row}".encode(), fuel=Fuel.GAS).findings == ()
    assert read(f"start,volume [m3]\n{row}".encode()).findings == ()


def test_hourly_data_are_refused_unless_they_may_be_split() -> None:
    rows = ("start,value", "2026-11-22T17:00:00Z,0.3", "2026-11-22T18:00:00Z,0.4")
    assert "--split-hours" in str(refusal(*rows))
    split = meter(*rows, split_hours=True)
    quantities = split.over(split.period)
    assert (quantities.quality, quantities.total) == ("SSSS", Decimal("0.70"))
    assert quantities.values == (15, 15, 20, 20)
    assert split.findings[0].code == "data.split_hours"


def test_hours_named_by_their_end_begin_an_hour_earlier() -> None:
    rows = ("end,value", "2026-11-22T17:00:00Z,0.3", "2026-11-22T18:00:00Z,0.4")
    assert starts(meter(*rows, split_hours=True))[0] == "2026-11-22T16:00:00Z"


def test_quantities_become_readings_with_the_salt_they_are_given() -> None:
    found = meter("start,value", "2026-11-22T17:30:00Z,1.42")
    period = Period.of(instant("2026-11-22T17:00:00Z"), instant("2026-11-22T18:00:00Z"))
    readings = found.over(period).readings(salt=bytes(32))
    assert (readings.values, readings.exponent, readings.quality) == ((None, 142), 1, "-M")


def test_what_a_binary_float_left_behind_is_kept_exactly_but_does_not_fit_the_wire() -> None:
    found = meter("start,value", "2026-11-22T17:30:00Z,0.028999999999999998")
    quantities = found.over(found.period)
    assert quantities.total == Decimal("0.028999999999999998")
    with pytest.raises(MalformedError):
        quantities.readings(salt=bytes(32))


def test_files_of_different_units_are_not_one_source() -> None:
    files = [read(f"start,{unit}\n2026-11-22T17:30:00Z,1".encode()) for unit in ("kwh", "wh", "x [m3]")]
    assert settle((files[0], files[1])).conflicts != ()
    with pytest.raises(MalformedError) as refused:
        settle((files[0], files[2]))
    assert refused.value.code == "data.unit"


def test_a_source_needs_at_least_one_file() -> None:
    with pytest.raises(MalformedError):
        settle(())
