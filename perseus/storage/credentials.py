"""Credentials, issued here or received: the exact bytes, found again by id, kind or digest."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Column, Connection, LargeBinary, Table, Text, select
from sqlalchemy.engine import Row

from perseus.problems import ConflictError
from perseus.storage.schema import METADATA, Moment
from trust.secured import Secured

credentials = Table(
    "credentials",
    METADATA,
    Column("id", Text, primary_key=True),
    Column("issuer", Text, nullable=False),
    Column("kind", Text, nullable=False, index=True),
    Column("about", Text, nullable=False, index=True),
    Column("digest", Text, nullable=False, unique=True),
    Column("secured", LargeBinary, nullable=False),
    Column("stored_at", Moment, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Stored:
    """A credential that is kept here: its identity, what it is about, and its bytes."""

    id: str
    issuer: str
    kind: str
    about: str
    secured: Secured
    stored_at: datetime


def keep(
    connection: Connection, secured: Secured, *, id_: str, issuer: str, kind: str, about: str, at: datetime
) -> None:
    """Keep a credential; keeping the same bytes twice is one.

    Raises:
        ConflictError: other bytes are kept under this id.
    """
    digest = secured.digest.multibase
    known = connection.execute(select(credentials.c.digest).where(credentials.c.id == id_)).scalar()
    if known == digest:
        return
    if known is not None:
        raise ConflictError(f"{id_} is kept with other bytes", code="equivocation.two_credentials")
    row = {"id": id_, "issuer": issuer, "kind": kind, "about": about, "digest": digest}
    connection.execute(credentials.insert().values(**row, secured=secured.raw, stored_at=at))


def find(connection: Connection, id_: str) -> Stored | None:
    """Find a credential by its id."""
    row = connection.execute(select(credentials).where(credentials.c.id == id_)).one_or_none()
    return None if row is None else _stored(row)


def find_all(connection: Connection, ids: Iterable[str]) -> tuple[Stored, ...]:
    """Find credentials by their ids, in the order asked; what is not kept is left out."""
    wanted = tuple(ids)
    rows = connection.execute(select(credentials).where(credentials.c.id.in_(wanted)))
    by_id = {row.id: _stored(row) for row in rows}
    return tuple(by_id[id_] for id_ in wanted if id_ in by_id)


def kept_since(connection: Connection, digests: Iterable[str]) -> dict[str, datetime]:
    """Tell since when credentials of these digests have been kept here."""
    c = credentials.c
    rows = connection.execute(select(c.digest, c.stored_at).where(c.digest.in_(tuple(digests))))
    return {row.digest: row.stored_at for row in rows}


def of_kind(connection: Connection, kind: str, *, about: str | None = None) -> tuple[Stored, ...]:
    """List the credentials of a kind, oldest first, all of them or those about one subject."""
    query = select(credentials).where(credentials.c.kind == kind)
    query = query if about is None else query.where(credentials.c.about == about)
    ordered = query.order_by(credentials.c.stored_at, credentials.c.id)
    return tuple(_stored(row) for row in connection.execute(ordered))


def forget(connection: Connection, ids: Iterable[str]) -> None:
    """Delete credentials, because the ground for keeping them is gone."""
    connection.execute(credentials.delete().where(credentials.c.id.in_(tuple(ids))))


def _stored(row: Row[tuple[object, ...]]) -> Stored:
    return Stored(row.id, row.issuer, row.kind, row.about, Secured(row.secured), row.stored_at)
