"""What this party still has to tell others: written with the act itself, sent until it is acknowledged."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Integer, LargeBinary, Table, Text, select

from perseus.storage.schema import METADATA, Moment, row_of

LONGEST_PAUSE = timedelta(minutes=5)

deliveries = Table(
    "deliveries",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("url", Text, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("about", Text, nullable=False, index=True),
    Column("receiver", Text, nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("next_at", Moment, nullable=False, index=True),
    Column("attempts", Integer, nullable=False),
    Column("acknowledged_at", Moment),
    Column("trouble", Text),
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way: where to, what, about which act, and how it went so far."""

    id: str
    url: str
    media_type: str
    body: bytes
    about: str
    receiver: str
    created_at: datetime
    next_at: datetime
    attempts: int = 0
    acknowledged_at: datetime | None = None
    trouble: str | None = None


def post(connection: Connection, delivery: Delivery) -> None:
    """Put a message into the outbox, in the transaction of the act that it tells of; a second time changes nothing."""
    known = connection.execute(select(deliveries.c.id).where(deliveries.c.id == delivery.id)).scalar()
    if known is None:
        row = row_of(delivery)
        connection.execute(deliveries.insert().values(**row))


def due(connection: Connection, *, at: datetime, most: int = 32) -> tuple[Delivery, ...]:
    """List the messages to be sent now, the oldest first."""
    waiting = deliveries.c.acknowledged_at.is_(None) & (deliveries.c.next_at <= at)
    ordered = select(deliveries).where(waiting).order_by(deliveries.c.created_at, deliveries.c.id)
    return tuple(Delivery(*row) for row in connection.execute(ordered.limit(most)))


def about(connection: Connection, subject: str) -> tuple[Delivery, ...]:
    """List the messages about one act, sent or not."""
    query = select(deliveries).where(deliveries.c.about == subject).order_by(deliveries.c.id)
    return tuple(Delivery(*row) for row in connection.execute(query))


def acknowledge(connection: Connection, id_: str, *, at: datetime) -> None:
    """Take a message out of the outbox: the receiver has it on its disk."""
    connection.execute(deliveries.update().where(deliveries.c.id == id_).values(acknowledged_at=at))


def put_off(connection: Connection, delivery: Delivery, *, at: datetime, trouble: str) -> None:
    """Try again later, each time after a longer pause."""
    pause = min(LONGEST_PAUSE, timedelta(seconds=1 << min(delivery.attempts, 9)))
    changed = {"attempts": delivery.attempts + 1, "next_at": at + pause, "trouble": trouble[:400]}
    connection.execute(deliveries.update().where(deliveries.c.id == delivery.id).values(**changed))


def hasten(connection: Connection, *, at: datetime) -> None:
    """Make every waiting message due: this process has just started, and so may the others have."""
    soon = (deliveries.c.next_at > at) & (deliveries.c.next_at <= at + LONGEST_PAUSE)
    waiting = deliveries.c.acknowledged_at.is_(None) & soon
    connection.execute(deliveries.update().where(waiting).values(next_at=at))


def waiting(connection: Connection) -> int:
    """Count the messages that nobody has acknowledged yet."""
    open_ = deliveries.c.acknowledged_at.is_(None)
    return len(connection.execute(select(deliveries.c.id).where(open_)).all())
