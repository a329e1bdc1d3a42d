"""Presentations that were shown here, and the report on each: stored before they are judged."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, LargeBinary, Table, Text, select

from perseus.storage.schema import METADATA, Moment, row_of

presentations = Table(
    "presentations",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("challenge", Text, nullable=False, unique=True),
    Column("received_at", Moment, nullable=False),
    Column("body", LargeBinary, nullable=False),
)

reports = Table(
    "reports",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("presentation", Text, ForeignKey("presentations.id"), index=True),
    Column("evidence", LargeBinary),
    Column("verdict", LargeBinary, nullable=False),
    Column("overall", Text, nullable=False),
    Column("made_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A presentation as it was received, by whom, against which challenge."""

    id: str
    holder: str
    digest: str
    challenge: str
    received_at: datetime
    body: bytes


@dataclass(frozen=True, slots=True)
class Reported:
    """A verdict, the evidence it was reached on, and the presentation it judges, if one was shown."""

    id: str
    presentation: str | None
    evidence: bytes | None
    verdict: bytes
    overall: str
    made_at: datetime


def keep(connection: Connection, shown: Shown) -> None:
    """Keep a presentation."""
    row = row_of(shown)
    connection.execute(presentations.insert().values(**row))


def find(connection: Connection, id_: str) -> Shown | None:
    """Find a presentation."""
    row = connection.execute(select(presentations).where(presentations.c.id == id_)).one_or_none()
    return None if row is None else Shown(*row)


def received_at(connection: Connection, digest: str) -> datetime | None:
    """Tell when a presentation of exactly these bytes was first received here."""
    c = presentations.c
    found: datetime | None = connection.execute(
        select(c.received_at).where(c.digest == digest).order_by(c.received_at).limit(1)
    ).scalar()
    return found


def report(connection: Connection, reported: Reported) -> None:
    """Keep a verdict."""
    row = row_of(reported)
    connection.execute(reports.insert().values(**row))


def find_report(connection: Connection, id_: str) -> Reported | None:
    """Find a verdict."""
    row = connection.execute(select(reports).where(reports.c.id == id_)).one_or_none()
    return None if row is None else Reported(*row)


def reported(connection: Connection, *, after: str = "", most: int = 50) -> tuple[Reported, ...]:
    """List verdicts in the order of their ids, from the one after a cursor."""
    query = select(reports).where(reports.c.id > after).order_by(reports.c.id).limit(most)
    return tuple(Reported(*row) for row in connection.execute(query))
