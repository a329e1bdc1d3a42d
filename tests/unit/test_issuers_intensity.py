"""The grid data provider signs one settled series for each region, month and kind."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from issuers.intensity import Published, Retrieval, issue_intensity
from support.story import GRID, LONDON, METERED_AT, MONTH, Story, refused
from trust.claims.halfhour import Period
from trust.claims.intensity import ATTRIBUTION, Intensity, IntensityKind, IntensitySeries, Upstream
from trust.digest import Digest
from trust.envelope import envelope
from trust.resource import read_resource

UPSTREAM = Upstream("https://api.carbonintensity.org.uk/regional", Digest.of(b"the raw answer"))


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


def attempt(
    story: Story,
    series: IntensitySeries,
    *,
    retrieved_at: datetime = METERED_AT,
    kind: IntensityKind = IntensityKind.FORECAST,
    published: tuple[Published, ...] = (),
) -> Intensity:
    """Issue a series with one thing changed, and give its claim."""
    issued = issue_intensity(
        series,
        region=LONDON,
        kind=kind,
        retrieval=Retrieval(retrieved_at, UPSTREAM),
        series_id=story.id("series"),
        signing=story.signing(GRID, METERED_AT, "intensity"),
        published=published,
    )
    claim = envelope(issued.credential).claim
    assert isinstance(claim, Intensity)
    assert read_resource(issued.series, where="series") == series
    return claim


def test_the_credential_says_where_the_values_came_from_and_counts_them(story: Story) -> None:
    claim = attempt(story, story.series)
    assert claim.attribution == ATTRIBUTION
    assert claim.upstream.digest_multibase == UPSTREAM.digest_multibase
    assert (claim.coverage.expected, claim.coverage.present, claim.coverage.missing) == (1_488, 1_488, 0)


def test_values_younger_than_a_day_are_refused(story: Story) -> None:
    settled = datetime(2026, 11, 2, tzinfo=UTC)
    with refused("data.in_future", "2026-11-02T00:00:00Z"):
        attempt(story, story.series, retrieved_at=settled - timedelta(seconds=1))
    assert attempt(story, story.series, retrieved_at=settled).retrieved_at == settled


def test_values_that_would_be_retrieved_after_signing_are_refused(story: Story) -> None:
    with refused("time.future"):
        attempt(story, story.series, retrieved_at=METERED_AT + timedelta(seconds=1))


def test_a_forecast_is_not_passed_off_as_actual(story: Story) -> None:
    with refused("data.forecast_as_actual", "1488"):
        attempt(story, story.series, kind=IntensityKind.ACTUAL)


def test_actual_values_filled_from_forecasts_are_counted_as_filled(story: Story) -> None:
    mixed = replace(story.series, quality="A" * 1_000 + "F" * 488)
    assert attempt(story, mixed, kind=IntensityKind.ACTUAL).coverage.filled == 488


def test_a_second_series_of_one_region_month_and_kind_is_refused(story: Story) -> None:
    before = Published(LONDON, MONTH, IntensityKind.FORECAST)
    with refused("equivocation.two_intensities", "already"):
        attempt(story, story.series, published=(before,))
    other = Published(LONDON, MONTH, IntensityKind.ACTUAL)
    assert attempt(story, story.series, published=(other,)).kind is IntensityKind.FORECAST


def test_less_than_a_whole_month_is_refused(story: Story) -> None:
    whole = story.series
    period = Period.of(whole.period.start, whole.period.end - timedelta(days=1))
    with refused("data.partial_month"):
        attempt(story, IntensitySeries(period, whole.values[:-48], whole.quality[:-48]))
