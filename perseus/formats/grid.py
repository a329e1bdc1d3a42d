"""What intensity files say, settled into a forecast and an actual value for each half-hour of one region."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeVar

from perseus.formats.finding import Finding, counted
from trust.claims.halfhour import HalfHour, Period
from trust.claims.intensity import IntensityKind
from trust.claims.region import Region
from trust.errors import MalformedError

T = TypeVar("T")
_LARGEST = 10_000


class Point(NamedTuple):
    """One half-hour by its number, with the grams of CO2 per kilowatt-hour that each kind gives it, if any."""

    slot: int
    forecast: int | None
    actual: int | None


@dataclass(frozen=True, slots=True)
class GridFile:
    """The half-hours of one file in its order, the region it names, and the kinds of value it has."""

    region: Region | None
    outcode: str | None
    kinds: frozenset[IntensityKind]
    points: tuple[Point, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Grid:
    """Every half-hour of a region at most once; null and contradictory values are None."""

    region: Region | None
    outcode: str | None
    values: Mapping[IntensityKind, Mapping[int, int | None]]
    conflicts: Mapping[IntensityKind, frozenset[int]]
    period: Period
    findings: tuple[Finding, ...]

    @property
    def kinds(self) -> frozenset[IntensityKind]:
        """The kinds that the files have, whether or not for every half-hour."""
        return frozenset(self.values)


@dataclass(slots=True)
class _Column:
    """The values of one kind while they are put together."""

    values: dict[int, int | None] = field(default_factory=dict)
    conflicts: set[int] = field(default_factory=set)

    def put(self, slot: int, value: int | None) -> None:
        """Add a value; null says nothing against a number, another number does."""
        known = self.values.get(slot)
        if known is None:
            self.values[slot] = value
        elif value is not None and value != known:
            self.conflicts.add(slot)


def settle(files: tuple[GridFile, ...]) -> Grid:
    """Put the half-hours of all files together, whatever their order; chunks may overlap at their edges.

    Raises:
        MalformedError: the files are of different regions or places, or hold no half-hour.
    """
    points = [point for file in files for point in file.points]
    if not points:
        raise MalformedError("intensity", expected="at least one half-hour", found="none", code="data.gap")
    kinds = frozenset[IntensityKind]().union(*(file.kinds for file in files))
    columns = {kind: _column(files, kind) for kind in sorted(kinds)}
    slots = {point.slot for point in points}
    return Grid(
        region=_one({file.region for file in files if file.region}, "region"),
        outcode=_one({file.outcode for file in files if file.outcode}, "outcode"),
        values={kind: column.values for kind, column in columns.items()},
        conflicts={kind: frozenset(column.conflicts) for kind, column in columns.items()},
        period=Period(HalfHour(min(slots)), HalfHour(max(slots) + 1)),
        findings=(*_files_findings(files), *_repeated(len(points) - len(slots), min(slots))),
    )


def grams(value: object, *, where: str) -> int | None:
    """Take an intensity in whole grams, or None where it is null.

    Raises:
        MalformedError: it is no integer, negative, or out of all proportion.
    """
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= _LARGEST:
        expected = f"whole grams from 0 to {_LARGEST:,}, or null"
        raise MalformedError(where, expected=expected, found=ascii(str(value)[:40]), code="data.range")
    return value


def chosen(number: int | None, available: Iterable[int], *, where: str) -> int:
    """Choose the region to read from a file that has several.

    Raises:
        MalformedError: the file does not have it, or has several and none was named.
    """
    ids = sorted(set(available))
    if number is None and len(ids) == 1:
        return ids[0]
    if number not in ids:
        named = "no region named" if number is None else f"region {number}"
        have = ", ".join(map(str, ids))
        expected = f"one of its regions {have}, named with --region"
        raise MalformedError(where, expected=expected, found=named, code="data.region")
    return number


def _column(files: tuple[GridFile, ...], kind: IntensityKind) -> _Column:
    column = _Column()
    for file in files:
        if kind in file.kinds:
            for slot, forecast, actual in file.points:
                column.put(slot, forecast if kind is IntensityKind.FORECAST else actual)
    for slot in column.conflicts:
        column.values[slot] = None
    return column


def _one(things: set[T], noun: str) -> T | None:
    if len(things) > 1:
        found = ", ".join(sorted(map(str, things)))
        raise MalformedError(
            "intensity", expected=f"one {noun} in all files", found=found, code="data.region"
        )
    return next(iter(things), None)


def _files_findings(files: tuple[GridFile, ...]) -> tuple[Finding, ...]:
    return tuple(finding for file in files for finding in file.findings)


def _repeated(extra: int, first: int) -> tuple[Finding, ...]:
    if not extra:
        return ()
    detail = f"The intensity files give {counted(extra, 'half-hour')} more than once; each is used once."
    return (Finding("data.duplicate", str(HalfHour(first)), detail),)
