"""Under which weights a vector of commitments was opened: kept for ever, because a second opening would leak."""

from collections.abc import Iterable

import orjson
from sqlalchemy import Column, Connection, LargeBinary, Table, Text, or_, select

from issuers.openings import Opened
from perseus.storage.schema import METADATA
from trust.digest import Digest

openings = Table(
    "openings",
    METADATA,
    Column("commitments", Text, primary_key=True),
    Column("weights", LargeBinary, nullable=False),
    Column("source", Text, nullable=False, index=True),
    Column("month", Text, nullable=False),
)


def remember(connection: Connection, opened: Iterable[Opened]) -> None:
    """Keep openings; the same one a second time changes nothing."""
    for one in opened:
        query = select(openings.c.month).where(openings.c.commitments == one.commitments.multibase)
        if connection.execute(query).scalar() is None:
            row = {"commitments": one.commitments.multibase, "weights": orjson.dumps(list(one.weights))}
            connection.execute(openings.insert().values(**row, source=one.source, month=one.month))


def past(
    connection: Connection, commitments: Iterable[Digest], *, sources: Iterable[str], month: str
) -> tuple[Opened, ...]:
    """Give how these vectors, or others of the same readings, were opened before."""
    vectors = openings.c.commitments.in_([digest.multibase for digest in commitments])
    readings = openings.c.source.in_(tuple(sources)) & (openings.c.month == month)
    rows = connection.execute(select(openings).where(or_(vectors, readings)))
    return tuple(
        Opened(Digest.parse(row.commitments), tuple(orjson.loads(row.weights)), row.source, row.month)
        for row in rows
    )
