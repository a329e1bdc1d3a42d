"""Which intensity stands for each half-hour, and what has to be said about it."""

from collections.abc import Iterator
from dataclasses import dataclass

from perseus.formats.finding import Finding, counted, runs
from perseus.formats.grid import Grid
from trust.claims.coverage import MISSING
from trust.claims.halfhour import HalfHour, Period
from trust.claims.intensity import IntensityKind, IntensitySeries
from trust.errors import MalformedError

_IMPLAUSIBLE = 20  # grams in the other series of the half-hour, above which a 0 is doubted


@dataclass(frozen=True, slots=True)
class Chosen:
    """The series to multiply by, how many half-hours were filled, and everything noticed about it."""

    series: IntensitySeries
    filled: int
    findings: tuple[Finding, ...]


def kind_of(grid: Grid, asked: IntensityKind | None) -> IntensityKind:
    """Give the kind that was asked for, or the best that the files have: actual before forecast.

    Raises:
        MalformedError: the files do not have the kind that was asked for.
    """
    if asked is None:
        return IntensityKind.ACTUAL if IntensityKind.ACTUAL in grid.kinds else IntensityKind.FORECAST
    if asked not in grid.kinds:
        have = ", ".join(sorted(grid.kinds))
        expected = f"{asked} values; to use what the files have say --intensity-kind {have}"
        raise MalformedError("intensity", expected=expected, found=have, code="data.forecast_as_actual")
    return asked


def choose(grid: Grid, period: Period, *, kind: IntensityKind, fill: bool = False) -> Chosen:
    """Take one value for each half-hour; `fill` puts the forecast where an actual is missing."""
    own = grid.values[kind]
    spare = grid.values.get(IntensityKind.FORECAST, {}) if fill and kind is IntensityKind.ACTUAL else {}
    values: list[int | None] = []
    letters: list[str] = []
    filled: dict[int, int] = {}
    for slot in range(period.first.number, period.after.number):
        value, letter = own.get(slot), kind.letter
        if value is None:
            value, letter = spare.get(slot), IntensityKind.FORECAST.letter
            if value is not None:
                filled[slot] = value
        values.append(value)
        letters.append(MISSING if value is None else letter)
    series = IntensitySeries(period, tuple(values), "".join(letters))
    findings = (*_about(grid, series, kind, filled), *_unused(grid, period, kind), *_place(grid, period))
    return Chosen(series, len(filled), findings)


def _about(
    grid: Grid, series: IntensitySeries, kind: IntensityKind, filled: dict[int, int]
) -> Iterator[Finding]:
    """Name every half-hour that lacks its intensity, and every zero that the other series contradicts."""
    first = series.period.first.number
    empty = [first + index for index, value in enumerate(series.values) if value is None]
    contradicted = grid.conflicts[kind]
    own = grid.values[kind]
    for slot, value in filled.items():
        detail = f"There is no {kind} intensity for this half-hour; the forecast of {value} g fills it."
        yield _finding("data.intensity_missing", slot, detail)
    for slot in (slot for slot in empty if slot in contradicted):
        detail = f"Two answers give this half-hour different {kind} intensities; it counts as missing."
        yield _finding("data.conflict", slot, detail)
    for slot in (slot for slot in empty if slot in own and slot not in contradicted):
        detail = f"The {kind} intensity of this half-hour is null; the half-hour counts as missing."
        yield _finding("data.intensity_missing", slot, detail)
    for run in runs(slot for slot in empty if slot not in own):
        detail = f"The files have no {kind} intensity for {counted(len(run), 'half-hour')}, {run}; missing."
        yield Finding("data.intensity_missing", str(run.first), detail)
    for slot, other in _zeros(grid, series.period, kind):
        detail = f"The {kind} intensity is 0 g, the other series says {other} g; it is counted as 0 g."
        yield _finding("data.implausible_zero", slot, detail)


def _unused(grid: Grid, period: Period, kind: IntensityKind) -> Iterator[Finding]:
    """Say what is wrong with the series that nothing was multiplied by."""
    for other in sorted(grid.kinds - {kind}):
        values = grid.values[other]
        for slot in sorted(values):
            if values[slot] is None and HalfHour(slot) in period:
                what = "contradictory" if slot in grid.conflicts[other] else "null"
                detail = f"The {other} intensity is {what}; the {other} series is not used."
                yield _finding("data.intensity_missing", slot, detail)
        for slot, figure in _zeros(grid, period, other):
            detail = (
                f"The {other} intensity is 0 g, the {kind} one {figure} g; the {other} series is not used."
            )
            yield _finding("data.implausible_zero", slot, detail)


def _zeros(grid: Grid, period: Period, kind: IntensityKind) -> Iterator[tuple[int, int]]:
    others = [values for other, values in grid.values.items() if other is not kind]
    for slot, value in sorted(grid.values[kind].items()) if others else ():
        if value == 0 and HalfHour(slot) in period:
            figure = others[0].get(slot)
            if figure is not None and figure > _IMPLAUSIBLE:
                yield slot, figure


def _place(grid: Grid, period: Period) -> Iterator[Finding]:
    if grid.region is None:
        detail = "The intensity files do not say which region they are of."
        yield _finding("data.location_unstated", period.first.number, detail)
    elif grid.region.national:
        detail = f"The intensity is that of {grid.region}; a meter's own region may differ much from it."
        yield _finding("data.national_intensity", period.first.number, detail)


def _finding(code: str, slot: int, detail: str) -> Finding:
    return Finding(code, str(HalfHour(slot)), detail)
