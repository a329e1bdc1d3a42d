"""From the bytes of meter and intensity files to kilograms a month, with everything that was noticed on the way.

(1) Every file is read by the adapter of its format, which refuses what it cannot read exactly. (2) The half-hours are
put together, whatever their order. (3) The months that both cover are chosen. (4) Each is multiplied, added and
rounded once by `trust.claims.emissions`; the total is the sum of the rounded months.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
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
from perseus.formats.content import looks_json
from perseus.formats.finding import Finding, counted, runs
from perseus.formats.grid import Grid, GridFile
from perseus.formats.metering import Meter, MeterFile, Quantities
from perseus.formats.stamps import Zone
from perseus.placing import Place, place
from perseus.statement import EXACT, MonthFigure, Statement, describe, together
from perseus.window import Window, window
from trust.claims.consumption import Fuel
from trust.claims.emissions import calculate as multiply
from trust.claims.halfhour import Month
from trust.claims.intensity import IntensityKind, IntensitySeries
from trust.claims.region import Region, outcode
from trust.errors import MalformedError

T = TypeVar("T")
METER_FORMATS = ("csv", "perseus", "n3rgy", "octopus")


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
    meter = read_meter(inputs, only=Fuel.ELECTRICITY)
    grid = read_grid(inputs)
    with _of_files(inputs):
        place = place_of(inputs, meter, grid)
        kind = kind_of(grid, inputs.kind)
        chosen = window(meter, grid.period, at=at, start=inputs.start, end=inputs.end)
    findings = [*meter.findings, *grid.findings, *place.findings]
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
        meter_region=place.region,
        outcode=place.outcode,
    )
    return Statement(months, together(months), method, tuple(findings))


def read_meter(inputs: Inputs, *, only: Fuel | None = None) -> Meter:
    """Read and settle the meter files of one source, each of which must be of the fuel if one is named.

    Raises:
        MalformedError: a file is not of its format or meters another fuel, or the files contradict each other.
    """

    def read(source: Source) -> MeterFile:
        reader = _meter_reader(source, inputs)
        return _named(source, lambda content: reader(content).require(only))

    files = tuple(read(source) for source in inputs.meter)
    with _of(inputs.meter):
        return metering.settle(files)


def place_of(inputs: Inputs, meter: Meter, grid: Grid) -> Place:
    """Say where the meter stands, from the choices and the files together.

    Raises:
        MalformedError: they contradict each other.
    """
    stated = Region.of(inputs.region) if inputs.region is not None else None
    chosen = outcode(inputs.outcode) if inputs.outcode is not None else None
    return place(stated=stated, outcodes=(chosen, meter.outcode, grid.outcode), grid=grid)


def read_grid(inputs: Inputs) -> Grid:
    """Read and settle the intensity files of one region.

    Raises:
        MalformedError: a file is not of its format, or the files contradict each other.
    """
    files = tuple(_named(source, _grid_reader(source, inputs)) for source in inputs.intensity)
    with _of(inputs.intensity):
        return gridding.settle(files)


@contextmanager
def _of(sources: tuple[Source, ...]) -> Iterator[None]:
    """Put the names of the files before what is wrong between them."""
    try:
        yield
    except MalformedError as error:
        raise error.within(", ".join(source.name for source in sources) or "no file") from error


@contextmanager
def _of_files(inputs: Inputs) -> Iterator[None]:
    """Put the names of all files before what is wrong between them; a fault of an option names that alone."""
    try:
        with _of(inputs.meter + inputs.intensity):
            yield
    except MalformedError as error:
        before = error.__cause__
        if isinstance(before, MalformedError) and before.where.startswith("--"):
            raise before from None
        raise


def _named(source: Source, reader: Callable[[bytes], T]) -> T:
    """Read a file, and put its name before whatever is wrong with it."""
    try:
        return reader(source.content)
    except MalformedError as error:
        raise error.within(source.name) from error


def _meter_reader(source: Source, inputs: Inputs) -> Callable[[bytes], MeterFile]:
    is_csv = source.name.lower().endswith((".csv", ".csv.gz"))
    form = inputs.meter_format or ("csv" if is_csv or not _named(source, looks_json) else "perseus")
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


def _grid_reader(source: Source, inputs: Inputs) -> Callable[[bytes], GridFile]:
    def read(content: bytes) -> GridFile:
        if source.name.lower().endswith((".json", ".json.gz")) or looks_json(content):
            return carbon_intensity.read(content, region=inputs.region)
        kind = inputs.kind or IntensityKind.FORECAST
        return intensity_csv.read(content, region=inputs.region, kind=kind, split_hours=inputs.split_hours)

    return read


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
        kwh_counted=_counted(quantities, chosen.series),
        kg=calculation.kg,
        kg_exact=calculation.grams.scaleb(-3, EXACT),
    )


def _counted(quantities: Quantities, series: IntensitySeries) -> Decimal:
    """Add up the half-hours that the kilograms come from: those with a reading and an intensity."""
    first = quantities.period.first.number - series.period.first.number
    weights = series.values[first : first + len(quantities.values)]
    pairs = zip(quantities.values, weights, strict=True)
    kept = tuple([None if weight is None else value for value, weight in pairs])
    return replace(quantities, values=kept).total


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
