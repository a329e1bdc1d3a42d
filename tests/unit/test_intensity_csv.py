"""Grid intensity in CSV: kinds, regions and units as the header says them."""

import pytest

from perseus.formats.grid import Grid, settle
from perseus.formats.intensity_csv import read
from trust.claims.intensity import IntensityKind
from trust.claims.region import Region
from trust.errors import MalformedError

FORECAST, ACTUAL = IntensityKind.FORECAST, IntensityKind.ACTUAL


def grid(
    *lines: str, region: int | None = None, kind: IntensityKind = FORECAST, split_hours: bool = False
) -> Grid:
    return settle((read("\n".join(lines).encode(), region=region, kind=kind, split_hours=split_hours),))


def refusal(*lines: str, region: int | None = None) -> MalformedError:
    with pytest.raises(MalformedError) as refused:
        grid(*lines, region=region)
    return refused.value


def test_an_intensity_column_is_of_the_kind_that_the_caller_names() -> None:
    rows = ("from,intensity", "2023-01-01T00:00Z,100", "2023-01-01T00:30Z,")
    assert list(grid(*rows).values[FORECAST].values()) == [100, None]
    assert grid(*rows, kind=ACTUAL).kinds == {ACTUAL}
    assert grid(*rows).region is None
    assert grid(*rows, region=13).region == Region.of(13)


def test_both_kinds_may_stand_side_by_side() -> None:
    found = grid("from,forecast,actual", "2023-01-01T00:00Z,100,90")
    assert {kind: list(values.values()) for kind, values in found.values.items()} == {
        FORECAST: [100],
        ACTUAL: [90],
    }


def test_one_region_is_chosen_among_several() -> None:
    rows = ("from,regionid,forecast", "2023-04-01T00:00Z,1,0", "2023-04-01T00:00Z,13,95")
    assert list(grid(*rows, region=13).values[FORECAST].values()) == [95]
    assert grid(*rows[:2]).region == Region.of(1)
    assert refusal(*rows).code == "data.region"
    assert refusal(*rows, region=2).code == "data.region"
    assert refusal(rows[0], "2023-04-01T00:00Z,London,0").where == "line 2"


def test_kilograms_in_the_header_become_grams() -> None:
    found = grid("datetime,Carbon Intensity [kg_CO2/kWh]", "2019-01-01 00:00:00,0.096")
    assert list(found.values[FORECAST].values()) == [96]
    assert [finding.code for finding in found.findings] == ["time.zone_assumed"]


def test_hourly_intensities_are_used_twice_only_where_that_was_asked_for() -> None:
    rows = ("from,intensity", "2023-01-01T00:00Z,100", "2023-01-01T01:00Z,200")
    assert "--split-hours" in str(refusal(*rows))
    found = grid(*rows, split_hours=True)
    assert list(found.values[FORECAST].values()) == [100, 100, 200, 200]
    assert found.findings[0].code == "data.split_hours"


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("time,intensity", "2023-01-01T00:00Z,1"),
        ("from,start,intensity", "2023-01-01T00:00Z,2023-01-01T00:00Z,1"),
        ("from,watts", "2023-01-01T00:00Z,1"),
        ("from,intensity,forecast", "2023-01-01T00:00Z,1,1"),
        ("from,intensity", "2023-01-01T00:10Z,1"),
        ("from,intensity", "2023-01-01T00:00Z,1.5"),
        ("from,intensity", "2023-01-01T00:00Z,-1"),
        ("from,intensity", "2023-01-01T00:00Z,10001"),
        ("from,intensity [kgCO2/kWh]", "2023-01-01T00:00Z,0.0001"),
    ],
)
def test_what_is_not_whole_grams_at_a_half_hour_is_refused(header: str, row: str) -> None:
    assert refusal(header, row).code in {"format.schema", "time.malformed", "data.range"}
