"""What the operator took for each member, list and interval, so that nothing else is taken for the same."""

from sqlalchemy import BigInteger, Column, Connection, Table, Text, select

from perseus.problems import ConflictError
from perseus.storage.schema import METADATA

evidence_slots = Table(
    "evidence_slots",
    METADATA,
    Column("member", Text, primary_key=True),
    Column("list_url", Text, primary_key=True),
    Column("interval", BigInteger, primary_key=True, autoincrement=False),
    Column("leaf", Text, nullable=False),
)


def take(connection: Connection, member: str, slot: tuple[str, int], *, leaf: str) -> None:
    """Take a slot for an entry, by the hash that the log has for it; the same entry may come again.

    Raises:
        ConflictError: another entry was taken for it.
    """
    list_url, interval = slot
    c = evidence_slots.c
    chosen = (c.member == member) & (c.list_url == list_url) & (c.interval == interval)
    known = connection.execute(select(c.leaf).where(chosen)).scalar_one_or_none()
    if known is None:
        row = {"member": member, "list_url": list_url, "interval": interval, "leaf": leaf}
        connection.execute(evidence_slots.insert().values(**row))
    elif known != leaf:
        what = f"the list {list_url}" if list_url else "its batch"
        raise ConflictError(f"{member} said something else about {what} of interval {interval}")
