"""Which half-hours were opened to which auditor: kept for ever, so that many small audits do not become a large one."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Column, Connection, Integer, Table, Text, select

from perseus.storage.schema import METADATA, Moment

opened_slots = Table(
    "opened_slots",
    METADATA,
    Column("source", Text, primary_key=True),
    Column("month", Text, primary_key=True),
    Column("slot", Integer, primary_key=True, autoincrement=False),
    Column("auditor", Text, primary_key=True),
    Column("opened_at", Moment, nullable=False),
)


def remember(
    connection: Connection, source: str, month: str, *, slots: Iterable[int], auditor: str, at: datetime
) -> None:
    """Keep that half-hours were opened to an auditor; the same a second time changes nothing."""
    c = opened_slots.c
    known = (c.source == source) & (c.month == month) & (c.auditor == auditor)
    before = set(connection.execute(select(c.slot).where(known)).scalars())
    for slot in sorted(set(slots) - before):
        row = {"source": source, "month": month, "slot": slot, "auditor": auditor, "opened_at": at}
        connection.execute(opened_slots.insert().values(**row))


def before(connection: Connection, source: str, month: str) -> frozenset[int]:
    """Name the half-hours of a meter's month that were opened to anybody."""
    c = opened_slots.c
    chosen = select(c.slot).where((c.source == source) & (c.month == month))
    return frozenset(connection.execute(chosen).scalars())
