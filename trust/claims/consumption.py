"""Consumption: metered energy per half-hour, each measured, estimated, substituted or missing."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

from trust.claims.coverage import MISSING, check_counts, check_month, check_slots
from trust.claims.halfhour import INTERVAL, Period
from trust.claims.region import Region, outcode
from trust.digest import Digest
from trust.errors import MalformedError

MEASURED, ESTIMATED, SUBSTITUTED = "M", "E", "S"
QUALITIES = frozenset({MEASURED, ESTIMATED, SUBSTITUTED, MISSING})
EXPONENTS = range(-12, 13)
_SALT = 32
_LARGEST_SUM = 2**53 - 1  # what a JSON number carries exactly (RFC 8785, section 3.2.2.3)
_LARGEST_SLOT = 10**9  # watt-hours or cubic metres in half an hour: beyond any small firm


class Fuel(StrEnum):
    """What was metered."""

    ELECTRICITY = "electricity"
    GAS = "gas"


class UnitCode(StrEnum):
    """The unit of a quantity (UN/CEFACT Recommendation 20)."""

    WATT_HOUR = "WHR"
    CUBIC_METRE = "MTQ"


class Measure(StrEnum):
    """Which way the energy went; export has no emissions of the firm's own."""

    IMPORT = "import"


@dataclass(frozen=True, slots=True, repr=False)
class Readings:
    """The readings of one source: `values[i]` times ten to the `exponent`, in the unit, for half-hour i.

    A value is None exactly where its quality letter is `-`; the salt keeps the digest of few-valued readings
    from being guessed.

    Raises:
        MalformedError: a length, a value, a letter or the unit is not what it must be.
    """

    period: Period
    unit_code: UnitCode
    exponent: int
    values: tuple[int | None, ...]
    quality: str
    salt: bytes
    interval: str = INTERVAL

    def __post_init__(self) -> None:
        """Refuse readings that nobody could add up."""
        check_slots(self.values, self.quality, period=self.period, letters=QUALITIES)
        if self.interval != INTERVAL:
            raise _malformed("readings/interval", INTERVAL, self.interval, "data.unit")
        if self.exponent not in EXPONENTS:
            raise _malformed("readings/exponent", "-12 to 12", str(self.exponent), "data.unit")
        if len(self.salt) != _SALT:
            found = f"{len(self.salt)} bytes"
            raise _malformed("readings/salt", f"{_SALT} bytes", found, "format.schema")
        self._check_sum()

    def _check_sum(self) -> None:
        present = [value for value in self.values if value is not None]
        if sum(present) > _LARGEST_SUM:
            raise _malformed("readings/values", "a sum below 2^53", str(sum(present)), "data.range")
        largest = max(present, default=0)
        if largest * 10 ** max(self.exponent, 0) > _LARGEST_SLOT * 10 ** max(-self.exponent, 0):
            expected = f"at most 10^9 {self.unit_code} in half an hour"
            raise _malformed("readings/values", expected, f"{largest}e{self.exponent}", "data.range")

    def __repr__(self) -> str:
        """Name the readings without a single value, because they have no place in a log."""
        return f"Readings({self.period}, {len(self.values)} half-hours)"


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many half-hours there should be, and how each of them was come by.

    Raises:
        MalformedError: a count is negative, or they do not add up to what is expected.
    """

    expected: int
    measured: int
    estimated: int
    substituted: int
    missing: int

    def __post_init__(self) -> None:
        """Refuse counts that do not add up."""
        check_counts(self.expected, self.measured, self.estimated, self.substituted, self.missing)

    @classmethod
    def of(cls, readings: Readings) -> Self:
        """Count what the quality letters say."""
        count = readings.quality.count
        letters = (MEASURED, ESTIMATED, SUBSTITUTED, MISSING)
        return cls(len(readings.period), *(count(letter) for letter in letters))


@dataclass(frozen=True, slots=True)
class Substitution:
    """How the energy data provider filled some half-hours before it committed to them.

    Raises:
        MalformedError: it names no method, or not one half-hour.
    """

    method: str
    slots: int

    def __post_init__(self) -> None:
        """Refuse a substitution of nothing."""
        if not self.method or self.slots < 1:
            found = f"{self.method!a} for {self.slots}"
            raise _malformed("substitution", "a method for some half-hours", found, "data.coverage_misstated")


@dataclass(frozen=True, slots=True)
class ResourceReference:
    """A resource that travels beside a credential, bound by its digest (VCDM 2.0, section 5.3)."""

    id: str
    digest_multibase: Digest
    media_type: str = "application/json"


@dataclass(frozen=True, slots=True)
class Assurance:
    """What the originator says of missing data and of who the meter's firm is (IB1 assurance levels)."""

    missing: str
    originator: str


@dataclass(frozen=True, slots=True)
class Consumption:
    """What one source used in one calendar month; the readings stay beside it, under a digest.

    Raises:
        MalformedError: the period is no month, the place is off the grid, or the coverage is not the period's.
    """

    id: str
    fuel: Fuel
    measure: Measure
    outcode: str
    region: Region
    period: Period
    unit_code: UnitCode
    exponent: int
    coverage: Coverage
    assurance: Assurance
    readings: ResourceReference
    commitments: ResourceReference
    substitution: Substitution | None = None
    interval: str = INTERVAL

    def __post_init__(self) -> None:
        """Refuse a claim that contradicts itself."""
        check_month(self.period)
        outcode(self.outcode)
        if self.interval != INTERVAL or self.exponent not in EXPONENTS:
            raise _malformed("interval", INTERVAL, self.interval, "data.unit")
        if self.fuel is Fuel.ELECTRICITY and self.unit_code is not UnitCode.WATT_HOUR:
            raise _malformed("unitCode", "WHR for electricity", self.unit_code, "data.unit")
        if self.coverage.expected != len(self.period):
            found = str(self.coverage.expected)
            raise _malformed("coverage/expected", str(len(self.period)), found, "data.coverage_misstated")


def _malformed(where: str, expected: str, found: str, code: str) -> MalformedError:
    return MalformedError(where, expected=expected, found=ascii(found[:60]), code=code)
