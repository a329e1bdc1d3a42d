"""The files of a calculation, each read by the adapter of its format, and put together: a meter each, one grid."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
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
from perseus.formats.content import looks_json
from perseus.formats.grid import Grid, GridFile
from perseus.formats.metering import Meter, MeterFile
from perseus.formats.stamps import Zone
from perseus.placing import Place, place
from trust.claims.consumption import Fuel
from trust.claims.intensity import IntensityKind
from trust.claims.region import Region, outcode
from trust.errors import MalformedError

T = TypeVar("T")
METER_FORMATS = ("csv", "perseus", "n3rgy", "octopus")


@dataclass(frozen=True, slots=True)
class Source:
    """A file by the name that its faults are reported under, and its bytes; of a meter's file, which and what.

    Files of one `meter` are one meter's; those without a name are one meter for each fuel.
    """

    name: str
    content: bytes
    meter: str = ""
    fuel: Fuel | None = None


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


def read_meter(inputs: Inputs, *, only: Fuel | None = None) -> Meter:
    """Read and settle the meter files of one source, each of which must be of the fuel if one is named.

    Raises:
        MalformedError: a file is not of its format or meters another fuel, or the files contradict each other.
    """
    files = tuple(_file(source, inputs, only) for source in inputs.meter)
    with naming([source.name for source in inputs.meter]):
        return metering.settle(files)


def read_meters(inputs: Inputs) -> tuple[Meter, ...]:
    """Read the files of several meters: electricity first, and each under the name that it was given.

    Raises:
        MalformedError: a file is not of its format, or the files of one meter contradict each other.
    """
    read: dict[tuple[str, str], list[tuple[str, MeterFile]]] = {}
    for source in inputs.meter:
        file = _file(source, inputs, source.fuel)
        key = (source.meter, "" if source.meter else file.fuel.value)
        read.setdefault(key, []).append((source.name, file))
    if not read:
        raise MalformedError("--meter", expected="a meter file", found="none", code="data.gap")
    found = [_settled("".join(key), files) for key, files in read.items()]
    return tuple(sorted(found, key=lambda meter: list(Fuel).index(meter.fuel)))


def place_of(inputs: Inputs, meters: tuple[Meter, ...], grid: Grid) -> Place:
    """Say where the meters stand, from the choices and the files together.

    Raises:
        MalformedError: they contradict each other.
    """
    stated = Region.of(inputs.region) if inputs.region is not None else None
    chosen = outcode(inputs.outcode) if inputs.outcode is not None else None
    return place(
        stated=stated, outcodes=(chosen, *(meter.outcode for meter in meters), grid.outcode), grid=grid
    )


def read_grid(inputs: Inputs) -> Grid:
    """Read and settle the intensity files of one region.

    Raises:
        MalformedError: a file is not of its format, or the files contradict each other.
    """
    files = tuple(_named(source, _grid_reader(source, inputs)) for source in inputs.intensity)
    with naming([source.name for source in inputs.intensity]):
        return gridding.settle(files)


@contextmanager
def naming(files: Sequence[str]) -> Iterator[None]:
    """Put the names of the files before what is wrong between them; a fault of an option names that alone."""
    try:
        yield
    except MalformedError as error:
        if error.where.startswith("--"):
            raise
        raise error.within(", ".join(files) or "no file") from error


def _settled(name: str, files: Sequence[tuple[str, MeterFile]]) -> Meter:
    names = tuple([each for each, _ in files])
    with naming(names):
        meter = metering.settle(tuple([file for _, file in files]))
    return replace(meter, name=name, files=names)


def _file(source: Source, inputs: Inputs, only: Fuel | None) -> MeterFile:
    reader = _meter_reader(source, inputs)
    return _named(source, lambda content: reader(content).require(only))


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
        "csv": partial(supplier_csv.read, zone=inputs.zone, split_hours=inputs.split_hours, fuel=source.fuel),
        "perseus": perseus_api.read,
        "n3rgy": partial(n3rgy.read, zone=inputs.zone),
        "octopus": partial(octopus.read, zone=inputs.zone, fuel=source.fuel),
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
