"""Data Integrity over the RFC 8785 form: ecdsa-jcs-2019 and eddsa-jcs-2022, which differ in the key alone.

What is signed is SHA-256 of the proof without its value, then SHA-256 of the document without its proof
(vc-di-ecdsa 1.0, section 3.3; vc-di-eddsa 1.0, section 3.3).
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import cast

from trust.base58 import base58_encode
from trust.canonical import Json, canonicalize, canonicalize_parsed
from trust.errors import MalformedError, SignatureMismatchError
from trust.keys import PublicKey, Signer
from trust.securing.proof import Proof, Purpose, high_s, read_proof
from trust.securing.suite import Suite

_PROOF, _COMMA = b'"proof":{', ord(",")
_AROUND_VALUE = len('"proofValue":"",') - len("{")

__all__ = ["Proof", "Purpose", "Suite", "high_s", "read_proof", "secure", "verify_proof"]


def secure(
    document: Mapping[str, Json],
    *,
    suite: Suite,
    signer: Signer,
    verification_method: str,
    purpose: Purpose,
    created: datetime,
    challenge: str | None = None,
    domain: str | None = None,
) -> dict[str, Json]:
    """Add a proof to a document (Data Integrity 1.0, section 4.2).

    Raises:
        MalformedError: the document has a proof already, the key is not of the suite's kind, or the time is
            not in whole seconds of UTC.
    """
    if "proof" in document:
        raise MalformedError("/proof", expected="no proof yet", found="one", code="format.schema")
    if signer.key.algorithm is not suite.algorithm:
        found = f"a key for {signer.key.algorithm.value}"
        raise MalformedError("signer", expected=f"a key for {suite.value}", found=found)
    proof: dict[str, Json] = {
        "type": "DataIntegrityProof",
        "cryptosuite": suite.value,
        "created": _write_instant(created),
        "verificationMethod": verification_method,
        "proofPurpose": purpose,
    }
    optional = {"@context": document.get("@context"), "challenge": challenge, "domain": domain}
    proof |= {name: member for name, member in optional.items() if member is not None}
    signature = signer.sign(_signed(canonicalize(proof), canonicalize(document)))
    return {**document, "proof": {**proof, "proofValue": f"z{base58_encode(signature)}"}}


def verify_proof(
    document: Mapping[str, Json], proof: Proof, key: PublicKey, *, form: bytes | None = None
) -> None:
    """Check that this key made this proof over this parsed document (Data Integrity 1.0, section 4.3).

    `form` is the RFC 8785 bytes of the whole document, where they are at hand, so that they are not written again.

    Raises:
        SignatureMismatchError: it did not, or the key is of another kind than the suite takes.
    """
    if key.algorithm is not proof.suite.algorithm:
        raise SignatureMismatchError(f"{proof.suite.value} takes no key for {key.algorithm.value}")
    unsecured = None if form is None else _cut(form, document, proof)
    if unsecured is None:
        unsecured = canonicalize_parsed({name: part for name, part in document.items() if name != "proof"})
    key.verify(proof.signature, _signed(proof.config, unsecured))


def _cut(form: bytes, document: Mapping[str, Json], proof: Proof) -> bytes | None:
    """Cut the proof out of the bytes of a document, if there is but one place where it can stand."""
    # Every object that is a member named proof shows as these bytes. Where they stand once, that is the proof of
    # the document itself, and as long as what was signed of it and its value.
    begins, secured = form.find(_PROOF), document["proof"]
    if form.find(_PROOF, begins + 1) >= 0 or not isinstance(secured, dict):
        return None
    ends = begins + len(_PROOF) + len(proof.config) + len(cast("str", secured["proofValue"])) + _AROUND_VALUE
    if form[begins - 1] == _COMMA:
        return form[: begins - 1] + form[ends:]
    return form[:begins] + form[ends:].removeprefix(b",")


def _signed(config: bytes, document: bytes) -> bytes:
    return sha256(config).digest() + sha256(document).digest()


def _write_instant(at: datetime) -> str:
    if at.utcoffset() != timedelta(0) or at.microsecond:
        raise MalformedError(
            "created", expected="whole seconds of UTC", found=at.isoformat(), code="time.malformed"
        )
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"
