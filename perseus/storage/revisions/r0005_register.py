"""The register's log, and the checkpoints seen."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "register_entries" in context.config.attributes["holds"]:
        op.create_table(
            "register_entries",
            sa.Column("index", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("entry", sa.LargeBinary(), nullable=False),
            sa.PrimaryKeyConstraint("index", name=op.f("pk_register_entries")),
        )
    if "register_checkpoints" in context.config.attributes["holds"]:
        op.create_table(
            "register_checkpoints",
            sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("note", sa.Text(), nullable=False),
            sa.Column("seen_at", Moment(), nullable=False),
            sa.PrimaryKeyConstraint("size", name=op.f("pk_register_checkpoints")),
        )
