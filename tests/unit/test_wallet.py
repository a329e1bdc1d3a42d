"""What a wallet holds, presents, withdraws and remembers."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from holders.answer import answer_challenge, pair
from holders.present import present
from holders.wallet import Act, Activity, State, Wallet
from holders.withdraw import withdraw
from specs import document
from support.story import ASKED_AT, BANK, CAP, EDP, GRID, SHOWN_AT, Story, drawn, refused
from trust.canonical import Json, canonicalize, parse_object
from trust.challenge import Challenge, check_answer, check_pairing, customer_digest
from trust.claims.account import AccountHolder
from trust.claims.consent import Withdrawal
from trust.claims.halfhour import instant
from trust.did import Did
from trust.envelope import envelope, links_to
from trust.errors import MalformedError
from trust.links import Relation
from trust.secured import Secured
from trust.signing import sign_document

OPEN_UNTIL = ASKED_AT + timedelta(minutes=10)
CHALLENGE = Challenge("bank-nonce-0009", BANK, OPEN_UNTIL)


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


@pytest.fixture
def wallet(story: Story) -> Wallet:
    return Wallet().hold(story.account_holder, *story.consents)


def ended(story: Story, number: int = 0, at: datetime = SHOWN_AT) -> Secured:
    """Withdraw one of the story's consents."""
    return withdraw(
        story.consents[number], signer=story.firm_signer, at=at, id=story.id(f"withdrawal {number}")
    )


def test_a_credential_is_held_once(story: Story, wallet: Wallet) -> None:
    assert wallet.hold(story.consents[0], story.consents[0]) == wallet
    assert len(Wallet().hold(story.consents[0], story.consents[0]).held) == 1


def test_credentials_are_found_by_what_they_claim(story: Story, wallet: Wallet) -> None:
    found = wallet.of_kind(AccountHolder)
    assert [credential.id for credential in found] == [story.id("account holder")]


def test_consents_are_in_force_until_they_expire(story: Story, wallet: Wallet) -> None:
    expires = story.request.expires
    assert [one.state for one in wallet.consents(at=SHOWN_AT)] == [State.IN_FORCE] * 2
    assert wallet.in_force(at=expires) == ()
    assert {(one.state, one.ended) for one in wallet.consents(at=expires)} == {(State.EXPIRED, expires)}


def test_a_withdrawn_consent_ends_when_the_withdrawal_was_signed(story: Story, wallet: Wallet) -> None:
    after = wallet.hold(ended(story))
    stands = {one.id: one.state for one in after.consents(at=SHOWN_AT)}
    assert stands[story.id("consent 0")] is State.WITHDRAWN
    assert stands[story.id("consent 1")] is State.IN_FORCE
    assert len(after.in_force(at=SHOWN_AT - timedelta(seconds=1))) == 2
    assert after.withdrawn == {story.id("consent 0"): SHOWN_AT}


def test_the_first_withdrawal_of_a_consent_counts(story: Story, wallet: Wallet) -> None:
    later = SHOWN_AT + timedelta(days=1)
    assert wallet.hold(ended(story, at=later), ended(story)).withdrawn == {story.id("consent 0"): SHOWN_AT}


def test_a_consent_that_another_one_rests_on_is_withdrawn_together_with_it(
    story: Story, wallet: Wallet
) -> None:
    first, second = story.id("consent 0"), story.id("consent 1")
    assert [one.id for one in wallet.falling_with(first, at=SHOWN_AT)] == [first, second]
    assert [one.id for one in wallet.falling_with(second, at=SHOWN_AT)] == [second]
    assert wallet.hold(ended(story)).falling_with(first, at=SHOWN_AT)[0].id == second


def test_a_consent_says_between_whom_it_is(wallet: Wallet) -> None:
    assert {one.parties for one in wallet.consents(at=SHOWN_AT)} == {(EDP, CAP), (CAP, BANK)}


def test_the_consents_that_fall_with_another_are_named(story: Story, wallet: Wallet) -> None:
    assert wallet.resting_on(story.id("consent 0")) == (story.id("consent 1"),)
    assert wallet.resting_on(story.id("consent 1")) == ()


def test_every_act_is_remembered_with_its_party_also_refusals(story: Story, wallet: Wallet) -> None:
    shared = Activity(SHOWN_AT, Act.SHARED, BANK, (story.id("emissions"),))
    declined = Activity(SHOWN_AT, Act.DECLINED, GRID)
    after = wallet.note(shared, declined)
    assert after.with_whom(BANK) == (shared,)
    assert after.with_whom(GRID) == (declined,)
    assert wallet.activity == ()


def test_a_withdrawal_is_bound_to_the_consent_it_ends(story: Story) -> None:
    withdrawal = ended(story)
    credential = envelope(withdrawal)
    assert credential.issuer == story.firm
    assert credential.claim == Withdrawal(story.id("consent 0"))
    assert links_to(withdrawal, Relation.DERIVED, story.consents[0])


def test_a_party_of_the_consent_may_withdraw_for_the_firm_it_has_authenticated(story: Story) -> None:
    signed = withdraw(
        story.consents[0],
        signer=story.signers[EDP],
        at=SHOWN_AT,
        id=story.id("withdrawal"),
        reason="The firm asked by telephone.",
        on_behalf=EDP,
    )
    assert envelope(signed).issuer == EDP


