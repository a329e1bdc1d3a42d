"""Which key belongs to which customer of the bank: made once, by the bank's challenge and the firm's signature."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, Table, Text, select

from perseus.storage.schema import METADATA, Moment, row_of

pairings = Table(
    "pairings",
    METADATA,
    Column("customer", Text, primary_key=True),
    Column("reference", Text, nullable=False),
    Column("salt", Text, nullable=False),
    Column("holder", Text, nullable=False, index=True),
    Column("document", Text, nullable=False),
    Column("paired_at", Moment, nullable=False),
)

customers = Table(
    "customers",
    METADATA,
    Column("code", Text, primary_key=True),
    Column("reference", Text, nullable=False, unique=True),
)


@dataclass(frozen=True, slots=True)
class Pairing:
    """A customer's salted digest, the bank's own reference behind it, and the key that answered."""

    customer: str
    reference: str
    salt: str
    holder: str
    document: str
    paired_at: datetime


def invite(connection: Connection, code: str, *, reference: str) -> None:
    """Agree a code with a customer, by which its key will be known; a second time changes nothing."""
    if reference_of(connection, code) is None:
        connection.execute(customers.insert().values(code=code, reference=reference))


def reference_of(connection: Connection, code: str) -> str | None:
    """Find the customer who was given this code."""
    return connection.execute(select(customers.c.reference).where(customers.c.code == code)).scalar()


def keep(connection: Connection, pairing: Pairing) -> None:
    """Keep a pairing; a second time changes nothing."""
    known = connection.execute(select(pairings.c.customer).where(pairings.c.customer == pairing.customer))
    if known.scalar() is None:
        row = row_of(pairing)
        connection.execute(pairings.insert().values(**row))


def of_holder(connection: Connection, holder: str) -> Pairing | None:
    """Find the newest pairing of a key."""
    query = select(pairings).where(pairings.c.holder == holder).order_by(pairings.c.paired_at.desc())
    row = connection.execute(query.limit(1)).one_or_none()
    return None if row is None else Pairing(*row)
