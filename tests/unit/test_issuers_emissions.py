"""The accounting provider signs no figure from inputs that do not belong, do not open or would leak."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from issuers.emissions import Grid, Leave, Past, Reported, issue_emissions
from issuers.issue import Signing
from issuers.openings import Delivered, Opened, Weighted
from support.story import (
    CAP,
    EDP,
    GRID,
    LONDON,
    MONTH,
    OPERATOR,
    REPORTED_AT,
    REPORTING,
    Story,
    believed,
    drawn,
    refused,
)
from trust.claims.consumption import Fuel
from trust.claims.emissions import SCOPE_1, Emissions, Gases, calculate
from trust.claims.gas import calculate_gas, gas_factors
from trust.claims.halfhour import Month
from trust.claims.intensity import Intensity, IntensitySeries
from trust.claims.region import GB, Region
from trust.digest import Digest
from trust.envelope import envelope
from trust.resource import write_resource

NO_PAST = Past()


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


@pytest.fixture(scope="module")
def two() -> Story:
    return Story(sources=2)


def attempt(
    story: Story,
    *,
    delivered: Sequence[Delivered] | None = None,
    grid: Grid | None = None,
    grids: Sequence[Grid] | None = None,
    leave: Leave | None = None,
    signing: Signing | None = None,
    past: Past = NO_PAST,
) -> Reported:
    """Report the story's month with one thing changed."""
    return issue_emissions(
        story.delivered if delivered is None else delivered,
        grids=(grid or story.grid,) if grids is None else grids,
        leave=leave or story.leave,
        signing=signing or story.signing(CAP, REPORTED_AT, "emissions"),
        started_at=REPORTED_AT - timedelta(seconds=1),
        past=past,
    )


def claimed(reported: Reported) -> Emissions:
    """Give the claim of an emissions credential."""
    claim = envelope(reported.credential).claim
    assert isinstance(claim, Emissions)
    return claim


def other_grid(series: IntensitySeries, *, region: Region = LONDON, month: Month = MONTH) -> Grid:
    """Publish another series."""
    return Story(series_of=series, grid_region=region, month=month).grid


def changed(series: IntensitySeries, slots: int) -> IntensitySeries:
    """Raise the first half-hours by a gram each."""
    values = [value if value is None or i >= slots else value + 1 for i, value in enumerate(series.values)]
    return replace(series, values=tuple(values))


def test_kilograms_opening_and_coverage_are_those_of_the_calculation(story: Story) -> None:
    row = claimed(attempt(story)).rows[0]
    expected = calculate(story.readings(), story.series)
    assert (row.kg, row.coverage) == (expected.kg, expected.coverage)
    assert row.openings[0].total == expected.total
    assert row.openings[0].commitments == (Digest.of(story.consumption[0].commitments),)


def test_the_openings_are_given_back_to_be_remembered(story: Story) -> None:
    reported = attempt(story)
    assert [opened.commitments for opened in reported.opened] == [Digest.of(story.consumption[0].commitments)]
    assert reported.opened[0].weights[5] == 0
    assert reported.opened[0].weights[6] == story.series.values[6]


def test_two_meters_make_one_row_rounded_once(two: Story) -> None:
    row = claimed(attempt(two)).rows[0]
    total = sum(calculate(two.readings(source), two.series).total for source in range(2))
    assert row.kg == (Decimal(total) / 1_000_000).quantize(Decimal("0.001"))
    assert row.coverage.expected == 2 * 1_488


def test_meters_of_another_scale_get_an_opening_each_and_one_figure(two: Story) -> None:
    story = Story(sources=2, exponents=(0, -1))
    row = claimed(attempt(story)).rows[0]
    first, second = (calculate(story.readings(source), story.series).grams for source in range(2))
    assert len(row.openings) == 2
    assert row.kg == ((first + second) / 1000).quantize(Decimal("0.001"))
    assert len(claimed(attempt(two)).rows[0].openings) == 1


def test_without_any_consumption_nothing_is_reported(story: Story) -> None:
    with refused("data.outside_window", "none"):
        attempt(story, delivered=())


def test_consumption_of_two_months_is_not_added(story: Story) -> None:
    later = Story(month=Month(2026, 9), opening="later")
    with refused("data.outside_window", "2026-09", "2026-10"):
        attempt(story, delivered=(*story.delivered, *later.delivered))


def test_one_meter_is_not_counted_twice(story: Story) -> None:
    with refused("data.duplicate", "twice"):
        attempt(story, delivered=story.delivered * 2)


def test_gas_is_weighed_by_the_factor_in_force_and_needs_no_grid() -> None:
    gas = Story(fuel=Fuel.GAS)
    row = claimed(attempt(gas, grids=())).rows[0]
    expected = calculate_gas(gas.readings(), gas_factors(MONTH))
    assert (row.fuel, row.gases, row.scope) == (Fuel.GAS, Gases.CO2E, SCOPE_1)
    assert (row.kg, row.coverage) == (expected.kg, expected.coverage)
    assert row.openings[0].total == expected.total


