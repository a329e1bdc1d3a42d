"""Stamps as suppliers write them, turned into the numbers of UTC half-hours.

A stamp with `Z` or an offset says itself when it was; one without is read in the meter's zone, which the caller
declares. British time changes twice a year at 01:00 UTC: on the last Sundays of March and October (Summer Time
Order 2002); an hour in October comes twice, and the order of the rows tells which is which.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache

from trust.claims.halfhour import EPOCH, HALF_HOUR
from trust.errors import MalformedError

_STAMP = re.compile(
    r"(\d{4}-\d\d-\d\d)[T ](?:([01]\d|2[0-3]):([03]0))(?::00(?:\.0+)?)? ?(?:(Z|[+-]00:?00)|([+-]\d\d):?(\d\d))?",
    re.ASCII,
)
_A_DAY = 48
_SUMMER = 2  # half-hours that British Summer Time is ahead of UTC
_FIRST_SUMMER, _LAST_SUMMER = 1996, 2100


class Zone(StrEnum):
    """The zone of stamps that name none."""

    UTC = "UTC"
    LONDON = "Europe/London"


@dataclass(frozen=True, slots=True)
class Moments:
    """The half-hours at which the stamps of a file stand, and how many of them named no zone."""

    slots: Sequence[int]
    without_zone: int


def line(index: int) -> str:
    """Name a row of a table, below the header."""
    return f"line {index + 2}"


def moments(
    texts: Sequence[str], *, zone: Zone, ends: bool = False, at: Callable[[int], str] = line
) -> Moments:
    """Read the stamps of a file, in the order of its rows; `ends` says that they close a half-hour.

    `at` names the place of a row, for a refusal.

    Raises:
        MalformedError: a stamp is no moment on minute 00 or 30, or names one that British clocks skip.
    """
    days: dict[str, int] = {}
    slots: list[int] = []
    local: list[int] = []
    for index, text in enumerate(texts):
        shape = _STAMP.fullmatch(text)
        if shape is None:
            raise _malformed(at(index), text)
        date, hour, minute, utc, hours, minutes = shape.groups()
        day = days.get(date)
        if day is None:
            day = days[date] = _day(date, at(index))
        slot = day * _A_DAY + int(hour) * 2 + (minute == "30")
        if hours is not None:
            slot -= _offset(hours, minutes, at(index), text)
        elif utc is None:
            local.append(index)
        slots.append(slot)
    if local and zone is Zone.LONDON:
        _from_london(slots, local, ends=ends, at=at)
    return Moments(slots, len(local))


def _day(date: str, where: str) -> int:
    try:
        day = (datetime.fromisoformat(date).replace(tzinfo=UTC) - EPOCH) // timedelta(days=1)
    except ValueError as error:
        raise _malformed(where, date) from error
    if day < 1:
        raise _malformed(where, date)
    return day


def _offset(hours: str, minutes: str, where: str, text: str) -> int:
    if minutes not in {"00", "30"} or not -14 <= int(hours) <= 14:  # noqa: PLR2004 - the offsets that exist
        raise _malformed(where, text)
    ahead = abs(int(hours)) * 2 + (minutes == "30")
    return -ahead if hours.startswith("-") else ahead


def _from_london(slots: list[int], local: Sequence[int], *, ends: bool, at: Callable[[int], str]) -> None:
    """Turn British local times into UTC, walking the rows forward in time so that summer's hour comes first."""
    newest_first = slots[local[0]] > slots[local[-1]]
    seen: set[int] = set()
    for index in reversed(local) if newest_first else local:
        told = slots[index]
        slots[index] = _london(told, again=told in seen, ends=ends, where=at(index))
        seen.add(told)


def _london(told: int, *, again: bool, ends: bool, where: str) -> int:
    summer, winter = told - _SUMMER, told
    candidates = [slot for slot in (summer, winter) if _is_summer(slot, where) is (slot == summer)]
    if not candidates and ends:  # the moment of the change itself, as the end of the half-hour before it
        candidates = [slot for slot in (summer, winter) if _is_summer(slot - 1, where) is (slot == summer)]
    if not candidates:
        found = f"{EPOCH + told * HALF_HOUR:%Y-%m-%d %H:%M}, which British clocks skipped"
        expected = "a British local time that there was; or say --meter-zone UTC"
        raise MalformedError(where, expected=expected, found=found, code="time.malformed")
    return candidates[-1] if again else candidates[0]


def _is_summer(slot: int, where: str) -> bool:
    year = (EPOCH + slot * HALF_HOUR).year
    if not _FIRST_SUMMER <= year < _LAST_SUMMER:
        expected = f"a British local time from {_FIRST_SUMMER} on"
        raise MalformedError(where, expected=expected, found=str(year), code="time.malformed")
    start, end = _summer(year)
    return start <= slot < end


@cache
def _summer(year: int) -> tuple[int, int]:
    """Give the half-hours between which British Summer Time holds in a year."""
    return _change(year, 3), _change(year, 10)


def _change(year: int, month: int) -> int:
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return (last - timedelta(days=(last.weekday() + 1) % 7) - EPOCH) // HALF_HOUR


def _malformed(where: str, text: str) -> MalformedError:
    expected = "a time on minute 00 or 30, like 2026-11-22T17:30:00Z"
    found = ascii(text[:40])
    return MalformedError(where, expected=expected, found=found, code="time.malformed")
