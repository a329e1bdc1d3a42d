"""The register's log as this party holds it: entries that are only ever appended, and the newest checkpoint."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, LargeBinary, Table, Text, func, select

from perseus.problems import ConflictError
from perseus.storage.schema import METADATA, Moment

register_entries = Table(
    "register_entries",
    METADATA,
    Column("index", Integer, primary_key=True, autoincrement=False),
    Column("entry", LargeBinary, nullable=False),
)

register_checkpoints = Table(
    "register_checkpoints",
    METADATA,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A checkpoint of the register, and when this party saw it."""

    size: int
    note: str
    seen_at: datetime


def size(connection: Connection) -> int:
    """Count the entries held."""
    return int(connection.execute(select(func.count()).select_from(register_entries)).scalar_one())


def append(connection: Connection, entries: Sequence[bytes], *, at_size: int) -> None:
    """Append entries, if the log still has the size they were made for.

    Raises:
        ConflictError: the log has grown in the meantime.
    """
    held = size(connection)
    if held != at_size:
        raise ConflictError(f"the register has {held} entries; these were made for {at_size}")
    rows = [{"index": at_size + place, "entry": entry} for place, entry in enumerate(entries)]
    if rows:
        connection.execute(register_entries.insert(), rows)


def entries(connection: Connection, *, start: int = 0, end: int | None = None) -> tuple[bytes, ...]:
    """Give the entries from `start` up to, and not including, `end`."""
    query = select(register_entries.c.entry).where(register_entries.c.index >= start)
    query = query if end is None else query.where(register_entries.c.index < end)
    rows = connection.execute(query.order_by(register_entries.c.index)).scalars()
    return tuple(bytes(entry) for entry in rows)


def see(connection: Connection, seen: Seen) -> None:
    """Keep a checkpoint: one a size, the latest time at which it was seen."""
    connection.execute(register_checkpoints.delete().where(register_checkpoints.c.size == seen.size))
    row = {"size": seen.size, "note": seen.note, "seen_at": seen.seen_at}
    connection.execute(register_checkpoints.insert().values(**row))


def newest(connection: Connection) -> Seen | None:
    """Give the newest checkpoint."""
    query = select(register_checkpoints).order_by(register_checkpoints.c.size.desc()).limit(1)
    row = connection.execute(query).one_or_none()
    return None if row is None else Seen(row.size, row.note, row.seen_at)


def seen_at(connection: Connection, size_: int) -> Seen | None:
    """Give the checkpoint of one size."""
    chosen = select(register_checkpoints).where(register_checkpoints.c.size == size_)
    row = connection.execute(chosen).one_or_none()
    return None if row is None else Seen(row.size, row.note, row.seen_at)
