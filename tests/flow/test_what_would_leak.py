"""What would give a half-hour away, or let a figure rest on other weights, and each party's refusal of it.

One section a rule of credentials.md, "What would leak, and is refused": by whoever opens, and by whoever verifies.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cached_property
from operator import mul

import pytest

from issuers.consumption import Issued, issue_consumption
from issuers.emissions import Past, Reported
from issuers.openings import Opened
from support.chain import ChainSimulator, assert_refused, codes, resigned
from support.story import CAP, EDP, METERED_AT, REPORTED_AT, Story, drawn, refused, urn
from support.year import ELECTRIC, GAS, Year, YearChain, last, year_chain
from trust.claims.consumption import Fuel, Readings
from trust.claims.coverage import RowCoverage
from trust.claims.emissions import (
    METHOD,
    SCOPE_2,
    Activity,
    Emissions,
    Exact,
    Gases,
    OpeningClaim,
    Row,
    kilograms,
    weights,
)
from trust.claims.halfhour import Month
from trust.claims.intensity import IntensitySeries
from trust.claims.region import Region
from trust.commitment import blindings
from trust.credential import Credential
from trust.digest import Digest
from trust.envelope import envelope, link
from trust.links import Relation
from trust.resource import write_resource
from trust.secp256k1 import ORDER
from trust.weighted_sum import open_sum

MONTHS = last(2)
YEAR = Year(meters=(ELECTRIC, GAS), months=MONTHS, opening="leaks")
MONTH = MONTHS[-1]
Change = Callable[[Row], Row]


def rogue(change: Change, month: Month = MONTH) -> YearChain:
    """Have the accounting provider change the rows of a month, and sign anew past its own rules."""

    def edit(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Emissions)
        return replace(c, claim=replace(c.claim, rows=tuple(change(row) for row in c.claim.rows)))

    return replace(year_chain(YEAR), changes={f"emissions {month}": edit})


def claim_of(year: Year = YEAR, month: Month = MONTH) -> Emissions:
    claim = envelope(year.emissions[month].credential).claim
    assert isinstance(claim, Emissions)
    return claim


def with_series(change: Callable[[int, int], int]) -> Year:
    """Give the same firm, month and vectors beside a grid whose intensities were changed, slot by slot."""

    class Other(Year):
        def series(self, region: Region, month: Month) -> IntensitySeries:
            known = super().series(region, month)
            values = tuple(
                None if value is None else change(slot, value) for slot, value in enumerate(known.values)
            )
            return replace(known, values=values)

    return Other(meters=YEAR.meters, months=(MONTH,), opening="leaks")


# --- second weights -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("reach", [1, 47, 48, 1_400])
def test_one_vector_is_opened_under_one_weighting_however_much_another_differs(reach: int) -> None:
    other = with_series(lambda slot, value: value + (10 <= slot < 10 + reach))
    with refused("calculation.second_weights", "have been opened already"):
        other.reported(MONTH, past=Past(YEAR.emissions[MONTH].opened))


def test_one_weighting_for_every_audience_is_one_opening() -> None:
    again = YEAR.reported(MONTH, past=Past(YEAR.emissions[MONTH].opened))
    assert envelope(again.credential).claim == claim_of()


def test_gas_is_never_opened_under_another_factor() -> None:
    (gas,) = [one for one in YEAR.emissions[MONTH].opened if len(set(one.weights)) == 2]
    dearer = replace(gas, weights=tuple(weight and weight + 1 for weight in gas.weights))
    with refused("calculation.second_weights"):
        YEAR.reported(MONTH, past=Past((dearer,)))


def test_a_verifier_that_holds_both_openings_says_so() -> None:
    def more(row: Row) -> Row:
        first, *others = row.openings
        return replace(row, openings=(replace(first, total=Exact(first.total + 1)), *others))

    chain = year_chain(YEAR)
    twin = resigned(
        rogue(more).credentials[f"emissions {MONTH}"], lambda document: document.update(id=urn("twin"))
    )
    assert "calculation.second_weights" in codes(chain.report(credentials=(twin,)))


# --- small corrections ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reach", "opens"), [(1, False), (47, False), (48, True), (400, True)])
def test_a_correction_is_opened_to_a_holder_of_the_old_figure_from_48_weights(
    reach: int, *, opens: bool
) -> None:
    past = Past(YEAR.emissions[MONTH].opened, correcting=True)
    other = with_series(lambda slot, value: value + (10 <= slot < 10 + reach))
    if opens:
        assert other.reported(MONTH, past=past).credential.raw
        return
    with refused("calculation.second_weights", f"changes {reach} half-hours"):
        other.reported(MONTH, past=past)


def test_a_small_correction_shows_the_reading_that_it_is_about() -> None:
    """This is why: the bank subtracts the old total from the new one."""
    readings = YEAR.readings(0, MONTH)
    series = YEAR.series(ELECTRIC.region, MONTH)
    old = weights(series, readings.quality)
    new = (*old[:17], old[17] + 5, *old[18:])
    k = YEAR.consumption[0, MONTH].k
    first, second = (open_sum([(readings.values, each, k)]).total for each in (old, new))
    assert (second - first) // 5 == readings.values[17]


def test_a_new_vector_of_the_same_readings_hides_them_no_better() -> None:
    known = YEAR.emissions[MONTH].opened[0]
    other = replace(known, commitments=Digest.of(b"a new vector"), weights=(0, *known.weights[1:]))
    with refused("calculation.second_weights"):
        YEAR.reported(MONTH, past=Past((other,)))
    stranger = Opened(Digest.of(b"a new vector"), other.weights, "urn:uuid:another-meter", other.month)
    assert YEAR.reported(MONTH, past=Past((stranger,))).credential.raw


# --- few slots ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("first", "opens"), [(1_002, False), (1_003, True)])
def test_fewer_than_a_thousand_half_hours_that_count_are_not_opened(first: int, *, opens: bool) -> None:
    """Of the first 1,003 half-hours two have no reading and one has no emissions: 1,000 are left."""
    other = with_series(lambda slot, value: value if slot < first else 0)
    if opens:
        assert other.reported(MONTH).credential.raw
        return
    with refused("calculation.too_few_slots", "999 half-hours count"):
        other.reported(MONTH)


class Few(Year):
    """A firm of whose month 998 half-hours count, and an accounting provider that opens their sum all the same."""

    def series(self, region: Region, month: Month) -> IntensitySeries:
        """Give intensities that are nothing from the thousand and second half-hour."""
        known = super().series(region, month)
        values = tuple(value if slot < 1_001 else 0 for slot, value in enumerate(known.values))
        return replace(known, values=values)

    @cached_property
    def emissions(self) -> Mapping[Month, Reported]:
        """Give the report as a rogue signs it."""
        readings, issued = self.readings(0, MONTH), self.consumption[0, MONTH]
        own = weights(self.series(ELECTRIC.region, MONTH), readings.quality)
        total = sum(map(mul, (value or 0 for value in readings.values), own))
        hidden = sum(map(mul, blindings(issued.k, len(own)), own)) % ORDER
        digest = Digest.of(issued.commitments)
        opening = OpeningClaim((digest,), Exact(total), hidden.to_bytes(32))
        coverage = RowCoverage(1_488, 1_486, 2, 0)
        kg = kilograms(total, exponent=-3)
        row = Row(Fuel.ELECTRICITY, kg, Gases.CO2, SCOPE_2, coverage, (opening,))
        claim = Emissions(self.story.firm, MONTH.period, (row,), METHOD, Activity(REPORTED_AT, REPORTED_AT))
        links = (
            link(Relation.DERIVED, issued.credential),
            link(Relation.USED, self.intensity[ELECTRIC.region, MONTH].credential),
            link(Relation.PERMITTED, self.story.consents[0]),
        )
        signing = self.story.signing(CAP, REPORTED_AT, "few", 9_000)
        return {MONTH: Reported(signing.issue(claim, links=links), ())}


def test_a_verifier_believes_no_total_over_fewer_than_a_thousand_half_hours() -> None:
    """A rogue opens without asking its own rules: the sum is right, and still too much of it could be guessed."""
    chain = year_chain(Few(meters=(ELECTRIC,), months=(MONTH,), opening="few"))
    assert_refused(chain.report(), "calculation.too_few_slots")


# --- reused k -------------------------------------------------------------------------------------------------------


def test_a_provider_never_commits_twice_under_one_k() -> None:
    story = Story(opening="leaks again")
    issued = story.consumption[0]
    with refused("calculation.second_weights", "used before"):
        reissue(story, issued.k, used=(issued.k_digest,))


def reissue(story: Story, k: bytes, *, used: tuple[Digest, ...]) -> object:
    """Have the provider issue the month once more."""
    return issue_consumption(
        story.readings(),
        meter=story.meter(),
        grounds=story.grounds,
        signing=story.signing(EDP, METERED_AT, "once more"),
        k=k,
        resource_ids=(story.id("r"), story.id("c")),
        used=used,
    )


def test_an_accounting_provider_shows_no_bank_two_vectors_under_one_k() -> None:
    first = YEAR.delivered(MONTH)[0]
    owners = {Digest.of(first.k): envelope(first.consumption).id}
    assert YEAR.reported(MONTH, past=Past(keys=owners)).credential.raw
    with refused("calculation.second_weights", "blinded by the k of"):
        YEAR.reported(MONTH, past=Past(keys={Digest.of(first.k): "urn:uuid:an-earlier-month"}))


def test_a_bank_sees_a_k_that_blinds_two_months_where_two_readings_are_alike() -> None:
    """Subtracted, such commitments show how the readings differ; where they do not, they are one and the same point."""

    class Careless(Year):
        def readings(self, number: int, month: Month) -> Readings:
            known = super().readings(number, month)
            return replace(known, values=(*known.values[:100], 0, *known.values[101:]))

        def _issued(self, number: int, month: Month) -> Issued:
            good = super()._issued(number, month)
            again = super()._issued(number, MONTHS[0]) if month != MONTHS[0] else good
            return reissued(self, number, month, k=again.k)

    year = Careless(meters=(ELECTRIC,), months=MONTHS, opening="careless")
    report = year_chain(year).report()
    assert_refused(report, "calculation.second_weights")
    assert "half-hour 100 with others, under one k" in report.obstacles[0].detail
    assert len(report.obstacles) == len(MONTHS)


def reissued(year: Year, number: int, month: Month, *, k: bytes) -> Issued:
    """Have the provider commit to a month under a k of its choice."""
    story = year.story
    return issue_consumption(
        year.readings(number, month),
        meter=story.meter(number),
        grounds=story.grounds,
        signing=story.signing(EDP, METERED_AT, f"careless {month}", 8_000 + month.month),
        k=k,
        resource_ids=(story.id(f"r {month}"), story.id(f"c {month}")),
    )


# --- weights from elsewhere -----------------------------------------------------------------------------------------


def test_weights_that_are_not_the_verified_intensities_open_nothing() -> None:
    readings, k = YEAR.readings(0, MONTH), YEAR.consumption[0, MONTH].k
    own = weights(YEAR.series(ELECTRIC.region, MONTH), readings.quality)
    greener = tuple(weight and weight - 1 for weight in own)
    opened = open_sum([(readings.values, greener, k)])

    def change(row: Row) -> Row:
        if row.fuel.value == "gas":
            return row
        (opening,) = row.openings
        lower = replace(opening, total=Exact(opened.total), blinding=opened.blinding)
        return replace(row, openings=(lower,))

    found = codes(rogue(change).report())
    assert found == {"calculation.opening", "calculation.differs"}


def test_a_series_exchanged_for_another_is_not_the_signed_one() -> None:
    chain = year_chain(YEAR)
    signed = YEAR.intensity[ELECTRIC.region, MONTH].series
    series = YEAR.series(ELECTRIC.region, MONTH)
    other = write_resource(replace(series, values=tuple(value and value - 1 for value in series.values)))
    held = {**chain.held_resources, Digest.of(signed): other}
    assert "link.digest" in codes(chain.report(resources=held))


# --- sources left out -----------------------------------------------------------------------------------------------


def test_a_source_left_out_of_an_opening_is_refused() -> None:
    year = Year(meters=(ELECTRIC, ELECTRIC), months=last(1), opening="left out")
    claim = claim_of(year, year.months[0])
    (opening,) = claim.rows[0].openings

    def drop(row: Row) -> Row:
        one = OpeningClaim(opening.commitments[:1], opening.total, opening.blinding)
        return replace(row, openings=(one,))

    def edit(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Emissions)
        return replace(c, claim=replace(c.claim, rows=tuple(drop(row) for row in c.claim.rows)))

    chain = replace(year_chain(year), changes={f"emissions {year.months[0]}": edit})
    assert_refused(chain.report(), "calculation.opening")


def test_a_consented_source_that_nobody_delivered_is_named_or_nothing_is_reported() -> None:
    year = Year(meters=(ELECTRIC, ELECTRIC), months=last(1), opening="not named")
    month = year.months[0]
    year.__dict__["consumption"] = {(0, month): year.consumption[0, month]}
    with refused("data.source_missing", "is missing, and is not named so"):
        year.reported(month)


def test_half_hours_left_out_of_a_sum_change_its_point() -> None:
    """The slots come from the letters of the signed commitments alone: nobody can choose which of them count."""
    chain = ChainSimulator(Story(opening="slots"))
    story = chain.story
    readings = story.readings()
    fewer = list(weights(story.series, readings.quality))
    fewer[20:40] = [0] * 20
    opened = open_sum([(readings.values, fewer, story.consumption[0].k)])

    def change(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Emissions)
        (row,) = c.claim.rows
        (opening,) = row.openings
        lower = replace(opening, total=Exact(opened.total), blinding=opened.blinding)
        return replace(c, claim=replace(c.claim, rows=(replace(row, openings=(lower,)),)))

    assert "calculation.opening" in codes(chain.changed(emissions=change).report())


def test_the_keys_of_a_year_are_all_different() -> None:
    keys = [one.k for one in YEAR.consumption.values()]
    assert len(set(keys)) == len(keys)
    assert drawn("leaks/k 0 2026-10") in keys
