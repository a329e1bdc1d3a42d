"""Proofs of time for documents that others signed: wanted since they were received, there once somebody gave them."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, select

from perseus.storage.schema import METADATA, Moment

evidence_gathered = Table(
    "evidence_gathered",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("giver", Text, nullable=False),
    Column("noted_at", Moment, nullable=False),
    Column("proof", LargeBinary),
)


def want(connection: Connection, digest: str, *, giver: str, at: datetime) -> None:
    """Remember to ask somebody for a proof; a second time changes nothing."""
    c = evidence_gathered.c
    if connection.execute(select(c.digest).where(c.digest == digest)).scalar_one_or_none() is None:
        row = {"digest": digest, "giver": giver, "noted_at": at}
        connection.execute(evidence_gathered.insert().values(**row))


def wanted(
    connection: Connection, *, since: datetime, before: datetime, most: int
) -> Mapping[str, tuple[str, ...]]:
    """Give the digests that still lack a proof, by who is to be asked; neither too young nor too old for one."""
    c = evidence_gathered.c
    chosen = c.proof.is_(None) & (c.noted_at >= since) & (c.noted_at < before)
    rows = connection.execute(
        select(c.giver, c.digest).where(chosen).order_by(c.noted_at, c.digest).limit(most)
    )
    found: dict[str, list[str]] = {}
    for giver, digest in rows:
        found.setdefault(giver, []).append(digest)
    return {giver: tuple(digests) for giver, digests in found.items()}


def gather(connection: Connection, digest: str, proof: bytes) -> None:
    """Keep a proof that somebody gave."""
    chosen = evidence_gathered.c.digest == digest
    connection.execute(evidence_gathered.update().where(chosen).values(proof=proof))


def find_all(connection: Connection, digests: Iterable[str]) -> Mapping[str, bytes]:
    """Give the proofs that were gathered for these digests."""
    c = evidence_gathered.c
    query = select(c.digest, c.proof).where(c.digest.in_(tuple(digests)) & c.proof.is_not(None))
    return {row.digest: bytes(row.proof) for row in connection.execute(query)}
