"""The one signing path: what it refuses, and that what it signs can be read back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from issuers.issue import issue
from support.keys import signer
from support.story import BANK, EDP, METERED_AT, Story, refused, urn
from trust.canonical import parse_object
from trust.claims.consent import Withdrawal
from trust.claims.receipt import Receipt
from trust.did import Did
from trust.digest import Digest
from trust.envelope import envelope
from trust.errors import MalformedError
from trust.keys import Algorithm, PublicKey
from trust.links import Link, Relation
from trust.securing.data_integrity import Suite, high_s, read_proof, verify_proof
from trust.signing import sign_document, suite_for, verification_method

RECEIPT = Receipt(urn("shown"), Digest.of(b"shown"), EDP, METERED_AT, "nonce-0001", BANK, authentic="yes")


@pytest.mark.parametrize("kind", Algorithm)
def test_what_is_issued_carries_a_proof_that_fits_the_key_and_the_signing_time(kind: Algorithm) -> None:
    key = signer("anybody", ed25519=kind is Algorithm.ED25519)
    secured = issue(RECEIPT, issuer=BANK, signer=key, at=METERED_AT, id=urn("receipt"))
    document = parse_object(secured.raw, canonical=True)
    proof = read_proof(document)
    verify_proof(document, proof, key.key)
    assert proof.created == METERED_AT == envelope(secured).valid_from
    assert proof.suite is suite_for(key.key)
    assert proof.verification_method == BANK.url(key.key.thumbprint)
    assert not high_s(proof)


def test_a_credential_that_does_not_fit_its_schema_is_not_signed() -> None:
    wrong = replace(RECEIPT, authentic="perhaps")
    with pytest.raises(MalformedError, match="authentic") as refusal:
        issue(wrong, issuer=BANK, signer=signer("x"), at=METERED_AT, id=urn("receipt"))
    assert refusal.value.code == "format.schema"


def test_a_credential_cannot_end_before_it_begins() -> None:
    with refused("time.malformed", "not after"):
        issue(
            RECEIPT,
            issuer=BANK,
            signer=signer("x"),
            at=METERED_AT,
            id=urn("receipt"),
            valid_until=METERED_AT - timedelta(seconds=1),
        )


def test_a_suite_that_does_not_take_the_key_is_refused() -> None:
    with pytest.raises(MalformedError, match="signer"):
        issue(
            RECEIPT,
            issuer=BANK,
            signer=signer("x"),
            at=METERED_AT,
            id=urn("receipt"),
            suite=Suite.EDDSA_JCS_2022,
        )


def test_a_firm_can_only_be_signed_for_with_the_key_that_it_is_named_by() -> None:
    firm = Did.key(signer("one").key.multikey)
    with refused("key.other_issuer", str(firm)):
        issue(
            Withdrawal(urn("consent")),
            issuer=firm,
            signer=signer("other"),
            at=METERED_AT,
            id=urn("withdrawal"),
            links=(Link(Relation.DERIVED, urn("consent"), Digest.of(b"consent")),),
        )


def test_a_member_is_named_by_its_thumbprint_and_a_firm_by_its_key() -> None:
    key: PublicKey = signer("one").key
    firm = Did.key(key.multikey)
    assert verification_method(EDP, key).fragment == key.thumbprint
    assert verification_method(firm, key).fragment == key.multikey


def test_the_signer_of_a_signing_is_not_in_its_repr() -> None:
    story = Story()
    assert "signer" not in repr(story.signing(EDP, METERED_AT, "anything"))


def test_a_signed_presentation_travels_under_its_own_media_type() -> None:
    secured = sign_document(
        {"type": "Anything"}, by=BANK, signer=signer("x"), purpose="authentication", at=METERED_AT
    )
    assert secured.media_type == "application/vp"
