"""Proposals that wait at the operator for signatures, and those that the log took in: what, since when, which entry."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, LargeBinary, Table, Text, func, select

from perseus.storage.schema import METADATA, Moment, row_of

proposals = Table(
    "proposals",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("draft", LargeBinary, nullable=False),
    Column("proposed_at", Moment, nullable=False),
    Column("signed_at", Moment, nullable=False),
    Column("entry", Integer),
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A proposal by the digest of its bytes, with the signatures so far, and the log entry it became."""

    id: str
    draft: bytes
    proposed_at: datetime
    signed_at: datetime
    entry: int | None = None


def propose(connection: Connection, waiting: Waiting) -> None:
    """Keep a new proposal."""
    row = row_of(waiting)
    connection.execute(proposals.insert().values(**row))


def find(connection: Connection, id_: str) -> Waiting | None:
    """Find a proposal."""
    row = connection.execute(select(proposals).where(proposals.c.id == id_)).one_or_none()
    return None if row is None else Waiting(*row)


def sign(connection: Connection, id_: str, draft: bytes, *, at: datetime) -> None:
    """Keep the proposal with more signatures than before."""
    chosen = proposals.update().where(proposals.c.id == id_)
    connection.execute(chosen.values(draft=draft, signed_at=at))


def commit(connection: Connection, id_: str, *, entry: int) -> None:
    """Write down which entry of the log a proposal became."""
    connection.execute(proposals.update().where(proposals.c.id == id_).values(entry=entry))


def drop(connection: Connection, id_: str) -> None:
    """Forget a proposal that no entry came of."""
    unused = (proposals.c.id == id_) & proposals.c.entry.is_(None)
    connection.execute(proposals.delete().where(unused))


def waiting(connection: Connection) -> int:
    """Count the proposals that no entry came of."""
    chosen = select(func.count()).select_from(proposals).where(proposals.c.entry.is_(None))
    return int(connection.execute(chosen).scalar_one())


def listed(connection: Connection, *, most: int) -> tuple[Waiting, ...]:
    """List the newest proposals, the newest first."""
    query = select(proposals).order_by(proposals.c.proposed_at.desc(), proposals.c.id).limit(most)
    return tuple(Waiting(*row) for row in connection.execute(query))
