"""Gathering proofs of time for a chain: one's own, and from each member that signed a part of it."""

from collections.abc import Iterable, Mapping

from perseus.apps.asking import post
from perseus.apps.party import Party
from perseus.evidence.keeping import MOST
from perseus.evidence.proving import proofs_of
from registry.evidence.proof import Proof, read_proofs
from trust.digest import Digest
from trust.envelope import envelope
from trust.errors import MalformedError, NotPermittedError, UnavailableError
from trust.secured import Secured


def gather_proofs(party: Party, documents: Iterable[Secured]) -> Mapping[Digest, Proof]:
    """Get the proofs that can be had now; a document that is too young, or whose signer is away, has none."""
    if party.evidence is None:
        return {}
    by_signer: dict[str, list[Digest]] = {}
    for one in documents:
        by_signer.setdefault(str(envelope(one).issuer), []).append(one.digest)
    with party.store.read() as connection:
        found = dict(proofs_of(connection, by_signer.pop(str(party.did), [])))
    for signer, digests in by_signer.items():
        if signer.startswith("did:web:"):
            found |= _asked(party, signer, digests[:MOST])
    return found


def _asked(party: Party, signer: str, digests: list[Digest]) -> Mapping[Digest, Proof]:
    body = {"digests": [digest.multibase for digest in digests]}
    try:
        answered = post(party, f"{party.url_of(signer)}/v1/time-proofs", body)
        proofs = read_proofs(answered.get("proofs"))
    except (UnavailableError, NotPermittedError, MalformedError) as error:
        party.log.info("no proofs of time", signer=signer, why=str(error))
        return {}
    return {digest: proof for digest, proof in proofs.items() if digest in digests}
