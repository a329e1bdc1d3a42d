"""Data Integrity: a proof fits its document and its key, or it does not; every other proof is refused when read."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from support.keys import signer
from trust.base58 import base58_decode, base58_encode
from trust.canonical import Json, canonicalize, parse_object
from trust.curves import P256_ORDER
from trust.errors import MalformedError, SignatureMismatchError
from trust.keys import PrivateKey
from trust.securing.data_integrity import Proof, Suite, high_s, read_proof, secure, verify_proof

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)
KEYS = {
    Suite.ECDSA_JCS_2019: signer("a member"),
    Suite.EDDSA_JCS_2022: signer("a small firm", ed25519=True),
}
SUITES = pytest.mark.parametrize("suite", list(Suite))
DOCUMENT: dict[str, Json] = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://w3id.org/perseus/v1"],
    "id": "urn:uuid:6f1c2e3a-5b0d-4a6e-9f55-0a4c9e3b7d21",
    "type": ["VerifiableCredential", "ReceiptCredential"],
    "issuer": "did:web:bank.example",
    "credentialSubject": {"type": "Receipt", "name": "Caf\u00e9", "slots": 1488},
}


def secured(suite: Suite = Suite.ECDSA_JCS_2019, **options: object) -> dict[str, Any]:
    key = KEYS[suite]
    chosen: Any = {"purpose": "assertionMethod", "created": AT, **options}
    return secure(
        DOCUMENT,
        suite=suite,
        signer=key,
        verification_method=f"did:web:bank.example#{key.key.thumbprint}",
        **chosen,
    )


def check(document: dict[str, Any], key: PrivateKey) -> Proof:
    proof = read_proof(document)
    verify_proof(document, proof, key.key)
    return proof


def refused(**change: object) -> MalformedError:
    document = secured()
    document["proof"] = {
        name: member for name, member in {**document["proof"], **change}.items() if member != "absent"
    }
    with pytest.raises(MalformedError) as refusal:
        read_proof(document)
    return refusal.value


@SUITES
def test_what_was_secured_is_verified_after_travelling_as_bytes(suite: Suite) -> None:
    received = dict(parse_object(canonicalize(secured(suite)), canonical=True))
    proof = check(received, KEYS[suite])
    assert (proof.suite, proof.created, proof.purpose) == (suite, AT, "assertionMethod")
    assert str(proof.verification_method) == f"did:web:bank.example#{KEYS[suite].key.thumbprint}"


@SUITES
def test_the_challenge_and_the_domain_are_signed(suite: Suite) -> None:
    document = secured(suite, purpose="authentication", challenge="n-0S6", domain="did:web:bank.example")
    proof = check(document, KEYS[suite])
    assert (proof.purpose, proof.challenge, proof.domain) == (
        "authentication",
        "n-0S6",
        "did:web:bank.example",
    )
    for change in ({"challenge": "n-0S7"}, {"domain": "did:web:other.example"}):
        altered = {**document, "proof": {**document["proof"], **change}}
        with pytest.raises(SignatureMismatchError):
            check(altered, KEYS[suite])


@SUITES
@pytest.mark.parametrize(
    "change",
    [
        {"issuer": "did:web:other.example"},
        {"more": 1},
        {"@context": ["https://www.w3.org/ns/credentials/v2"]},
        {"credentialSubject": {"type": "Receipt", "name": "Cafe\u0301", "slots": 1488}},
    ],
)
def test_a_changed_document_does_not_fit(suite: Suite, change: dict[str, Json]) -> None:
    document = secured(suite)
    proof = read_proof(document)
    with pytest.raises(SignatureMismatchError):
        verify_proof({**document, **change}, proof, KEYS[suite].key)


@SUITES
@pytest.mark.parametrize(
    "change",
    [
        {"created": "2026-11-22T10:00:01Z"},
        {"proofPurpose": "authentication"},
        {"verificationMethod": "did:web:other.example#key"},
        {"nonce": "more"},
    ],
)
def test_a_changed_proof_does_not_fit(suite: Suite, change: dict[str, Json]) -> None:
    document = secured(suite)
    document["proof"] = {**document["proof"], **change}
    with pytest.raises(SignatureMismatchError):
        check(document, KEYS[suite])


def test_a_proof_without_its_context_does_not_fit() -> None:
    document = secured()
    del document["proof"]["@context"]
    with pytest.raises(SignatureMismatchError):
        check(document, KEYS[Suite.ECDSA_JCS_2019])


def test_a_proof_of_another_document_does_not_fit() -> None:
    proof = read_proof(secured(challenge="one"))
    document = secured(challenge="two")
    document["id"] = "urn:uuid:00000000-0000-4000-8000-000000000000"
    with pytest.raises(SignatureMismatchError):
        verify_proof(document, proof, KEYS[Suite.ECDSA_JCS_2019].key)


@SUITES
def test_a_key_of_another_kind_does_not_fit(suite: Suite) -> None:
    document = secured(suite)
    other = next(key for kind, key in KEYS.items() if kind is not suite)
    with pytest.raises(SignatureMismatchError, match="takes no key for"):
        check(document, other)


@SUITES
def test_another_key_of_the_same_kind_does_not_fit(suite: Suite) -> None:
    other = signer("somebody else", ed25519=suite is Suite.EDDSA_JCS_2022)
    with pytest.raises(SignatureMismatchError):
        check(secured(suite), other)


@pytest.mark.parametrize("size", [0, 1, 63, 65])
def test_a_signature_of_another_length_does_not_fit(size: int) -> None:
    document = secured()
    signature = base58_decode(document["proof"]["proofValue"][1:])
    document["proof"]["proofValue"] = "z" + base58_encode((signature + b"\1")[:size])
    with pytest.raises(SignatureMismatchError, match=f"{size} bytes"):
        check(document, KEYS[Suite.ECDSA_JCS_2019])


def test_the_larger_s_fits_and_is_told_apart() -> None:
    document = secured()
    assert not high_s(read_proof(document))
    signature = base58_decode(document["proof"]["proofValue"][1:])
    other = signature[:32] + (P256_ORDER - int.from_bytes(signature[32:])).to_bytes(32)
    document["proof"]["proofValue"] = "z" + base58_encode(other)
    assert high_s(check(document, KEYS[Suite.ECDSA_JCS_2019]))


def test_an_ed25519_proof_has_no_larger_s() -> None:
    assert not high_s(read_proof(secured(Suite.EDDSA_JCS_2022)))


@pytest.mark.parametrize("proof", [None, {}, [], "absent"])
def test_a_document_without_a_proof_says_so(proof: Json) -> None:
    document = DOCUMENT if proof == "absent" else {**DOCUMENT, "proof": proof}
    with pytest.raises(MalformedError) as refusal:
        read_proof(document)
    assert refusal.value.code == "signature.missing"


def test_several_proofs_are_refused_even_if_all_are_good() -> None:
    document = secured()
    for proofs in ([document["proof"]], [document["proof"]] * 2, "z58", 7):
        with pytest.raises(MalformedError, match="exactly one proof") as refusal:
            read_proof({**document, "proof": proofs})
        assert refusal.value.code == "format.schema"


@pytest.mark.parametrize(
    ("change", "code", "where"),
    [
        ({"type": "Ed25519Signature2020"}, "signature.suite_not_allowed", "/proof/type"),
        ({"type": "absent"}, "signature.suite_not_allowed", "/proof/type"),
        ({"cryptosuite": "ecdsa-rdfc-2019"}, "signature.suite_not_allowed", "/proof/cryptosuite"),
        ({"cryptosuite": "ECDSA-JCS-2019"}, "signature.suite_not_allowed", "/proof/cryptosuite"),
        ({"cryptosuite": ["ecdsa-jcs-2019"]}, "signature.suite_not_allowed", "/proof/cryptosuite"),
        ({"cryptosuite": "absent"}, "signature.suite_not_allowed", "/proof/cryptosuite"),
        ({"proofPurpose": "keyAgreement"}, "signature.purpose", "/proof/proofPurpose"),
        ({"proofPurpose": ["assertionMethod"]}, "signature.purpose", "/proof/proofPurpose"),
        ({"proofPurpose": "absent"}, "signature.purpose", "/proof/proofPurpose"),
        ({"@context": ["https://www.w3.org/ns/credentials/v2"]}, "format.unknown_context", "/proof/@context"),
        ({"@context": []}, "format.unknown_context", "/proof/@context"),
        ({"previousProof": "urn:uuid:1"}, "format.schema", "/proof/previousProof"),
        ({"expires": "2026-11-22T10:00:00Z"}, "format.schema", "/proof/expires"),
        ({"jws": "e30"}, "format.schema", "/proof/jws"),
        ({"challenge": 7}, "format.schema", "/proof/challenge"),
        ({"challenge": None}, "format.schema", "/proof/challenge"),
        ({"domain": ["did:web:bank.example"]}, "format.schema", "/proof/domain"),
        ({"created": "absent"}, "format.schema", "/proof/created"),
        ({"created": 7}, "format.schema", "/proof/created"),
        ({"proofValue": "absent"}, "format.schema", "/proof/proofValue"),
        ({"proofValue": 7}, "format.schema", "/proof/proofValue"),
        ({"proofValue": ""}, "format.unparseable", "/proof/proofValue"),
        ({"proofValue": "uAAAA"}, "format.unparseable", "/proof/proofValue"),
        ({"proofValue": "z0OIl"}, "format.unparseable", "/proof/proofValue"),
        ({"proofValue": "z" + "1" * 200}, "format.unparseable", "/proof/proofValue"),
        ({"verificationMethod": "absent"}, "format.schema", "/proof/verificationMethod"),
        ({"verificationMethod": 7}, "format.schema", "/proof/verificationMethod"),
        ({"verificationMethod": "did:web:a"}, "format.unparseable", "/proof/verificationMethod: DID URL"),
        ({"verificationMethod": "../../x"}, "format.unparseable", "/proof/verificationMethod: DID URL"),
        (
            {"verificationMethod": "https://evil.example/key#1"},
            "format.unparseable",
            "/proof/verificationMethod: DID",
        ),
    ],
)
def test_a_proof_that_is_not_what_it_must_be_is_refused(
    change: dict[str, object], code: str, where: str
) -> None:
    error = refused(**change)
    assert (error.code, error.where) == (code, where)


@pytest.mark.parametrize(
    "created",
    [
        "",
        "2026-11-22",
        "2026-11-22T10:00:00",
        "2026-11-22T10:00:00z",
        "2026-11-22 10:00:00Z",
        "2026-11-22T10:00:00+00:00",
        "2026-11-22T11:00:00+01:00",
        "2026-11-22T10:00:00.5Z",
        "2026-11-22T24:00:00Z",
        "2026-11-22T10:00:60Z",
        "2026-02-30T10:00:00Z",
        "20261122T100000Z",
        "2026-W47-7T10:00:00Z",
        "2026-11-22T10:00:00Z\n",
    ],
)
def test_a_time_in_another_form_is_refused(created: str) -> None:
    assert refused(created=created).code == "time.malformed"


@pytest.mark.parametrize(
    "at",
    [
        AT.replace(microsecond=1),
        AT.replace(tzinfo=None),
        AT.astimezone(timezone(timedelta(hours=1))),
    ],
)
def test_a_signing_time_that_is_not_whole_seconds_of_utc_is_refused(at: datetime) -> None:
    with pytest.raises(MalformedError, match="whole seconds of UTC"):
        secured(created=at)


def test_what_is_secured_already_is_not_secured_again() -> None:
    key = KEYS[Suite.ECDSA_JCS_2019]
    with pytest.raises(MalformedError, match="no proof yet"):
        secure(
            secured(),
            suite=Suite.ECDSA_JCS_2019,
            signer=key,
            verification_method="did:web:bank.example#key",
            purpose="assertionMethod",
            created=AT,
        )


def test_a_signer_of_another_kind_is_refused() -> None:
    with pytest.raises(MalformedError, match="expected a key for ecdsa-jcs-2019"):
        secure(
            DOCUMENT,
            suite=Suite.ECDSA_JCS_2019,
            signer=KEYS[Suite.EDDSA_JCS_2022],
            verification_method="did:web:bank.example#key",
            purpose="assertionMethod",
            created=AT,
        )


def test_a_proof_does_not_show_its_signature_in_a_log() -> None:
    assert "signature=" not in repr(read_proof(secured()))


def test_securing_leaves_the_document_as_it_was() -> None:
    before = canonicalize(DOCUMENT)
    secured()
    assert canonicalize(DOCUMENT) == before
