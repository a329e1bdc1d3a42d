"""Links, data and calculation: what a rogue would sign is signed anew with its own key, and refused all the same."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from issuers.emissions import Reported
from support.altering import Change, opening, row, says
from support.chain import AT, ChainSimulator, assert_refused, codes, party, resigned
from support.good_chains import report_of_gas
from support.story import CAP, EDP, LONDON, METERED_AT, REPORTED_AT, Story, urn
from trust.canonical import Json
from trust.claims.commitments import Commitments
from trust.claims.consumption import Consumption, Fuel, Substitution
from trust.claims.emissions import (
    Activity,
    Emissions,
    Exact,
    Row,
)
from trust.claims.halfhour import Month
from trust.claims.intensity import Intensity, IntensityKind
from trust.claims.region import Region
from trust.credential import Credential
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope
from trust.links import Relation
from trust.report import Answer, Outcome, Overall
from trust.resource import read_resource, write_resource
from trust.secured import Secured
from trust.signing import sign
from verifiers.dossier import Dossier
from verifiers.policy import Policy
from verifiers.verify import verify


def exchanged(chain: ChainSimulator, name: str, other: Secured) -> Secured:
    """Show another document in the place of one of the chain."""
    held = tuple(other if item == chain.credentials[name] else item for item in chain.chain)
    return chain.presented(credentials=held)


def test_a_document_that_was_exchanged_after_it_was_linked_is_refused() -> None:
    chain = ChainSimulator()
    other = ChainSimulator().changed(consumption=says(outcode="E1")).credentials["consumption"]
    report = chain.report(exchanged(chain, "consumption", other))
    assert_refused(report, "link.digest", check="link.digests_match")


def test_a_resource_that_is_not_the_one_signed_for_is_refused() -> None:
    chain = ChainSimulator()
    resources = dict(chain.held_resources)
    first, second = resources
    resources[first] = resources[second]
    assert "link.digest" in codes(chain.report(resources=resources))


@pytest.mark.parametrize("name", ["account_holder", "consent", "consumption", "intensity"])
def test_a_document_that_is_withheld_is_missing(name: str) -> None:
    chain = ChainSimulator()
    shown = tuple(item for item in chain.chain if item != chain.credentials[name])
    report = chain.report(chain.presented(credentials=shown))
    assert "link.missing" in codes(report)
    assert report.authentic_at_signing is Answer.NO


def test_a_resource_that_is_withheld_is_missing() -> None:
    assert_refused(ChainSimulator().report(resources={}), "link.missing")


def test_a_presentation_without_a_figure_says_nothing_to_a_bank() -> None:
    chain = ChainSimulator()
    shown = tuple(item for item in chain.chain if item != chain.credentials["emissions"])
    assert "link.missing" in codes(chain.report(chain.presented(credentials=shown)))


def test_a_report_that_names_no_intensity_is_refused() -> None:
    def drop(c: Credential[object]) -> Credential[object]:
        return replace(c, links=tuple(link for link in c.links if link.relation.value != "used"))

    chain = ChainSimulator().changed(emissions=drop)
    shown = tuple(item for item in chain.chain if item != chain.credentials["intensity"])
    assert "link.missing" in codes(chain.report(chain.presented(credentials=shown)))


def test_a_chain_that_leads_in_a_circle_is_refused() -> None:
    chain = ChainSimulator()
    own = chain.story.id("consent 0")

    def circle(c: Credential[object]) -> Credential[object]:
        return replace(c, links=tuple(replace(link, id=own) for link in c.links))

    report = chain.changed(consent=circle).report()
    assert "link.cycle" in codes(report)


def test_a_chain_deeper_than_any_of_the_scheme_is_refused() -> None:
    chain = ChainSimulator()
    held = [chain.credentials["consent"]]
    for number in range(20):
        below = envelope(held[-1])
        links = (replace(below.links[0], id=below.id, digest=held[-1].digest),)
        held.append(
            sign(replace(below, id=urn(f"deep {number}"), links=links), signer=chain.story.firm_signer)
        )
    evidence = chain.evidence(credentials=(*held, *chain.chain), door=None)
    report = verify(held[-1], evidence, policy=Policy.edp(), anchor=chain.anchor, at=AT)
    assert "link.depth" in codes(report)


def test_a_meter_of_another_firm_is_refused() -> None:
    mine, theirs = ChainSimulator(), ChainSimulator(Story(opening="the neighbour"))
    foreign = theirs.credentials["consumption"]

    def mix(c: Credential[object]) -> Credential[object]:
        links = tuple(
            replace(link, id=envelope(foreign).id, digest=foreign.digest)
            if link.id == envelope(mine.credentials["consumption"]).id
            else link
            for link in c.links
        )
        return replace(c, links=links)

    mixed = mine.changed(emissions=mix)
    shown = (*mixed.chain, *theirs.chain[1:])
    report = mixed.report(
        mixed.presented(credentials=shown), resources={**mine.held_resources, **theirs.held_resources}
    )
    assert "link.other_subject" in codes(report)


def test_a_month_signed_before_it_was_over_is_refused() -> None:
    early = METERED_AT - timedelta(days=10)
    chain = ChainSimulator().changed(consumption=lambda c: replace(c, valid_from=early))
    assert_refused(chain.report(), "data.in_future")


@pytest.mark.parametrize("name", ["consumption", "intensity"])
def test_a_resource_of_another_kind_is_refused(name: str) -> None:
    chain = ChainSimulator()
    first, second = chain.held_resources
    reference = "commitments" if name == "consumption" else "series"
    other = second if name == "consumption" else first

    def swap(c: Credential[object]) -> Credential[object]:
        held = getattr(c.claim, reference)
        return says(**{reference: replace(held, digest_multibase=other)})(c)

    assert "data.unit" in codes(chain.changed(**{name: swap}).report())


def test_a_unit_that_is_not_that_of_the_data_is_refused() -> None:
    assert "data.unit" in codes(ChainSimulator().changed(consumption=says(exponent=3)).report())


@pytest.mark.parametrize("name", ["consumption", "intensity"])
def test_data_of_another_month_is_refused(name: str) -> None:
    report = ChainSimulator().changed(**{name: says(period=Month(2026, 8).period)}).report()
    assert "data.partial_month" in codes(report)


@pytest.mark.parametrize("name", ["consumption", "intensity"])
def test_a_resource_that_contradicts_itself_is_refused(name: str) -> None:
    chain = ChainSimulator()
    first, second = chain.held_resources
    reference, digest = ("commitments", first) if name == "consumption" else ("series", second)
    broken = chain.held_resources[digest].replace(
        b'"from":"2026-10-01T00:00:00Z"', b'"from":"2026-10-01T00:10:00Z"'
    )
    named = Digest.of(broken)

    def swap(c: Credential[object]) -> Credential[object]:
        held = getattr(c.claim, reference)
        return says(**{reference: replace(held, digest_multibase=named)})(c)

    rogue = replace(chain, resources={named: broken}).changed(**{name: swap})
    assert rogue.report().overall is Overall.NOT_VERIFIED


def test_a_coverage_better_than_the_data_is_refused() -> None:
    def polish(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Consumption)
        coverage = replace(c.claim.coverage, measured=c.claim.coverage.expected, missing=0)
        return replace(c, claim=replace(c.claim, coverage=coverage))

    assert_refused(ChainSimulator().changed(consumption=polish).report(), "data.coverage_misstated")


def test_a_substitution_that_did_not_happen_is_refused() -> None:
    chain = ChainSimulator().changed(consumption=says(substitution=Substitution("linear", 3)))
    assert_refused(chain.report(), "data.coverage_misstated")


def test_an_intensity_coverage_that_is_not_the_series_is_refused() -> None:
    def polish(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Intensity)
        coverage = replace(c.claim.coverage, present=c.claim.coverage.present - 1, filled=1)
        return replace(c, claim=replace(c.claim, coverage=coverage))

    assert_refused(ChainSimulator().changed(intensity=polish).report(), "data.coverage_misstated")


def test_a_report_that_counts_more_than_there_is_is_refused() -> None:
    def polish(r: Row) -> Row:
        return replace(r, coverage=replace(r.coverage, counted=r.coverage.expected, missing_readings=0))

    assert_refused(ChainSimulator().changed(emissions=row(polish)).report(), "data.coverage_misstated")


def test_readings_of_another_quality_than_the_commitments_are_refused() -> None:
    chain = replace(ChainSimulator(), readings=True)
    readings = chain.story.readings()
    other = write_resource(replace(readings, quality=readings.quality.replace("M", "E", 1)))

    def swap(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Consumption)
        held = replace(c.claim.readings, digest_multibase=Digest.of(other))
        return replace(c, claim=replace(c.claim, readings=held))

    rogue = replace(chain, readings=False, resources={Digest.of(other): other}).changed(consumption=swap)
    assert "data.coverage_misstated" in codes(rogue.report(policy=Policy.auditor()))


def test_the_intensity_of_another_region_is_refused() -> None:
    chain = ChainSimulator().changed(intensity=says(region=Region.of(1)))
    assert_refused(chain.report(), "data.region")


def test_a_region_whose_name_is_another_ones_is_refused() -> None:
    def edit(document: dict[str, Json]) -> None:
        subject = document["credentialSubject"]
        assert isinstance(subject, dict)
        subject["region"] = {"id": 11, "name": LONDON.name}

    chain = ChainSimulator()
    secured = resigned(chain.credentials["intensity"], edit)
    evidence = chain.evidence(door=None)
    report = verify(secured, evidence, policy=Policy.cap(), anchor=chain.anchor, at=AT)
    assert codes(report) == {"data.region"}


def test_a_regional_forecast_called_actual_is_refused() -> None:
    chain = ChainSimulator()
    evidence = chain.evidence(door=None)

    def claim(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Intensity)
        coverage = replace(c.claim.coverage, present=0, filled=c.claim.coverage.expected)
        return replace(c, claim=replace(c.claim, kind=IntensityKind.ACTUAL, coverage=coverage))

    secured = chain.changed(intensity=claim).credentials["intensity"]
    report = verify(secured, evidence, policy=Policy.cap(), anchor=chain.anchor, at=AT)
    assert_refused(report, "data.forecast_as_actual")


def test_half_hours_without_intensity_are_a_warning() -> None:
    story = Story(opening="holes")
    values = tuple(None if i in {3, 4} else value for i, value in enumerate(story.series.values))
    quality = "".join("-" if value is None else "F" for value in values)
    holed = Story(opening="holes", series_of=replace(story.series, values=values, quality=quality))
    report = ChainSimulator(holed).report()
    assert report.overall is Overall.VERIFIED
    assert "data.intensity_missing" in {check.code for check in report}


def test_two_intensities_for_one_region_and_month_are_found_out() -> None:
    chain = ChainSimulator()
    other = ChainSimulator(Story(opening="second")).changed(
        intensity=lambda c: says(series=replace(c.claim.series, digest_multibase=Digest.of(b"other")))(c)  # type: ignore[attr-defined]  # an intensity
    )
    report = chain.report(credentials=(other.credentials["intensity"],))
    assert_refused(report, "equivocation.two_intensities")


def test_a_meter_left_out_of_the_figure_is_refused() -> None:
    extra = urn("second meter")

    def more(c: Credential[object]) -> Credential[object]:
        return says(sources=(*c.claim.sources, extra))(c)  # type: ignore[attr-defined]  # a consent or an account

    chain = ChainSimulator().changed(account_holder=more, consent=more)
    assert_refused(chain.report(), "data.source_missing")


def test_a_meter_named_as_missing_is_a_warning() -> None:
    extra = urn("second meter")

    def more(c: Credential[object]) -> Credential[object]:
        return says(sources=(*c.claim.sources, extra))(c)  # type: ignore[attr-defined]  # a consent or an account

    def named(r: Row) -> Row:
        slots = r.coverage.expected
        coverage = replace(
            r.coverage, expected=2 * slots, missing_readings=r.coverage.missing_readings + slots
        )
        return replace(r, coverage=coverage)

    policy = replace(Policy.bank(), most_estimated=60)
    chain = ChainSimulator().changed(account_holder=more, consent=more, emissions=row(named))
    report = chain.report(policy=policy)
    assert report.overall is Overall.VERIFIED, codes(report)
    assert "data.source_missing" in {check.code for check in report}


def test_a_report_of_another_month_than_its_readings_is_refused() -> None:
    chain = ChainSimulator().changed(emissions=says(period=Month(2026, 9).period))
    assert "data.source_missing" in codes(chain.report())


def test_an_unknown_method_is_refused_and_nothing_is_opened() -> None:
    def invent(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Emissions)
        method = replace(c.claim.method, id="https://elsewhere.example/method")
        return replace(c, claim=replace(c.claim, method=method))

    report = ChainSimulator().changed(emissions=invent).report()
    assert_refused(report, "calculation.method_unknown")
    assert {c.outcome for c in report if c.name == "calculation.sum_opens"} == {Outcome.NOT_RUN}


def test_a_total_that_the_commitments_do_not_open_to_is_refused() -> None:
    change = opening(lambda o: replace(o, total=Exact(o.total - 1_000_000)))
    report = ChainSimulator().changed(emissions=change).report()
    assert {"calculation.opening"} <= codes(report) <= {"calculation.opening", "calculation.differs"}


def test_a_vector_that_the_report_did_not_name_is_refused() -> None:
    change = opening(lambda o: replace(o, commitments=(Digest.of(b"elsewhere"),)))
    assert_refused(ChainSimulator().changed(emissions=change).report(), "calculation.opening")


def test_a_report_without_an_opening_is_refused() -> None:
    change = row(lambda r: replace(r, openings=()))
    assert "calculation.opening" in codes(ChainSimulator().changed(emissions=change).report())


def test_an_opening_out_of_range_is_told_as_one() -> None:
    def edit(document: dict[str, Json]) -> None:
        subject = document["credentialSubject"]
        assert isinstance(subject, dict)
        rows = subject["rows"]
        assert isinstance(rows, list)
        assert isinstance(rows[0], dict)
        openings = rows[0]["openings"]
        assert isinstance(openings, list)
        assert isinstance(openings[0], dict)
        openings[0]["total"] = "9223372036854775808"

    chain = ChainSimulator()
    forged = resigned(chain.credentials["emissions"], edit)
    assert "calculation.opening" in codes(chain.report(exchanged(chain, "emissions", forged)))


def test_too_few_half_hours_are_not_opened() -> None:
    chain = ChainSimulator()
    series = chain.story.series
    scarce = write_resource(
        replace(series, values=tuple(v if i < 900 else 0 for i, v in enumerate(series.values)))
    )
    named = Digest.of(scarce)

    def swap(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Intensity)
        return says(series=replace(c.claim.series, digest_multibase=named))(c)

    rogue = replace(chain, resources={named: scarce}).changed(intensity=swap)
    report = rogue.report(
        resources={
            k: v for k, v in rogue.held_resources.items() if b'"IntensitySeries"' not in v or k == named
        }
    )
    assert "calculation.too_few_slots" in codes(report)


def test_commitments_that_are_no_points_are_refused() -> None:
    chain = ChainSimulator()
    good = read_resource(chain.story.consumption[0].commitments, where="commitments")
    assert isinstance(good, Commitments)
    broken = write_resource(replace(good, points=(b"\x02" + b"\xff" * 32, *good.points[1:])))
    named = Digest.of(broken)

    def swap(c: Credential[object]) -> Credential[object]:
        assert isinstance(c.claim, Consumption)
        return says(commitments=replace(c.claim.commitments, digest_multibase=named))(c)

    rogue = replace(chain, resources={named: broken}).changed(
        consumption=swap, emissions=opening(lambda o: replace(o, commitments=(named,)))
    )
    assert "calculation.opening" in codes(rogue.report())


def test_a_figure_that_does_not_follow_from_the_total_is_refused_with_the_difference() -> None:
    change = row(lambda r: replace(r, kg=r.kg - Decimal("0.001")))
    report = ChainSimulator().changed(emissions=change).report()
    assert_refused(report, "calculation.differs")
    assert "-0.001 kg" in report.obstacles[0].detail


def test_an_auditor_finds_a_figure_that_the_readings_do_not_give() -> None:
    change = row(lambda r: replace(r, kg=r.kg - Decimal("0.001")))
    report = (
        replace(ChainSimulator(), readings=True).changed(emissions=change).report(policy=Policy.auditor())
    )
    assert {c.name for c in report.obstacles} == {"calculation.figure_follows", "calculation.recalculated"}


def second(chain: ChainSimulator, change: Callable[[Row], Row]) -> Secured:
    """Have the accounting provider sign a second report for the same month."""

    def edit(c: Credential[object]) -> Credential[object]:
        return replace(row(change)(c), id=urn("second report"))

    return chain.changed(emissions=edit).credentials["emissions"]


def test_two_figures_for_one_firm_and_month_are_found_out() -> None:
    chain = ChainSimulator()
    other = second(chain, lambda r: replace(r, kg=r.kg + 1))
    assert_refused(chain.report(credentials=(other,)), "equivocation.two_reports")


def test_a_second_opening_of_the_same_commitments_is_found_out() -> None:
    chain = ChainSimulator()
    other = second(chain, lambda r: replace(r, openings=(replace(r.openings[0], total=Exact(5)),)))
    assert "calculation.second_weights" in codes(chain.report(credentials=(other,)))


@pytest.mark.parametrize(
    ("name", "issuer", "role"),
    [("intensity", EDP, "grid-data-provider"), ("consumption", CAP, "energy-data-provider")],
)
def test_one_party_in_two_parts_is_refused(name: str, issuer: Did, role: str) -> None:
    chain = ChainSimulator()
    chain.scheme.grant(party(issuer), role, at=chain.scheme.at(days=1))
    rogue = chain.changed(**{name: lambda c: replace(c, issuer=issuer)})
    assert "policy.separation" in codes(rogue.report())


def test_too_many_half_hours_that_were_not_measured_are_refused() -> None:
    policy = replace(Policy.bank(), most_estimated=0)
    assert_refused(ChainSimulator().report(policy=policy), "policy.too_many_estimates")


def test_a_quality_score_worse_than_the_policy_allows_is_refused() -> None:
    policy = replace(Policy.bank(), worst_quality=2)
    assert_refused(ChainSimulator().report(policy=policy), "policy.quality_score")
    complete = ChainSimulator(Story(missing=(), opening="complete")).report(policy=policy)
    assert complete.overall is Overall.VERIFIED


def test_a_figure_older_than_the_policy_allows_is_refused() -> None:
    assert_refused(ChainSimulator().report(policy=replace(Policy.bank(), months_back=0)), "policy.age")
    assert ChainSimulator().report(policy=replace(Policy.bank(), months_back=1)).overall is Overall.VERIFIED


def test_two_documents_under_one_identifier_are_found_out() -> None:
    chain = ChainSimulator()
    other = chain.changed(intensity=says(attribution="another")).credentials["intensity"]
    report = chain.report(credentials=(other,))
    assert_refused(report, "equivocation.two_credentials")


def test_one_month_reported_twice_is_never_added_up() -> None:
    chain = ChainSimulator()
    other = second(chain, lambda r: r)
    shown = chain.presented(credentials=(*chain.chain, other))
    assert codes(chain.report(shown)) == {"equivocation.two_reports"}


def linked_twice(chain: ChainSimulator) -> ChainSimulator:
    """Have the report name a second credential of the same meter and month."""
    twin = chain.changed(consumption=lambda c: replace(c, id=urn("twin"))).credentials["consumption"]

    def name(c: Credential[object]) -> Credential[object]:
        first = next(link for link in c.links if link.relation is Relation.DERIVED)
        return replace(c, links=(*c.links, replace(first, id=urn("twin"), digest=twin.digest)))

    return chain.changed(emissions=name)


def test_one_meter_counted_twice_in_a_month_is_refused() -> None:
    chain = ChainSimulator()
    rogue = linked_twice(chain)
    twin = chain.changed(consumption=lambda c: replace(c, id=urn("twin"))).credentials["consumption"]
    report = rogue.report(rogue.presented(credentials=(*rogue.chain, twin)))
    assert "data.overlap" in codes(report)


def gas_chain(kg_off: int = 0) -> ChainSimulator:
    """Have the accounting provider report gas, by hand: a month's one factor for every cubic metre."""
    story = Story(opening="gas", fuel=Fuel.GAS)
    made = report_of_gas(story, kg_off=kg_off)
    story.__dict__["emissions"] = replace_report(made)
    return ChainSimulator(story)


