"""Whatever the document: its proof fits, and fits nothing else; any other proof is refused in words."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.keys import signer
from trust.canonical import canonicalize, parse_object, parse_with_form
from trust.errors import PerseusError, SignatureMismatchError
from trust.securing.data_integrity import Suite, read_proof, secure, verify_proof

KEYS = {
    Suite.ECDSA_JCS_2019: signer("a member"),
    Suite.EDDSA_JCS_2022: signer("a small firm", ed25519=True),
}
NAMES = st.text(st.sampled_from("abcdxyz@\u00e9"), min_size=1, max_size=8).filter(
    lambda name: name != "proof"
)
MEMBERS = (
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | NAMES | st.lists(NAMES, max_size=3)
)
DOCUMENTS = st.dictionaries(NAMES, MEMBERS | st.dictionaries(NAMES, MEMBERS, max_size=3), max_size=6)
TIMES = st.integers(0, 2**31).map(
    lambda seconds: datetime(2000, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)
)
ODD = st.none() | st.integers() | st.text(max_size=30) | st.lists(st.text(max_size=5), max_size=2)


def secured(document: dict[str, Any], suite: Suite, created: datetime) -> dict[str, Any]:
    return secure(
        document,
        suite=suite,
        signer=KEYS[suite],
        verification_method=f"did:web:edp.example#{KEYS[suite].key.thumbprint}",
        purpose="assertionMethod",
        created=created,
    )


@given(DOCUMENTS, st.sampled_from(Suite), TIMES)
def test_a_proof_fits_its_document_after_the_wire(
    document: dict[str, Any], suite: Suite, created: datetime
) -> None:
    received = parse_object(canonicalize(secured(document, suite, created)), canonical=True)
    proof = read_proof(received)
    verify_proof(received, proof, KEYS[suite].key)
    assert proof.created == created


# Names that look like the proof, or like its end, wherever they stand.
CONFUSING = st.sampled_from(['"proof":{', "a", "proof", "proofValue", "p", "q", '\\"proof":{', "{},", "z"])
PARTS = st.recursive(
    CONFUSING, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(CONFUSING, inner, max_size=3)
)


@given(
    st.dictionaries(CONFUSING.filter(lambda name: name != "proof"), PARTS, max_size=4),
    st.sampled_from(Suite),
    TIMES,
)
def test_the_bytes_at_hand_serve_as_well_as_the_members(
    document: dict[str, Any], suite: Suite, created: datetime
) -> None:
    received, form = parse_with_form(canonicalize(secured(document, suite, created)))
    assert form is not None
    verify_proof(received, read_proof(received), KEYS[suite].key, form=form)


@given(DOCUMENTS, st.sampled_from(Suite), TIMES)
def test_the_bytes_at_hand_are_what_is_checked(
    document: dict[str, Any], suite: Suite, created: datetime
) -> None:
    received, form = parse_with_form(canonicalize(secured(document, suite, created)))
    assert form is not None
    with pytest.raises(SignatureMismatchError):
        verify_proof(received, read_proof(received), KEYS[suite].key, form=form.replace(b"{", b"{ ", 1))


@given(DOCUMENTS, DOCUMENTS, st.sampled_from(Suite))
def test_a_proof_fits_no_other_document(one: dict[str, Any], other: dict[str, Any], suite: Suite) -> None:
    proof = read_proof(secured(one, suite, datetime(2026, 11, 22, tzinfo=UTC)))
    if canonicalize(one) == canonicalize(other):
        verify_proof(other, proof, KEYS[suite].key)
        return
    with pytest.raises(SignatureMismatchError):
        verify_proof(other, proof, KEYS[suite].key)


@given(
    st.sampled_from(Suite),
    st.sampled_from(["type", "created", "cryptosuite", "proofValue", "domain", "@x"]),
    ODD,
)
def test_any_other_member_is_refused_in_words(suite: Suite, name: str, member: object) -> None:
    document = secured({"id": "urn:uuid:1"}, suite, datetime(2026, 11, 22, tzinfo=UTC))
    document["proof"][name] = member
    with pytest.raises(PerseusError):
        verify_proof(document, read_proof(document), KEYS[suite].key)
