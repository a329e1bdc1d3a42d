"""Answers by Idempotency-Key: a request sent again gets the answer that the first one got."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Column, Connection, Integer, LargeBinary, Table, Text, select

from perseus.problems import ConflictError
from perseus.storage.schema import METADATA, Moment, row_of

LIFE = timedelta(days=7)

repeats = Table(
    "repeats",
    METADATA,
    Column("key", Text, primary_key=True),
    Column("request", Text, nullable=False),
    Column("status", Integer, nullable=False),
    Column("media_type", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("location", Text, nullable=False),
    Column("answered_at", Moment, nullable=False, index=True),
)


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer as it was given: its status, media type and bytes."""

    status: int
    media_type: str
    body: bytes
    location: str = ""


def recall(connection: Connection, key: str, *, request: str) -> Answered | None:
    """Find the answer that this very request got.

    Raises:
        ConflictError: another request was sent under the key.
    """
    row = connection.execute(select(repeats).where(repeats.c.key == key)).one_or_none()
    if row is None:
        return None
    if row.request != request:
        raise ConflictError("the Idempotency-Key was sent with another request", code="http.key_reused")
    return Answered(row.status, row.media_type, bytes(row.body), row.location)


def remember(connection: Connection, key: str, answered: Answered, *, request: str, at: datetime) -> None:
    """Keep an answer for a week, in the transaction of the act that it answers."""
    connection.execute(repeats.delete().where(repeats.c.answered_at < at - LIFE))
    row = row_of(answered)
    connection.execute(repeats.insert().values(key=key, request=request, **row, answered_at=at))
