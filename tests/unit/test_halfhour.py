"""Half-hours, periods and months of UTC."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from trust.claims.halfhour import HalfHour, Month, Period, instant, stamp
from trust.errors import MalformedError


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]  # at most six of them


def test_an_instant_is_written_as_it_was_read() -> None:
    assert instant("2026-11-22T17:30:05Z") == utc(2026, 11, 22, 17, 30, 5)
    assert stamp(instant("2026-11-22T17:30:05Z")) == "2026-11-22T17:30:05Z"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T17:30:05",
        "2026-11-22T17:30:05+00:00",
        "2026-11-22T17:30Z",
        "2026-11-22 17:30:05Z",
        "2026-11-22T17:30:05.0Z",
        "2026-11-22t17:30:05z",
        "20261122T173005Z",
        "2026-02-30T00:00:00Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T23:59:60Z",
        "٢٠٢٦-11-22T17:30:05Z",
        " 2026-11-22T17:30:05Z",
        "2026-11-22T17:30:05Z\n",
        "",
    ],
)
def test_an_instant_has_one_spelling(text: str) -> None:
    with pytest.raises(MalformedError) as refused:
        instant(text)
    assert refused.value.code == "time.malformed"


def test_a_stamp_is_never_written_from_local_or_split_seconds() -> None:
    for moment in (datetime(2026, 1, 1), utc(2026, 1, 1, 0, 0, 0, 1)):  # noqa: DTZ001 - the one that is refused
        with pytest.raises(MalformedError):
            stamp(moment)


def test_a_half_hour_begins_on_minute_00_or_30_of_utc() -> None:
    half_hour = HalfHour.at(utc(2026, 11, 22, 17, 30))
    assert (half_hour.start, half_hour.end) == (utc(2026, 11, 22, 17, 30), utc(2026, 11, 22, 18))
    assert str(half_hour) == "2026-11-22T17:30:00Z"
    assert HalfHour.at(utc(1970, 1, 1)) == HalfHour(0)


@pytest.mark.parametrize(
    "moment",
    [
        utc(2026, 11, 22, 17, 31),
        utc(2026, 11, 22, 17, 30, 1),
        datetime(2026, 11, 22, 17, 30, tzinfo=timezone(timedelta(hours=1))),
        datetime(2026, 11, 22, 17, 30),  # noqa: DTZ001 - the one that is refused
        utc(1969, 12, 31),
        utc(9999, 12, 31),
    ],
)
def test_a_half_hour_cannot_begin_elsewhere_or_in_local_time(moment: datetime) -> None:
    with pytest.raises(MalformedError) as refused:
        HalfHour.at(moment)
    assert refused.value.code == "time.malformed"


def test_a_period_knows_its_half_hours() -> None:
    day = Period.of(utc(2026, 3, 29), utc(2026, 3, 30))
    assert len(day) == 48
    assert HalfHour.at(utc(2026, 3, 29)) in day
    assert HalfHour.at(utc(2026, 3, 30)) not in day
    assert Month(2026, 3).period.covers(day)
    assert not day.covers(Month(2026, 3).period)
    assert str(day) == "2026-03-29T00:00:00Z to 2026-03-30T00:00:00Z"


def test_a_period_never_ends_before_it_begins() -> None:
    with pytest.raises(MalformedError):
        Period.of(utc(2026, 3, 29), utc(2026, 3, 29))


def test_the_months_of_a_period_are_those_that_lie_wholly_in_it() -> None:
    period = Period.of(utc(2025, 11, 2), utc(2026, 2, 28, 23, 30))
    assert [str(month) for month in period.months()] == ["2025-12", "2026-01"]
    assert Month(2026, 1).period.months() == (Month(2026, 1),)
    assert Period.of(utc(2026, 1, 1), utc(2026, 1, 2)).months() == ()
    assert Month(9998, 12).period.months() == (Month(9998, 12),)


def test_months_have_the_half_hours_that_utc_gives_them() -> None:
    months = [Month(2026, number) for number in range(1, 13)]
    assert [len(month.period) // 48 for month in months] == [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
    assert Month(2026, 12).next == Month(2027, 1)
    assert Month.parse("2023-01").period.month == Month(2023, 1)
    assert Period.of(utc(2023, 1, 1), utc(2023, 3, 1)).month is None
    assert Month.of(utc(2023, 1, 31, 23, 59)) == Month(2023, 1)


@pytest.mark.parametrize(
    "text", ["2023-13", "2023-00", "23-01", "2023-1", "2023-01-01", "0000-01", "1969-12"]
)
def test_a_month_is_one_of_the_calendar(text: str) -> None:
    with pytest.raises(MalformedError):
        Month.parse(text)


def test_a_month_is_taken_from_utc_alone() -> None:
    with pytest.raises(MalformedError):
        Month.of(datetime(2023, 1, 1))  # noqa: DTZ001 - the one that is refused
