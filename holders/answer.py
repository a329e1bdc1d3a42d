"""Answering a challenge with the firm's key: to the energy data provider once, and to each bank once."""

from collections.abc import Mapping
from datetime import datetime

from trust.canonical import Json
from trust.challenge import Challenge, Pairing, customer_digest, write_answer, write_pairing
from trust.claims.halfhour import stamp
from trust.did import Did
from trust.errors import NotPermittedError
from trust.keys import Signer
from trust.secured import Secured
from trust.signing import sign_document


def firm_of(signer: Signer) -> Did:
    """Name a small firm by its key (did:key 0.7)."""
    return Did.key(signer.key.multikey)


def answer_challenge(challenge: Challenge, *, signer: Signer, at: datetime) -> Secured:
    """Show who holds the key, to the one that asked (Data Integrity 1.0, section 2.1, challenge).

    Raises:
        NotPermittedError: when the challenge is no longer open.
    """
    _require_open(challenge, at=at)
    return _sign(write_answer(firm_of(signer)), challenge=challenge, signer=signer, at=at)


def pair(
    challenge: Challenge,
    *,
    reference: str,
    salt: bytes,
    signer: Signer,
    at: datetime,
    shown: bool = True,
) -> Secured:
    """Tie the key to a bank's own reference for this firm; unless `shown`, only its salted digest travels.

    Raises:
        NotPermittedError: when the challenge is no longer open.
    """
    _require_open(challenge, at=at)
    holder = firm_of(signer)
    customer = customer_digest(reference, salt=salt)
    pairing = Pairing(holder, salt, customer, reference if shown else None)
    return _sign(write_pairing(pairing), challenge=challenge, signer=signer, at=at)


def _sign(document: Mapping[str, Json], *, challenge: Challenge, signer: Signer, at: datetime) -> Secured:
    return sign_document(
        document,
        by=firm_of(signer),
        signer=signer,
        purpose="authentication",
        at=at,
        challenge=challenge.nonce,
        domain=challenge.audience,
    )


def _require_open(challenge: Challenge, *, at: datetime) -> None:
    if at > challenge.expires:
        raise NotPermittedError(
            f"answering {challenge.audience}",
            because=f"its challenge expired at {stamp(challenge.expires)}, and it is {stamp(at)}",
            code="presentation.expired",
        )
