"""Readings and the k of their commitments, where a party may have them."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "readings" in context.config.attributes["holds"]:
        op.create_table(
            "readings",
            sa.Column("credential", sa.Text(), nullable=False),
            sa.Column("body", sa.LargeBinary(), nullable=False),
            sa.Column("k", sa.LargeBinary(), nullable=False),
            sa.Column("stored_at", Moment(), nullable=False),
            sa.PrimaryKeyConstraint("credential", name=op.f("pk_readings")),
        )
