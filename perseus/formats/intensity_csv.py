"""Grid intensity in CSV: a column for the start of each half-hour, one or two for its grams of CO2 per kWh.

`from`, `start` and `datetime` name the start; `forecast` and `actual` the kind, `intensity` leaves it to the caller. A
`regionid` column tells the rows of several regions apart. A unit in brackets is obeyed: `[gCO2/kWh]`, `[kg_CO2/kWh]`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from perseus.formats.content import table
from perseus.formats.finding import Finding, counted
from perseus.formats.grid import GridFile, Point, chosen, grams
from perseus.formats.quantity import quantity
from perseus.formats.stamps import Zone, moments
from trust.claims.halfhour import HalfHour
from trust.claims.intensity import IntensityKind
from trust.claims.region import Region
from trust.errors import MalformedError

_STARTS = frozenset({"from", "start", "datetime"})
_FIGURES = re.compile(
    r"(?:carbon )?(forecast|actual|intensity)(?:_gco2_per_kwh| ?[\[(](kg_?|g_?)co2/kwh[\])])?"
)
_KILOGRAM = 1_000


@dataclass(frozen=True, slots=True)
class _Figures:
    """A column of intensities: where it stands, of which kind it is, and how many grams its unit has."""

    index: int
    kind: IntensityKind
    factor: int


def read(
    content: bytes,
    *,
    region: int | None = None,
    kind: IntensityKind = IntensityKind.FORECAST,
    split_hours: bool = False,
) -> GridFile:
    """Read a file; `kind` is what an `intensity` column holds, `region` chooses among several.

    Raises:
        MalformedError: a column, a time or a figure is not what it must be, or the file is hourly.
    """
    names, rows = table(content)
    starts = [index for index, name in enumerate(names) if name in _STARTS]
    columns = _columns(names, kind)
    if len(starts) != 1 or not columns:
        expected = "a column from, start or datetime and a column intensity, forecast or actual"
        raise _malformed("line 1", expected, ", ".join(names))
    place, kept = _region(names, rows, region)
    stamps = moments([row[starts[0]].strip() for row in rows], zone=Zone.UTC)
    points = [_point(stamps.slots[i], rows[i], columns, i + 2) for i in kept]
    hours = len(points) if _is_hourly(points) else 0
    if hours and not split_hours:
        expected = "an intensity every half-hour; to use each hour's twice say --split-hours"
        raise _malformed("intensities", expected, "one every hour", code="data.range")
    if hours:
        points = [point._replace(slot=point.slot + half) for point in points for half in (0, 1)]
    kinds = frozenset(column.kind for column in columns)
    findings = _findings(points[0].slot, stamps.without_zone, hours)
    if place is not None and "regionid" not in names:
        detail = f"The file names no region; its intensities are taken as those of {place}, as was said."
        findings += (Finding("data.location_unstated", str(HalfHour(points[0].slot)), detail),)
    return GridFile(place, None, kinds, tuple(points), findings)


def _columns(names: Sequence[str], kind: IntensityKind) -> tuple[_Figures, ...]:
    found = []
    for index, name in enumerate(names):
        shape = _FIGURES.fullmatch(name)
        if shape is not None:
            factor = _KILOGRAM if (shape[2] or "").startswith("kg") else 1
            of = kind if shape[1] == "intensity" else IntensityKind(shape[1])
            found.append(_Figures(index, of, factor))
    if len({column.kind for column in found}) != len(found):
        raise _malformed("line 1", "one column of each kind of intensity", ", ".join(names))
    return tuple(found)


def _region(
    names: Sequence[str], rows: Sequence[Sequence[str]], region: int | None
) -> tuple[Region | None, Sequence[int]]:
    """Find the rows of the region, and the region itself, as far as anybody says which it is."""
    if "regionid" not in names:
        return Region.of(region) if region is not None else None, range(len(rows))
    column = names.index("regionid")
    texts = [row[column].strip() for row in rows]
    wrong = next(
        (line for line, text in enumerate(texts, 2) if not (text.isascii() and text.isdecimal())), None
    )
    if wrong is not None:
        found = texts[wrong - 2]
        raise _malformed(f"line {wrong}", "a region from 1 to 18", found, code="data.region")
    numbers = [int(text[:4]) for text in texts]
    number = chosen(region, numbers, where="regionid")
    return Region.of(number), [index for index, each in enumerate(numbers) if each == number]


def _point(slot: int, row: Sequence[str], columns: tuple[_Figures, ...], line: int) -> Point:
    figures = {column.kind: _grams(row[column.index], column.factor, line) for column in columns}
    return Point(slot, figures.get(IntensityKind.FORECAST), figures.get(IntensityKind.ACTUAL))


def _grams(text: str, factor: int, line: int) -> int | None:
    if not text.strip():
        return None
    amount: Decimal = quantity(text, where=f"line {line}") * factor
    if amount != amount.to_integral_value():
        raise _malformed(f"line {line}", "whole grams of CO2 per kWh", text, code="data.range")
    return grams(int(amount), where=f"line {line}")


def _is_hourly(points: Sequence[Point]) -> bool:
    return len({point.slot for point in points}) > 1 and not any(point.slot % 2 for point in points)


def _findings(first: int, without_zone: int, hours: int) -> tuple[Finding, ...]:
    found = []
    at = str(HalfHour(first))
    if without_zone:
        detail = f"{counted(without_zone, 'time')} of the intensities name no zone; they are read as UTC."
        found.append(Finding("time.zone_assumed", at, detail))
    if hours:
        detail = f"{counted(hours, 'hourly intensity') if hours == 1 else f'{hours:,} hourly intensities'}"
        found.append(Finding("data.split_hours", at, f"{detail} were used for both halves of their hour."))
    return tuple(found)


def _malformed(where: str, expected: str, found: str, *, code: str = "format.schema") -> MalformedError:
    return MalformedError(where, expected=expected, found=ascii(found[:80]), code=code)
