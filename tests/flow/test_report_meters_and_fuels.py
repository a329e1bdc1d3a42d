"""One report over several meters, regions and fuels, and one presentation over several months."""

from dataclasses import replace
from decimal import Decimal

import pytest

from support.chain import assert_good, assert_refused, codes
from support.story import LONDON, Story
from support.year import CUBIC, ELECTRIC, GAS, NORTHERN, Installed, Year, YearChain, last, year_chain
from trust.claims.consumption import Fuel
from trust.claims.emissions import Emissions, Exact, Gases, Row, calculate
from trust.claims.gas import calculate_gas, gas_factors
from trust.claims.intensity import Intensity
from trust.claims.region import Region
from trust.credential import Credential
from trust.envelope import envelope
from trust.links import Relation
from trust.report import Outcome, Overall
from verifiers.dossier import Dossier
from verifiers.policy import Policy

MONTHS = last(2)
FOUR = Year(meters=(ELECTRIC, NORTHERN, GAS, CUBIC), months=MONTHS, opening="four meters")


def claim_of(year: Year, number: int = 0) -> Emissions:
    """Give what a report claims."""
    claim = envelope(year.emissions[year.months[number]].credential).claim
    assert isinstance(claim, Emissions)
    return claim


def changed(chain: YearChain, change: object) -> YearChain:
    """Have the accounting provider change the first month's rows, and sign anew."""

    def edit(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Emissions)
        rows = tuple(change(row) for row in c.claim.rows)  # type: ignore[operator]  # a change of a row
        return replace(c, claim=replace(c.claim, rows=rows))

    return replace(chain, changes={f"emissions {MONTHS[0]}": edit})


def test_four_meters_of_two_fuels_and_regions_over_two_months_are_verified() -> None:
    report = year_chain(FOUR).report()
    assert_good(report)
    dossier = report.require().claim
    assert isinstance(dossier, Dossier)
    found = [(str(figure.month), figure.fuel) for figure in dossier.figures]
    assert found == [(str(month), fuel) for month in MONTHS for fuel in (Fuel.ELECTRICITY, Fuel.GAS)]
    assert {check.code for check in report if check.outcome is Outcome.WARNING} == {"data.gap"}


def test_each_fuel_is_added_up_over_its_meters_and_rounded_once() -> None:
    for number, month in enumerate(MONTHS):
        electric, gas = claim_of(FOUR, number).rows
        grams = [
            calculate(FOUR.readings(0, month), FOUR.series(LONDON, month)).grams,
            calculate(FOUR.readings(1, month), FOUR.series(Region.of(5), month)).grams,
        ]
        assert electric.kg == round(sum(grams) / 1_000, 3)
        burnt = [calculate_gas(FOUR.readings(meter, month), gas_factors(month)).grams for meter in (2, 3)]
        assert gas.kg == round(sum(burnt) / 1_000, 3)
        assert (electric.gases, gas.gases) == (Gases.CO2, Gases.CO2E)
        assert [len(row.openings) for row in (electric, gas)] == [2, 2]


def test_an_auditor_makes_the_same_figures_again_from_the_readings() -> None:
    report = year_chain(FOUR, readings=True).report(policy=Policy.auditor())
    assert_good(report)
    again = [check for check in report if check.name == "calculation.recalculated"]
    assert [check.outcome for check in again if check.subject.kind == "EmissionsCredential"] == [
        Outcome.PASSED
    ] * len(MONTHS)


def test_no_two_months_are_opened_by_one_blinding() -> None:
    blindings = [
        opening.blinding
        for number in range(len(MONTHS))
        for row in claim_of(FOUR, number).rows
        for opening in row.openings
    ]
    assert len(set(blindings)) == len(blindings)


def test_gas_alone_names_no_intensity() -> None:
    year = Year(meters=(GAS,), months=last(1), opening="gas alone")
    links = envelope(year.emissions[year.months[0]].credential).linked(Relation.USED)
    assert links == ()
    assert_good(year_chain(year).report())


