"""Emissions of one firm and month, and `calculate`: the one place where the arithmetic lives.

Grams are the sum over half-hours of a quantity times a weight, both integers, so that their order changes
nothing; a month is rounded once. A half-hour that lacks either adds nothing and is counted as missing.
"""

from abc import abstractmethod
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import NewType, Protocol

from trust.claims.consumption import Fuel, UnitCode
from trust.claims.coverage import MISSING, RowCoverage, check_month
from trust.claims.halfhour import Period
from trust.claims.intensity import IntensitySeries
from trust.did import Did
from trust.digest import Digest
from trust.errors import MalformedError

Exact = NewType("Exact", int)  # an integer that may exceed 2^53 - 1: a decimal string on the wire
ROUNDING = "half to even, 3 decimals of a kilogram"
SCOPE_2, SCOPE_1 = "Scope 2, location-based", "Scope 1"
_PLACES = -3  # kilograms are written to the gram
_LARGEST_TOTAL = 2**63
_PER_KWH = -3  # a weight is for a kilowatt-hour, a quantity in watt-hours


class Gases(StrEnum):
    """Which gases the grams stand for: rows of different ones are never added without saying so."""

    CO2 = "CO2"
    CO2E = "CO2e"


class Metered(Protocol):
    """What `calculate` needs to know of readings."""

    @property
    @abstractmethod
    def period(self) -> Period:
        """The half-hours that the values stand for."""

    @property
    @abstractmethod
    def unit_code(self) -> UnitCode:
        """The unit of the values."""

    @property
    @abstractmethod
    def exponent(self) -> int:
        """The power of ten of the values."""

    @property
    @abstractmethod
    def values(self) -> tuple[int | None, ...]:
        """One value for each half-hour, None where it is missing."""


@dataclass(frozen=True, slots=True)
class Calculation:
    """What came of one multiplication: `total` times ten to the `exponent` is the exact number of grams."""

    total: int
    exponent: int
    expected: int
    counted: int
    missing_readings: int
    missing_intensity: int

    @property
    def grams(self) -> Decimal:
        """The exact grams, unrounded."""
        return Decimal(f"{self.total}e{self.exponent}")

    @property
    def kg(self) -> Decimal:
        """The kilograms of the report, rounded half to even to three places."""
        return kilograms(self.total, exponent=self.exponent)

    @property
    def coverage(self) -> RowCoverage:
        """The counts as a report states them."""
        return RowCoverage(self.expected, self.counted, self.missing_readings, self.missing_intensity)


def calculate(readings: Metered, series: IntensitySeries) -> Calculation:
    """Multiply the watt-hours of each half-hour by its grams per kilowatt-hour, in exact integers.

    Raises:
        MalformedError: the readings are not in watt-hours.
    """
    if readings.unit_code is not UnitCode.WATT_HOUR:
        raise _malformed(
            "readings/unitCode", "WHR, to multiply by grams per kWh", readings.unit_code, "data.unit"
        )
    factors = series.over(readings.period).values
    pairs = [(v, w) for v, w in zip(readings.values, factors, strict=True) if v is not None and w is not None]
    missing = readings.values.count(None)
    expected = len(readings.values)
    return Calculation(
        total=sum([value * weight for value, weight in pairs]),
        exponent=grams_exponent(readings.unit_code, readings.exponent),
        expected=expected,
        counted=len(pairs),
        missing_readings=missing,
        missing_intensity=expected - missing - len(pairs),
    )


def weights(series: IntensitySeries, quality: str) -> tuple[int, ...]:
    """Derive the weight of every half-hour from public data: 0 where the reading or the intensity is missing.

    Raises:
        MalformedError: the quality letters of the readings are not one for each half-hour of the series.
    """
    if len(quality) != len(series.values):
        code = "data.gap" if len(quality) < len(series.values) else "data.overlap"
        raise _malformed("quality", f"{len(series.values)} letters", str(len(quality)), code)
    pairs = zip(series.values, quality, strict=True)
    return tuple([0 if value is None or letter == MISSING else value for value, letter in pairs])


def grams_exponent(unit_code: UnitCode, exponent: int, *, weight_exponent: int = 0) -> int:
    """Give the power of ten, in grams, of quantity times weight; a weight is per kWh or per cubic metre."""
    return exponent + weight_exponent + (_PER_KWH if unit_code is UnitCode.WATT_HOUR else 0)