def replace_report(secured: Secured) -> Reported:
    """Wrap a report as the issuer gives it."""
    return Reported(secured, ())


def shown_without_intensity(chain: ChainSimulator) -> Secured:
    """Show a chain that rests on no grid intensity."""
    held = tuple(item for name, item in chain.credentials.items() if name != "intensity")
    return chain.presented(credentials=held)


def test_a_report_of_gas_is_opened_with_the_months_factor() -> None:
    chain = gas_chain()
    resources = {k: v for k, v in chain.held_resources.items() if b"IntensitySeries" not in v}
    report = chain.report(shown_without_intensity(chain), resources=resources)
    assert report.overall is Overall.VERIFIED, [(c.code, c.detail) for c in report.obstacles]
    auditor = replace(chain, readings=True)
    resources = {k: v for k, v in auditor.held_resources.items() if b"IntensitySeries" not in v}
    again = auditor.report(shown_without_intensity(auditor), resources=resources, policy=Policy.auditor())
    assert again.overall is Overall.VERIFIED
    assert {c.outcome for c in again if c.name == "calculation.recalculated"} == {Outcome.PASSED}


def test_a_report_of_gas_by_another_factor_is_refused() -> None:
    chain = gas_chain(kg_off=10**9)
    resources = {k: v for k, v in chain.held_resources.items() if b"IntensitySeries" not in v}
    report = chain.report(shown_without_intensity(chain), resources=resources)
    assert "calculation.differs" in codes(report)


