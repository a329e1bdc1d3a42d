"""Good chains of every shape verify: a wrong refusal is as much a defect as a wrong acceptance."""

from dataclasses import replace
from datetime import timedelta

import pytest

from support.chain import AT, ChainSimulator, assert_good
from support.story import CAP, Story
from trust.claims.consumption import Consumption
from trust.claims.halfhour import Month
from trust.claims.region import GB
from trust.report import Answer, Outcome, Overall
from verifiers.dossier import Dossier
from verifiers.policy import Policy
from verifiers.verdict import verdict_bytes
from verifiers.verify import verify


def test_a_good_chain_is_verified_and_yields_its_figures() -> None:
    chain = ChainSimulator()
    report = chain.report()
    assert_good(report)
    dossier = report.require().claim
    assert isinstance(dossier, Dossier)
    assert (dossier.holder, dossier.sme) == (CAP, chain.story.firm)
    assert [str(figure.month) for figure in dossier.figures] == ["2026-10"]
    assert dossier.figures[0].kg == dossier.emissions[0].rows[0].kg


@pytest.mark.parametrize("ed25519", [False, True])
@pytest.mark.parametrize("missing", [(), (0,), tuple(range(400, 440))])
def test_both_suites_and_gaps_verify(*, ed25519: bool, missing: tuple[int, ...]) -> None:
    report = ChainSimulator(Story(ed25519=ed25519, missing=missing, opening=f"shape {ed25519}")).report()
    assert_good(report)
    gaps = [check for check in report if check.code == "data.gap"]
    assert bool(gaps) is bool(missing)


def test_two_meters_under_one_opening_verify() -> None:
    assert_good(ChainSimulator(Story(sources=2, opening="two meters")).report())


def test_a_short_month_verifies() -> None:
    story = Story(month=Month(2026, 2), opening="february")
    assert len(story.series.values) == 1_344
    assert_good(ChainSimulator(story).report())


def test_an_intensity_of_the_whole_country_is_a_warning() -> None:
    story = Story(grid_region=GB, opening="national")
    report = ChainSimulator(story).report()
    assert_good(report)
    assert "data.national_intensity" in {check.code for check in report}


@pytest.mark.parametrize(
    "name", ["account_holder", "consent", "showing", "consumption", "intensity", "emissions"]
)
def test_every_credential_of_the_chain_verifies_by_itself(name: str) -> None:
    chain = ChainSimulator()
    evidence = chain.evidence(credentials=chain.chain, door=None)
    report = verify(chain.credentials[name], evidence, policy=Policy.cap(), anchor=chain.anchor, at=AT)
    assert_good(report)
    assert report.require().secured == chain.credentials[name]


def test_what_an_accounting_provider_requires_is_the_claim_itself() -> None:
    chain = ChainSimulator()
    evidence = chain.evidence(credentials=chain.chain, door=None)
    report = verify(
        chain.credentials["consumption"], evidence, policy=Policy.cap(), anchor=chain.anchor, at=AT
    )
    assert isinstance(report.require().claim, Consumption)


def test_an_auditor_who_sees_the_readings_makes_the_figure_again() -> None:
    report = replace(ChainSimulator(), readings=True).report(policy=Policy.auditor())
    assert_good(report)
    again = next(check for check in report if check.name == "calculation.recalculated")
    assert again.outcome is Outcome.PASSED
    assert "difference 0.000 kg" in again.detail


def test_a_bank_is_told_that_it_opened_the_sum_instead_of_seeing_readings() -> None:
    again = next(c for c in ChainSimulator().report() if c.name == "calculation.recalculated")
    assert again.outcome is Outcome.NOT_APPLICABLE


def test_the_firm_may_show_its_own_chain_to_any_bank() -> None:
    chain = ChainSimulator()
    shown = tuple(item for name, item in chain.credentials.items() if name != "showing")
    presented = chain.presented(credentials=shown, holder=chain.story.firm)
    assert_good(chain.report(presented, door=chain.door(holder=None)))


def test_the_same_question_gives_the_same_bytes() -> None:
    chain = ChainSimulator()
    presented, evidence, policy = chain.presented(), chain.evidence(), Policy.bank()
    written = {
        verdict_bytes(
            verify(presented, evidence, policy=policy, anchor=chain.anchor, at=AT),
            at=AT,
            anchor=chain.anchor,
            policy=policy,
        )
        for _ in range(2)
    }
    assert len(written) == 1


def test_without_a_trust_anchor_nothing_is_verified_and_everything_is_still_checked() -> None:
    chain = ChainSimulator()
    report = verify(chain.presented(), chain.evidence(), policy=Policy.bank(), anchor=None, at=AT)
    assert report.overall is Overall.UNDETERMINED
    assert [check.code for check in report.obstacles] == ["register.no_anchor"]
    assert next(c for c in report if c.name == "calculation.sum_opens").outcome is Outcome.PASSED


def test_what_is_only_later_out_of_date_stays_genuine() -> None:
    chain = ChainSimulator()
    report = chain.report(at=AT + timedelta(days=700))
    assert report.authentic_at_signing is Answer.YES
    assert report.usable_now is Answer.NO
    assert isinstance(report.genuine, Dossier)
