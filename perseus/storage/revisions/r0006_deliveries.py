"""The outbox."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "deliveries" in context.config.attributes["holds"]:
        op.create_table(
            "deliveries",
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("url", sa.Text(), nullable=False),
            sa.Column("media_type", sa.Text(), nullable=False),
            sa.Column("body", sa.LargeBinary(), nullable=False),
            sa.Column("about", sa.Text(), nullable=False),
            sa.Column("receiver", sa.Text(), nullable=False),
            sa.Column("created_at", Moment(), nullable=False),
            sa.Column("next_at", Moment(), nullable=False),
            sa.Column("attempts", sa.Integer(), nullable=False),
            sa.Column("acknowledged_at", Moment(), nullable=True),
            sa.Column("trouble", sa.Text(), nullable=True),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveries")),
        )
        op.create_index(op.f("ix_deliveries_about"), "deliveries", ["about"], unique=False)
        op.create_index(op.f("ix_deliveries_next_at"), "deliveries", ["next_at"], unique=False)
