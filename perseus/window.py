"""Which calendar months are calculated: whole, ended, and covered by readings and intensities alike."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from perseus.formats.finding import Finding, counted
from perseus.formats.metering import Meter
from trust.claims.halfhour import HalfHour, Month, Period
from trust.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Window:
    """The months to calculate, and what was left out."""

    period: Period
    months: tuple[Month, ...]
    findings: tuple[Finding, ...]


def window(
    meters: Sequence[Meter],
    intensity: Period | None,
    *,
    at: datetime,
    start: datetime | None = None,
    end: datetime | None = None,
) -> Window:
    """Take the months asked for, or all that readings and intensities both cover and that have ended.

    A month that one of several meters covers is taken; what the others lack of it is missing. Gas has no intensities.

    Raises:
        MalformedError: an end asked for is not the first of a month or lies ahead, or no whole month is left.
    """
    read = _read(meters)
    covered = read if intensity is None else intensity
    first = max(read.start, covered.start) if start is None else _first(start, "--from", at)
    after = min(read.end, covered.end, _this_month(at)) if end is None else _first(end, "--to", at)
    months = Period.of(first, after).months() if first < after else ()
    if not months:
        who = "that both cover" if intensity is not None else "with readings throughout"
        expected = f"a whole UTC month {who} and that has ended; or say --from and --to"
        found = f"readings of {read}" + (f", intensities of {intensity}" if intensity is not None else "")
        raise MalformedError("months", expected=expected, found=found, code="data.partial_month")
    period = Period(months[0].period.first, months[-1].period.after)
    findings = (*_partial(read, period, start, end), *_outside(meters, period), *_ahead(read, at))
    return Window(period, months, findings)


def _this_month(at: datetime) -> datetime:
    return Month.of(at).period.start


def _first(moment: datetime, option: str, at: datetime) -> datetime:
    """Refuse an end that is not the first of a month, or that lies in a month not yet over."""
    if Month.of(moment).period.start != moment:
        expected = "the first of a month at 00:00Z, like 2023-01-01T00:00:00Z"
        found = moment.isoformat()
        raise MalformedError(option, expected=expected, found=found, code="data.partial_month")
    if moment > _this_month(at):
        expected = f"at most {_this_month(at):%Y-%m-%d}, because later months are not over"
        found = f"{moment:%Y-%m-%d}"
        raise MalformedError(option, expected=expected, found=found, code="data.in_future")
    return moment


def _partial(read: Period, period: Period, start: datetime | None, end: datetime | None) -> Iterator[Finding]:
    """Name the months at the edges that have readings and are left out because they are not whole."""
    if start is None and read.first < period.first:
        yield _left_out(Month.of(HalfHour(period.first.number - 1).start))
    if end is None and read.after > period.after:
        yield _left_out(Month.of(period.end))


def _left_out(month: Month) -> Finding:
    detail = f"{month} is left out: readings and intensities do not both cover the whole of it."
    return Finding("data.partial_month", str(month.period.first), detail)


def _read(meters: Sequence[Meter]) -> Period:
    """Give the time from the first reading of any meter to the last."""
    periods = [meter.period for meter in meters]
    return Period(min(each.first for each in periods), max(each.after for each in periods))


def _outside(meters: Sequence[Meter], period: Period) -> Iterator[Finding]:
    outside = sum(meter.outside(period) for meter in meters)
    if outside:
        detail = f"{counted(outside, 'half-hour')} with a reading, outside {period}, not counted."
        yield Finding("data.outside_window", str(period.after), detail)


def _ahead(read: Period, at: datetime) -> Iterator[Finding]:
    if read.end > at:
        detail = f"The meter file has readings up to {read.after}, which has not come yet."
        yield Finding("data.in_future", str(read.after), detail)
