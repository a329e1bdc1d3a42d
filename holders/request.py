"""A request for consent: who asks for which data, from whom, for whom, and in which words; signed by who asks."""

from dataclasses import dataclass
from datetime import datetime

from trust.canonical import Json, parse_object
from trust.claims.consent import Data, Words
from trust.codec import decode, encode
from trust.did import Did, DidUrl
from trust.digest import Digest
from trust.errors import NotPermittedError
from trust.keys import PublicKey, Signer
from trust.kinds import CONTEXT
from trust.schema import fit
from trust.secured import Secured
from trust.securing.data_integrity import read_proof, verify_proof
from trust.signing import sign_document

TYPE = "ConsentRequest"


@dataclass(frozen=True, slots=True)
class Asked:
    """One use that is asked for: who would give whom which data, for which purposes."""

    from_: Did
    to: Did
    data: Data
    purposes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ConsentRequest:
    """What a member asks a small firm to allow, and the exact words that it will be shown."""

    id: str
    requester: Did
    uses: tuple[Asked, ...]
    licence: str
    sources: tuple[str, ...]
    data_from: datetime
    data_to: datetime
    expires: datetime
    words: Words
    status_keeper: Did


def ask(request: ConsentRequest, *, signer: Signer, at: datetime) -> Secured:
    """Sign a request in the name of its requester.

    Raises:
        NotPermittedError: when the key cannot be the requester's.
    """
    return sign_document(
        _write(request), by=request.requester, signer=signer, purpose="assertionMethod", at=at
    )


def asked_by(signed: Secured) -> DidUrl:
    """Name the key that says it signed a request, so that it can be looked up in the register.

    Raises:
        MalformedError: when the bytes carry no proof.
    """
    return read_proof(parse_object(signed.raw, where="request", canonical=True)).verification_method


def read_request(signed: Secured, *, key: PublicKey, words: bytes) -> ConsentRequest:
    """Read a request whose signature fits its requester's key, and whose words are those at hand.

    Raises:
        MalformedError: when the bytes are no request.
        NotPermittedError: when another party signed it, or the words are not those that it names.
        SignatureMismatchError: when the key did not sign it.
    """
    document = parse_object(signed.raw, where="request", canonical=True)
    fit("consent-request", document)
    proof = read_proof(document)
    request = decode(ConsentRequest, document)
    act = f"showing the request {request.id}"
    if (
        proof.verification_method != request.requester.url(key.thumbprint)
        or proof.purpose != "assertionMethod"
    ):
        reason = f"{proof.verification_method} signed it, not {request.requester}"
        raise NotPermittedError(act, because=reason, code="key.other_issuer")
    verify_proof(document, proof, key)
    if Digest.of(words) != request.words.digest_multibase:
        reason = f"the words at {request.words.id} are not those that it names by digest"
        raise NotPermittedError(act, because=reason, code="link.digest")
    return request


def _write(request: ConsentRequest) -> dict[str, Json]:
    return {"@context": list(CONTEXT), "type": TYPE, **encode(request)}
