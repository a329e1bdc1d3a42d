"""Are the half-hours sound, and is the coverage that each party states the one that the data shows?"""

from datetime import datetime

from trust.claims.commitments import Commitments
from trust.claims.consumption import Consumption, Coverage, Readings
from trust.claims.coverage import RowCoverage
from trust.claims.emissions import Emissions, Row
from trust.claims.halfhour import Period
from trust.claims.intensity import Intensity, IntensityCoverage, IntensitySeries
from trust.errors import MalformedError
from verifiers.case import Case
from verifiers.checks.format import claim_fault
from verifiers.finding import Finding, failed, passed, warning
from verifiers.inputs import Sources, absent_sources, sources_of
from verifiers.item import Item
from verifiers.wording import moment, sentence, span


def halfhours_sound(case: Case, item: Item) -> Finding:
    """Ask whether each half-hour of a whole, completed month stands once, in a sound unit (calculation.md, method)."""
    fault = claim_fault(item, "data.halfhours_sound")
    if fault is not None:
        return _fault(fault)
    claim = item.credential.claim if item.credential is not None else None
    try:
        if isinstance(claim, Consumption):
            return _completed(item, claim.period) or _consumption(case, claim)
        if isinstance(claim, Intensity):
            return _completed(item, claim.period) or _intensity(case, claim)
    except MalformedError as error:
        return _fault(error)
    return _period(item, claim) or _counted_twice(case, item) or passed("It is about one whole month.")


def coverage_as_stated(case: Case, item: Item) -> Finding:
    """Ask whether the counts that it states are those of its data (calculation.md, step 3)."""
    fault = claim_fault(item, "data.coverage_as_stated")
    if fault is not None:
        return _fault(fault)
    claim = item.credential.claim if item.credential is not None else None
    try:
        if isinstance(claim, Consumption):
            return _metered_coverage(case, claim)
        if isinstance(claim, Intensity):
            return _intensity_coverage(case, claim)
        if isinstance(claim, Emissions):
            return _reported_coverage(case, item, claim)
    except MalformedError as error:
        return _fault(error)
    return passed("It states no coverage.")


def _consumption(case: Case, claim: Consumption) -> Finding:
    commitments = case.resources.read(claim.commitments.digest_multibase, Commitments)
    if commitments is None:
        return failed(
            "data.unit", "Its commitments are of another kind.", expected="Commitments", found="others"
        )
    for stated, found in _vectors(case, claim, commitments):
        if stated != found:
            return failed(
                "data.unit", f"It states {stated}, and its data is in {found}.", expected=stated, found=found
            )
    if commitments.period != claim.period:
        return _other_period(claim.period, commitments.period)
    missing = claim.coverage.missing
    if missing:
        verb = "has" if missing == 1 else "have"
        return warning(
            "data.gap",
            f"{missing:,} of {len(claim.period):,} half-hours of {span(claim.period)} {verb} no reading.",
            expected=f"{len(claim.period):,} readings",
            found=f"{len(claim.period) - missing:,}",
        )
    return passed(lambda: f"All {len(claim.period):,} half-hours of {span(claim.period)} stand once.")


def _vectors(case: Case, claim: Consumption, commitments: Commitments) -> list[tuple[str, str]]:
    """Pair the unit that is stated with the one of each vector at hand."""
    stated = f"{claim.fuel.value} {claim.unit_code.value}e{claim.exponent}"
    found = f"{commitments.fuel.value} {commitments.unit_code.value}e{commitments.exponent}"
    pairs = [(stated, found)]
    readings = case.resources.read(claim.readings.digest_multibase, Readings)
    if readings is not None:
        pairs.append((stated, f"{claim.fuel.value} {readings.unit_code.value}e{readings.exponent}"))
        pairs.append((span(claim.period), span(readings.period)))
    return pairs


def _intensity(case: Case, claim: Intensity) -> Finding:
    series = case.resources.read(claim.series.digest_multibase, IntensitySeries)
    if series is None:
        return failed(
            "data.unit", "Its series is of another kind.", expected="IntensitySeries", found="others"
        )
    if series.period != claim.period:
        return _other_period(claim.period, series.period)
    return passed(lambda: f"All {len(claim.period):,} half-hours of {span(claim.period)} stand once.")


def _completed(item: Item, period: Period) -> Finding | None:
    """Refuse a month that was not over when it was signed."""
    signed_at = item.proof.created if item.proof is not None else None
    if signed_at is None or period.end <= signed_at:
        return None
    return _future(period, signed_at)


def _period(item: Item, claim: object) -> Finding | None:
    return _completed(item, claim.period) if isinstance(claim, Emissions) else None


