"""The checkpoints of the register that tell when its entries were recorded: the first and the last seen of each size.

The first of a size bounds its newest entry from above, the last bounds the next entry from below; those in between
say nothing more, and whatever is seen later changes neither bound of an entry that had both.
"""

from sqlalchemy import Column, Connection, Integer, Table, Text, select

from perseus.storage.log import Seen
from perseus.storage.schema import METADATA, Moment

register_sightings = Table(
    "register_sightings",
    METADATA,
    Column("size", Integer, primary_key=True, autoincrement=False),
    Column("first", Text, nullable=False),
    Column("last", Text, nullable=False),
    Column("seen_at", Moment, nullable=False),
)


def keep(connection: Connection, seen: Seen) -> None:
    """Keep a checkpoint: the first of its size for good, the last until there is a newer one."""
    c = register_sightings.c
    changed = register_sightings.update().where(c.size == seen.size)
    done = connection.execute(changed.values(last=seen.note, seen_at=seen.seen_at))
    if done.rowcount == 0:
        row = {"size": seen.size, "first": seen.note, "last": seen.note, "seen_at": seen.seen_at}
        connection.execute(register_sightings.insert().values(**row))


def notes(connection: Connection, *, most: int | None = None) -> tuple[str, ...]:
    """Give the checkpoints by size, or those of the newest sizes alone, each once."""
    c = register_sightings.c
    query = select(c.first, c.last).order_by(c.size.desc())
    rows = connection.execute(query if most is None else query.limit(most)).all()
    return tuple(dict.fromkeys(note for row in reversed(rows) for note in row))
