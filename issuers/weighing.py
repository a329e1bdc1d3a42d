"""Weighing: each source's readings beside the public weights of its fuel, and the rows that come of them.

Electricity is weighed by the intensity of the meter's own region, else the national one; gas by the factor in force.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from issuers.inputs import Grid, grid_for
from issuers.openings import Delivered, Weighted, open_each, open_weighted
from trust.claims.consumption import Fuel
from trust.claims.coverage import RowCoverage
from trust.claims.emissions import SCOPE_1, SCOPE_2, Calculation, Gases, Row, calculate, kilograms, weights
from trust.claims.gas import calculate_gas, gas_factors, gas_weights
from trust.claims.halfhour import Month
from trust.claims.intensity import IntensitySeries
from trust.digest import Digest
from trust.errors import NotPermittedError
from trust.resource import read_resource


@dataclass(frozen=True, slots=True, repr=False)
class Weighed:
    """One source of a report: its fuel, its readings under their weights, and what they multiply to."""

    fuel: Fuel
    vector: Weighted
    calculation: Calculation

    def __repr__(self) -> str:
        """Name the commitments alone, because readings and k have no place in a log."""
        return f"Weighed({self.fuel.value}, {self.vector.commitments})"


def weigh(one: Delivered, grids: Collection[Grid]) -> Weighed:
    """Open every commitment of a source to its reading, and weigh it by the verified data of its fuel.

    Raises:
        NotPermittedError: a commitment does not open, or the series is not the signed one.
        MalformedError: a resource is not what it must be, or no gas factor is known for the month.
    """
    readings, claim = open_each(one), one.consumption.claim
    if claim.fuel is Fuel.GAS:
        factors = gas_factors(Month.of(claim.period.start))
        weighing = gas_weights(factors, readings.unit_code, readings.quality)
        calculation = calculate_gas(readings, factors)
    else:
        series = _series(grid_for(claim, grids))
        weighing = weights(series, readings.quality)
        calculation = calculate(readings, series)
    vector = Weighted(claim.id, Digest.of(one.commitments), readings, weighing, one.k)
    return Weighed(claim.fuel, vector, calculation)


def rows(weighed: Sequence[Weighed], *, absent: int) -> tuple[Row, ...]:
    """Give a row for each fuel; the half-hours of `absent` meters, whose fuel nobody knows, count in the first."""
    fuels = sorted({one.fuel for one in weighed})
    return tuple(
        _row(fuel, [one for one in weighed if one.fuel is fuel], absent=0 if number else absent)
        for number, fuel in enumerate(fuels)
    )


def _row(fuel: Fuel, weighed: Sequence[Weighed], *, absent: int) -> Row:
    """Sum in integers over every source, and round once; sources of one scale share one opening."""
    first, *others = (one.calculation.coverage for one in weighed)
    electric = fuel is Fuel.ELECTRICITY
    return Row(
        fuel=fuel,
        kg=_kilograms([one.calculation for one in weighed]),
        gases=Gases.CO2 if electric else Gases.CO2E,
        scope=SCOPE_2 if electric else SCOPE_1,
        coverage=sum(others, start=_with_missing(first, absent * len(weighed[0].vector.weights))),
        openings=tuple(open_weighted(group) for group in _by_scale(weighed)),
    )


def _with_missing(coverage: RowCoverage, slots: int) -> RowCoverage:
    """Count the half-hours of meters that nobody delivered."""
    return coverage + RowCoverage(slots, 0, slots, 0) if slots else coverage


def _kilograms(calculations: Sequence[Calculation]) -> Decimal:
    finest = min(calculation.exponent for calculation in calculations)
    total = sum(one.total * 10 ** (one.exponent - finest) for one in calculations)
    return kilograms(total, exponent=finest)


def _by_scale(weighed: Sequence[Weighed]) -> Iterator[list[Weighted]]:
    """Put together what one total can cover: products of one power of ten of a gram."""
    for scale in sorted({one.calculation.exponent for one in weighed}):
        yield [one.vector for one in weighed if one.calculation.exponent == scale]


def _series(grid: Grid) -> IntensitySeries:
    signed, found = grid.intensity.claim.series.digest_multibase, Digest.of(grid.series)
    if found != signed:
        raise _refused(f"the series has the digest {found}, and {signed} was signed", "link.digest")
    series = read_resource(grid.series, where="series")
    if not isinstance(series, IntensitySeries) or series.period != grid.intensity.claim.period:
        raise _refused("the series is not the intensity of the signed period", "data.outside_window")
    return series


def _refused(because: str, code: str) -> NotPermittedError:
    return NotPermittedError("reporting emissions", because=because, code=code)