def test_an_intensity_that_no_meter_needs_is_not_named_as_used() -> None:
    gas = Story(fuel=Fuel.GAS)
    with refused("data.region", "no meter is weighed"):
        attempt(gas)


def test_two_meters_are_not_blinded_by_one_k(two: Story) -> None:
    first, second = two.delivered
    with refused("calculation.second_weights", "blinded by the k of"):
        attempt(two, delivered=(first, replace(second, k=first.k)))


def test_a_k_that_came_with_another_month_is_refused(story: Story) -> None:
    k = Digest.of(story.delivered[0].k)
    with refused("calculation.second_weights", "urn:uuid:before"):
        attempt(story, past=Past(keys={k: "urn:uuid:before"}))
    own = envelope(story.delivered[0].consumption).id
    assert attempt(story, past=Past(keys={k: own})).credential.raw


def test_without_a_consent_nothing_is_reported(story: Story) -> None:
    with refused("consent.missing", "no consent"):
        attempt(story, leave=replace(story.leave, consents=()))


def test_consents_of_two_firms_are_not_mixed(story: Story) -> None:
    other = Story(opening="other")
    mixed = replace(story.leave, consents=(*story.leave.consents, *other.leave.consents))
    with refused("link.other_subject", "2 firms"):
        attempt(story, leave=mixed)


def test_consumption_of_another_firm_is_not_covered(story: Story) -> None:
    other = Story(opening="other")
    with refused("consent.missing", other.source_ids[0]):
        attempt(story, delivered=other.delivered)


def test_a_consent_under_which_the_consumption_was_not_delivered_is_refused(story: Story) -> None:
    again = story.given(story.leave.consents[0].claim)
    with refused("link.digest", "was not delivered under"):
        attempt(story, leave=replace(story.leave, consents=(again,)))


def test_of_two_consents_for_one_meter_the_one_it_was_delivered_under_counts(story: Story) -> None:
    renewed = story.given(story.leave.consents[0].claim)
    both = replace(story.leave, consents=(renewed, *story.leave.consents))
    assert claimed(attempt(story, leave=both)) == claimed(attempt(story))


def test_a_purpose_that_the_consent_does_not_name_is_refused(story: Story) -> None:
    with refused("consent.other_purpose", REPORTING):
        attempt(story, leave=replace(story.leave, purpose=REPORTING))


def test_a_withdrawn_consent_is_refused(story: Story) -> None:
    consent = envelope(story.consents[0]).id
    with refused("consent.withdrawn", "2026-11-04"):
        attempt(story, leave=replace(story.leave, withdrawn={consent: REPORTED_AT}))


def test_an_expired_consent_is_refused(story: Story) -> None:
    with refused("consent.expired"):
        attempt(story, signing=story.signing(CAP, datetime(2027, 9, 20, 10, tzinfo=UTC), "emissions"))


def test_another_accounting_provider_than_the_consent_names_is_refused(story: Story) -> None:
    with refused("consent.other_recipient", str(OPERATOR)):
        attempt(story, signing=story.signing(OPERATOR, REPORTED_AT, "emissions"))


def test_a_meter_that_the_consent_names_is_not_left_out(two: Story) -> None:
    with refused("data.source_missing", two.source_ids[1], "not named so"):
        attempt(two, delivered=two.delivered[:1])


def test_a_meter_that_is_named_as_missing_counts_as_missing(two: Story) -> None:
    named = replace(two.leave, absent=frozenset(two.source_ids[1:]))
    coverage = claimed(attempt(two, delivered=two.delivered[:1], leave=named)).rows[0].coverage
    assert (coverage.expected, coverage.missing_readings) == (2 * 1_488, 1_488 + 2)


def test_a_meter_that_was_delivered_is_not_named_as_missing(two: Story) -> None:
    wrong = replace(two.leave, absent=frozenset(two.source_ids[1:]))
    with refused("data.source_missing", "and is not"):
        attempt(two, leave=wrong)


def test_the_intensity_of_another_region_is_refused(story: Story) -> None:
    with refused("data.region", "London", "Yorkshire"):
        attempt(story, grid=other_grid(story.series, region=Region.of(5)))


def test_the_national_intensity_may_stand_in(story: Story) -> None:
    assert claimed(attempt(story, grid=other_grid(story.series, region=GB))).rows[0].kg > 0


def test_the_intensity_of_another_month_is_refused(story: Story) -> None:
    september = Month(2026, 9)
    with refused("data.outside_window", "2026-10", "2026-09"):
        attempt(story, grid=Story(month=september).grid)


def test_the_readings_the_grid_and_the_figure_come_from_three_members(story: Story) -> None:
    issued = Story().intensity_by(EDP)
    with refused("policy.separation", "three members"):
        attempt(story, grid=Grid(believed(issued.credential, Intensity), issued.series))


