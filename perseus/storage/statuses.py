"""Status lists that this party keeps: which index belongs to which credential, and which bits are set.

Indices are given out in an order that tells nothing: the counter of a list goes through a one-to-one map of
0..2^17-1, so that no index can come twice, whoever asks at the same time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Integer, Table, Text, func, select

from perseus.problems import ConflictError
from perseus.storage.schema import METADATA, Moment

SIZE = 1 << 17

status_lists = Table(
    "status_lists",
    METADATA,
    Column("url", Text, primary_key=True),
    Column("purpose", Text, nullable=False),
    Column("given", Integer, nullable=False),
    Column("stride", Integer, nullable=False),
    Column("shift", Integer, nullable=False),
    Column("sequence", Integer, nullable=False),
)

status_entries = Table(
    "status_entries",
    METADATA,
    Column("list_url", Text, ForeignKey("status_lists.url"), primary_key=True),
    Column("index", Integer, primary_key=True, autoincrement=False),
    Column("credential", Text, nullable=False, unique=True),
    Column("holder", Text, nullable=False, index=True),
    Column("set_at", Moment),
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a credential's bit stands, whose it is, and since when it is set."""

    list_url: str
    purpose: str
    index: int
    holder: str
    set_at: datetime | None


def open_list(connection: Connection, url: str, *, purpose: str, draw: Callable[[int], int]) -> None:
    """Open a list, with a fresh order of giving out its indices; a second time changes nothing."""
    if connection.execute(select(status_lists.c.url).where(status_lists.c.url == url)).scalar() is None:
        stride = 2 * draw(SIZE // 2) + 1
        row = {
            "url": url,
            "purpose": purpose,
            "given": 0,
            "stride": stride,
            "shift": draw(SIZE),
            "sequence": 0,
        }
        connection.execute(status_lists.insert().values(**row))


def allocate(connection: Connection, url: str, *, credential: str, holder: str) -> Place:
    """Give a credential its index, the same one however often it is asked for.

    Raises:
        ConflictError: the list is full, or the credential's index belongs to another holder.
    """
    known = place_of(connection, credential)
    if known is not None:
        if known.holder != holder:
            raise ConflictError(f"the index of {credential} belongs to another holder")
        return known
    c = status_lists.c
    taken = status_lists.update().where((c.url == url) & (c.given < SIZE)).values(given=c.given + 1)
    row = connection.execute(taken.returning(c.given, c.stride, c.shift, c.purpose)).one_or_none()
    if row is None:
        raise ConflictError(f"the status list {url} is full or was never opened")
    index = ((row.given - 1) * row.stride + row.shift) % SIZE
    entry = {"list_url": url, "index": index, "credential": credential, "holder": holder}
    connection.execute(status_entries.insert().values(**entry))
    return Place(url, row.purpose, index, holder, None)


def place_of(connection: Connection, credential: str) -> Place | None:
    """Find where a credential's bit stands."""
    joined = status_entries.join(status_lists)
    columns = (status_entries, status_lists.c.purpose)
    query = select(*columns).select_from(joined).where(status_entries.c.credential == credential)
    row = connection.execute(query).one_or_none()
    return None if row is None else Place(row.list_url, row.purpose, row[1], row.holder, row.set_at)


def count_of(connection: Connection, holder: str) -> int:
    """Count the indices that one holder was given."""
    rows = connection.execute(select(status_entries.c.index).where(status_entries.c.holder == holder))
    return len(rows.all())


def open_places(connection: Connection, *, kept_by: str) -> int:
    """Count the places that others than the keeper hold, and whose bits are not set."""
    others = (status_entries.c.holder != kept_by) & status_entries.c.set_at.is_(None)
    return int(
        connection.execute(select(func.count()).select_from(status_entries).where(others)).scalar_one()
    )


def set_bit(connection: Connection, credential: str, *, at: datetime) -> bool:
    """Set a credential's bit for good, and tell whether there is one."""
    place = place_of(connection, credential)
    if place is None:
        return False
    entry = (status_entries.c.credential == credential) & status_entries.c.set_at.is_(None)
    connection.execute(status_entries.update().where(entry).values(set_at=at))
    raised = status_lists.update().where(status_lists.c.url == place.list_url)
    connection.execute(raised.values(sequence=status_lists.c.sequence + 1))
    return True


def bits_of(connection: Connection, url: str) -> tuple[str, int, tuple[int, ...]] | None:
    """Give a list's purpose, its sequence number and the indices that are set, or None for no list of ours."""
    listed = connection.execute(select(status_lists).where(status_lists.c.url == url)).one_or_none()
    if listed is None:
        return None
    chosen = (status_entries.c.list_url == url) & status_entries.c.set_at.is_not(None)
    rows = connection.execute(select(status_entries.c.index).where(chosen))
    return listed.purpose, listed.sequence, tuple(sorted(row[0] for row in rows))


def lists(connection: Connection) -> tuple[str, ...]:
    """Name the lists that this party keeps."""
    return tuple(connection.execute(select(status_lists.c.url).order_by(status_lists.c.url)).scalars())
