"""The logs as a database holds them: entries that are only ever appended, and the checkpoints over them.

A log is two tables of its own, `NAME_entries` and `NAME_checkpoints`. The operator keeps beside them every checkpoint
that its log key signed (`log_heads`), which is published once enough witnesses have cosigned it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import Column, Connection, Integer, LargeBinary, Table, Text, func, select

from perseus.problems import ConflictError
from perseus.storage.schema import METADATA, Moment, row_of
from registry.recording import Sighting

log_heads = Table(
    "log_heads",
    METADATA,
    Column("log", Text, primary_key=True),
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("note", Text, nullable=False),
    Column("signed_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A checkpoint that was published, as its keeper wrote it or as another party saw it, and when."""

    size: int
    note: str
    seen_at: datetime


@dataclass(frozen=True, slots=True)
class Head:
    """A checkpoint that the log signed, in the transaction that appended its last entries."""

    size: int
    note: str
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class LogTables:
    """Where one log lies."""

    name: str
    entries: Table
    checkpoints: Table

    @classmethod
    def named(cls, name: str) -> Self:
        """Name the two tables of a log."""
        entries = Table(
            f"{name}_entries",
            METADATA,
            Column("index", Integer, primary_key=True, autoincrement=False),
            Column("entry", LargeBinary, nullable=False),
        )
        checkpoints = Table(
            f"{name}_checkpoints",
            METADATA,
            Column("size", Integer, primary_key=True, autoincrement=False),
            Column("note", Text, nullable=False),
            Column("seen_at", Moment, nullable=False),
        )
        return cls(name, entries, checkpoints)

    def size(self, connection: Connection) -> int:
        """Count the entries held; they have no gaps, so that the last one tells."""
        last = connection.execute(select(func.max(self.entries.c.index))).scalar_one()
        return 0 if last is None else int(last) + 1

    def append(self, connection: Connection, entries: Sequence[bytes], *, at_size: int) -> None:
        """Append entries, if the log still has the size they were made for.

        Raises:
            ConflictError: the log has grown in the meantime.
        """
        held = self.size(connection)
        if held != at_size:
            raise ConflictError(f"the log has {held} entries; these were made for {at_size}")
        rows = [{"index": at_size + place, "entry": entry} for place, entry in enumerate(entries)]
        if rows:
            connection.execute(self.entries.insert(), rows)

    def read(self, connection: Connection, *, start: int = 0, end: int | None = None) -> tuple[bytes, ...]:
        """Give the entries from `start` up to, and not including, `end`."""
        query = select(self.entries.c.entry).where(self.entries.c.index >= start)
        query = query if end is None else query.where(self.entries.c.index < end)
        rows = connection.execute(query.order_by(self.entries.c.index)).scalars()
        return tuple(map(bytes, rows))

    def see(self, connection: Connection, seen: Seen) -> None:
        """Keep a published checkpoint: one a size, the latest."""
        connection.execute(self.checkpoints.delete().where(self.checkpoints.c.size == seen.size))
        connection.execute(self.checkpoints.insert().values(**row_of(seen)))

    def newest(self, connection: Connection) -> Seen | None:
        """Give the newest published checkpoint."""
        query = select(self.checkpoints).order_by(self.checkpoints.c.size.desc()).limit(1)
        row = connection.execute(query).one_or_none()
        return None if row is None else Seen(row.size, row.note, row.seen_at)

    def seen_at(self, connection: Connection, size: int) -> Seen | None:
        """Give the published checkpoint of one size."""
        row = connection.execute(
            select(self.checkpoints).where(self.checkpoints.c.size == size)
        ).one_or_none()
        return None if row is None else Seen(row.size, row.note, row.seen_at)

    def sign(self, connection: Connection, head: Head) -> None:
        """Keep what the log signed about its new size; a size is signed once."""
        connection.execute(log_heads.insert().values(log=self.name, **row_of(head)))

    def head(self, connection: Connection) -> Head | None:
        """Give what the log signed about its present size."""
        mine = select(log_heads).where(log_heads.c.log == self.name)
        row = connection.execute(mine.order_by(log_heads.c.size.desc()).limit(1)).one_or_none()
        return None if row is None else Head(row.size, row.note, row.signed_at)

    def signings(self, connection: Connection) -> tuple[Sighting, ...]:
        """Tell when the log signed each of its sizes: the moment at which it had exactly so many entries."""
        mine = select(log_heads.c.size, log_heads.c.signed_at).where(log_heads.c.log == self.name)
        rows = connection.execute(mine.order_by(log_heads.c.size)).all()
        return tuple([Sighting(row.size, row.signed_at, row.signed_at) for row in rows])

    def last_signing(self, connection: Connection) -> datetime | None:
        """Give the latest moment at which the log signed a size, or None before the first."""
        mine = select(func.max(log_heads.c.signed_at)).where(log_heads.c.log == self.name)
        found: datetime | None = connection.execute(mine).scalar_one()
        return found


MEMBERS = LogTables.named("register")
EVIDENCE = LogTables.named("evidence")
