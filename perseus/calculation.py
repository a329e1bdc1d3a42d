"""From the bytes of meter and intensity files to kilograms a month, with everything that was noticed on the way.

(1) Every file is read by the adapter of its format, which refuses what it cannot read exactly. (2) The half-hours of
each meter are put together, whatever their order. (3) For each fuel the months are chosen: those of electricity are
covered by the intensities too. (4) Each is multiplied, added over the meters and rounded once by `trust.claims`; a
total is the sum of the rounded months.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from perseus.formats.choice import Chosen, choose, kind_of
from perseus.formats.finding import Finding, counted, runs
from perseus.formats.grid import Grid
from perseus.formats.metering import Meter, Quantities
from perseus.inputs import Inputs, naming, place_of, read_grid, read_meters
from perseus.method import Factors, Weighing, describe
from perseus.placing import Place
from perseus.statement import Energy, MonthFigure, Statement, figure_of, together
from perseus.window import Window, window
from trust.claims.consumption import Fuel
from trust.claims.emissions import calculate as multiply
from trust.claims.gas import GasFactors, calculate_gas, gas_factors
from trust.claims.halfhour import Month
from trust.claims.intensity import IntensityKind, IntensitySeries
from trust.errors import MalformedError


@dataclass(frozen=True, slots=True)
class Part:
    """What came of one fuel: its months, what was noticed, and how it was weighed."""

    months: tuple[MonthFigure, ...]
    findings: tuple[Finding, ...]
    weighing: Weighing


def calculate(inputs: Inputs, *, at: datetime) -> Statement:
    """Calculate every month that the files cover and that was over at `at`, each fuel by itself.

    Raises:
        MalformedError: naming the file, the place in it, what was found and what was expected.
    """
    meters = read_meters(inputs)
    electric = tuple(meter for meter in meters if meter.fuel is Fuel.ELECTRICITY)
    gas = tuple(meter for meter in meters if meter.fuel is Fuel.GAS)
    _require_grid(inputs, electric)
    parts = [_electricity(inputs, electric, at=at)] if electric else []
    parts += [_gas(inputs, gas, at=at)] if gas else []
    read = _told(meters, [meter.findings for meter in meters])
    months = sorted((figure for part in parts for figure in part.months), key=lambda figure: figure.month)
    return Statement(
        tuple(months),
        together(tuple(months)),
        describe(inputs, meters, [part.weighing for part in parts]),
        (*read, *(finding for part in parts for finding in part.findings)),
    )


def _require_grid(inputs: Inputs, electric: tuple[Meter, ...]) -> None:
    """Demand intensities where electricity is metered, and none where nothing would be multiplied by them."""
    if bool(electric) == bool(inputs.intensity):
        return
    expected = "a grid intensity file, because electricity is metered" if electric else "none, for gas alone"
    found = "none" if electric else f"{len(inputs.intensity)}"
    raise MalformedError("--intensity", expected=expected, found=found, code="data.intensity_missing")


def _electricity(inputs: Inputs, meters: tuple[Meter, ...], *, at: datetime) -> Part:
    grid = read_grid(inputs)
    with naming([*_files(meters), *(source.name for source in inputs.intensity)]):
        place = place_of(inputs, meters, grid)
        kind = kind_of(grid, inputs.kind)
        chosen = window(meters, grid.period, at=at, start=inputs.start, end=inputs.end)
    whole = choose(grid, chosen.period, kind=kind, fill=inputs.fill)
    months = tuple(_electric_month(meters, whole.series, month) for month in chosen.months)
    findings = (*grid.findings, *place.findings, *chosen.findings, *_gaps(meters, chosen), *whole.findings)
    return Part(months, findings, _weighed(kind, whole, grid, place))


def _weighed(kind: IntensityKind, whole: Chosen, grid: Grid, place: Place) -> Weighing:
    return Weighing(
        Fuel.ELECTRICITY,
        kind=kind,
        filled=whole.filled,
        region=grid.region,
        meter_region=place.region,
        outcode=place.outcode,
    )


def _gas(inputs: Inputs, meters: tuple[Meter, ...], *, at: datetime) -> Part:
    with naming(_files(meters)):
        chosen = window(meters, None, at=at, start=inputs.start, end=inputs.end)
        factors = {month: gas_factors(month) for month in chosen.months}
    months = tuple(_gas_month(meters, factors[month], month) for month in chosen.months)
    units = dict.fromkeys(meter.unit_code for meter in meters)
    used = tuple(
        Factors(each, unit, tuple(str(month) for month, one in factors.items() if one == each))
        for each in dict.fromkeys(factors.values())
        for unit in units
    )
    return Part(months, (*chosen.findings, *_gaps(meters, chosen)), Weighing(Fuel.GAS, factors=used))


def _files(meters: Sequence[Meter]) -> list[str]:
    return [file for meter in meters for file in meter.files]


def _electric_month(meters: Sequence[Meter], series: IntensitySeries, month: Month) -> MonthFigure:
    quantities = [meter.over(month.period) for meter in meters]
    return figure_of(
        month,
        Fuel.ELECTRICITY,
        [multiply(one, series) for one in quantities],
        Energy.of(quantities),
        Energy.of([_kept(one, series) for one in quantities]),
        repeats=_repeats(meters, month),
    )


def _gas_month(meters: Sequence[Meter], factors: GasFactors, month: Month) -> MonthFigure:
    quantities = [meter.over(month.period) for meter in meters]
    energy = Energy.of(quantities)
    calculations = [calculate_gas(one, factors) for one in quantities]
    return figure_of(month, Fuel.GAS, calculations, energy, energy, repeats=_repeats(meters, month))


def _kept(quantities: Quantities, series: IntensitySeries) -> Quantities:
    """Keep the half-hours that the kilograms come from: those with a reading and an intensity."""
    first = quantities.period.first.number - series.period.first.number
    weights = series.values[first : first + len(quantities.values)]
    pairs = zip(quantities.values, weights, strict=True)
    kept = tuple([None if weight is None else value for value, weight in pairs])
    return replace(quantities, values=kept)


def _repeats(meters: Sequence[Meter], month: Month) -> tuple[int, int]:
    """Count the duplicates and the conflicts of a month."""
    duplicates = sum(_within(meter.duplicates, month) for meter in meters)
    return duplicates, sum(_within(meter.conflicts, month) for meter in meters)


def _within(slots: tuple[int, ...], month: Month) -> int:
    first, after = month.period.first.number, month.period.after.number
    return sum(first <= slot < after for slot in slots)


def _gaps(meters: tuple[Meter, ...], chosen: Window) -> tuple[Finding, ...]:
    """Name every run of half-hours of the window that a meter has no value for."""
    return _told(meters, [tuple(_gaps_of(meter, chosen)) for meter in meters])


def _gaps_of(meter: Meter, chosen: Window) -> Iterator[Finding]:
    conflicts = set(meter.conflicts)
    slots = range(chosen.period.first.number, chosen.period.after.number)
    for run in runs(slot for slot in slots if slot not in meter.values and slot not in conflicts):
        yield Finding(
            "data.gap", str(run.first), f"{counted(len(run), 'half-hour')} without a reading: {run}."
        )


def _told(meters: tuple[Meter, ...], findings: Sequence[tuple[Finding, ...]]) -> tuple[Finding, ...]:
    """Say of which meter something was noticed, where there are several."""
    return tuple(
        finding if len(meters) == 1 else replace(finding, detail=f"{meter.name}: {finding.detail}")
        for meter, found in zip(meters, findings, strict=True)
        for finding in found
    )
