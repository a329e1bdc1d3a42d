"""Who may append: one holder at a time, numbered, so that one whose time ran out is told apart from its successor.

The time is the database's own, so that processes on several machines go by one clock. The clock only decides who may
try; the number decides what is written.
"""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Connection, Table, Text, select, text

from perseus.storage.schema import METADATA, row_of

log_leases = Table(
    "log_leases",
    METADATA,
    Column("name", Text, primary_key=True),
    Column("holder", Text, nullable=False),
    Column("fence", BigInteger, nullable=False),
    Column("until", BigInteger, nullable=False),
)
_CLOCKS = {
    "sqlite": "SELECT CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER)",
    "postgresql": "SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS bigint)",
}


@dataclass(frozen=True, slots=True)
class Held:
    """A lease: who has it, the how-manieth holder that is, and until when by the database's clock (milliseconds)."""

    holder: str
    fence: int
    until: int


def milliseconds(connection: Connection) -> int:
    """Read the database's clock, in milliseconds since 1970."""
    return int(connection.execute(text(_CLOCKS[connection.dialect.name])).scalar_one())


def held(connection: Connection, name: str, *, nowait: bool = False) -> Held | None:
    """Read a lease, and keep everybody else from changing it until this transaction ends."""
    query = select(log_leases.c.holder, log_leases.c.fence, log_leases.c.until).where(
        log_leases.c.name == name
    )
    row = connection.execute(query.with_for_update(nowait=nowait)).one_or_none()
    return None if row is None else Held(*row)


def write(connection: Connection, name: str, lease: Held) -> None:
    """Write a lease over the one before it."""
    changed = connection.execute(log_leases.update().where(log_leases.c.name == name).values(**row_of(lease)))
    if changed.rowcount == 0:
        connection.execute(log_leases.insert().values(name=name, **row_of(lease)))
