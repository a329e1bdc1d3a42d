"""For any month of readings and intensities, what is signed opens, and is what the calculation gives."""

from hashlib import sha256

from hypothesis import given, settings
from hypothesis import strategies as st

from support.story import Story
from trust.claims.commitments import Commitments
from trust.claims.emissions import Emissions, calculate, weights
from trust.claims.halfhour import Month
from trust.claims.intensity import IntensitySeries
from trust.envelope import envelope
from trust.resource import read_resource
from trust.weighted_sum import Opening, check_opening, decode

FEBRUARY = Month(2026, 2)
SLOTS = len(FEBRUARY.period)


def scattered(seed: int, name: str) -> list[int]:
    """Give a number below 65,536 for every half-hour, the same ones for the same seed."""
    digests = (sha256(f"{seed} {name} {slot}".encode()).digest() for slot in range(SLOTS))
    return [int.from_bytes(digest[:2]) for digest in digests]


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """Draw a firm of one or two meters, the gaps in its readings, and the gaps and zeros in the intensity."""
    seed, exponent = draw(st.integers(0, 1_000_000)), draw(st.integers(-3, 1))
    gaps, holes = draw(st.integers(0, 6_000)), draw(st.integers(0, 6_000))
    values = tuple(None if number < holes else number % 421 for number in scattered(seed, "intensity"))
    letters = "".join("-" if value is None else "F" for value in values)
    return Story(
        opening=f"drawn {seed}",
        sources=draw(st.integers(1, 2)),
        month=FEBRUARY,
        missing=tuple(slot for slot, number in enumerate(scattered(seed, "readings")) if number < gaps),
        exponents=(exponent, exponent),
        series_of=IntensitySeries(FEBRUARY.period, values, letters),
    )


@given(stories())
@settings(max_examples=settings().max_examples // 6)  # an example commits to two months of readings
def test_what_is_signed_opens_and_is_what_the_calculation_gives(story: Story) -> None:
    claim = envelope(story.emissions.credential).claim
    assert isinstance(claim, Emissions)
    row = claim.rows[0]
    calculations = [calculate(story.readings(source), story.series) for source in range(story.sources)]
    hidden = [read_resource(one.commitments, where="commitments") for one in story.consumption]
    parts = [
        (decode(one.points), weights(story.series, one.quality))
        for one in hidden
        if isinstance(one, Commitments)
    ]
    opening = row.openings[0]
    check_opening(parts, Opening(opening.total, opening.blinding))
    assert len(parts) == story.sources
    assert opening.total == sum(calculation.total for calculation in calculations)
    assert row.kg == round(sum(calculation.grams for calculation in calculations) / 1000, 3)
    assert row.coverage.counted == sum(calculation.counted for calculation in calculations)
