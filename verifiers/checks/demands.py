"""What the policy asks on top: separate parties, few estimates, good data, a recent figure."""

from datetime import datetime

from trust.claims.consumption import Consumption
from trust.claims.halfhour import Month
from trust.claims.intensity import Intensity
from verifiers.case import Case
from verifiers.checks.calculation import emissions_of
from verifiers.finding import Finding, failed, not_applicable, passed
from verifiers.item import Item
from verifiers.wording import span

_METERED, _DERIVED = 2, 3  # PCAF: complete metered data with a location-based factor, and anything less


def separation(case: Case, item: Item) -> Finding:
    """Ask whether three different members supplied readings, intensity and figure (credentials.md, who is who)."""
    if not case.policy.separation:
        return not_applicable("The policy lets one party play several parts.")
    parts = {
        "readings": {held.subject.issuer for held, _ in case.chain.inputs_of(item, Consumption)},
        "intensity": {held.subject.issuer for held, _ in case.chain.inputs_of(item, Intensity)},
        "figure": {item.subject.issuer},
    }
    for first, second in (("readings", "intensity"), ("readings", "figure"), ("intensity", "figure")):
        both = sorted(parts[first] & parts[second])
        if both:
            return failed(
                "policy.separation",
                f"{case.name(both[0])} supplied both the {first} and the {second}.",
                expected="a different member for each",
                found=both[0],
            )
    return passed("Three different members supplied readings, intensity and figure.")


def estimates(case: Case, item: Item) -> Finding:
    """Ask whether enough was measured (the policy's share of estimates)."""
    share = 100 - measured_share(case, item)
    limit = case.policy.most_estimated
    if share > limit:
        return failed(
            "policy.too_many_estimates",
            f"{share:.0f} % of the half-hours were not measured; the policy allows {limit} %.",
            expected=f"at most {limit} %",
            found=f"{share:.1f} %",
        )
    return passed(lambda: f"{share:.1f} % of the half-hours were not measured.")


def quality(case: Case, item: Item) -> Finding:
    """Ask whether the data quality score is good enough (PCAF Standard Part A)."""
    score, worst = quality_score(case, item), case.policy.worst_quality
    if score > worst:
        return failed(
            "policy.quality_score",
            f"The data quality score is {score}; the policy wants {worst} or better.",
            expected=f"at most {worst}",
            found=str(score),
        )
    return passed(lambda: f"The data quality score is {score}.")


def age(case: Case, item: Item) -> Finding:
    """Ask whether the month is recent enough for the policy."""
    if case.policy.months_back is None:
        return not_applicable("The policy sets no age.")
    period = emissions_of(item).period
    past = _months_between(Month.of(period.start), case.at)
    if past > case.policy.months_back:
        return failed(
            "policy.age",
            f"It is about {span(period)}, {past} months ago; the policy goes back {case.policy.months_back}.",
            expected=f"at most {case.policy.months_back} months",
            found=f"{past} months",
        )
    return passed(lambda: f"It is about {span(period)}.")


def measured_share(case: Case, item: Item) -> float:
    """Give the share of the half-hours due that were measured, in per cent; an absent meter's count as well."""
    expected = sum(row.coverage.expected for row in emissions_of(item).rows)
    measured = sum(claim.coverage.measured for _, claim in case.chain.inputs_of(item, Consumption))
    return min(100.0, 100 * measured / expected) if expected else 0.0


def quality_score(case: Case, item: Item) -> int:
    """Score a report: 2 where all was measured and all of it has the intensity of its place, else 3."""
    complete = measured_share(case, item) == 100  # noqa: PLR2004 - per cent
    gaps = any(row.coverage.missing_intensity for row in emissions_of(item).rows)
    national = any(claim.region.national for _, claim in case.chain.inputs_of(item, Intensity))
    return _METERED if complete and not gaps and not national else _DERIVED


def _months_between(month: Month, at: datetime) -> int:
    return (at.year - month.year) * 12 + at.month - month.month
