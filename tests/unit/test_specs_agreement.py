"""The published examples, the schemas and the claims in Python say the same."""

import json
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

import pytest

import specs
from registry.anchor import Anchor
from registry.draft import Draft
from registry.events import SignedEvent
from registry.proposal import QUORUM
from registry.receipt import EventReceipt
from trust.canonical import canonicalize
from trust.codec import decode, encode
from trust.credential import read, write
from trust.digest import Digest
from trust.keys import PublicKey
from trust.kinds import KINDS, Kind
from trust.securing.data_integrity import read_proof, verify_proof

EVERY = tuple(KINDS.values())


def example(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(specs.read(f"examples/{name}.json"))
    return loaded


@pytest.mark.parametrize("kind", EVERY, ids=str)
def test_every_kind_has_a_schema_and_an_example_of_its_type(kind: Kind) -> None:
    assert kind.schema in specs.names()
    assert example(kind.schema)["type"] == ["VerifiableCredential", kind.type]
    assert example(kind.schema)["credentialSubject"]["type"] == kind.subject


@pytest.mark.parametrize("kind", EVERY, ids=str)
def test_a_claim_is_read_and_written_without_losing_a_member(kind: Kind) -> None:
    subject = example(kind.schema)["credentialSubject"]
    claim: object = decode(kind.claim, subject)
    assert {"type": kind.subject, **encode(claim)} == subject


@pytest.mark.parametrize("kind", EVERY, ids=str)
def test_a_credential_is_read_and_written_without_losing_a_member(kind: Kind) -> None:
    whole = example(kind.schema)
    del whole["proof"]
    assert write(read(whole)) == whole


@pytest.mark.parametrize("kind", EVERY, ids=str)
def test_the_signature_on_an_example_fits_the_key_it_names(kind: Kind) -> None:
    whole = example(kind.schema)
    proof = read_proof(whole)
    assert str(proof.verification_method).startswith(whole["issuer"])
    if whole["issuer"].startswith("did:key:"):
        verify_proof(whole, proof, PublicKey.from_multikey(whole["issuer"].removeprefix("did:key:")))


@pytest.mark.parametrize("kind", EVERY, ids=str)
def test_an_example_names_the_digest_of_its_schema(kind: Kind) -> None:
    digest = Digest.of(specs.published(kind.schema)).multibase
    assert example(kind.schema)["credentialSchema"] == {
        "id": specs.BASE + kind.schema,
        "type": "JsonSchema",
        "digestMultibase": digest,
    }


def test_the_links_of_the_emissions_bind_the_examples_they_rest_on() -> None:
    emissions = example("emissions")
    bound = {entry["id"]: entry["digestMultibase"] for entry in emissions["relatedResource"]}
    for name in ("consumption", "grid-intensity"):
        linked = example(name)
        assert bound[linked["id"]] == Digest.of(canonicalize(linked)).multibase


def test_the_opening_in_the_example_opens_the_example_commitments_under_the_example_weights() -> None:
    [row] = example("emissions")["credentialSubject"]["rows"]
    readings, weights = example("half-hour-series")["values"], example("intensity-series")["values"]
    total = sum(value * weight for value, weight in zip(readings, weights, strict=True) if value is not None)
    assert row["openings"][0]["total"] == str(total)
    assert row["kg"] == str((Decimal(total) / 10**6).quantize(Decimal("0.001"), ROUND_HALF_EVEN))
    assert row["openings"][0]["commitments"] == [Digest.of(canonicalize(example("commitments"))).multibase]


def test_the_register_reads_the_examples_of_the_register() -> None:
    entry = SignedEvent.parse(canonicalize(example("register-event")))
    assert entry.event.payload == canonicalize(example("register-event-payload"))
    draft = Draft.from_json(canonicalize(example("register-proposal")))
    assert (draft.entry.signatures, draft.payload) == (entry.signatures[:1], entry.payload)
    receipt = EventReceipt.from_json(canonicalize(example("event-receipt")))
    assert (receipt.signed, receipt.proof.index) == (entry, 1)
    anchor = Anchor.from_json(canonicalize(example("trust-anchor")))
    assert anchor.to_json() == canonicalize(example("trust-anchor"))


def test_every_kind_of_register_event_has_a_body_in_the_schema() -> None:
    schema: Any = specs.document("schemas/register-event-payload.json")
    shaped = {rule["if"]["properties"]["type"]["const"] for rule in schema["allOf"]}
    assert shaped == set(schema["properties"]["type"]["enum"])
    assert shaped == {"scheme.genesis", *(demand.type for demand in QUORUM)}
