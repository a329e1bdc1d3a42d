"""Public resources by their digest: commitments and intensity series; readings are kept apart, or not at all."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, select

from perseus.storage.schema import METADATA, Moment
from trust.digest import Digest

resources = Table(
    "resources",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("stored_at", Moment, nullable=False),
)


def keep(connection: Connection, body: bytes, *, at: datetime) -> Digest:
    """Keep a resource under the digest of its bytes; a second time changes nothing."""
    digest = Digest.of(body)
    query = select(resources.c.digest).where(resources.c.digest == digest.multibase)
    if connection.execute(query).scalar() is None:
        connection.execute(resources.insert().values(digest=digest.multibase, body=body, stored_at=at))
    return digest


def find_all(connection: Connection, digests: Iterable[Digest]) -> dict[Digest, bytes]:
    """Find resources by their digests; what is not kept is left out."""
    wanted = [digest.multibase for digest in digests]
    rows = connection.execute(select(resources).where(resources.c.digest.in_(wanted)))
    return {Digest.parse(row.digest): bytes(row.body) for row in rows}