def _counted_twice(case: Case, item: Item) -> Finding | None:
    """Refuse a report that counts one meter's month by two credentials."""
    counted = [(claim.id, claim.period) for _, claim in case.chain.inputs_of(item, Consumption)]
    twice = len(counted) - len(set(counted))
    if not twice:
        return None
    return failed(
        "data.overlap",
        f"It counts {twice} meters twice in the same month.",
        expected="one credential for each meter and month",
        found=f"{twice} more",
    )


def _future(period: Period, signed_at: datetime) -> Finding:
    return failed(
        "data.in_future",
        f"It was signed on {moment(signed_at)}, before {span(period)} was over.",
        expected=f"a signature from {moment(period.end)}",
        found=moment(signed_at),
    )


def _metered_coverage(case: Case, claim: Consumption) -> Finding:
    commitments = case.resources.read(claim.commitments.digest_multibase, Commitments)
    quality = "" if commitments is None else commitments.quality
    found = Coverage(len(quality), *(quality.count(letter) for letter in "MES-"))
    if found != claim.coverage:
        return _misstated(_counts(claim.coverage), _counts(found))
    readings = case.resources.read(claim.readings.digest_multibase, Readings)
    if readings is not None and readings.quality != quality:
        return _misstated("one quality for readings and commitments", "another for the readings")
    substituted = 0 if claim.substitution is None else claim.substitution.slots
    if substituted != found.substituted:
        return _misstated(f"{found.substituted} substituted, with their method", f"{substituted}")
    return passed(lambda: f"{_counts(found)}, as stated.")


def _intensity_coverage(case: Case, claim: Intensity) -> Finding:
    series = case.resources.read(claim.series.digest_multibase, IntensitySeries)
    if series is None:
        return passed("Its series is not at hand.")
    found = IntensityCoverage.of(series, claim.kind)
    if found != claim.coverage:
        return _misstated(_filled(claim.coverage), _filled(found))
    return passed(lambda: f"{_filled(found)}, as stated.")


def _reported_coverage(case: Case, item: Item, claim: Emissions) -> Finding:
    sources = sources_of(case, item)
    absent = len(absent_sources(case, item)) * len(claim.period)
    for row in claim.rows:
        found = row_coverage(sources, row)
        more = row.coverage.expected - found.expected
        if more % len(claim.period) or not 0 <= more <= absent or row.coverage != _with_absent(found, more):
            return _misstated(_row(row.coverage), _row(found))
    return passed(lambda: "; ".join(f"{row.fuel.value}: {_row(row.coverage)}" for row in claim.rows) + ".")


def _with_absent(found: RowCoverage, absent: int) -> RowCoverage:
    """Count the half-hours of consented meters that are not there as missing, in whichever row they stand."""
    return RowCoverage(
        found.expected + absent, found.counted, found.missing_readings + absent, found.missing_intensity
    )


def row_coverage(sources: Sources, row: Row) -> RowCoverage:
    """Count what the vectors of a row's sources show.

    Raises:
        MalformedError: a vector has another length than its series.
    """
    found = [(len(source.commitments.quality), source.weighting) for source in sources.of_fuel(row.fuel)]
    if not found:
        return row.coverage
    expected = sum(slots for slots, _ in found)
    counted = sum(weighting.counted for _, weighting in found)
    missing = sum(weighting.missing for _, weighting in found)
    return RowCoverage(expected, counted, missing, expected - missing - counted)


def _other_period(stated: Period, found: Period) -> Finding:
    return failed(
        "data.partial_month",
        f"It is about {span(stated)}, and its data about {span(found)}.",
        expected=span(stated),
        found=span(found),
    )


def _misstated(stated: str, found: str) -> Finding:
    return failed(
        "data.coverage_misstated",
        f"It states {stated}; the data shows {found}.",
        expected=found,
        found=stated,
    )


def _fault(error: Exception) -> Finding:
    if isinstance(error, MalformedError):
        return failed(
            error.code,
            f"At {error.where}: expected {error.expected}, found {error.found}.",
            expected=error.expected,
            found=error.found,
        )
    return failed("data.range", sentence(error))


def _counts(coverage: Coverage) -> str:
    return (
        f"{coverage.measured:,} measured, {coverage.estimated:,} estimated, {coverage.substituted:,} substituted, "
        f"{coverage.missing:,} missing of {coverage.expected:,}"
    )


def _filled(coverage: IntensityCoverage) -> str:
    return f"{coverage.present:,} present, {coverage.filled:,} filled, {coverage.missing:,} missing"


def _row(coverage: RowCoverage) -> str:
    return (
        f"{coverage.counted:,} of {coverage.expected:,} counted, {coverage.missing_readings:,} without reading, "
        f"{coverage.missing_intensity:,} without intensity"
    )
