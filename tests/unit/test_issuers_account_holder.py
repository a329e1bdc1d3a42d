"""A key is tied to meters only when it has answered the provider's own challenge, in time."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

import pytest

from holders.answer import answer_challenge
from issuers.account_holder import LONGEST, issue_account_holder
from support.keys import signer
from support.story import ASKED_AT, BANK, EDP, GRID, Story, refused
from trust.canonical import Json, canonicalize, parse_object
from trust.challenge import Challenge
from trust.claims.account import AccountHolder
from trust.did import Did
from trust.envelope import envelope
from trust.errors import MalformedError, SignatureMismatchError
from trust.secured import Secured


@pytest.fixture(scope="module")
def story() -> Story:
    return Story()


def answered(story: Story, challenge: Challenge | None = None) -> Secured:
    """Let the firm answer."""
    return answer_challenge(challenge or story.challenge, signer=story.firm_signer, at=ASKED_AT)


def issued(story: Story, answer: Secured, **changed: object) -> Secured:
    """Issue the credential with something changed."""
    arguments = {
        "challenge": story.challenge,
        "account": story.account,
        "signing": story.signing(EDP, ASKED_AT, "account holder"),
    }
    return issue_account_holder(answer, **(arguments | changed))  # type: ignore[arg-type]  # each test changes one of them


def proof_of(answer: Secured) -> Mapping[str, Json]:
    """Give the proof of an answer."""
    proof = parse_object(answer.raw)["proof"]
    assert isinstance(proof, dict)
    return proof


def altered(answer: Secured, **members: object) -> Secured:
    """Change members of a signed answer after it was signed."""
    return Secured(canonicalize({**parse_object(answer.raw), **members}))  # type: ignore[dict-item]  # each test gives JSON


def test_the_credential_names_the_key_that_answered_and_keeps_no_nonce(story: Story) -> None:
    credential = envelope(issued(story, answered(story)))
    assert isinstance(credential.claim, AccountHolder)
    assert credential.claim.id == story.firm
    assert credential.claim.challenge_digest == story.challenge.digest
    assert story.challenge.nonce.encode() not in issued(story, answered(story)).raw


def test_it_holds_while_the_firm_controls_the_meters_and_a_year_at_most(story: Story) -> None:
    whole = envelope(issued(story, answered(story)))
    long = replace(story.account, control_until=ASKED_AT + 3 * LONGEST)
    assert whole.valid_until == story.account.control_until
    assert envelope(issued(story, answered(story), account=long)).valid_until == ASKED_AT + LONGEST


def test_more_than_a_year_is_refused(story: Story) -> None:
    with refused("consent.not_account_holder", "longer than a year"):
        issued(story, answered(story), valid_until=ASKED_AT + LONGEST + timedelta(seconds=1))


def test_the_answer_to_another_challenge_is_refused(story: Story) -> None:
    other = replace(story.challenge, nonce="edp-nonce-0002")
    with refused("presentation.nonce", "edp-nonce-0002"):
        issued(story, answered(story, other))


def test_an_answer_meant_for_another_audience_is_refused(story: Story) -> None:
    with refused("presentation.audience", str(BANK)):
        issued(story, answered(story, replace(story.challenge, audience=BANK)))


def test_a_challenge_of_another_provider_is_refused(story: Story) -> None:
    with refused("presentation.audience", str(GRID)):
        issued(story, answered(story), signing=story.signing(GRID, ASKED_AT, "account holder"))


def test_an_answer_that_comes_too_late_is_refused(story: Story) -> None:
    late = story.challenge.expires + timedelta(seconds=1)
    with refused("presentation.expired", "2026-09-20T10:10:00Z"):
        issued(story, answered(story), signing=story.signing(EDP, late, "account holder"))


def test_an_answer_signed_by_another_key_is_refused(story: Story) -> None:
    thief = Did.key(signer("thief").key.multikey)
    with refused("presentation.holder", str(story.firm)):
        issued(story, altered(answered(story), holder=str(thief)))


def test_an_answer_whose_signature_does_not_fit_is_refused(story: Story) -> None:
    honest = answered(story)
    later = answer_challenge(story.challenge, signer=story.firm_signer, at=ASKED_AT + timedelta(seconds=1))
    value = proof_of(later)["proofValue"]
    assert issued(story, honest).raw
    with pytest.raises(SignatureMismatchError):
        issued(story, altered(honest, proof={**proof_of(honest), "proofValue": value}))


def test_an_answer_that_says_more_than_it_may_is_refused(story: Story) -> None:
    with pytest.raises(MalformedError, match="no member but those of the schema"):
        issued(story, altered(answered(story), verifiableCredential=[]))


def test_an_account_of_no_sources_is_refused(story: Story) -> None:
    with refused("consent.not_account_holder", "0 sources"):
        issued(story, answered(story), account=replace(story.account, sources=()))


def test_a_stolen_key_is_named_only_beside_the_credential_it_replaces(story: Story) -> None:
    stolen = replace(story.account, compromised_since=ASKED_AT)
    with refused("consent.not_account_holder", "stolen"):
        issued(story, answered(story), account=stolen)
    named = replace(stolen, replaces=story.id("the old one"))
    claim = envelope(issued(story, answered(story), account=named)).claim
    assert isinstance(claim, AccountHolder)
    assert claim.replaces == story.id("the old one")
