"""Is the grid intensity that of the meter's region, complete, and what it says it is? Is every meter counted?"""

from trust.claims.consumption import Consumption, Fuel
from trust.claims.emissions import Emissions
from trust.claims.halfhour import Period
from trust.claims.intensity import Intensity, IntensityKind
from trust.errors import MalformedError
from verifiers.case import Case
from verifiers.checks.format import claim_fault
from verifiers.finding import Finding, failed, not_applicable, passed, warning
from verifiers.inputs import Source, absent_sources, sources_of
from verifiers.item import Item
from verifiers.wording import sentence, span


def region_matches(case: Case, item: Item) -> Finding:
    """Ask whether each meter's own region supplied the weights (GHG Protocol Scope 2 Guidance, chapter 6)."""
    fault = claim_fault(item, "data.region_matches")
    if isinstance(fault, MalformedError):
        return failed(fault.code, sentence(fault), expected=fault.expected, found=fault.found)
    metered = _electric(case, item)
    if not metered:
        return not_applicable("It counts no electricity.")
    for source in metered:
        found = source.intensity
        if found is None or (found.region != source.claim.region and not found.region.national):
            named = "no region of that month" if found is None else str(found.region)
            return failed(
                "data.region",
                f"The meter stands in {source.claim.region}, and the intensity is of {named}.",
                expected=str(source.claim.region),
                found=named,
            )
    national = [s for s in metered if s.intensity is not None and s.intensity.region != s.claim.region]
    if national:
        return warning(
            "data.national_intensity",
            f"The intensity of {national[0].intensity.region if national[0].intensity else ''} stands in for "
            f"that of {national[0].claim.region}.",
            expected=str(national[0].claim.region),
            found=str(national[0].intensity.region if national[0].intensity else ""),
        )
    regions = sorted({str(source.claim.region) for source in metered})
    return passed(lambda: f"The intensity is of {' and '.join(regions)}, where the meter stands.")


def intensity_complete(_case: Case, item: Item) -> Finding:
    """Ask whether each half-hour that has a reading has an intensity too (calculation.md, step 4)."""
    claim = item.credential.claim if item.credential is not None else None
    rows = claim.rows if isinstance(claim, Emissions) else ()
    missing = sum(row.coverage.missing_intensity for row in rows)
    if missing:
        expected = sum(row.coverage.expected for row in rows)
        return warning(
            "data.intensity_missing",
            f"{missing} of {expected:,} half-hours have no intensity, and count as missing.",
            expected="an intensity for each half-hour",
            found=f"{missing} without",
        )
    return passed("Each half-hour with a reading has an intensity.")


def intensity_kind(case: Case, item: Item) -> Finding:
    """Ask whether a forecast is called one, and whether the keeper says only one thing (calculation.md, step 4)."""
    claim = item.credential.claim if item.credential is not None else None
    if not isinstance(claim, Intensity):
        return not_applicable("It is no grid intensity.")
    if claim.kind is IntensityKind.ACTUAL and not claim.region.national:
        return failed(
            "data.forecast_as_actual",
            f"It calls the values of {claim.region} actual; regional values are forecasts always.",
            expected="forecast",
            found="actual",
        )
    for other in (*case.chain.items, *case.chain.extra):
        if other.secured is item.secured or other.subject.issuer != item.subject.issuer:
            continue
        held = other.credential.claim if other.credential is not None else None
        if isinstance(held, Intensity) and _contradicts(claim, held):
            return failed(
                "equivocation.two_intensities",
                f"{case.name(item.issuer)} signed two series for {claim.region} and {span(claim.period)}.",
                expected=claim.series.digest_multibase.multibase,
                found=held.series.digest_multibase.multibase,
            )
    return passed(lambda: f"It is a {claim.kind.value}, and says so.")


def sources_complete(case: Case, item: Item) -> Finding:
    """Ask whether every meter of the consent is counted, or named as missing (credentials.md, commitments)."""
    claim = item.credential.claim if item.credential is not None else None
    if not isinstance(claim, Emissions):
        return not_applicable("It is no report of emissions.")
    counted = {held.id for _, held in case.chain.inputs_of(item, Consumption) if held.period == claim.period}
    strange = [held for _, held in case.chain.inputs_of(item, Consumption) if held.period != claim.period]
    if strange:
        return failed(
            "data.source_missing",
            f"It is about {span(claim.period)} and counts readings of {span(strange[0].period)}.",
            expected=span(claim.period),
            found=span(strange[0].period),
        )
    fuels = {held.fuel for _, held in case.chain.inputs_of(item, Consumption)} - {
        row.fuel for row in claim.rows
    }
    if fuels:
        return failed(
            "data.source_missing",
            f"It names readings of {', '.join(sorted(fuels))} and gives no figure for them.",
            expected=f"a row for {', '.join(sorted(fuels))}",
            found="none",
        )
    absent = absent_sources(case, item)
    if not absent:
        return passed(
            lambda: (
                f"Meters of the consent counted: {len(counted)} of {len(counted)}. "
                "That the firm has no further meter is not proven."
            )
        )
    share = f"{len(absent)} of {len(absent) + len(counted)} meters"
    if _named_missing(claim, len(absent), len(counted), claim.period):
        return warning(
            "data.source_missing",
            f"{share} have no reading in {span(claim.period)}, and the coverage says so.",
            expected="every meter",
            found=f"{share} missing",
        )
    return failed(
        "data.source_missing",
        f"{share} of the consent are left out of {span(claim.period)}.",
        expected=absent[0],
        found="not counted",
    )


def _named_missing(claim: Emissions, absent: int, counted: int, period: Period) -> bool:
    expected = sum(row.coverage.expected for row in claim.rows)
    missing = sum(row.coverage.missing_readings for row in claim.rows)
    return expected == (absent + counted) * len(period) and missing >= absent * len(period)


def _electric(case: Case, item: Item) -> tuple[Source, ...]:
    return sources_of(case, item).of_fuel(Fuel.ELECTRICITY)


def _contradicts(claim: Intensity, other: Intensity) -> bool:
    """Tell whether two series are for one region, month and kind, and differ."""
    same = (claim.region, claim.period, claim.kind) == (other.region, other.period, other.kind)
    return same and claim.series.digest_multibase != other.series.digest_multibase