def test_a_gram_more_in_one_fuel_is_refused_with_the_difference() -> None:
    def more(row: Row) -> Row:
        return replace(row, kg=row.kg + Decimal("0.001")) if row.fuel is Fuel.GAS else row

    report = changed(year_chain(FOUR), more).report()
    assert_refused(report, "calculation.differs")
    assert "difference of 0.001 kg" in report.obstacles[0].detail


def test_a_total_moved_from_one_fuel_to_the_other_is_refused() -> None:
    def moved(row: Row) -> Row:
        first, *others = row.openings
        shift = 1 if row.fuel is Fuel.GAS else -1
        return replace(row, openings=(replace(first, total=Exact(first.total + shift)), *others))

    assert "calculation.opening" in codes(changed(year_chain(FOUR), moved).report())


def test_a_total_over_two_scales_is_refused() -> None:
    def merged(row: Row) -> Row:
        first, second = row.openings
        both = (*first.commitments, *second.commitments)
        return replace(row, openings=(replace(first, commitments=both),))

    assert {"calculation.differs", "calculation.opening"} <= codes(changed(year_chain(FOUR), merged).report())


def test_a_fuel_that_is_left_out_of_the_figures_is_refused() -> None:
    def edit(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Emissions)
        return replace(c, claim=replace(c.claim, rows=c.claim.rows[:1]))

    chain = replace(year_chain(FOUR), changes={f"emissions {MONTHS[1]}": edit})
    report = chain.report()
    assert_refused(report, "data.source_missing")
    assert "gas" in report.obstacles[0].detail


def test_a_region_is_never_weighed_by_another_regions_series() -> None:
    """Swap what the two series are said to be of: each is then signed for the other's region."""

    def to(region: Region) -> object:
        def edit(c: Credential[object]) -> Credential[object]:
            assert isinstance(c.claim, Intensity)
            return replace(c, claim=replace(c.claim, region=region))

        return edit

    month = MONTHS[0]
    changes = {f"intensity 13 {month}": to(Region.of(5)), f"intensity 5 {month}": to(LONDON)}
    chain = replace(year_chain(FOUR), changes=changes)  # type: ignore[arg-type]  # changes of credentials
    assert "calculation.opening" in codes(chain.report())


@pytest.mark.parametrize("left_out", [{1}, {2}, {1, 2}])
def test_a_meter_of_either_fuel_that_is_named_as_missing_is_a_warning(left_out: set[int]) -> None:
    meters = (ELECTRIC, Installed(), GAS, GAS)
    year = Year(meters=meters, months=last(1), opening="absent", absent=frozenset(left_out))
    report = year_chain(year).report(policy=replace(Policy.bank(), most_estimated=60))
    assert report.overall is Overall.VERIFIED, codes(report)
    warned = next(check for check in report if check.name == "data.sources_complete" and check.found)
    assert (warned.outcome, warned.code) == (Outcome.WARNING, "data.source_missing")
    assert f"{len(left_out)} of 4 meters" in warned.detail


def test_an_absent_meter_may_stand_in_the_row_of_its_fuel() -> None:
    year = Year(meters=(ELECTRIC, GAS, GAS), months=MONTHS, opening="absent gas", absent=frozenset({2}))
    slots = len(MONTHS[0].period)

    def moved(row: Row) -> Row:
        more = slots if row.fuel is Fuel.GAS else -slots
        coverage = replace(
            row.coverage,
            expected=row.coverage.expected + more,
            missing_readings=row.coverage.missing_readings + more,
        )
        return replace(row, coverage=coverage)

    policy = replace(Policy.bank(), most_estimated=60)
    assert_good(changed(year_chain(year), moved).report(policy=policy))


def test_the_firm_of_a_story_has_the_meters_of_its_year() -> None:
    assert FOUR.story.source_ids == Story(opening="four meters", sources=4).source_ids
