"""Gas: one factor a month, of the set in force when the month began."""

from decimal import Decimal

import pytest

from trust.claims.consumption import Readings, UnitCode
from trust.claims.coverage import RowCoverage
from trust.claims.gas import calculate_gas, gas_factors
from trust.claims.halfhour import HalfHour, Month, Period
from trust.errors import MalformedError


def readings(unit: UnitCode, exponent: int) -> Readings:
    return Readings(Period(HalfHour(0), HalfHour(3)), unit, exponent, (10, None, 5), "M-M", bytes(32))


@pytest.mark.parametrize(
    ("month", "edition"),
    [("2024-08", 2024), ("2025-06", 2024), ("2025-07", 2025), ("2026-06", 2025), ("2026-07", 2026)],
)
def test_a_month_takes_the_set_in_force_when_it_began(month: str, edition: int) -> None:
    assert gas_factors(Month.parse(month)).edition == edition


def test_a_month_before_every_known_set_has_no_factor() -> None:
    with pytest.raises(MalformedError) as refused:
        gas_factors(Month(2024, 7))
    assert refused.value.code == "calculation.method_unknown"


@pytest.mark.parametrize(
    ("unit", "exponent", "grams"),
    [
        (UnitCode.WATT_HOUR, 3, "2744.40"),
        (UnitCode.WATT_HOUR, 0, "2.74440"),
        (UnitCode.CUBIC_METRE, 0, "31000.80"),
        (UnitCode.CUBIC_METRE, -2, "310.0080"),
    ],
)
def test_gas_is_multiplied_by_the_factor_of_its_own_unit(unit: UnitCode, exponent: int, grams: str) -> None:
    calculation = calculate_gas(readings(unit, exponent), gas_factors(Month(2025, 8)))
    assert calculation.grams == Decimal(grams)
    assert calculation.coverage == RowCoverage(expected=3, counted=2, missing_readings=1, missing_intensity=0)
