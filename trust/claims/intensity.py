"""Grid intensity: grams of CO2 for each kilowatt-hour, by half-hour and region, forecast or actual."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Self

from trust.claims.consumption import ResourceReference
from trust.claims.coverage import MISSING, check_counts, check_month, check_slots
from trust.claims.halfhour import INTERVAL, Period
from trust.claims.region import Region
from trust.digest import Digest
from trust.errors import MalformedError

ACTUAL, FORECAST = "A", "F"
LETTERS = frozenset({ACTUAL, FORECAST, MISSING})
UNIT = "gCO2/kWh"
ATTRIBUTION = "National Energy System Operator, Carbon Intensity API, CC BY 4.0"
LICENCE = "https://creativecommons.org/licenses/by/4.0/"
_LARGEST = 10_000  # grams: ten times the dirtiest coal


class IntensityKind(StrEnum):
    """Whether the values were foretold or found out; regional ones are always forecasts."""

    FORECAST = "forecast"
    ACTUAL = "actual"

    @property
    def letter(self) -> str:
        """The quality letter of a value of this kind."""
        return FORECAST if self is IntensityKind.FORECAST else ACTUAL


@dataclass(frozen=True, slots=True)
class IntensitySeries:
    """Whole grams of CO2 per kilowatt-hour for every half-hour, each actual, forecast or missing.

    0 is a legal value; a missing one is None and its letter `-`.

    Raises:
        MalformedError: a length, a value, a letter or the unit is not what it must be.
    """

    period: Period
    values: tuple[int | None, ...]
    quality: str
    interval: str = INTERVAL
    unit_code: str = UNIT

    def __post_init__(self) -> None:
        """Refuse a series that nobody could multiply by."""
        check_slots(self.values, self.quality, period=self.period, letters=LETTERS)
        if self.interval != INTERVAL or self.unit_code != UNIT:
            found = f"{self.unit_code} every {self.interval}"
            raise _malformed("series", f"{UNIT} every {INTERVAL}", found, "data.unit")
        largest = max((value for value in self.values if value is not None), default=0)
        if largest > _LARGEST:
            raise _malformed("series/values", f"at most {_LARGEST} {UNIT}", str(largest), "data.range")

    def over(self, period: Period) -> "IntensitySeries":
        """Take the half-hours of another period; those that this series does not have are missing."""
        if period == self.period:
            return self
        before = max(self.period.first.number - period.first.number, 0)
        after = max(period.after.number - self.period.after.number, 0)
        start = max(period.first.number - self.period.first.number, 0)
        stop = max(period.after.number - self.period.first.number, 0)
        length = len(period)
        values = ((None,) * before + self.values[start:stop] + (None,) * after)[:length]
        quality = (MISSING * before + self.quality[start:stop] + MISSING * after)[:length]
        return IntensitySeries(period, values, quality)


@dataclass(frozen=True, slots=True)
class IntensityCoverage:
    """How many half-hours have a value of the stated kind, were filled from the other kind, or have none.

    Raises:
        MalformedError: a count is negative, or they do not add up to what is expected.
    """

    expected: int
    present: int
    filled: int
    missing: int

    def __post_init__(self) -> None:
        """Refuse counts that do not add up."""
        check_counts(self.expected, self.present, self.filled, self.missing)

    @classmethod
    def of(cls, series: IntensitySeries, kind: IntensityKind) -> Self:
        """Count what the quality letters say; letters of the other kind are filled half-hours."""
        present, missing = series.quality.count(kind.letter), series.quality.count(MISSING)
        return cls(len(series.period), present, len(series.period) - present - missing, missing)


@dataclass(frozen=True, slots=True)
class Upstream:
    """The answer that the values were read from: its address, and the digest of its raw bytes."""

    id: str
    digest_multibase: Digest
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Intensity:
    """The grid intensity of one region and calendar month, with the evidence of where it came from.

    Raises:
        MalformedError: the period is no month, or the coverage is another period's.
    """

    region: Region
    period: Period
    kind: IntensityKind
    retrieved_at: datetime
    upstream: Upstream
    series: ResourceReference
    coverage: IntensityCoverage
    attribution: str = ATTRIBUTION
    licence: str = LICENCE
    interval: str = INTERVAL
    unit_code: str = UNIT

    def __post_init__(self) -> None:
        """Refuse a claim that contradicts itself."""
        check_month(self.period)
        if self.interval != INTERVAL or self.unit_code != UNIT:
            found = f"{self.unit_code} every {self.interval}"
            raise _malformed("intensity", f"{UNIT} every {INTERVAL}", found, "data.unit")
        if self.coverage.expected != len(self.period):
            found = str(self.coverage.expected)
            raise _malformed("coverage/expected", str(len(self.period)), found, "data.coverage_misstated")


def _malformed(where: str, expected: str, found: str, code: str) -> MalformedError:
    return MalformedError(where, expected=expected, found=ascii(found[:60]), code=code)
