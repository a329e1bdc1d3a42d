"""The grid data provider's own ledger: intensities by region, kind and month, and where they were retrieved."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
from sqlalchemy import Column, Connection, Integer, LargeBinary, Table, Text, select

from perseus.storage.schema import METADATA, Moment, row_of

intensities = Table(
    "intensities",
    METADATA,
    Column("region_id", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, primary_key=True),
    Column("month", Moment, primary_key=True),
    Column("region_name", Text, nullable=False),
    Column("values", LargeBinary, nullable=False),
    Column("quality", Text, nullable=False),
    Column("retrieved_at", Moment, nullable=False),
    Column("upstream", Text, nullable=False),
    Column("upstream_digest", Text, nullable=False),
    Column("upstream_type", Text, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("licence", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class GridMonth:
    """The intensities of one region, kind and month, with the evidence of their retrieval."""

    region_id: int
    kind: str
    month: datetime
    region_name: str
    values: Sequence[int | None]
    quality: str
    retrieved_at: datetime
    upstream: str
    upstream_digest: str
    upstream_type: str
    attribution: str
    licence: str


def record(connection: Connection, found: GridMonth) -> None:
    """Write down the intensities of a month, once."""
    if find(connection, found.region_id, found.kind, found.month) is None:
        row = row_of(found)
        connection.execute(intensities.insert().values(**{**row, "values": orjson.dumps(list(found.values))}))


def find(connection: Connection, region_id: int, kind: str, month: datetime) -> GridMonth | None:
    """Find the intensities of a region, kind and month."""
    c = intensities.c
    chosen = (c.region_id == region_id) & (c.kind == kind) & (c.month == month)
    row = connection.execute(select(intensities).where(chosen)).one_or_none()
    if row is None:
        return None
    found = GridMonth(*row)
    return replace(found, values=tuple(orjson.loads(row[4])))


def kinds(connection: Connection) -> tuple[tuple[int, str, datetime], ...]:
    """List what there is: region, kind and month."""
    c = intensities.c
    rows = connection.execute(select(c.region_id, c.kind, c.month).order_by(c.month))
    return tuple((row.region_id, row.kind, row.month) for row in rows)
