"""Readings and the k of their commitments, under the credential they belong to; deleted together.

Only the energy data provider, the accounting provider and the account holder have this table.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, select

from perseus.storage.schema import METADATA, Moment
from trust.digest import Digest

readings = Table(
    "readings",
    METADATA,
    Column("credential", Text, primary_key=True),
    Column("body", LargeBinary, nullable=False),
    Column("k", LargeBinary, nullable=False),
    Column("stored_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class KeptReadings:
    """The readings resource of one consumption credential, and the k that blinds its commitments."""

    credential: str
    body: bytes
    k: bytes


def keep(connection: Connection, credential: str, *, body: bytes, k: bytes, at: datetime) -> None:
    """Keep readings; a second time changes nothing."""
    if find(connection, credential) is None:
        connection.execute(readings.insert().values(credential=credential, body=body, k=k, stored_at=at))


def find(connection: Connection, credential: str) -> KeptReadings | None:
    """Find the readings of a consumption credential."""
    row = connection.execute(select(readings).where(readings.c.credential == credential)).one_or_none()
    return None if row is None else KeptReadings(row.credential, bytes(row.body), bytes(row.k))


def used(connection: Connection) -> tuple[Digest, ...]:
    """Name every k that is kept here, so that none is taken twice."""
    return tuple(Digest.of(bytes(k)) for k in connection.execute(select(readings.c.k)).scalars())


def owners(connection: Connection) -> dict[Digest, str]:
    """Give the credential that each k came with first; no k may come with another."""
    query = select(readings.c.credential, readings.c.k).order_by(readings.c.stored_at.desc())
    return {Digest.of(bytes(row.k)): row.credential for row in connection.execute(query)}


def forget(connection: Connection, credential: str) -> bool:
    """Delete readings with their k, and tell whether there were any."""
    return connection.execute(readings.delete().where(readings.c.credential == credential)).rowcount > 0