def kilograms(total: int, *, exponent: int) -> Decimal:
    """Round `total` times ten to the `exponent` grams, half to even, to three places of a kilogram."""
    whole, rest = divmod(total * 10 ** max(exponent, 0), 10 ** max(-exponent, 0))
    twice = 2 * rest - 10 ** max(-exponent, 0)
    up = twice > 0 or (twice == 0 and whole % 2 == 1)
    return Decimal(f"{whole + up}e{_PLACES}")


def total_of(months: tuple[Decimal, ...]) -> Decimal:
    """Add up months that are already rounded, so that whoever adds the published figures gets the same."""
    grams = sum(int(Fraction(month) * 10**-_PLACES) for month in months)
    return Decimal(f"{grams}e{_PLACES}")


@dataclass(frozen=True, slots=True)
class OpeningClaim:
    """What opens a weighted sum of commitments: the vectors, the exact total, the sum of the blinding.

    Raises:
        MalformedError: the total is not from 0 to 2^63 - 1, the blinding not 32 bytes, or no vector named.
    """

    commitments: tuple[Digest, ...]
    total: Exact
    blinding: bytes

    def __post_init__(self) -> None:
        """Refuse an opening that no commitment can have."""
        if not 0 <= self.total < _LARGEST_TOTAL:
            raise _malformed("opening/total", "0 to 2^63 - 1", str(self.total), "calculation.opening")
        if len(self.blinding) != 32:  # noqa: PLR2004 - a scalar of secp256k1
            found = f"{len(self.blinding)} bytes"
            raise _malformed("opening/blinding", "32 bytes", found, "calculation.opening")
        if not self.commitments or len(set(self.commitments)) != len(self.commitments):
            found = str(len(self.commitments))
            raise _malformed("opening/commitments", "each vector once", found, "calculation.opening")


@dataclass(frozen=True, slots=True)
class Row:
    """The emissions of one fuel in the month, in kilograms with three places.

    Raises:
        MalformedError: the kilograms are negative or not to three places, or the gases are not the fuel's.
    """

    fuel: Fuel
    kg: Decimal
    gases: Gases
    scope: str
    coverage: RowCoverage
    openings: tuple[OpeningClaim, ...]

    def __post_init__(self) -> None:
        """Refuse a figure that is not written as the method writes it."""
        if not self.kg.is_finite() or self.kg.is_signed() or self.kg.as_tuple().exponent != _PLACES:
            raise _malformed("kg", "a decimal like 123.456, not negative", str(self.kg), "data.range")
        if (self.gases is Gases.CO2) is not (self.fuel is Fuel.ELECTRICITY):
            raise _malformed("gases", "CO2 for electricity, CO2e for gas", self.gases, "data.unit")


@dataclass(frozen=True, slots=True)
class Method:
    """By which rule the figure was made, so that anybody can make it again."""

    id: str
    version: str
    rounding: str
    losses_included: bool


METHOD = Method(
    "https://registry.ib1.org/scheme/perseus/process/emissions-calculations",
    "1",
    ROUNDING,
    losses_included=True,
)


@dataclass(frozen=True, slots=True)
class Activity:
    """When the calculation ran (PROV-O, section 3.3, startedAtTime).

    Raises:
        MalformedError: it ended before it began.
    """

    started_at: datetime
    ended_at: datetime

    def __post_init__(self) -> None:
        """Refuse a calculation that ran backwards."""
        if self.ended_at < self.started_at:
            raise _malformed("activity", "an end after its start", str(self.ended_at), "time.malformed")


@dataclass(frozen=True, slots=True)
class Emissions:
    """What one firm emitted in one calendar month, a row for each fuel.

    Raises:
        MalformedError: the period is no month, or a fuel has no row or two.
    """

    id: Did
    period: Period
    rows: tuple[Row, ...]
    method: Method
    activity: Activity

    def __post_init__(self) -> None:
        """Refuse a claim that contradicts itself."""
        check_month(self.period)
        fuels = [row.fuel for row in self.rows]
        if not fuels or len(set(fuels)) != len(fuels):
            raise _malformed("rows", "one row for each fuel", ", ".join(fuels) or "none", "format.schema")


def _malformed(where: str, expected: str, found: str, code: str) -> MalformedError:
    return MalformedError(where, expected=expected, found=ascii(found[:60]), code=code)
