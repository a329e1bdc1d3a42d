"""Grid intensity: the grid data provider says what a kilowatt-hour emitted, by half-hour, and how it knows."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from issuers.issue import Signing
from trust.claims.consumption import ResourceReference
from trust.claims.halfhour import Month, stamp
from trust.claims.intensity import (
    ATTRIBUTION,
    LICENCE,
    Intensity,
    IntensityCoverage,
    IntensityKind,
    IntensitySeries,
    Upstream,
)
from trust.claims.region import Region
from trust.digest import Digest
from trust.errors import NotPermittedError
from trust.resource import write_resource
from trust.secured import Secured

SETTLED_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Published:
    """One series that was signed already: there is one for each region, month and kind."""

    region: Region
    month: Month
    kind: IntensityKind


@dataclass(frozen=True, slots=True)
class Retrieval:
    """When the values were asked for, the digest of the raw answer they were read from, and whose they are."""

    at: datetime
    upstream: Upstream
    attribution: str = ATTRIBUTION
    licence: str = LICENCE


@dataclass(frozen=True, slots=True)
class IssuedSeries:
    """A grid intensity credential and the series that travels beside it."""

    credential: Secured
    series: bytes = field(repr=False)
    published: Published


def issue_intensity(
    series: IntensitySeries,
    *,
    region: Region,
    kind: IntensityKind,
    retrieval: Retrieval,
    series_id: str,
    signing: Signing,
    published: Collection[Published] = (),
) -> IssuedSeries:
    """Sign one month of one region's intensity, with its attribution (Perseus, GridIntensityCredential).

    Raises:
        NotPermittedError: when the values may still change, are of the other kind, or were signed before.
        MalformedError: when the series contradicts itself.
    """
    act = f"publishing the {kind.value} of {region} for {series.period}"
    month = series.period.month
    if month is None:
        raise NotPermittedError(act, because="it is no calendar month", code="data.partial_month")
    _require_settled(act, series, retrieval, at=signing.at)
    _require_kind(act, series, kind)
    new = Published(region, month, kind)
    if new in published:
        reason = "a series of this region, month and kind was signed already"
        raise NotPermittedError(act, because=reason, code="equivocation.two_intensities")
    raw = write_resource(series)
    claim = Intensity(
        region=region,
        period=series.period,
        kind=kind,
        retrieved_at=retrieval.at,
        upstream=retrieval.upstream,
        series=ResourceReference(series_id, Digest.of(raw)),
        coverage=IntensityCoverage.of(series, kind),
        attribution=retrieval.attribution,
        licence=retrieval.licence,
    )
    return IssuedSeries(signing.issue(claim), raw, new)


def _require_settled(act: str, series: IntensitySeries, retrieval: Retrieval, *, at: datetime) -> None:
    """Past values are issued again for hours, so a report uses none that is younger than a day."""
    settled = series.period.end + SETTLED_AFTER
    if retrieval.at < settled:
        reason = f"it was retrieved at {stamp(retrieval.at)}, and values may change until {stamp(settled)}"
        raise NotPermittedError(act, because=reason, code="data.in_future")
    if at < retrieval.at:
        reason = f"it was retrieved at {stamp(retrieval.at)}, after it would be signed"
        raise NotPermittedError(act, because=reason, code="time.future")


def _require_kind(act: str, series: IntensitySeries, kind: IntensityKind) -> None:
    if kind.letter not in series.quality:
        reason = f"not one of its {len(series.period)} half-hours is {kind.value}"
        raise NotPermittedError(act, because=reason, code="data.forecast_as_actual")
