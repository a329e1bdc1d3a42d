"""A challenge, and what answers it: a signature that shows who holds a key, to one audience and once.

An answer is a presentation of no credentials (VCDM 2.0, section 4.13); a pairing also ties the key to a bank's own
reference for the firm, which travels as a salted digest.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import cast

from trust.canonical import Json, canonicalize, parse_object
from trust.claims.halfhour import stamp
from trust.did import Did
from trust.digest import Digest, b64url_decode, b64url_encode
from trust.errors import MalformedError, NotPermittedError
from trust.keys import PublicKey
from trust.kinds import CONTEXT
from trust.presentation import TYPE
from trust.schema import fit
from trust.secured import Secured
from trust.securing.data_integrity import read_proof, verify_proof

PAIRING = "CustomerPairing"


@dataclass(frozen=True, slots=True)
class Challenge:
    """A nonce that one audience gave out, to be answered before it expires (Data Integrity 1.0, section 2.1)."""

    nonce: str
    audience: Did
    expires: datetime

    @property
    def digest(self) -> Digest:
        """Name the challenge in an account holder credential, which keeps no nonce."""
        members = {"audience": str(self.audience), "expires": stamp(self.expires), "nonce": self.nonce}
        return Digest.of(canonicalize(members))


@dataclass(frozen=True, slots=True)
class Pairing:
    """Which key a bank's customer holds; `reference` is the bank's own, and may stay with the bank."""

    holder: Did
    salt: bytes
    customer: Digest
    reference: str | None = None


def customer_digest(reference: str, *, salt: bytes) -> Digest:
    """Digest a bank's reference for a firm with a salt, because references are short and could be guessed."""
    return Digest.of(salt + reference.encode())


def write_answer(holder: Did) -> dict[str, Json]:
    """Write the unsigned answer to a challenge, which says nothing but who answers."""
    return {"@context": list(CONTEXT), "type": [TYPE], "holder": str(holder)}


def write_pairing(pairing: Pairing) -> dict[str, Json]:
    """Write the unsigned pairing of a key with a bank's customer."""
    document: dict[str, Json] = {
        "@context": list(CONTEXT),
        "type": PAIRING,
        "customer": pairing.customer.multibase,
        "salt": b64url_encode(pairing.salt),
        "holder": str(pairing.holder),
    }
    return document if pairing.reference is None else document | {"reference": pairing.reference}


def check_answer(answer: Secured, *, challenge: Challenge, at: datetime) -> Did:
    """Give the holder of the key that answered this challenge.

    Raises:
        MalformedError: when the bytes are no answer.
        NotPermittedError: when it answers another challenge, another audience, or too late.
        SignatureMismatchError: when another key signed it.
    """
    document = parse_object(answer.raw, where="answer", canonical=True)
    fit("challenge-answer", document)
    return _check(document, challenge=challenge, at=at)


def check_pairing(pairing: Secured, *, challenge: Challenge, at: datetime) -> Pairing:
    """Give the pairing that answers this challenge, its digest being that of its reference.

    Raises:
        MalformedError: when the bytes are no pairing, or the reference is not what the digest says.
        NotPermittedError: when it answers another challenge, another audience, or too late.
        SignatureMismatchError: when another key signed it.
    """
    document = parse_object(pairing.raw, where="pairing", canonical=True)
    fit("pairing", document)
    found = Pairing(
        holder=_check(document, challenge=challenge, at=at),
        salt=b64url_decode(cast("str", document["salt"]), where="salt"),
        customer=Digest.parse(cast("str", document["customer"])),
        reference=cast("str | None", document.get("reference")),
    )
    if found.reference is not None and customer_digest(found.reference, salt=found.salt) != found.customer:
        raise MalformedError(
            "/customer",
            expected="the salted digest of the reference",
            found=found.customer.multibase,
            code="presentation.other_customer",
        )
    return found


def _check(document: Mapping[str, Json], *, challenge: Challenge, at: datetime) -> Did:
    """Hold the proof against the challenge, then against the key that the holder's name is made of."""
    proof, holder = read_proof(document), Did.parse(str(document["holder"]))
    act = f"accepting an answer of {holder}"
    if proof.purpose != "authentication" or proof.challenge != challenge.nonce:
        reason = f"it answers {proof.challenge}, not the challenge {challenge.nonce}"
        raise NotPermittedError(act, because=reason, code="presentation.nonce")
    if proof.domain != str(challenge.audience):
        reason = f"it is meant for {proof.domain}, not {challenge.audience}"
        raise NotPermittedError(act, because=reason, code="presentation.audience")
    if max(at, proof.created) > challenge.expires:
        reason = f"the challenge expired at {stamp(challenge.expires)}, and it is {stamp(at)}"
        raise NotPermittedError(act, because=reason, code="presentation.expired")
    if holder.multikey is None or proof.verification_method != holder.url(holder.multikey):
        reason = f"{proof.verification_method} is not the key that {holder} is made of"
        raise NotPermittedError(act, because=reason, code="presentation.holder")
    verify_proof(document, proof, PublicKey.from_multikey(holder.multikey))
    return holder
