"""The arithmetic: exact integers, one rounding, nothing missing taken for zero."""

from decimal import Decimal

import pytest

from trust.claims.consumption import Readings, UnitCode
from trust.claims.coverage import RowCoverage
from trust.claims.emissions import calculate, grams_exponent, kilograms, total_of, weights
from trust.claims.halfhour import HalfHour, Month, Period, instant
from trust.claims.intensity import IntensitySeries
from trust.errors import MalformedError

FIRST = HalfHour.at(instant("2026-11-22T17:30:00Z"))
SALT = bytes(32)


def readings(
    values: tuple[int | None, ...], *, exponent: int = 0, unit: UnitCode = UnitCode.WATT_HOUR
) -> Readings:
    period = Period(FIRST, HalfHour(FIRST.number + len(values)))
    quality = "".join("-" if value is None else "M" for value in values)
    return Readings(period, unit, exponent, values, quality, SALT)


def series(values: tuple[int | None, ...], *, later: int = 0) -> IntensitySeries:
    first = FIRST.number + later
    quality = "".join("-" if value is None else "F" for value in values)
    return IntensitySeries(Period(HalfHour(first), HalfHour(first + len(values))), values, quality)


def test_the_half_hour_of_the_design_gives_its_grams() -> None:
    calculation = calculate(readings((1420,)), series((188,)))
    assert (calculation.grams, calculation.kg) == (Decimal("266.960"), Decimal("0.267"))


def test_the_exponent_of_the_readings_is_kept_exactly() -> None:
    fine = calculate(readings((1_420_000,), exponent=-3), series((188,)))
    coarse = calculate(readings((142,), exponent=1), series((188,)))
    assert fine.grams == coarse.grams == Decimal("266.96")


def test_a_missing_factor_adds_nothing_and_is_counted_once() -> None:
    calculation = calculate(readings((None, None, 500, 1000)), series((100, None, None, 200)))
    assert calculation.total == 200_000
    assert calculation.coverage == RowCoverage(expected=4, counted=1, missing_readings=2, missing_intensity=1)


def test_zero_grams_is_an_intensity_and_no_gap() -> None:
    calculation = calculate(readings((1000,)), series((0,)))
    assert (calculation.total, calculation.counted) == (0, 1)


def test_half_hours_that_the_series_does_not_reach_are_missing() -> None:
    calculation = calculate(readings((1000, 1000)), series((100, 100), later=1))
    assert (calculation.counted, calculation.missing_intensity) == (1, 1)


def test_cubic_metres_are_not_multiplied_by_grams_per_kilowatt_hour() -> None:
    with pytest.raises(MalformedError) as refused:
        calculate(readings((1,), unit=UnitCode.CUBIC_METRE), series((100,)))
    assert refused.value.code == "data.unit"
    assert grams_exponent(UnitCode.CUBIC_METRE, -2, weight_exponent=-2) == -4


def test_weights_are_zero_where_the_reading_or_the_intensity_is_missing() -> None:
    assert weights(series((100, 0, None, 7)), "ME-S") == (100, 0, 0, 7)
    assert weights(series((100, 50)), "-M") == (0, 50)
    for quality, code in (("M", "data.gap"), ("MMM", "data.overlap")):
        with pytest.raises(MalformedError) as refused:
            weights(series((100, 50)), quality)
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("total", "exponent", "kg"),
    [
        (5, -1, "0.000"),
        (15, -1, "0.002"),
        (25, -1, "0.002"),
        (35, -1, "0.004"),
        (2_500_000_000_000_000_000_000_000_000_001, -30, "0.003"),
        (499, -3, "0.000"),
        (501, -3, "0.001"),
        (7, 3, "7.000"),
        (0, -9, "0.000"),
    ],
)
def test_kilograms_are_rounded_half_to_even_to_the_gram(total: int, exponent: int, kg: str) -> None:
    assert str(kilograms(total, exponent=exponent)) == kg


def test_a_total_is_the_sum_of_the_rounded_months() -> None:
    assert total_of((Decimal("0.001"), Decimal("5507.781"))) == Decimal("5507.782")
    assert str(total_of(())) == "0.000"


def test_a_month_is_as_long_as_its_calendar_says() -> None:
    period = Month(2026, 2).period
    month = Readings(period, UnitCode.WATT_HOUR, 0, (1,) * 1344, "M" * 1344, SALT)
    assert calculate(month, series((100,) * 3000)).expected == 1344
