"""Challenges: nonces that this party gave out, each good for one use within five minutes."""

from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Table, Text, select

from perseus.storage.schema import METADATA, Moment

LIFE = timedelta(minutes=5)

challenges = Table(
    "challenges",
    METADATA,
    Column("nonce", Text, primary_key=True),
    Column("expires", Moment, nullable=False, index=True),
    Column("spent_at", Moment),
)


def open_challenge(connection: Connection, nonce: str, *, at: datetime) -> datetime:
    """Write down a nonce before it is given out, and tell when it ends; old ones are swept."""
    connection.execute(challenges.delete().where(challenges.c.expires < at - LIFE))
    connection.execute(challenges.insert().values(nonce=nonce, expires=at + LIFE))
    return at + LIFE


def expiry_of(connection: Connection, nonce: str) -> datetime | None:
    """Tell until when a nonce of ours may be used, or None for one that was never given out, or is used up."""
    ours = (challenges.c.nonce == nonce) & challenges.c.spent_at.is_(None)
    return connection.execute(select(challenges.c.expires).where(ours)).scalar()


def spend(connection: Connection, nonce: str, *, at: datetime) -> bool:
    """Use a nonce up, and tell whether it was ours, unspent and in time: of two callers one gets it."""
    ours = (challenges.c.nonce == nonce) & challenges.c.spent_at.is_(None) & (challenges.c.expires >= at)
    return connection.execute(challenges.update().where(ours).values(spent_at=at)).rowcount == 1
