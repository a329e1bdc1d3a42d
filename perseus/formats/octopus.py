"""A page of Octopus Energy's consumption: newest first, with local offsets, in kilowatt-hours unless it is gas."""

from collections.abc import Sequence

from perseus.formats.content import Value, value
from perseus.formats.finding import Finding
from perseus.formats.members import items, member, string
from perseus.formats.metering import MeterFile, Reading, fuel_assumed
from perseus.formats.quantity import in_half_an_hour, measured
from perseus.formats.stamps import Zone, moments
from trust.claims.consumption import MEASURED, Fuel, UnitCode
from trust.claims.halfhour import HalfHour
from trust.errors import MalformedError

_KWH = 3


def read(content: bytes, *, zone: Zone = Zone.UTC, fuel: Fuel | None = None) -> MeterFile:
    """Read one page of kilowatt-hours; where it says that there is a next one, the findings say so too.

    A page does not say which fuel it meters: the `fuel` is the caller's to name, and electricity where nobody does.

    Raises:
        MalformedError: a member is not what Octopus writes, or an interval is not half an hour.
    """
    page = value(content)
    rows = items(member(page, "results", where="/"), where="/results")
    if not rows:
        raise MalformedError("/results", expected="at least one reading", found="none", code="data.gap")
    starts = _column(rows, "interval_start", zone)
    ends = _column(rows, "interval_end", zone)
    for index, (start, end) in enumerate(zip(starts, ends, strict=True)):
        if end != start + 1:
            found = f"{(end - start) * 30} minutes"
            where = f"/results/{index}/interval_end"
            raise MalformedError(where, expected="30 minutes", found=found, code="data.range")
    most = in_half_an_hour(UnitCode.WATT_HOUR, _KWH)
    amounts = [
        measured(member(row, "consumption", where=where), where=f"{where}/consumption", most=most)
        for row, where in zip(rows, map("/results/{}".format, range(len(rows))), strict=True)
    ]
    readings = [Reading(start, amount, MEASURED) for start, amount in zip(starts, amounts, strict=True)]
    more = (_unfinished(max(ends)),) if member(page, "next", where="/") else ()
    findings = (*(() if fuel else (fuel_assumed(min(starts)),)), *more)
    return MeterFile(fuel or Fuel.ELECTRICITY, UnitCode.WATT_HOUR, _KWH, tuple(readings), None, findings)


def _column(rows: list[Value], name: str, zone: Zone) -> Sequence[int]:
    """Read one end of every interval."""
    where = "/results/{}".format
    texts = [
        string(member(row, name, where=where(index)), where=f"{where(index)}/{name}")
        for index, row in enumerate(rows)
    ]
    ends = name == "interval_end"
    return moments(texts, zone=zone, ends=ends, at=lambda index: f"{where(index)}/{name}").slots


def _unfinished(after: int) -> Finding:
    detail = "This is one page of several; give the others too, each with --meter."
    return Finding("data.gap", str(HalfHour(after)), detail)
