"""Under which weights a vector of commitments was opened: kept for ever, because a second opening would leak."""

from collections.abc import Iterable

import orjson
from sqlalchemy import Column, Connection, LargeBinary, Table, Text, select

from issuers.openings import Opened
from perseus.storage.schema import METADATA
from trust.digest import Digest

openings = Table(
    "openings",
    METADATA,
    Column("commitments", Text, primary_key=True),
    Column("weights", LargeBinary, nullable=False),
)


def remember(connection: Connection, opened: Iterable[Opened]) -> None:
    """Keep openings; the same one a second time changes nothing."""
    for one in opened:
        if not past(connection, (one.commitments,)):
            row = {"commitments": one.commitments.multibase, "weights": orjson.dumps(list(one.weights))}
            connection.execute(openings.insert().values(**row))


def past(connection: Connection, commitments: Iterable[Digest]) -> tuple[Opened, ...]:
    """Give how these vectors were opened before."""
    wanted = [digest.multibase for digest in commitments]
    rows = connection.execute(select(openings).where(openings.c.commitments.in_(wanted)))
    return tuple(Opened(Digest.parse(row.commitments), tuple(orjson.loads(row.weights))) for row in rows)
