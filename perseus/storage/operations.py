"""Long work that outlives a request, and a process: what was asked, how far it came, and its result."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, Table, Text, select

from perseus.storage.schema import METADATA, Moment, row_of

operations = Table(
    "operations",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("what", Text, nullable=False),
    Column("asked", Text, nullable=False),
    Column("state", Text, nullable=False, index=True),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("result", Text),
    Column("changed_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Operation:
    """One piece of long work; its state is `running`, `done` or `failed`."""

    id: str
    what: str
    asked: str
    state: str
    done: int
    total: int
    result: str | None
    changed_at: datetime


def begin(connection: Connection, operation: Operation) -> Operation:
    """Write down work before it begins; the same work asked for again is the same operation."""
    known = find(connection, operation.id)
    if known is not None:
        return known
    row = row_of(operation)
    connection.execute(operations.insert().values(**row))
    return operation


def find(connection: Connection, id_: str) -> Operation | None:
    """Find an operation."""
    row = connection.execute(select(operations).where(operations.c.id == id_)).one_or_none()
    return None if row is None else Operation(*row)


def unfinished(connection: Connection) -> tuple[Operation, ...]:
    """List the work that a stopped process left behind, or that is going on."""
    query = select(operations).where(operations.c.state == "running").order_by(operations.c.changed_at)
    return tuple(Operation(*row) for row in connection.execute(query))


def advance(connection: Connection, id_: str, *, done: int, at: datetime) -> None:
    """Write down how far the work has come."""
    changed = {"done": done, "changed_at": at}
    connection.execute(operations.update().where(operations.c.id == id_).values(**changed))


def finish(connection: Connection, id_: str, *, state: str, result: str, at: datetime) -> None:
    """Write down how the work ended."""
    changed = {"state": state, "result": result, "changed_at": at}
    connection.execute(operations.update().where(operations.c.id == id_).values(**changed))
