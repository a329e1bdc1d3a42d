"""Emissions: the accounting provider multiplies what it has verified, and signs a figure that a bank can check.

The plan: (1) one firm, one month, one region, other members' inputs; (2) a consent for every source, and every
consented source; (3) open every commitment or refuse; (4) calculate; (5) open the weighted sum, under one weighting
for ever; (6) sign.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from issuers.inputs import (
    Grid,
    Leave,
    one_firm,
    one_period,
    require_all_sources,
    require_leave,
    require_one_region,
    require_separate,
)
from issuers.issue import Signing
from issuers.openings import Delivered, Opened, Weighted, open_each, open_weighted, require_one_weighting
from trust.claims.consumption import Fuel
from trust.claims.coverage import RowCoverage
from trust.claims.emissions import (
    METHOD,
    SCOPE_2,
    Activity,
    Calculation,
    Emissions,
    Gases,
    Row,
    calculate,
    kilograms,
    weights,
)
from trust.claims.intensity import IntensitySeries
from trust.digest import Digest
from trust.envelope import link
from trust.errors import NotPermittedError
from trust.links import Relation
from trust.resource import read_resource
from trust.secured import Secured

__all__ = ["Grid", "Leave", "Past", "Reported", "issue_emissions"]


@dataclass(frozen=True, slots=True)
class Past:
    """Which weighted sums were opened before; `correcting` says that an old figure is being superseded."""

    opened: tuple[Opened, ...] = ()
    correcting: bool = False


@dataclass(frozen=True, slots=True)
class Reported:
    """An emissions credential, and the openings in it, which must be remembered for the next one."""

    credential: Secured
    opened: tuple[Opened, ...]


def issue_emissions(
    delivered: Sequence[Delivered],
    *,
    grid: Grid,
    leave: Leave,
    signing: Signing,
    started_at: datetime,
    past: Past = Past(),
) -> Reported:
    """Calculate one firm's month from verified inputs alone, and sign it (Perseus, EmissionsCredential).

    Raises:
        NotPermittedError: when an input is missing, does not belong, is not consented to, or would leak.
        MalformedError: when a resource is not what it must be.
    """
    # (1) Nothing is added that belongs to another firm, month or region.
    period = one_period(delivered)
    firm = one_firm(leave.consents)
    require_one_region(delivered, grid)
    require_separate(delivered, grid, signing=signing)
    # (2) The consent to deliver the readings is the consent to calculate from them.
    require_leave(delivered, leave, signing=signing)
    require_all_sources(delivered, leave)
    # (3) What does not open is not what the provider signed.
    series = _series(grid)
    vectors = tuple(_weigh(one, series) for one in delivered)
    # (4) and (5): the figure, and what lets a bank check it without a reading.
    opened = tuple(vector.opened for vector in vectors)
    for new in opened:
        require_one_weighting(new, past=past.opened, correcting=past.correcting)
    claim = Emissions(
        firm,
        period,
        (_row(vectors, series, absent=len(leave.absent)),),
        METHOD,
        Activity(started_at, signing.at),
    )
    # (6) Every input is named, and bound by its digest.
    links = (
        *(link(Relation.DERIVED, one.consumption) for one in delivered),
        link(Relation.USED, grid.intensity),
        *(link(Relation.PERMITTED, consent) for consent in leave.consents),
    )
    return Reported(signing.issue(claim, links=links), opened)


def _series(grid: Grid) -> IntensitySeries:
    signed, found = grid.intensity.claim.series.digest_multibase, Digest.of(grid.series)
    if found != signed:
        raise _refused(f"the series has the digest {found}, and {signed} was signed", "link.digest")
    series = read_resource(grid.series, where="series")
    if not isinstance(series, IntensitySeries) or series.period != grid.intensity.claim.period:
        raise _refused("the series is not the intensity of the signed period", "data.outside_window")
    return series


def _weigh(one: Delivered, series: IntensitySeries) -> Weighted:
    readings = open_each(one)
    weighing = weights(series, readings.quality)
    return Weighted(one.consumption.claim.id, Digest.of(one.commitments), readings, weighing, one.k)


def _row(vectors: Sequence[Weighted], series: IntensitySeries, *, absent: int) -> Row:
    """Sum in integers over every source, and round once; sources of one scale share one opening."""
    calculations = [calculate(vector.readings, series) for vector in vectors]
    slots = absent * len(series.period)
    first, *others = (calculation.coverage for calculation in calculations)
    return Row(
        fuel=Fuel.ELECTRICITY,
        kg=_kilograms(calculations),
        gases=Gases.CO2,
        scope=SCOPE_2,
        coverage=sum(others, start=_with_missing(first, slots)),
        openings=tuple(open_weighted(group) for group in _by_scale(vectors)),
    )


def _with_missing(coverage: RowCoverage, slots: int) -> RowCoverage:
    """Count the half-hours of meters that nobody delivered."""
    return coverage + RowCoverage(slots, 0, slots, 0) if slots else coverage


def _kilograms(calculations: Sequence[Calculation]) -> Decimal:
    finest = min(calculation.exponent for calculation in calculations)
    total = sum(one.total * 10 ** (one.exponent - finest) for one in calculations)
    return kilograms(total, exponent=finest)


def _by_scale(vectors: Sequence[Weighted]) -> tuple[tuple[Weighted, ...], ...]:
    scales = sorted({vector.readings.exponent for vector in vectors})
    return tuple(tuple(v for v in vectors if v.readings.exponent == scale) for scale in scales)


def _refused(because: str, code: str) -> NotPermittedError:
    return NotPermittedError("reporting emissions", because=because, code=code)
