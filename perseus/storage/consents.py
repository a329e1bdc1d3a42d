"""Consents as this party acts on them: in force, or withdrawn since when; the credentials are the truth."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, ForeignKey, Table, Text, select

from perseus.storage.schema import METADATA, Moment, row_of

consents = Table(
    "consents",
    METADATA,
    Column("id", Text, ForeignKey("credentials.id"), primary_key=True),
    Column("holder", Text, nullable=False, index=True),
    Column("sender", Text, nullable=False),
    Column("receiver", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("stored_at", Moment, nullable=False),
    Column("withdrawal", Text, ForeignKey("credentials.id")),
    Column("withdrawn_at", Moment),
)

consent_requests = Table(
    "consent_requests",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("requester", Text, nullable=False),
    Column("body", Text, nullable=False),
    Column("received_at", Moment, nullable=False),
    Column("answer", Text),
    Column("answered_at", Moment),
)


paired_customers = Table(
    "paired_customers",
    METADATA,
    Column("bank", Text, primary_key=True),
    Column("customer", Text, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Standing:
    """One consent here: who gave it, from whom to whom, and since when it is over."""

    id: str
    holder: str
    sender: str
    receiver: str
    data: str
    stored_at: datetime
    withdrawal: str | None
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True)
class Asked:
    """A request for consent, and what was answered."""

    id: str
    requester: str
    body: str
    received_at: datetime
    answer: str | None
    answered_at: datetime | None


def keep(connection: Connection, standing: Standing) -> None:
    """Act on a consent from now on; a second time changes nothing."""
    if find(connection, standing.id) is None:
        row = row_of(standing)
        connection.execute(consents.insert().values(**row))


def find(connection: Connection, id_: str) -> Standing | None:
    """Find a consent."""
    row = connection.execute(select(consents).where(consents.c.id == id_)).one_or_none()
    return None if row is None else Standing(*row)


def all_of(connection: Connection) -> tuple[Standing, ...]:
    """List every consent, oldest first."""
    rows = connection.execute(select(consents).order_by(consents.c.stored_at, consents.c.id))
    return tuple(Standing(*row) for row in rows)


def end(connection: Connection, id_: str, *, withdrawal: str, at: datetime) -> bool:
    """End a consent for good, and tell whether this call ended it."""
    open_ = (consents.c.id == id_) & consents.c.withdrawn_at.is_(None)
    ended = consents.update().where(open_).values(withdrawal=withdrawal, withdrawn_at=at)
    return connection.execute(ended).rowcount == 1


def ask(connection: Connection, asked: Asked) -> None:
    """Keep a request for consent until the account holder answers; a second time changes nothing."""
    if request(connection, asked.id) is None:
        row = {"id": asked.id, "requester": asked.requester, "body": asked.body}
        connection.execute(consent_requests.insert().values(**row, received_at=asked.received_at))


def request(connection: Connection, id_: str) -> Asked | None:
    """Find a request for consent."""
    found = select(consent_requests).where(consent_requests.c.id == id_)
    row = connection.execute(found).one_or_none()
    return None if row is None else Asked(*row)


def requests(connection: Connection) -> tuple[Asked, ...]:
    """List every request for consent, oldest first."""
    rows = connection.execute(select(consent_requests).order_by(consent_requests.c.received_at))
    return tuple(Asked(*row) for row in rows)


def answer(connection: Connection, id_: str, *, word: str, at: datetime) -> bool:
    """Write down what the account holder answered, once."""
    open_ = (consent_requests.c.id == id_) & consent_requests.c.answer.is_(None)
    answered = consent_requests.update().where(open_).values(answer=word, answered_at=at)
    return connection.execute(answered).rowcount == 1


def pair(connection: Connection, bank: str, *, customer: str) -> None:
    """Remember under which salted digest a bank knows this firm; the newest pairing counts."""
    connection.execute(paired_customers.delete().where(paired_customers.c.bank == bank))
    connection.execute(paired_customers.insert().values(bank=bank, customer=customer))


def paired(connection: Connection, bank: str) -> str | None:
    """Give the salted digest under which a bank knows this firm."""
    query = select(paired_customers.c.customer).where(paired_customers.c.bank == bank)
    return connection.execute(query).scalar()
