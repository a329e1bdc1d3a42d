"""What a witness remembers: one checkpoint a log, the largest that it ever cosigned, and what contradicted it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import BigInteger, Column, Connection, MetaData, Table, Text, select

from perseus.storage.schema import Moment, row_of
from perseus.storage.store import Store
from registry.log.checkpoint import Checkpoint
from registry.log.note import Note
from trust.canonical import Json
from trust.claims.halfhour import stamp

LARGEST = (1 << 63) - 1
_METADATA = MetaData()

witnessed = Table(
    "witnessed",
    _METADATA,
    Column("origin", Text, primary_key=True),
    Column("size", BigInteger, nullable=False),
    Column("note", Text, nullable=False),
    Column("cosigned_at", Moment, nullable=False),
)

forks = Table(
    "forks",
    _METADATA,
    Column("origin", Text, primary_key=True),
    Column("size", BigInteger, primary_key=True),
    Column("note", Text, nullable=False),
    Column("other", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Held:
    """The last checkpoint of a log, as the log signed it, and the time in the newest cosignature given for it."""

    origin: str
    size: int
    note: str
    cosigned_at: datetime

    @property
    def checkpoint(self) -> Checkpoint:
        """Read the checkpoint, which this witness checked before it kept it."""
        return Checkpoint.parse(Note.parse(self.note).text)

    def as_json(self) -> dict[str, Json]:
        """Write it as `perseus witness show --json` prints it."""
        root = self.checkpoint.root.hex()
        return {
            "origin": self.origin,
            "size": self.size,
            "root": root,
            "cosigned_at": stamp(self.cosigned_at),
        }


def open_memory(url: str) -> Store:
    """Open a witness's database, and make its two tables, which have had no other form.

    Raises:
        UnavailableError: the database is away.
    """
    store = Store(url, party="witness")
    with store.write() as connection:
        _METADATA.create_all(connection)
    return store


def recall(connection: Connection, origin: str) -> Held | None:
    """Give what is held of a log; in a write transaction, nobody else changes it meanwhile."""
    query = select(witnessed).where(witnessed.c.origin == origin).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else Held(row.origin, row.size, row.note, row.cosigned_at)


def everything(connection: Connection) -> tuple[Held, ...]:
    """Give what is held of every log."""
    rows = connection.execute(select(witnessed).order_by(witnessed.c.origin))
    return tuple(Held(row.origin, row.size, row.note, row.cosigned_at) for row in rows)


def keep(connection: Connection, held: Held, *, before: Held | None) -> None:
    """Put a checkpoint in the place of the one that was recalled in the same transaction."""
    if before is None:
        connection.execute(witnessed.insert().values(**row_of(held)))
        return
    chosen = witnessed.update().where(witnessed.c.origin == held.origin)
    connection.execute(chosen.values(**row_of(held)))


def keep_fork(connection: Connection, held: Held, other: str, *, at: datetime) -> None:
    """Keep the first checkpoint that contradicts the one held of its size."""
    place = (forks.c.origin == held.origin) & (forks.c.size == held.size)
    if connection.execute(select(forks.c.size).where(place)).one_or_none() is None:
        row = {"origin": held.origin, "size": held.size, "note": held.note, "other": other, "seen_at": at}
        connection.execute(forks.insert().values(**row))


def forked(connection: Connection) -> tuple[tuple[str, str], ...]:
    """Give every pair of checkpoints that contradict each other, as the log signed them."""
    rows = connection.execute(select(forks.c.note, forks.c.other).order_by(forks.c.origin, forks.c.size))
    return tuple((row.note, row.other) for row in rows)