def test_another_series_than_the_signed_one_is_refused(story: Story) -> None:
    other = write_resource(changed(story.series, 100))
    with refused("link.digest", "series"):
        attempt(story, grid=replace(story.grid, series=other))


def test_a_series_that_is_something_else_is_refused(story: Story) -> None:
    raw = write_resource(story.readings())
    claim = story.grid.intensity.claim
    swapped = replace(claim, series=replace(claim.series, digest_multibase=Digest.of(raw)))
    signed = story.signing(GRID, REPORTED_AT, "not a series").issue(swapped)
    with refused("data.outside_window", "not the intensity"):
        attempt(story, grid=Grid(believed(signed, Intensity), raw))


@pytest.mark.parametrize("part", ["readings", "commitments"])
def test_other_bytes_than_the_signed_ones_are_refused(story: Story, part: str) -> None:
    other = Story(opening="other").delivered[0]
    swapped = replace(story.delivered[0], **{part: getattr(other, part)})
    with refused("link.digest", part):
        attempt(story, delivered=(swapped,))


def test_another_k_opens_nothing(story: Story) -> None:
    with refused("calculation.opening", "commitment 0 of 1488"):
        attempt(story, delivered=(replace(story.delivered[0], k=drawn("another k")),))


def test_a_single_reading_that_does_not_open_is_found(story: Story) -> None:
    readings = story.readings()
    values = (*readings.values[:1_000], 7, *readings.values[1_001:])
    lied = Story(lie=write_resource(replace(readings, values=values)))
    with refused("calculation.opening", "commitment 1000 of 1488"):
        attempt(lied)


def test_readings_and_commitments_of_another_quality_are_refused(story: Story) -> None:
    readings = story.readings()
    lied = Story(lie=write_resource(replace(readings, quality="E" + readings.quality[1:])))
    with refused("data.coverage_misstated", "quality"):
        attempt(lied)


def test_readings_of_another_scale_than_the_credential_states_are_refused(story: Story) -> None:
    lied = Story(lie=write_resource(replace(story.readings(), exponent=-1)))
    with refused("data.unit", "differ"):
        attempt(lied)


def test_a_resource_of_another_kind_is_refused(story: Story) -> None:
    lied = Story(lie=write_resource(story.series))
    with refused("link.digest", "not readings"):
        attempt(lied)


def test_a_sum_over_fewer_than_a_thousand_half_hours_is_not_opened() -> None:
    sparse = Story(missing=tuple(range(489)))
    with refused("calculation.too_few_slots", "999"):
        attempt(sparse)


def test_half_hours_of_zero_intensity_do_not_count_towards_the_thousand(story: Story) -> None:
    values = tuple(0 if i < 500 else value for i, value in enumerate(story.series.values))
    with refused("calculation.too_few_slots", "987"):
        attempt(story, grid=other_grid(replace(story.series, values=values)))


def test_the_same_weights_may_be_opened_again(story: Story) -> None:
    past = Past(attempt(story).opened)
    assert claimed(attempt(story, past=past)) == claimed(attempt(story))


def test_commitments_are_not_opened_under_a_second_weighting(story: Story) -> None:
    past = Past(attempt(story).opened)
    with refused("calculation.second_weights", "99 half-hours"):
        attempt(story, grid=other_grid(changed(story.series, 100)), past=past)


def test_a_correction_of_few_half_hours_is_not_opened(story: Story) -> None:
    past = Past(attempt(story).opened, correcting=True)
    few = other_grid(changed(story.series, 48))  # one of the 48 has no reading, so 47 weights change
    with refused("calculation.second_weights", "47 half-hours"):
        attempt(story, grid=few, past=past)


def test_a_correction_of_many_half_hours_is_opened(story: Story) -> None:
    past = Past(attempt(story).opened, correcting=True)
    many = other_grid(changed(story.series, 49))
    assert claimed(attempt(story, grid=many, past=past)).rows[0].kg > claimed(attempt(story)).rows[0].kg


def test_a_new_vector_of_the_same_readings_is_not_opened_under_other_weights(story: Story) -> None:
    again = Story(fresh="again", sources=1)
    assert again.consumption[0].commitments != story.consumption[0].commitments
    past = Past(attempt(story).opened)
    with refused("calculation.second_weights", "99 half-hours"):
        attempt(again, grid=other_grid(changed(story.series, 100)), past=past)
    assert attempt(again, past=past).credential.raw


def test_an_opening_of_other_commitments_is_no_obstacle(story: Story) -> None:
    weights = (1,) * 1_488
    past = Past((Opened(Digest.of(b"another vector"), weights),))
    assert attempt(story, past=past).credential.raw


def test_readings_and_k_do_not_show_in_what_is_printed(story: Story) -> None:
    readings = story.readings()
    weighted = Weighted("source", Digest.of(b"points"), readings, (1,) * 1_488, story.delivered[0].k)
    shown = repr(story.delivered[0]) + repr(story.grid) + repr(weighted)
    assert story.delivered[0].k.hex() not in shown
    assert "values" not in shown
