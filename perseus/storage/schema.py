"""What every table is built from: one collection, names for constraints, and how a moment is kept."""

from dataclasses import fields
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

from trust.claims.halfhour import instant, stamp

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

METADATA = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_name)s",
    }
)


def row_of(value: "DataclassInstance") -> dict[str, object]:
    """Give a value's fields under their names, as its table has them."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


class Moment(TypeDecorator[datetime]):
    """An instant as its stamp with Z: the same text, and the same order, in every database."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:
        """Write the stamp."""
        del dialect
        return None if value is None else stamp(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> datetime | None:
        """Read the stamp."""
        del dialect
        return None if value is None else instant(value)
