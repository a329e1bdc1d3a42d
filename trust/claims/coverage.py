"""Which half-hours of a period have a value, and whether the counts of them add up."""

from dataclasses import dataclass

from trust.claims.halfhour import Period
from trust.errors import MalformedError

MISSING = "-"


@dataclass(frozen=True, slots=True)
class RowCoverage:
    """How many half-hours of a row were counted, and which of the two factors the others lacked.

    Raises:
        MalformedError: a count is negative, or they do not add up to what is expected.
    """

    expected: int
    counted: int
    missing_readings: int
    missing_intensity: int

    def __post_init__(self) -> None:
        """Refuse counts that do not add up."""
        check_counts(self.expected, self.counted, self.missing_readings, self.missing_intensity)

    def __add__(self, other: "RowCoverage") -> "RowCoverage":
        """Count the half-hours of two sources together."""
        return RowCoverage(
            self.expected + other.expected,
            self.counted + other.counted,
            self.missing_readings + other.missing_readings,
            self.missing_intensity + other.missing_intensity,
        )


def check_slots(
    values: tuple[int | None, ...], quality: str, *, period: Period, letters: frozenset[str]
) -> None:
    """Refuse values and letters that are not one each for every half-hour of the period.

    Raises:
        MalformedError: a count differs, a value is no natural number, or a letter contradicts its value.
    """
    for where, count in (("values", len(values)), ("quality", len(quality))):
        if count != len(period):
            code = "data.gap" if count < len(period) else "data.overlap"
            raise _malformed(where, f"{len(period)} half-hours", str(count), code)
    if not set(quality) <= letters:
        raise _malformed("quality", f"letters {''.join(sorted(letters))}", quality, "format.schema")
    if not set(map(type, values)) <= {int, type(None)}:
        raise _malformed("values", "integers or null", "another type", "data.range")
    present = [value for value in values if value is not None]
    if min(present, default=0) < 0:
        raise _malformed("values", "no value below 0", str(min(present)), "data.range")
    gaps = len(values) - len(present)
    if gaps != quality.count(MISSING) or (gaps and not _agree(values, quality)):
        raise _malformed("quality", "- exactly where the value is null", "a slot that differs", "data.gap")


def _agree(values: tuple[int | None, ...], quality: str) -> bool:
    return all((value is None) == (letter == MISSING) for value, letter in zip(values, quality, strict=True))


def check_counts(expected: int, *parts: int) -> None:
    """Refuse counts of half-hours that do not add up.

    Raises:
        MalformedError: a count is negative, or the parts are together more or less than expected.
    """
    if min(parts) < 0 or sum(parts) != expected or expected < 1:
        found = " + ".join(map(str, parts))
        raise _malformed("coverage", f"counts that add up to {expected}", found, "data.coverage_misstated")


def check_month(period: Period) -> None:
    """Refuse a period that is not exactly one calendar month of UTC.

    Raises:
        MalformedError: it is shorter, longer, or begins within a month.
    """
    if period.month is None:
        raise _malformed("period", "one whole calendar month of UTC", str(period), "data.partial_month")


def _malformed(where: str, expected: str, found: str, code: str) -> MalformedError:
    return MalformedError(where, expected=expected, found=ascii(found[:60]), code=code)
