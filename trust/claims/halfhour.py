"""UTC half-hours, runs of them and calendar months: the only times that a quantity may stand at."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

from trust.errors import MalformedError

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HALF_HOUR = timedelta(minutes=30)
INTERVAL = "PT30M"
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)
_MONTH = re.compile(r"(\d{4})-(\d\d)", re.ASCII)
_LAST_YEAR = 9999
_LAST = (datetime(_LAST_YEAR, 1, 1, tzinfo=UTC) - EPOCH) // HALF_HOUR
_DECEMBER = 12


def instant(text: str) -> datetime:
    """Read a UTC stamp of whole seconds, `2026-11-22T10:00:00Z` alone (RFC 3339, section 5.6).

    Raises:
        MalformedError: the text is spelled otherwise, or is no moment of the calendar.
    """
    expected = "a UTC time like 2026-11-22T10:00:00Z"
    if _STAMP.fullmatch(text) is None:
        raise _malformed("time", expected, text)
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise _malformed("time", expected, text) from error


def stamp(moment: datetime) -> str:
    """Write a moment as `instant` reads it.

    Raises:
        MalformedError: the moment is not in UTC, or is not a whole second.
    """
    if moment.tzinfo != UTC or moment.microsecond:
        raise _malformed("time", "whole seconds in UTC", moment.isoformat())
    return moment.replace(tzinfo=None).isoformat() + "Z"


@dataclass(frozen=True, slots=True, order=True)
class HalfHour:
    """One half-hour of UTC, by its number since 1970-01-01T00:00:00Z.

    Raises:
        MalformedError: the number is negative or lies in the year 9999.
    """

    number: int

    def __post_init__(self) -> None:
        """Refuse a half-hour that no calendar has."""
        if not 0 <= self.number <= _LAST:
            raise _malformed("half-hour", f"a number from 0 to {_LAST}", str(self.number))

    @classmethod
    def at(cls, moment: datetime) -> Self:
        """Name the half-hour that begins at this moment.

        Raises:
            MalformedError: the moment is not in UTC, or is not on minute 00 or 30.
        """
        if moment.tzinfo != UTC:
            raise _malformed("half-hour", "a time in UTC", moment.isoformat())
        number, rest = divmod(moment - EPOCH, HALF_HOUR)
        if rest:
            raise _malformed("half-hour", "a start on minute 00 or 30", moment.isoformat())
        return cls(number)

    @property
    def start(self) -> datetime:
        """The moment at which it begins."""
        return EPOCH + self.number * HALF_HOUR

    @property
    def end(self) -> datetime:
        """The moment at which it is over, which is no longer part of it."""
        return self.start + HALF_HOUR

    def __str__(self) -> str:
        """Give its start as a stamp."""
        return stamp(self.start)


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """A run of half-hours, from the first up to the one after the last.

    Raises:
        MalformedError: there is not a single half-hour in it.
    """

    first: HalfHour
    after: HalfHour

    def __post_init__(self) -> None:
        """Refuse a period that ends before it begins."""
        if self.after <= self.first:
            raise _malformed("period", f"an end after {self.first}", str(self.after))

    @classmethod
    def of(cls, start: datetime, end: datetime) -> Self:
        """Take the half-hours from `start` up to `end`, which is no longer part of it.

        Raises:
            MalformedError: an end is not in UTC or not on minute 00 or 30, or nothing lies between them.
        """
        return cls(HalfHour.at(start), HalfHour.at(end))

    @property
    def start(self) -> datetime:
        """The moment at which it begins."""
        return self.first.start

    @property
    def end(self) -> datetime:
        """The moment at which it is over, which is no longer part of it."""
        return self.after.start

    def __len__(self) -> int:
        """Count its half-hours: 48 for every day, whatever the clocks do."""
        return self.after.number - self.first.number

    def __contains__(self, half_hour: HalfHour) -> bool:
        """Tell whether a half-hour lies in it."""
        return self.first <= half_hour < self.after

    def covers(self, other: "Period") -> bool:
        """Tell whether every half-hour of the other lies in it."""
        return self.first <= other.first and other.after <= self.after

    def months(self) -> "tuple[Month, ...]":
        """Give the calendar months that lie wholly in it, in order."""
        last = Month.of(HalfHour(self.after.number - 1).start)
        touched = [Month.of(self.start)]
        while touched[-1] < last:
            touched.append(touched[-1].next)
        return tuple(month for month in touched if self.covers(month.period))

    @property
    def month(self) -> "Month | None":
        """The calendar month that it is, or None where it is not exactly one."""
        month = Month.of(self.start)
        return month if month.period == self else None

    def __str__(self) -> str:
        """Give both ends as stamps."""
        return f"{self.first} to {self.after}"


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """One calendar month of UTC.

    Raises:
        MalformedError: the year is before 1970 or after 9999, or there is no such month.
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        """Refuse a month that no calendar has."""
        if not (EPOCH.year <= self.year <= _LAST_YEAR and 1 <= self.month <= _DECEMBER):
            raise _malformed("month", "a month like 2026-11", f"{self.year}-{self.month}")

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a month such as `2023-01`.

        Raises:
            MalformedError: the text is spelled otherwise, or is no month.
        """
        shape = _MONTH.fullmatch(text)
        if shape is None:
            raise _malformed("month", "a month like 2026-11", text)
        return cls(int(shape[1]), int(shape[2]))

    @classmethod
    def of(cls, moment: datetime) -> Self:
        """Name the month that a moment of UTC lies in.

        Raises:
            MalformedError: the moment is not in UTC.
        """
        if moment.tzinfo != UTC:
            raise _malformed("month", "a time in UTC", moment.isoformat())
        return cls(moment.year, moment.month)

    @property
    def next(self) -> "Month":
        """The month after it."""
        return Month(self.year + self.month // _DECEMBER, self.month % _DECEMBER + 1)

    @property
    def period(self) -> Period:
        """Its half-hours: 1,344 to 1,488 of them."""
        following = self.next
        start = datetime(self.year, self.month, 1, tzinfo=UTC)
        return Period.of(start, datetime(following.year, following.month, 1, tzinfo=UTC))

    def __str__(self) -> str:
        """Give it as `2023-01`."""
        return f"{self.year:04}-{self.month:02}"


def _malformed(where: str, expected: str, found: str) -> MalformedError:
    return MalformedError(where, expected=expected, found=ascii(found[:60]), code="time.malformed")