def test_nobody_else_withdraws_for_the_firm(story: Story) -> None:
    with refused("consent.not_account_holder", str(GRID)):
        withdraw(
            story.consents[0],
            signer=story.signers[GRID],
            at=SHOWN_AT,
            id=story.id("withdrawal"),
            on_behalf=GRID,
        )
    with refused("key.other_issuer", str(story.firm)):
        withdraw(story.consents[0], signer=story.signers[EDP], at=SHOWN_AT, id=story.id("withdrawal"))


def test_only_a_consent_is_withdrawn(story: Story) -> None:
    with refused("consent.missing", "AccountHolderCredential"):
        withdraw(story.account_holder, signer=story.firm_signer, at=SHOWN_AT, id=story.id("withdrawal"))


@pytest.mark.parametrize("times", [0, 2])
def test_a_presentation_shows_something_and_nothing_twice(story: Story, times: int) -> None:
    with refused("link.missing", f"{times} credentials"):
        present(
            story.consents[:1] * times,
            holder=story.firm,
            signer=story.firm_signer,
            audience=BANK,
            challenge="bank-nonce-0003",
            at=SHOWN_AT,
            id=story.id("shown"),
        )


def test_the_firm_may_present_its_own_credentials(story: Story) -> None:
    shown = present(
        story.consents,
        holder=story.firm,
        signer=story.firm_signer,
        audience=BANK,
        challenge="bank-nonce-0003",
        at=SHOWN_AT,
        id=story.id("shown"),
    )
    assert parse_object(shown.raw)["holder"] == str(story.firm)
    assert shown.media_type == "application/vp"


def test_an_answer_shows_who_holds_the_key(story: Story) -> None:
    answer = answer_challenge(CHALLENGE, signer=story.firm_signer, at=ASKED_AT)
    assert check_answer(answer, challenge=CHALLENGE, at=ASKED_AT) == story.firm


def test_the_published_example_of_an_answer_answers_the_published_example_of_a_challenge() -> None:
    told: Any = document("examples/challenge.json")
    challenge = Challenge(told["nonce"], Did(told["audience"]), instant(told["expires"]))
    example = document("examples/challenge-answer.json")
    at = instant(told["expires"]) - timedelta(minutes=1)
    holder = check_answer(Secured(canonicalize(example)), challenge=challenge, at=at)
    assert str(holder) == example["holder"]


@pytest.mark.parametrize(
    ("members", "where"),
    [
        ({"id": "urn:uuid:0b9e4f3c-5a0d-4b5e-8f57-3f0c9d1f6a21"}, "/"),
        ({"type": ["VerifiablePresentation", "Other"]}, "/type"),
        ({"holder": "did:web:bank.example"}, "/holder"),
        ({"holder": None}, "/holder"),
    ],
)
def test_an_answer_is_held_against_its_published_schema(
    story: Story, members: dict[str, object], where: str
) -> None:
    answer = answer_challenge(CHALLENGE, signer=story.firm_signer, at=ASKED_AT)
    altered = Secured(canonicalize({**parse_object(answer.raw), **members}))  # type: ignore[dict-item]  # plain JSON
    with pytest.raises(MalformedError) as refused_at:
        check_answer(altered, challenge=CHALLENGE, at=ASKED_AT)
    assert refused_at.value.where == where


def test_an_expired_challenge_is_not_answered(story: Story) -> None:
    late = OPEN_UNTIL + timedelta(seconds=1)
    with refused("presentation.expired", "2026-09-20T10:10:00Z"):
        answer_challenge(CHALLENGE, signer=story.firm_signer, at=late)
    with refused("presentation.expired"):
        pair(CHALLENGE, reference="NB-2231", salt=drawn("salt"), signer=story.firm_signer, at=late)


@pytest.mark.parametrize("reference", ["NB-2231", None])
def test_a_pairing_ties_the_key_to_the_banks_reference(story: Story, reference: str | None) -> None:
    salt = drawn("salt")
    signed = pair(
        CHALLENGE,
        reference="NB-2231",
        salt=salt,
        signer=story.firm_signer,
        at=ASKED_AT,
        shown=reference is not None,
    )
    pairing = check_pairing(signed, challenge=CHALLENGE, at=ASKED_AT)
    assert (pairing.holder, pairing.reference) == (story.firm, reference)
    assert pairing.customer == customer_digest("NB-2231", salt=salt)
    assert (b"NB-2231" in signed.raw) is (reference is not None)


def test_a_pairing_with_another_reference_than_its_digest_is_refused(story: Story) -> None:
    wrong = Story()
    honest = pair(CHALLENGE, reference="NB-1", salt=drawn("salt"), signer=story.firm_signer, at=ASKED_AT)
    other = pair(
        replace(CHALLENGE), reference="NB-2", salt=drawn("salt"), signer=wrong.firm_signer, at=ASKED_AT
    )
    mixed = {**parse_object(honest.raw), "reference": "NB-2"}
    with pytest.raises(MalformedError) as refusal:
        check_pairing(resigned(mixed, story), challenge=CHALLENGE, at=ASKED_AT)
    assert refusal.value.code == "presentation.other_customer"
    assert check_pairing(other, challenge=CHALLENGE, at=ASKED_AT).reference == "NB-2"


def resigned(document: Mapping[str, Json], story: Story) -> Secured:
    """Sign a changed pairing anew, as a firm that lies about its reference would."""
    unsigned = {name: member for name, member in document.items() if name != "proof"}
    return sign_document(
        unsigned,
        by=story.firm,
        signer=story.firm_signer,
        purpose="authentication",
        at=ASKED_AT,
        challenge=CHALLENGE.nonce,
        domain=BANK,
    )
