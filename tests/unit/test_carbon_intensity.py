"""The shapes of the Carbon Intensity API, and the series chosen from them."""

import json
from typing import Any

import pytest

from perseus.formats.carbon_intensity import read, slot
from perseus.formats.choice import choose, kind_of
from perseus.formats.grid import Grid, settle
from trust.claims.halfhour import HalfHour, Period
from trust.claims.intensity import IntensityKind
from trust.claims.region import GB, Region
from trust.errors import MalformedError

FORECAST, ACTUAL = IntensityKind.FORECAST, IntensityKind.ACTUAL
FIRST = slot("2023-01-01T00:00Z", where="")


def half(number: int, **figures: object) -> dict[str, Any]:
    start, end = (str(HalfHour(FIRST + number + more)).removesuffix(":00Z") + "Z" for more in (0, 1))
    return {"from": start, "to": end, "intensity": {"forecast": 100 + number, "index": "low"} | figures}


def region(number: int, name: str, **more: object) -> dict[str, Any]:
    return {"regionid": number, "dnoregion": "UKPN", "shortname": name} | more


LONDON = region(13, "London", postcode="SW1A", data=[half(0), half(1)])
MERSEY = region(6, "North Wales & Merseyside", data=[half(0)])


def grid(*answers: object, number: int | None = None) -> Grid:
    return settle(tuple(read(json.dumps({"data": answer}).encode(), region=number) for answer in answers))


def refusal(answer: object, number: int | None = None) -> MalformedError:
    with pytest.raises(MalformedError) as refused:
        grid(answer, number=number)
    return refused.value


def period(slots: int, *, start: int = 0) -> Period:
    return Period(HalfHour(FIRST + start), HalfHour(FIRST + start + slots))


def test_the_national_answer_has_both_kinds_of_one_region() -> None:
    found = grid([half(0, actual=90), half(1, actual=None)])
    assert (found.region, found.outcode, found.kinds) == (GB, None, {FORECAST, ACTUAL})
    assert list(found.values[ACTUAL].values()) == [90, None]
    assert list(found.values[FORECAST].values()) == [100, 101]


@pytest.mark.parametrize("shape", [LONDON, [LONDON]])
def test_a_region_stands_as_an_object_or_as_a_list_of_one(shape: object) -> None:
    found = grid(shape)
    assert (found.region, found.outcode, found.kinds) == (Region.of(13), "SW1A", {FORECAST})
    assert list(found.values[FORECAST].values()) == [100, 101]


def test_the_national_answer_may_stand_in_for_any_region() -> None:
    assert grid([half(0)], number=13).region == GB


def test_one_of_all_regions_is_chosen_by_its_number() -> None:
    regions = [
        region(6, "North Wales & Merseyside", intensity={"forecast": 55}),
        region(18, "GB", intensity={"forecast": 77}),
    ]
    answer = [{key: half(0)[key] for key in ("from", "to")} | {"regions": regions}]
    assert list(grid(answer, number=6).values[FORECAST].values()) == [55]
    assert refusal(answer).code == "data.region"
    assert "--region" in refusal(answer, 7).expected
    assert grid([LONDON, MERSEY], number=6).region == Region.of(6)


@pytest.mark.parametrize(
    ("answer", "number"),
    [
        (region(11, "South England", data=[half(0)]), None),
        (region(19, "London", data=[half(0)]), None),
        (region(1, "London", data=[half(0)]) | {"regionid": True}, None),
        (LONDON, 12),
        ([region(1, "North Scotland", data=[half(0)])], 13),
    ],
)
def test_a_region_that_contradicts_itself_or_the_caller_is_refused(
    answer: object, number: int | None
) -> None:
    assert refusal(answer, number).code in {"data.region", "format.schema"}


def test_a_number_with_another_region_s_name_names_both() -> None:
    refused = refusal(region(11, "South England", data=[half(0)]))
    assert refused.expected == "South West England, the name of region 11"
    assert refused.found == "'South England', which is region 12"