def test_a_coverage_that_counts_a_meter_nobody_named_is_refused() -> None:
    def pad(r: Row) -> Row:
        more = replace(
            r.coverage, expected=r.coverage.expected + 777, missing_readings=r.coverage.missing_readings + 777
        )
        return replace(r, coverage=more)

    assert "data.coverage_misstated" in codes(ChainSimulator().changed(emissions=row(pad)).report())


def more_meters(*names: str) -> ChainSimulator:
    """Have the firm name a second meter in these credentials."""

    def more(c: Credential[object]) -> Credential[object]:
        return says(sources=(*c.claim.sources, urn("second meter")))(c)  # type: ignore[attr-defined]  # it has sources

    return ChainSimulator().changed(**dict.fromkeys(names, more))


def test_a_meter_that_only_the_consent_to_show_names_is_missed() -> None:
    chain = more_meters("account_holder", "showing")
    assert {"data.source_missing", "consent.widened"} == codes(chain.report())


def test_an_absent_meter_counts_as_not_measured() -> None:
    def named(r: Row) -> Row:
        slots = r.coverage.expected
        coverage = replace(
            r.coverage, expected=2 * slots, missing_readings=r.coverage.missing_readings + slots
        )
        return replace(r, coverage=coverage)

    report = more_meters("account_holder", "consent").changed(emissions=row(named)).report()
    assert_refused(report, "policy.too_many_estimates")
    assert "50.1" in report.obstacles[0].found


