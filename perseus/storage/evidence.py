"""What a party commits to the evidence log: digests that wait, what it said for each interval, and where that stands.

Nothing here is published but the entries; the salts and the filler stay, because proofs are made from them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, ColumnElement, Connection, LargeBinary, Table, Text, func, select

from perseus.storage.schema import METADATA, Moment, row_of

evidence_leaves = Table(
    "evidence_leaves",
    METADATA,
    Column("digest", Text, primary_key=True),
    Column("salt", LargeBinary, nullable=False),
    Column("noted_at", Moment, nullable=False),
    Column("interval", BigInteger, index=True),
)

evidence_said = Table(
    "evidence_said",
    METADATA,
    Column("list_url", Text, primary_key=True),
    Column("interval", BigInteger, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
    Column("filler", LargeBinary),
    Column("listed", LargeBinary),
    Column("digest", Text, index=True),
    Column("place", BigInteger),
    Column("inclusion", Text),
    Column("refused", Text),
)

BATCH = ""
"""Where a status list's statement has its URL, a batch has nothing."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """A digest with its salt, and the interval in whose batch it stands, once it does."""

    digest: str
    salt: bytes
    noted_at: datetime
    interval: int | None = None


@dataclass(frozen=True, slots=True)
class Said:
    """A statement for an interval, as it was signed; the place and the proof of inclusion come later.

    `filler` belongs to a batch, `listed` and `digest` to a status list; `refused` is why the log will not take it.
    """

    list_url: str
    interval: int
    entry: bytes
    filler: bytes | None = None
    listed: bytes | None = None
    digest: str | None = None
    place: int | None = None
    inclusion: str | None = None
    refused: str | None = None


def note(connection: Connection, leaf: Leaf) -> None:
    """Remember to commit to a digest; a second time changes nothing."""
    if find(connection, leaf.digest) is None:
        connection.execute(evidence_leaves.insert().values(**row_of(leaf)))


def find(connection: Connection, digest: str) -> Leaf | None:
    """Find a digest."""
    row = connection.execute(select(evidence_leaves).where(evidence_leaves.c.digest == digest)).one_or_none()
    return None if row is None else Leaf(*row)


def waiting(connection: Connection, *, before: datetime, most: int) -> tuple[Leaf, ...]:
    """Give the digests that stand in no batch yet, those noted first, up to what a batch holds."""
    c = evidence_leaves.c
    query = select(evidence_leaves).where(c.interval.is_(None) & (c.noted_at < before))
    return tuple(Leaf(*row) for row in connection.execute(query.order_by(c.noted_at, c.digest).limit(most)))


def of_interval(connection: Connection, interval: int) -> tuple[Leaf, ...]:
    """Give the digests that stand in the batch of an interval."""
    rows = connection.execute(select(evidence_leaves).where(evidence_leaves.c.interval == interval))
    return tuple(Leaf(*row) for row in rows)


def last_batch(connection: Connection) -> int | None:
    """Give the last interval for which a batch was signed."""
    query = select(func.max(evidence_said.c.interval)).where(evidence_said.c.list_url == BATCH)
    found = connection.execute(query).scalar_one()
    return None if found is None else int(found)


def say(connection: Connection, said: Said, leaves: Sequence[Leaf] = ()) -> None:
    """Keep a signed statement, and put its leaves into its interval, before anybody is told."""
    connection.execute(evidence_said.insert().values(**row_of(said)))
    for leaf in leaves:
        chosen = evidence_leaves.c.digest == leaf.digest
        connection.execute(evidence_leaves.update().where(chosen).values(interval=said.interval))


def said(connection: Connection, list_url: str, interval: int) -> Said | None:
    """Give what was said for an interval."""
    c = evidence_said.c
    query = select(evidence_said).where((c.list_url == list_url) & (c.interval == interval))
    row = connection.execute(query).one_or_none()
    return None if row is None else Said(*row)


def of_list(connection: Connection, digest: str) -> Said | None:
    """Find what was said about the status list of a digest."""
    query = select(evidence_said).where(evidence_said.c.digest == digest)
    row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None else Said(*row)


def unsent(connection: Connection, *, most: int) -> tuple[Said, ...]:
    """Give what the log has not taken yet, the oldest first."""
    c = evidence_said.c
    query = select(evidence_said).where(c.place.is_(None) & c.refused.is_(None))
    rows = connection.execute(query.order_by(c.interval, c.list_url).limit(most))
    return tuple(Said(*row) for row in rows)


def unproven(connection: Connection, *, most: int) -> tuple[Said, ...]:
    """Give what stands in the log and has no proof of it yet, the oldest first."""
    c = evidence_said.c
    query = select(evidence_said).where(c.place.is_not(None) & c.inclusion.is_(None))
    rows = connection.execute(query.order_by(c.interval, c.list_url).limit(most))
    return tuple(Said(*row) for row in rows)


def placed(connection: Connection, one: Said, place: int) -> None:
    """Keep where the log put a statement."""
    connection.execute(evidence_said.update().where(_of(one)).values(place=place))


def proven(connection: Connection, one: Said, inclusion: str) -> None:
    """Keep the proof that the log has a statement."""
    connection.execute(evidence_said.update().where(_of(one)).values(inclusion=inclusion))


def refuse(connection: Connection, one: Said, code: str) -> None:
    """Give a statement up, and let the digests of its batch wait for another."""
    connection.execute(evidence_said.update().where(_of(one)).values(refused=code))
    if one.list_url == BATCH:
        chosen = evidence_leaves.c.interval == one.interval
        connection.execute(evidence_leaves.update().where(chosen).values(interval=None))


def _of(one: Said) -> ColumnElement[bool]:
    c = evidence_said.c
    return (c.list_url == one.list_url) & (c.interval == one.interval)
