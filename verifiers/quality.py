"""How good the data behind a chain's figures are, by PCAF's scale from 1 (best) to 5, and why (PCAF Part A, annex)."""

from collections.abc import Iterator
from dataclasses import dataclass

from trust.claims.consumption import Consumption
from trust.claims.emissions import Emissions
from trust.claims.intensity import Intensity
from verifiers.chain import Chain
from verifiers.item import Item
from verifiers.wording import span

ASSURED, METERED, DERIVED = 1, 2, 3
_MOST_TOLD = 12
_GROUNDS = "Energy was metered and multiplied by the factor of its place: physical activity data, option 2a."


@dataclass(frozen=True, slots=True)
class Quality:
    """A score with the option that it is given for, and a sentence for each reason."""

    score: int
    option: str
    reasons: tuple[str, ...]


def quality_of(chain: Chain, *, assured: bool) -> Quality:
    """Score a verified chain: 2 where all was measured, else 3; 1 only beside an independent auditor's statement.

    A verdict is no assurance: it shows who said what, and that the sum is right, and not what the firm left out.
    """
    gaps = tuple(_gaps(chain))
    if gaps:
        rest = len(gaps) - _MOST_TOLD
        told = (*gaps[:_MOST_TOLD], f"And {rest} more like it.") if rest > 0 else gaps
        return Quality(
            DERIVED, "2a", (_GROUNDS, "Not all of it was measured, which this scheme scores 3.", *told)
        )
    if assured:
        attached = "An independent auditor's statement on these emissions is attached and named: option 1a."
        return Quality(ASSURED, "1a", (_GROUNDS, attached))
    without = "Score 1 needs an independent auditor's statement on the firm's emissions; none is attached."
    return Quality(METERED, "2a", (_GROUNDS, "Every half-hour was measured.", without))


def _gaps(chain: Chain) -> Iterator[str]:
    """Say for each month what was not measured, or has no factor of its own place."""
    for item, report in chain.claims(Emissions):
        yield from _of_report(chain, item, report)


def _of_report(chain: Chain, item: Item, report: Emissions) -> Iterator[str]:
    month = span(report.period)
    expected = sum(row.coverage.expected for row in report.rows)
    measured = sum(claim.coverage.measured for _, claim in chain.inputs_of(item, Consumption))
    if measured < expected:
        yield f"Not measured in {month}: {expected - measured:,} of {expected:,} half-hours."
    if unpriced := sum(row.coverage.missing_intensity for row in report.rows):
        yield f"Without a grid intensity in {month}: {unpriced:,} of {expected:,} half-hours."
    if any(claim.region.national for _, claim in chain.inputs_of(item, Intensity)):
        yield f"The grid intensity of {month} is that of a country, and not of the meter's region."
