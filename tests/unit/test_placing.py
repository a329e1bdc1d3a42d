"""Where a meter stands: what is stated holds, what contradicts it is refused, what nobody could check is said."""

import csv
import json
from pathlib import Path

import pytest

from perseus.formats.grid import Grid, GridFile, Point, settle
from perseus.placing import Place, place
from perseus.postcode import CENTRES, possible_regions
from trust.claims.intensity import IntensityKind
from trust.claims.region import GB, Region, outcode
from trust.errors import MalformedError

LONDON, YORKSHIRE, NORTH_SCOTLAND = (Region.of(number) for number in (13, 5, 1))


def grid(region: Region | None, *, answered: str | None = None) -> Grid:
    point = Point(0, 100, None)
    return settle((GridFile(region, answered, frozenset({IntensityKind.FORECAST}), (point,)),))


def placed(
    region: Region | None, *outcodes: str, stated: Region | None = None, answered: str | None = None
) -> Place:
    return place(stated=stated, outcodes=(*outcodes, answered), grid=grid(region, answered=answered))


def codes(found: Place) -> list[str]:
    return [finding.code for finding in found.findings]


def test_a_region_is_as_stated_and_a_national_intensity_may_stand_in_for_it() -> None:
    assert placed(GB, "LS1", stated=YORKSHIRE) == Place("LS1", YORKSHIRE, ())
    assert placed(GB, stated=YORKSHIRE).region == YORKSHIRE
    assert codes(placed(GB, stated=YORKSHIRE)) == ["data.location_unstated"]


def test_an_outcode_that_lies_in_one_region_places_the_meter_and_no_other_does() -> None:
    assert placed(GB, "LS1") == Place("LS1", YORKSHIRE, ())
    assert placed(GB, "SW1A").region == LONDON
    assert placed(GB, "SW19").region is None
    assert codes(placed(GB, "SW19")) == ["data.location_unstated"]
    assert placed(GB).region is None


def test_what_nobody_could_check_is_said() -> None:
    assert codes(placed(LONDON, "SW19")) == ["data.region_unchecked"]
    assert codes(placed(YORKSHIRE, "XX1", stated=YORKSHIRE)) == ["data.region_unchecked"]
    assert codes(placed(YORKSHIRE)) == ["data.location_unstated"]


def test_the_grid_s_own_answer_for_an_outcode_stands_above_the_list() -> None:
    assert placed(LONDON, answered="SW1A") == Place("SW1A", LONDON, ())
    assert placed(NORTH_SCOTLAND, "LS1", answered="LS1") == Place("LS1", NORTH_SCOTLAND, ())


@pytest.mark.parametrize(
    ("region", "named", "stated"),
    [
        (NORTH_SCOTLAND, ("SW1A",), None),
        (NORTH_SCOTLAND, ("LS1",), None),
        (GB, ("LS1",), LONDON),
        (NORTH_SCOTLAND, (), LONDON),
        (Region.of(16), ("LS1",), None),
        (GB, ("LS1", "SW1A"), None),
    ],
)
def test_a_contradiction_is_refused(region: Region, named: tuple[str, ...], stated: Region | None) -> None:
    with pytest.raises(MalformedError) as refused:
        placed(region, *named, stated=stated)
    assert refused.value.code == "data.region"


def test_a_nation_chooses_intensities_and_places_nobody() -> None:
    assert placed(Region.of(16), "EH1").region == Region.of(2)
    assert placed(GB, stated=GB).region is None


def test_the_list_knows_every_region_and_contradicts_no_published_answer(shared: Path) -> None:
    with (shared / "data" / "gb-regions.csv").open(encoding="utf-8", newline="") as file:
        published = {int(row["ci_regionid"]) for row in csv.DictReader(file)}
    assert set(CENTRES) == published
    answer = json.loads((shared / "data" / "ci-regional-fw48h-postcode-SW1A-2026-10-03.json").read_bytes())[
        "data"
    ]
    assert possible_regions(answer["postcode"]) == (Region.of(answer["regionid"]),)


@pytest.mark.parametrize("number", sorted(CENTRES))
def test_the_middle_of_a_town_lies_in_one_of_the_regions_of_its_area(number: int) -> None:
    district = outcode(CENTRES[number])
    assert possible_regions(district) == (Region.of(number),)
    assert Region.of(number) in possible_regions(district.rstrip("0123456789A") + "99")


@pytest.mark.parametrize("name", ["BT1", "JE2", "GY1", "IM1"])
def test_nothing_is_known_of_a_place_outside_the_grid(name: str) -> None:
    assert possible_regions(name) == ()
