"""Handing out proofs of time: to whoever names the digest, because whoever knows a digest has the document."""

from collections.abc import Iterable, Mapping

from sqlalchemy import Connection

from perseus.evidence.committing import sealed
from perseus.storage import evidence, gathered
from perseus.storage.evidence import BATCH
from registry.evidence.batch import seal
from registry.evidence.proof import ListProof, Proof, TimeProof, read_proof
from trust.canonical import parse
from trust.digest import Digest


def proofs_of(connection: Connection, digests: Iterable[Digest]) -> Mapping[Digest, Proof]:
    """Give the proofs that are at hand, made here or given by others; a digest that is not proven yet has none."""
    asked = tuple(dict.fromkeys(digests))
    own = {digest: _proof(connection, digest) for digest in asked}
    others = gathered.find_all(connection, [digest.multibase for digest in asked if own[digest] is None])
    given = {Digest.parse(name): read_proof(parse(raw, where="proof")) for name, raw in others.items()}
    return {**given, **{digest: proof for digest, proof in own.items() if proof is not None}}


def _proof(connection: Connection, digest: Digest) -> Proof | None:
    leaf = evidence.find(connection, digest.multibase)
    if leaf is None:
        return _of_list(connection, digest)
    if leaf.interval is None:
        return None
    said = evidence.said(connection, BATCH, leaf.interval)
    if said is None or said.inclusion is None or said.filler is None:
        return None
    batch = sealed(evidence.of_interval(connection, leaf.interval), said.filler)
    place = batch.place(seal(digest, salt=leaf.salt))
    return TimeProof(leaf.salt, place.index, place.path, said.entry, said.inclusion)


def _of_list(connection: Connection, digest: Digest) -> ListProof | None:
    said = evidence.of_list(connection, digest.multibase)
    if said is None or said.inclusion is None:
        return None
    return ListProof(said.entry, said.inclusion)
