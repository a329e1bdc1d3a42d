"""Emissions: the accounting provider multiplies what it has verified, and signs a figure that a bank can check.

The plan: (1) one firm, one month, one region, other members' inputs; (2) a consent for every source, and every
consented source; (3) open every commitment or refuse; (4) calculate; (5) open the weighted sum, under one weighting
for ever; (6) sign.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from issuers.consented import NOTHING_WITHDRAWN, Use, covered, require_consent
from issuers.issue import Signing
from issuers.openings import Delivered, Opened, Weighted, open_each, open_weighted, require_one_weighting
from trust.claims.consent import Consent, Data
from trust.claims.consumption import Fuel
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
from trust.claims.halfhour import Period
from trust.claims.intensity import Intensity, IntensitySeries
from trust.claims.region import GB
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope, link, links_to
from trust.errors import NotPermittedError
from trust.links import Relation
from trust.report import Verified
from trust.resource import read_resource
from trust.secured import Secured


@dataclass(frozen=True, slots=True)
class Grid:
    """A verified grid intensity credential and the series that travels beside it."""

    intensity: Verified[Intensity]
    series: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Leave:
    """By whose leave the accounting provider calculates: the consents, the purpose, what was withdrawn since."""

    consents: tuple[Verified[Consent], ...]
    purpose: str
    withdrawn: Mapping[str, datetime] = field(default_factory=lambda: NOTHING_WITHDRAWN)


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
    period = _one_period(delivered)
    firm = _one_firm(leave.consents)
    _require_one_region(delivered, grid)
    _require_separate(delivered, grid, signing=signing)
    # (2) The consent to deliver the readings is the consent to calculate from them.
    _require_leave(delivered, leave, signing=signing)
    _require_all_sources(delivered, leave)
    # (3) What does not open is not what the provider signed.
    series = _series(grid)
    vectors = tuple(_weigh(one, series) for one in delivered)
    # (4) and (5): the figure, and what lets a bank check it without a reading.
    opened = tuple(Opened(vector.commitments, vector.weights) for vector in vectors)
    for new in opened:
        require_one_weighting(new, past=past.opened, correcting=past.correcting)
    claim = Emissions(firm, period, (_row(vectors, series),), METHOD, Activity(started_at, signing.at))
    # (6) Every input is named, and bound by its digest.
    links = (
        *(link(Relation.DERIVED, one.consumption) for one in delivered),
        link(Relation.USED, grid.intensity),
        *(link(Relation.PERMITTED, consent) for consent in leave.consents),
    )
    return Reported(signing.issue(claim, links=links), opened)


def _one_period(delivered: Sequence[Delivered]) -> Period:
    periods = {one.consumption.claim.period for one in delivered}
    sources = [one.consumption.claim.id for one in delivered]
    if len(periods) != 1:
        found = ", ".join(sorted(str(period.month) for period in periods)) or "none"
        raise _refused(f"the consumption is of these months: {found}", "data.outside_window")
    if len(set(sources)) != len(sources):
        raise _refused("one source was delivered twice", "data.duplicate")
    gas = [
        one.consumption.claim.id for one in delivered if one.consumption.claim.fuel is not Fuel.ELECTRICITY
    ]
    if gas:
        raise _refused(f"{gas[0]} meters gas, for which no factor is at hand", "calculation.method_unknown")
    return periods.pop()


def _one_firm(consents: Collection[Verified[Consent]]) -> Did:
    firms = {envelope(consent).issuer for consent in consents}
    if not firms:
        raise _refused("there is no consent", "consent.missing")
    if len(firms) > 1:
        raise _refused(f"the consents are of {len(firms)} firms", "link.other_subject")
    return firms.pop()


def _require_one_region(delivered: Sequence[Delivered], grid: Grid) -> None:
    intensity = grid.intensity.claim
    for one in delivered:
        claim = one.consumption.claim
        if intensity.region not in {claim.region, GB}:
            reason = f"{claim.id} is in {claim.region}, and the intensity is of {intensity.region}"
            raise _refused(reason, "data.region")
        if claim.period != intensity.period:
            reason = f"the consumption is of {claim.period.month}, the intensity of {intensity.period.month}"
            raise _refused(reason, "data.outside_window")


def _require_separate(delivered: Sequence[Delivered], grid: Grid, *, signing: Signing) -> None:
    grid_provider = envelope(grid.intensity).issuer
    for one in delivered:
        provider = envelope(one.consumption).issuer
        if len({provider, grid_provider, signing.issuer}) < 3:  # noqa: PLR2004 - three roles, three members
            reason = f"{signing.issuer}, {provider} and {grid_provider} must be three members"
            raise _refused(reason, "policy.separation")


def _require_leave(delivered: Sequence[Delivered], leave: Leave, *, signing: Signing) -> None:
    uses = {_use(one, leave, signing=signing): one for one in delivered}
    for use, consent in covered(uses, leave.consents).items():
        require_consent(consent, use, at=signing.at, withdrawn=leave.withdrawn)
        if not links_to(uses[use].consumption, Relation.PERMITTED, consent):
            given, had = envelope(consent).id, envelope(uses[use].consumption).id
            raise _refused(
                f"the consumption {had} was not delivered under the consent {given}", "link.digest"
            )


def _use(one: Delivered, leave: Leave, *, signing: Signing) -> Use:
    claim = one.consumption.claim
    sender = envelope(one.consumption).issuer
    return Use(sender, signing.issuer, Data.CONSUMPTION, leave.purpose, claim.id, claim.period)


def _require_all_sources(delivered: Sequence[Delivered], leave: Leave) -> None:
    here = {one.consumption.claim.id for one in delivered}
    absent = sorted({source for consent in leave.consents for source in consent.claim.sources} - here)
    if absent:
        raise _refused(f"the consent names the source {absent[0]}, which is missing", "data.source_missing")


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
    return Weighted(Digest.of(one.commitments), readings, weights(series, readings.quality), one.k)


def _row(vectors: Sequence[Weighted], series: IntensitySeries) -> Row:
    """Sum in integers over every source, and round once; sources of one scale share one opening."""
    calculations = [calculate(vector.readings, series) for vector in vectors]
    first, *others = (calculation.coverage for calculation in calculations)
    return Row(
        fuel=Fuel.ELECTRICITY,
        kg=_kilograms(calculations),
        gases=Gases.CO2,
        scope=SCOPE_2,
        coverage=sum(others, start=first),
        openings=tuple(open_weighted(group) for group in _by_scale(vectors)),
    )


def _kilograms(calculations: Sequence[Calculation]) -> Decimal:
    finest = min(calculation.exponent for calculation in calculations)
    total = sum(one.total * 10 ** (one.exponent - finest) for one in calculations)
    return kilograms(total, exponent=finest)


def _by_scale(vectors: Sequence[Weighted]) -> tuple[tuple[Weighted, ...], ...]:
    scales = sorted({vector.readings.exponent for vector in vectors})
    return tuple(tuple(v for v in vectors if v.readings.exponent == scale) for scale in scales)


def _refused(because: str, code: str) -> NotPermittedError:
    return NotPermittedError("reporting emissions", because=because, code=code)