@pytest.mark.parametrize(
    "answer",
    [
        [],
        None,
        "x",
        [7],
        [{"from": "2023-01-01T00:00Z"}],
        [half(0) | {"to": "2023-01-01T01:00Z"}],
        [half(0) | {"from": "2023-01-01T00:00:00Z"}],
        [half(0) | {"from": "2023-02-30T00:00Z"}],
        [half(0) | {"from": "2023-01-01T00:10Z"}],
        [half(0) | {"from": None}],
        [half(0, forecast=1.5)],
        [half(0, forecast=True)],
        [half(0, forecast=-1)],
        [half(0, forecast=10_001)],
        [half(0, actual="90")],
        [half(0) | {"intensity": {"actual": 1}}],
        [half(0) | {"intensity": None}],
        {"regionid": 13, "shortname": "London"},
        region(13, "London", data=[]),
        region(13, "London", data=[half(0)], postcode=1),
    ],
)
def test_what_the_api_never_writes_is_refused_with_its_pointer(answer: object) -> None:
    assert refusal(answer).code in {"format.schema", "time.malformed", "data.range", "data.gap"}


def test_chunks_that_overlap_at_their_edges_are_used_once() -> None:
    found = grid([half(0), half(1)], [half(1), half(2)])
    assert list(found.values[FORECAST].values()) == [100, 101, 102]
    assert [finding.code for finding in found.findings] == ["data.duplicate"]


@pytest.mark.parametrize("order", [1, -1])
def test_two_answers_that_contradict_each_other_leave_the_half_hour_missing(order: int) -> None:
    found = grid(*[[half(0), half(1)], [half(1, forecast=7)]][::order])
    chosen = choose(found, period(2), kind=FORECAST)
    assert chosen.series.values == (100, None)
    assert "data.conflict" in [finding.code for finding in chosen.findings]


def test_a_later_answer_fills_the_null_of_an_earlier_one() -> None:
    found = grid([half(0, actual=None)], [half(0, actual=90)])
    assert choose(found, period(1), kind=ACTUAL).series.values == (90,)


def test_answers_of_two_regions_are_not_mixed() -> None:
    with pytest.raises(MalformedError, match="one region"):
        grid(LONDON, MERSEY)
    with pytest.raises(MalformedError, match="one outcode"):
        grid(LONDON, LONDON | {"postcode": "E1"})


def test_actual_stands_before_forecast_and_is_never_made_from_it_unasked() -> None:
    national, regional = grid([half(0, actual=1)]), grid(LONDON)
    assert kind_of(national, None) is ACTUAL
    assert kind_of(national, FORECAST) is FORECAST
    assert kind_of(regional, None) is FORECAST
    with pytest.raises(MalformedError) as refused:
        kind_of(regional, ACTUAL)
    assert refused.value.code == "data.forecast_as_actual"


def test_a_null_actual_is_missing_and_is_filled_only_where_that_was_asked_for() -> None:
    found = grid([half(0, actual=90), half(1, actual=None), half(3, actual=None, forecast=None)])
    plain = choose(found, period(4), kind=ACTUAL)
    assert (plain.series.values, plain.series.quality) == ((90, None, None, None), "A---")
    filled = choose(found, period(4), kind=ACTUAL, fill=True)
    assert (filled.series.values, filled.series.quality) == ((90, 101, None, None), "AF--")
    assert filled.filled == 1
    notes = [finding for finding in filled.findings if finding.code == "data.intensity_missing"]
    assert notes[0].detail.endswith("the forecast of 101 g fills it.")
    assert notes[0].at == "2023-01-01T00:30:00Z"


def test_a_zero_that_the_other_series_contradicts_is_named_and_stays_zero() -> None:
    found = grid([half(0, actual=0, forecast=21), half(1, actual=0, forecast=20)])
    chosen = choose(found, period(2), kind=ACTUAL)
    named = [finding.at for finding in chosen.findings if finding.code == "data.implausible_zero"]
    assert (chosen.series.values, named) == ((0, 0), ["2023-01-01T00:00:00Z"])


def test_findings_on_a_series_that_is_not_used_say_so() -> None:
    found = grid([half(0, actual=None), half(1, actual=0)])
    chosen = choose(found, period(2), kind=FORECAST)
    about = [finding.detail for finding in chosen.findings if "actual" in finding.detail]
    assert len(about) == 2
    assert all(detail.endswith("the actual series is not used.") for detail in about)


def test_a_national_series_is_named_where_a_regional_one_is_due() -> None:
    national = choose(grid([half(0)]), period(1), kind=FORECAST)
    regional = choose(grid(LONDON), period(1), kind=FORECAST)
    assert "data.national_intensity" in [finding.code for finding in national.findings]
    assert regional.findings == ()
