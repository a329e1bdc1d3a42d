"""Gathering proofs of time for documents that others signed: noted when they are received, asked for when they are due.

Whoever signed a document, or showed it here, is asked; nobody else learns that this party has it.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta

from sqlalchemy import Connection

from perseus.apps.asking import post
from perseus.apps.party import Party
from perseus.evidence.proving import proofs_of
from perseus.storage import gathered
from registry.evidence.proof import Proof, read_proofs
from trust.canonical import canonicalize
from trust.digest import Digest
from trust.envelope import envelope
from trust.errors import MalformedError, NotPermittedError, SignatureMismatchError, UnavailableError
from trust.secured import Secured

MOST = 128
_HOPE = timedelta(days=2)
_MEMBER = "did:web:"


def want(party: Party, connection: Connection, secured: Secured, *, giver: str = "") -> None:
    """Note that a document needs a proof, in the transaction that keeps it; its signer is asked unless another is.

    What is no credential needs none: whoever keeps it judges it elsewhere.
    """
    if party.evidence is None:
        return
    try:
        signer = str(envelope(secured).issuer)
    except MalformedError:
        return
    asked = giver or signer
    if not signer.startswith(_MEMBER) or not asked.startswith(_MEMBER):
        return
    if asked != str(party.did):
        gathered.want(connection, secured.digest.multibase, giver=asked, at=party.now())


def at_hand(party: Party, documents: Iterable[Secured]) -> Mapping[Digest, Proof]:
    """Give the proofs of documents, one's own and those that others gave; a document that is too young has none."""
    if party.evidence is None:
        return {}
    with party.store.read() as connection:
        return proofs_of(connection, [one.digest for one in documents])


def gather(party: Party) -> None:
    """Ask for the proofs that are due, each giver once, and keep those that hold."""
    if party.evidence is None:
        return
    now = party.now()
    with party.store.read() as connection:
        wanted = gathered.wanted(connection, since=now - _HOPE, before=now - party.evidence.length, most=MOST)
    for giver, digests in wanted.items():
        proofs = _asked(party, giver, digests)
        with party.store.write() as connection:
            for digest, proof in proofs.items():
                gathered.gather(connection, digest.multibase, canonicalize(proof.write()))


def _asked(party: Party, giver: str, digests: tuple[str, ...]) -> Mapping[Digest, Proof]:
    try:
        answered = post(party, f"{party.url_of(giver)}/v1/time-proofs", {"digests": list(digests)})
        given = read_proofs(answered.get("proofs"))
        trust = party.log_trust()
    except (UnavailableError, NotPermittedError, MalformedError) as error:
        party.log.info("no proofs of time", giver=giver, why=str(error))
        return {}
    held: dict[Digest, Proof] = {}
    for digest in map(Digest.parse, digests):
        try:
            if digest in given:
                given[digest].shown(digest, trust)
                held[digest] = given[digest]
        except (MalformedError, SignatureMismatchError) as error:
            party.log.warning("no proof of time", giver=giver, digest=str(digest), why=str(error))
    return held
