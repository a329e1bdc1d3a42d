"""The energy data provider's own ledger: its accounts, their meters, and the raw half-hours of each month."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Boolean, Column, Connection, ForeignKey, Integer, LargeBinary, Table, Text, select

from perseus.storage.schema import METADATA, Moment, row_of

meters = Table(
    "meters",
    METADATA,
    Column("source", Text, primary_key=True),
    Column("account_code", Text, nullable=False, index=True),
    Column("fuel", Text, nullable=False),
    Column("outcode", Text, nullable=False),
    Column("region_id", Integer, nullable=False),
    Column("region_name", Text, nullable=False),
    Column("unit_code", Text, nullable=False),
    Column("exponent", Integer, nullable=False),
    Column("made_up", Boolean, nullable=False),
)

measurements = Table(
    "measurements",
    METADATA,
    Column("source", Text, ForeignKey("meters.source"), primary_key=True),
    Column("month", Moment, primary_key=True),
    Column("values", LargeBinary, nullable=False),
    Column("quality", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Meter:
    """One data source of an account: what it measures, in which unit, and where."""

    source: str
    account_code: str
    fuel: str
    outcode: str
    region_id: int
    region_name: str
    unit_code: str
    exponent: int
    made_up: bool


@dataclass(frozen=True, slots=True)
class Measured:
    """The half-hours of one source and month, a letter of quality each."""

    values: tuple[int | None, ...]
    quality: str


def connect(connection: Connection, meter: Meter) -> None:
    """Add a meter to an account; a second time changes nothing."""
    if find(connection, meter.source) is None:
        row = row_of(meter)
        connection.execute(meters.insert().values(**row))


def find(connection: Connection, source: str) -> Meter | None:
    """Find a meter by the opaque name of its data source."""
    row = connection.execute(select(meters).where(meters.c.source == source)).one_or_none()
    return None if row is None else Meter(*row)


def of_account(connection: Connection, code: str) -> tuple[Meter, ...]:
    """List the meters of an account by its pre-agreed code."""
    rows = connection.execute(select(meters).where(meters.c.account_code == code).order_by(meters.c.source))
    return tuple(Meter(*row) for row in rows)


def record(
    connection: Connection, source: str, month: datetime, *, values: Sequence[int | None], quality: str
) -> None:
    """Write down the half-hours of a month, once."""
    if measured(connection, source, month) is None:
        row = {"source": source, "month": month, "values": orjson.dumps(list(values)), "quality": quality}
        connection.execute(measurements.insert().values(**row))


def measured(connection: Connection, source: str, month: datetime) -> Measured | None:
    """Find the half-hours of a source and month."""
    chosen = (measurements.c.source == source) & (measurements.c.month == month)
    row = connection.execute(select(measurements).where(chosen)).one_or_none()
    return None if row is None else Measured(tuple(orjson.loads(row[2])), row.quality)


def months(connection: Connection, source: str) -> tuple[datetime, ...]:
    """List the months that a source has half-hours of."""
    query = select(measurements.c.month).where(measurements.c.source == source)
    return tuple(connection.execute(query.order_by(measurements.c.month)).scalars())