@pytest.mark.parametrize(
    "change",
    [
        row(lambda r: replace(r, scope="Scope 1")),
        lambda c: says(method=replace(c.claim.method, losses_included=False))(c),
    ],
)
def test_a_label_that_is_not_the_methods_is_refused(change: Change) -> None:
    assert_refused(ChainSimulator().changed(emissions=change).report(), "calculation.method_unknown")


def test_a_calculation_that_ended_after_it_was_signed_is_refused() -> None:
    later = Activity(REPORTED_AT, REPORTED_AT + timedelta(days=1_000))
    assert_refused(ChainSimulator().changed(emissions=says(activity=later)).report(), "time.malformed")


@pytest.mark.parametrize("name", ["consumption", "intensity"])
def test_a_report_signed_before_what_it_counts_is_refused(name: str) -> None:
    late = REPORTED_AT + timedelta(hours=1)
    report = ChainSimulator().changed(**{name: lambda c: replace(c, valid_from=late)}).report()
    assert "time.malformed" in codes(report)


def test_a_report_that_is_carried_twice_counts_once() -> None:
    chain = ChainSimulator()
    twice = chain.presented(credentials=(*chain.chain, chain.credentials["emissions"]))
    dossier = chain.report(twice).require().claim
    assert isinstance(dossier, Dossier)
    assert [str(figure.month) for figure in dossier.figures] == ["2026-10"]
