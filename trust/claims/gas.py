"""Gas factors: kilograms of CO2e for each kilowatt-hour or cubic metre, by the day they were published.

A factor for cubic metres needs no calorific value. A month takes the set that was in force when it began, so that one
month has one factor.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

from trust.claims.consumption import UnitCode
from trust.claims.coverage import MISSING
from trust.claims.emissions import Calculation, Metered, grams_exponent
from trust.claims.halfhour import Month
from trust.errors import MalformedError

WEIGHT_EXPONENT = -2  # the factors below are hundredths of a gram


@dataclass(frozen=True, slots=True)
class GasFactors:
    """One published set, gross calorific value: hundredths of a gram of CO2e for a unit of gas."""

    edition: int
    published: datetime
    per_kilowatt_hour: int
    per_cubic_metre: int

    def weight(self, unit_code: UnitCode) -> int:
        """Give the factor of a unit, the same for every half-hour."""
        return self.per_kilowatt_hour if unit_code is UnitCode.WATT_HOUR else self.per_cubic_metre


SETS = (
    GasFactors(2024, datetime(2024, 7, 8, tzinfo=UTC), 18_290, 204_542),
    GasFactors(2025, datetime(2025, 6, 10, tzinfo=UTC), 18_296, 206_672),
    GasFactors(2026, datetime(2026, 6, 11, tzinfo=UTC), 18_231, 202_633),
)


def gas_factors(month: Month) -> GasFactors:
    """Choose the set that was in force when the month began.

    Raises:
        MalformedError: the month began before the first set that the scheme knows.
    """
    in_force = [each for each in SETS if each.published <= month.period.start]
    if not in_force:
        expected = f"a month after {SETS[0].published:%Y-%m-%d}, when the first gas factors were published"
        raise MalformedError("month", expected=expected, found=str(month), code="calculation.method_unknown")
    return in_force[-1]


def gas_weights(factors: GasFactors, unit_code: UnitCode, quality: str) -> tuple[int, ...]:
    """Give every half-hour that has a reading the month's one factor, and the others 0."""
    factor = factors.weight(unit_code)
    return tuple([0 if letter == MISSING else factor for letter in quality])


def calculate_gas(readings: Metered, factors: GasFactors) -> Calculation:
    """Multiply the gas of each half-hour by the factor of its unit, in exact integers; grams are of CO2e."""
    present = [value for value in readings.values if value is not None]
    return Calculation(
        total=sum(present) * factors.weight(readings.unit_code),
        exponent=grams_exponent(readings.unit_code, readings.exponent, weight_exponent=WEIGHT_EXPONENT),
        expected=len(readings.values),
        counted=len(present),
        missing_readings=len(readings.values) - len(present),
        missing_intensity=0,
    )
