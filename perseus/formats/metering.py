"""What a meter file says, settled into one value or none for each half-hour."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple, Self

from perseus.formats.finding import Finding, counted
from perseus.formats.quantity import integers
from trust.claims.consumption import Fuel, Readings, UnitCode
from trust.claims.coverage import MISSING
from trust.claims.halfhour import HalfHour, Period
from trust.errors import MalformedError


class Reading(NamedTuple):
    """One row: the number of its half-hour, its quantity, and M, E or S."""

    slot: int
    quantity: Decimal
    quality: str


@dataclass(frozen=True, slots=True)
class MeterFile:
    """The rows of one file in its order, with ten to the `scale` between its unit and `unit_code`.

    `fuel_at` is the place in the file that says which fuel it is.
    """

    fuel: Fuel
    unit_code: UnitCode
    scale: int
    rows: tuple[Reading, ...]
    outcode: str | None
    findings: tuple[Finding, ...]
    fuel_at: str = "the file"

    def require(self, fuel: Fuel | None) -> Self:
        """Give the file if it is of this fuel, or of any where none is named.

        Raises:
            MalformedError: it meters another.
        """
        if fuel is not None and self.fuel is not fuel:
            expected = f"{fuel}, as it is named here"
            raise MalformedError(self.fuel_at, expected=expected, found=self.fuel.value, code="data.unit")
        return self


@dataclass(frozen=True, slots=True)
class Quantities:
    """The quantities of one period, ready to be multiplied, or to be salted into Readings."""

    period: Period
    unit_code: UnitCode
    exponent: int
    values: tuple[int | None, ...]
    quality: str

    def readings(self, *, salt: bytes) -> Readings:
        """Make the resource that a Consumption credential binds.

        Raises:
            MalformedError: the quantities need more digits than the wire carries.
        """
        return Readings(self.period, self.unit_code, self.exponent, self.values, self.quality, salt)

    @property
    def total(self) -> Decimal:
        """The sum of what is there, in kilowatt-hours or cubic metres."""
        exponent = self.exponent - 3 if self.unit_code is UnitCode.WATT_HOUR else self.exponent
        return Decimal(f"{sum(filter(None, self.values))}e{exponent}")


@dataclass(frozen=True, slots=True)
class Meter:
    """Every half-hour of a source at most once: exact duplicates dropped, contradictions missing, both remembered."""

    fuel: Fuel
    unit_code: UnitCode
    exponent: int
    values: Mapping[int, int]
    letters: Mapping[int, str]
    duplicates: tuple[int, ...]
    conflicts: tuple[int, ...]
    period: Period
    outcode: str | None
    findings: tuple[Finding, ...]
    name: str = ""
    files: tuple[str, ...] = ()

    def over(self, period: Period) -> Quantities:
        """Take the half-hours of a period; those without a value are missing."""
        slots = range(period.first.number, period.after.number)
        values = tuple([self.values.get(slot) for slot in slots])
        quality = "".join([self.letters.get(slot, MISSING) for slot in slots])
        return Quantities(period, self.unit_code, self.exponent, values, quality)

    def outside(self, period: Period) -> int:
        """Count the half-hours that have a value and do not lie in the period."""
        first, after = period.first.number, period.after.number
        return sum(not first <= slot < after for slot in self.values)


def settle(files: tuple[MeterFile, ...]) -> Meter:
    """Put the rows of a source's files together, whatever their order.

    Raises:
        MalformedError: the files are of different fuels, units or places, or hold no row.
    """
    fuel, unit, outcode = _agreed(files)
    scale = min(file.scale for file in files)
    rows = [_rescaled(row, file.scale - scale) for file in files for row in file.rows]
    if not rows:
        raise MalformedError("meter", expected="at least one reading", found="none", code="data.gap")
    # The power of ten comes from every row, also from those that are dropped, so that order changes nothing.
    exponent, numbers = integers(row.quantity for row in rows)
    values: dict[int, int] = {}
    letters: dict[int, str] = {}
    repeats: list[tuple[int, int]] = []
    for row, number in zip(rows, numbers, strict=True):
        if row.slot in values:
            repeats.append((row.slot, number))
            letters[row.slot] = max(letters[row.slot], row.quality, key="MES".find)
        else:
            values[row.slot] = number
            letters[row.slot] = row.quality
    duplicates, conflicts = _repeated(repeats, values)
    period = Period(HalfHour(min(values)), HalfHour(max(values) + 1))
    for slot in conflicts:
        del values[slot], letters[slot]
    findings = [finding for file in files for finding in file.findings]
    findings += _duplicates(duplicates) + [_conflict(slot) for slot in conflicts]
    return Meter(
        fuel=fuel,
        unit_code=unit,
        exponent=exponent + scale,
        values=values,
        letters=letters,
        duplicates=duplicates,
        conflicts=conflicts,
        period=period,
        outcode=outcode,
        findings=tuple(findings),
    )


def fuel_assumed(first: int) -> Finding:
    """Say that a file does not name its fuel, because gas taken as electricity is a figure that means nothing."""
    detail = "The file does not say which fuel it meters; it is taken as electricity."
    return Finding("data.fuel_assumed", str(HalfHour(first)), detail)


def _agreed(files: tuple[MeterFile, ...]) -> tuple[Fuel, UnitCode, str | None]:
    kinds = {(file.fuel, file.unit_code) for file in files}
    if len(kinds) != 1:
        found = ", ".join(sorted(f"{fuel} in {unit}" for fuel, unit in kinds)) or "no file"
        raise MalformedError("meter", expected="one fuel in one unit", found=found, code="data.unit")
    places = {file.outcode for file in files if file.outcode}
    if len(places) > 1:
        found = ", ".join(sorted(places))
        raise MalformedError("meter", expected="one outcode", found=found, code="data.region")
    return *next(iter(kinds)), next(iter(places), None)


def _rescaled(row: Reading, more: int) -> Reading:
    return row if more == 0 else row._replace(quantity=row.quantity.scaleb(more))


def _repeated(
    repeats: Iterable[tuple[int, int]], values: Mapping[int, int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    told: dict[int, list[int]] = {}
    for slot, number in repeats:
        told.setdefault(slot, [values[slot]]).append(number)
    duplicates = [slot for slot, numbers in told.items() for _ in range(len(numbers) - len(set(numbers)))]
    conflicts = [slot for slot, numbers in told.items() if len(set(numbers)) > 1]
    return tuple(sorted(duplicates)), tuple(sorted(conflicts))


def _duplicates(slots: tuple[int, ...]) -> list[Finding]:
    if not slots:
        return []
    rows = counted(len(slots), "row")
    verb = "repeats" if len(slots) == 1 else "repeat"
    detail = f"{rows} {verb} a half-hour with the same value; each half-hour is counted once."
    return [Finding("data.duplicate", str(HalfHour(slots[0])), detail)]


def _conflict(slot: int) -> Finding:
    detail = "The meter has two different values for this half-hour; it counts as missing."
    return Finding("data.conflict", str(HalfHour(slot)), detail)
