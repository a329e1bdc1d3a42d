"""Receipts say what happened, by the party to which it happened, and not before it did."""

from dataclasses import replace
from datetime import timedelta

import pytest

from holders.withdraw import withdraw
from issuers.receipt import issue_receipt
from issuers.withdrawal_receipt import Stopped, issue_withdrawal_receipt
from support.story import BANK, CAP, EDP, SHOWN_AT, Story, believed, refused
from trust.claims.consent import Withdrawal
from trust.claims.receipt import Kept, Receipt, WithdrawalReceipt
from trust.envelope import envelope, links_to
from trust.links import Relation
from trust.report import Answer, Verified


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


@pytest.fixture(scope="module")
def withdrawal(story: Story) -> Verified[Withdrawal]:
    ended = withdraw(story.consents[0], signer=story.firm_signer, at=SHOWN_AT, id=story.id("withdrawal"))
    return believed(ended, Withdrawal)


def test_a_receipt_names_what_was_shown_by_whom_and_against_which_nonce(story: Story) -> None:
    secured = issue_receipt(
        story.presentation,
        authentic=Answer.YES,
        received_at=SHOWN_AT,
        signing=story.signing(BANK, SHOWN_AT, "receipt"),
    )
    claim = envelope(secured).claim
    assert isinstance(claim, Receipt)
    assert claim.digest_multibase == story.presentation.digest
    assert (claim.received_from, claim.audience, claim.challenge) == (CAP, BANK, "bank-nonce-0002")
    assert (claim.authentic, claim.channel) == ("yes", None)


def test_a_receipt_names_the_party_in_the_certificate_of_the_connection(story: Story) -> None:
    secured = issue_receipt(
        story.presentation,
        authentic=Answer.YES,
        received_at=SHOWN_AT,
        signing=story.signing(BANK, SHOWN_AT, "receipt"),
        channel=CAP,
    )
    claim = envelope(secured).claim
    assert isinstance(claim, Receipt)
    assert claim.channel == CAP


def test_nobody_acknowledges_what_was_shown_to_another(story: Story) -> None:
    with refused("presentation.audience", str(BANK), str(EDP)):
        issue_receipt(
            story.presentation,
            authentic=Answer.YES,
            received_at=SHOWN_AT,
            signing=story.signing(EDP, SHOWN_AT, "receipt"),
        )


def test_nothing_is_received_after_it_is_acknowledged(story: Story) -> None:
    with refused("time.future"):
        issue_receipt(
            story.presentation,
            authentic=Answer.UNKNOWN,
            received_at=SHOWN_AT + timedelta(seconds=1),
            signing=story.signing(BANK, SHOWN_AT, "receipt"),
        )


def test_a_withdrawal_receipt_says_what_was_stopped_deleted_and_kept(
    story: Story, withdrawal: Verified[Withdrawal]
) -> None:
    kept = Kept("the figures of 2026", "anti-money-laundering records", SHOWN_AT + timedelta(days=2_000))
    done = Stopped(SHOWN_AT, deleted=("readings",), kept=(kept,), notified=(BANK,))
    secured = issue_withdrawal_receipt(
        withdrawal, stopped=done, signing=story.signing(CAP, SHOWN_AT, "withdrawal receipt")
    )
    claim = envelope(secured).claim
    assert isinstance(claim, WithdrawalReceipt)
    assert claim.withdrawal == story.id("withdrawal")
    assert (claim.deleted, claim.kept, claim.notified) == (("readings",), (kept,), (BANK,))
    assert links_to(secured, Relation.DERIVED, withdrawal)


def test_nobody_acknowledges_a_withdrawal_before_use_has_stopped(
    story: Story, withdrawal: Verified[Withdrawal]
) -> None:
    with refused("consent.withdrawn", "stops only"):
        issue_withdrawal_receipt(
            withdrawal,
            stopped=Stopped(SHOWN_AT + timedelta(minutes=1)),
            signing=story.signing(CAP, SHOWN_AT, "withdrawal receipt"),
        )


@pytest.mark.parametrize("wrong", [{"basis": ""}, {"until": SHOWN_AT}])
def test_nothing_is_kept_without_a_basis_and_an_end(
    story: Story, withdrawal: Verified[Withdrawal], wrong: dict[str, object]
) -> None:
    kept = replace(Kept("figures", "records", SHOWN_AT + timedelta(days=1)), **wrong)  # type: ignore[arg-type]  # one case
    with refused("consent.withdrawn", "figures"):
        issue_withdrawal_receipt(
            withdrawal,
            stopped=Stopped(SHOWN_AT, kept=(kept,)),
            signing=story.signing(CAP, SHOWN_AT, "withdrawal receipt"),
        )
