"""From the bytes of meter and intensity files to kilograms a month, with everything that was noticed on the way.

(1) Every file is read by the adapter of its format, which refuses what it cannot read exactly. (2) The half-hours are
put together, whatever their order. (3) The months that both cover are chosen. (4) Each is multiplied, added and
rounded once by `trust.claims.emissions`; the total is the sum of the rounded months.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TypeVar

from perseus.formats import (
    carbon_intensity,
    intensity_csv,
    metering,
    n3rgy,
    octopus,
    perseus_api,
    supplier_csv,
)
from perseus.formats import grid as gridding
from perseus.formats.choice import Chosen, choose, kind_of
from perseus.formats.content import unpack
from perseus.formats.finding import Finding, counted, runs
from perseus.formats.grid import Grid, GridFile
from perseus.formats.metering import Meter, MeterFile
from perseus.formats.stamps import Zone
from perseus.statement import EXACT, MonthFigure, Statement, describe, together
from perseus.window import Window, window
from trust.claims.consumption import Fuel
from trust.claims.emissions import calculate as multiply
from trust.claims.halfhour import Month
from trust.claims.intensity import IntensityKind
from trust.claims.region import outcode
from trust.errors import MalformedError

T = TypeVar("T")
METER_FORMATS = ("csv", "perseus", "n3rgy", "octopus")
_JSON = (b"{", b"[")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Source:
    """A file by the name that its faults are reported under, and its bytes."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inputs:
    """Files and the choices that go with them; what is None is decided by the files."""

    meter: tuple[Source, ...]
    intensity: tuple[Source, ...]
    meter_format: str | None = None
    zone: Zone = Zone.UTC
    kind: IntensityKind | None = None
    fill: bool = False
    outcode: str | None = None
    region: int | None = None
    split_hours: bool = False
    start: datetime | None = None
    end: datetime | None = None


def calculate(inputs: Inputs, *, at: datetime) -> Statement:
    """Calculate every month that the files cover and that was over at `at`.

    Raises:
        MalformedError: naming the file, the place in it, what was found and what was expected.
    """
    place = outcode(inputs.outcode) if inputs.outcode is not None else None
    meter = read_meter(inputs)
    if meter.fuel is not Fuel.ELECTRICITY:
        expected = "electricity, because gas has a factor of its own and no grid intensity"
        raise MalformedError("meter", expected=expected, found=meter.fuel.value, code="data.unit")
    grid = read_grid(inputs)
    findings = [*meter.findings, *grid.findings, *_placed(meter, grid, place)]
    kind = kind_of(grid, inputs.kind)
    chosen = window(meter, grid.period, at=at, start=inputs.start, end=inputs.end)
    whole = choose(grid, chosen.period, kind=kind, fill=inputs.fill)
    months = tuple(_month(meter, whole, month) for month in chosen.months)
    findings += [*chosen.findings, *_gaps(meter, chosen), *whole.findings]
    method = describe(
        fuel=meter.fuel,
        meter={source.name: source.content for source in inputs.meter},
        intensity={source.name: source.content for source in inputs.intensity},
        zone=inputs.zone,
        split_hours=inputs.split_hours,
        kind=kind,
        fill=inputs.fill,
        filled=whole.filled,
        region=grid.region,
        outcode=place or meter.outcode or grid.outcode,
    )
    return Statement(months, together(months), method, tuple(findings))


def read_meter(inputs: Inputs) -> Meter:
    """Read and settle the meter files of one source.

    Raises:
        MalformedError: a file is not of its format, or the files contradict each other.
    """
    return metering.settle(tuple(_named(source, _meter_reader(source, inputs)) for source in inputs.meter))


def read_grid(inputs: Inputs) -> Grid:
    """Read and settle the intensity files of one region.

    Raises:
        MalformedError: a file is not of its format, or the files contradict each other.
    """
    return gridding.settle(tuple(_named(source, _grid_reader(inputs)) for source in inputs.intensity))


def _named(source: Source, reader: Callable[[bytes], T]) -> T:
    """Read a file, and put its name before whatever is wrong with it."""
    try:
        return reader(source.content)
    except MalformedError as error:
        raise error.within(source.name) from error


def _meter_reader(source: Source, inputs: Inputs) -> Callable[[bytes], MeterFile]:
    is_csv = source.name.lower().endswith((".csv", ".csv.gz"))
    form = inputs.meter_format or ("csv" if is_csv or not _looks_json(source) else "perseus")
    readers: Mapping[str, Callable[[bytes], MeterFile]] = {
        "csv": partial(supplier_csv.read, zone=inputs.zone, split_hours=inputs.split_hours),
        "perseus": perseus_api.read,
        "n3rgy": partial(n3rgy.read, zone=inputs.zone),
        "octopus": partial(octopus.read, zone=inputs.zone),
    }
    if form not in readers:
        expected, found = f"one of {', '.join(METER_FORMATS)}", ascii(form[:20])
        raise MalformedError("--meter-format", expected=expected, found=found, code="format.unknown_type")
    return readers[form]


def _grid_reader(inputs: Inputs) -> Callable[[bytes], GridFile]:
    def read(content: bytes) -> GridFile:
        if _is_json(unpack(content)):
            return carbon_intensity.read(content, region=inputs.region)
        kind = inputs.kind or IntensityKind.FORECAST
        return intensity_csv.read(content, region=inputs.region, kind=kind, split_hours=inputs.split_hours)

    return read


def _looks_json(source: Source) -> bool:
    try:
        return _is_json(unpack(source.content))
    except MalformedError as error:
        raise error.within(source.name) from error


def _is_json(content: bytes) -> bool:
    return content.removeprefix(_BYTE_ORDER_MARK).lstrip().startswith(_JSON)


def _placed(meter: Meter, grid: Grid, place: str | None) -> tuple[Finding, ...]:
    """Refuse files of two places, and say where nobody names one."""
    named = {each for each in (place, meter.outcode, grid.outcode) if each}
    if len(named) > 1:
        found = ", ".join(sorted(named))
        raise MalformedError("outcode", expected="one place in all files", found=found, code="data.region")
    if named:
        return ()
    detail = (
        "Nobody says where the meter is; name its outcode with --outcode, so that the region can be checked."
    )
    return (Finding("data.location_unstated", str(meter.period.first), detail),)


def _month(meter: Meter, chosen: Chosen, month: Month) -> MonthFigure:
    quantities = meter.over(month.period)
    calculation = multiply(quantities, chosen.series)
    return MonthFigure(
        month=str(month),
        expected=calculation.expected,
        present=calculation.counted,
        missing=calculation.missing_readings + calculation.missing_intensity,
        duplicates=_within(meter.duplicates, month),
        conflicts=_within(meter.conflicts, month),
        kwh=quantities.total,
        kg=calculation.kg,
        kg_exact=calculation.grams.scaleb(-3, EXACT),
    )


def _within(slots: tuple[int, ...], month: Month) -> int:
    first, after = month.period.first.number, month.period.after.number
    return sum(first <= slot < after for slot in slots)


def _gaps(meter: Meter, chosen: Window) -> tuple[Finding, ...]:
    """Name every run of half-hours of the window that the meter has no value for."""
    slots = range(chosen.period.first.number, chosen.period.after.number)
    conflicts = set(meter.conflicts)
    absent = [slot for slot in slots if slot not in meter.values and slot not in conflicts]
    return tuple(
        Finding("data.gap", str(run.first), f"{counted(len(run), 'half-hour')} without a reading: {run}.")
        for run in runs(absent)
    )
