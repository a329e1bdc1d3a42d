"""A real building's month on the real grid: what is signed is what `perseus calculate` prints, and it opens."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from perseus.formats.choice import choose
from perseus.inputs import Inputs, Source, read_grid, read_meter
from support.story import Story, drawn
from trust.claims.commitments import Commitments
from trust.claims.emissions import Emissions, weights
from trust.claims.halfhour import Month
from trust.claims.intensity import IntensityKind
from trust.claims.region import GB
from trust.envelope import envelope
from trust.resource import read_resource
from trust.weighted_sum import Opening, check_opening, decode

JANUARY = Month(2023, 1)


@pytest.fixture(scope="module")
def told(shared: Path) -> Callable[[IntensityKind], Story]:
    """Tell the story of the building with one kind of intensity."""

    def source(name: str) -> tuple[Source, ...]:
        return (Source(name, (shared / "data" / name).read_bytes()),)

    inputs = Inputs(meter=source("building-2023-01.csv"), intensity=source("gb-intensity-2023-01.json"))
    readings = read_meter(inputs).over(JANUARY.period).readings(salt=drawn("building"))
    grid = read_grid(inputs)

    def tell(kind: IntensityKind) -> Story:
        series = choose(grid, JANUARY.period, kind=kind).series
        story = Story(month=JANUARY, metered=(readings,), series_of=series, kind=kind, grid_region=GB)
        story.account = replace(story.account, control_from=datetime(2022, 1, 1, tzinfo=UTC))
        story.request = replace(story.request, data_from=datetime(2023, 1, 1, tzinfo=UTC))
        return story

    return tell


@pytest.mark.parametrize(
    ("kind", "kg", "counted"),
    [(IntensityKind.ACTUAL, "14617.918", 1_483), (IntensityKind.FORECAST, "14562.012", 1_488)],
)
def test_the_signed_figure_of_a_real_month_opens_and_is_the_known_one(
    told: Callable[[IntensityKind], Story], kind: IntensityKind, kg: str, counted: int
) -> None:
    story = told(kind)
    claim = envelope(story.emissions.credential).claim
    hidden = read_resource(story.consumption[0].commitments, where="commitments")
    assert isinstance(claim, Emissions)
    assert isinstance(hidden, Commitments)
    row = claim.rows[0]
    opening = Opening(row.openings[0].total, row.openings[0].blinding)
    check_opening([(decode(hidden.points), weights(story.series, hidden.quality))], opening)
    assert (row.kg, row.coverage.counted) == (Decimal(kg), counted)
    assert row.coverage.missing_intensity == 1_488 - counted
