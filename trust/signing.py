"""How a document of ours is signed: the suite follows from the key, the key's name from its controller."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType

from trust.canonical import Json, canonicalize
from trust.credential import Credential, write
from trust.did import Did, DidUrl
from trust.errors import NotPermittedError
from trust.keys import Algorithm, PublicKey, Signer
from trust.schema import fit
from trust.secured import Secured
from trust.securing.data_integrity import Purpose, Suite, secure

SUITES: Mapping[Algorithm, Suite] = MappingProxyType({suite.algorithm: suite for suite in Suite})


def sign(credential: Credential[object], *, signer: Signer, suite: Suite | None = None) -> Secured:
    """Write a credential, hold it against its schema, and sign its canonical bytes (Data Integrity 1.0, section 4.2).

    Raises:
        MalformedError: when the document does not fit its published schema.
        NotPermittedError: when the key cannot be the issuer's.
    """
    document = write(credential)
    fit(credential.kind.schema, document)
    return sign_document(
        document,
        by=credential.issuer,
        signer=signer,
        purpose="assertionMethod",
        at=credential.valid_from,
        suite=suite,
    )


def sign_document(
    document: Mapping[str, Json],
    *,
    by: Did,
    signer: Signer,
    purpose: Purpose,
    at: datetime,
    suite: Suite | None = None,
    challenge: str | None = None,
    domain: Did | None = None,
) -> Secured:
    """Sign a document in the name of a party, and give the RFC 8785 bytes that travel.

    Raises:
        NotPermittedError: when the key cannot be that party's.
    """
    secured = secure(
        document,
        suite=suite or suite_for(signer.key),
        signer=signer,
        verification_method=str(verification_method(by, signer.key)),
        purpose=purpose,
        created=at,
        challenge=challenge,
        domain=None if domain is None else str(domain),
    )
    media_type = "application/vc" if purpose == "assertionMethod" else "application/vp"
    return Secured(canonicalize(secured), media_type)


def suite_for(key: PublicKey) -> Suite:
    """Name the one suite by which the scheme signs with this kind of key."""
    return SUITES[key.algorithm]


def verification_method(party: Did, key: PublicKey) -> DidUrl:
    """Name a party's key: a member's by its thumbprint, a small firm's by the key itself (did:key 0.7).

    Raises:
        NotPermittedError: when a small firm's identifier is made of another key.
    """
    if party.multikey is None:
        return party.url(key.thumbprint)
    if party.multikey != key.multikey:
        raise NotPermittedError(
            f"signing as {party}", because=f"the key at hand is {key.multikey}", code="key.other_issuer"
        )
    return party.url(key.multikey)
