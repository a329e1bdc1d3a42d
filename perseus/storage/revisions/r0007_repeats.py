"""Answers by Idempotency-Key."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "repeats" in context.config.attributes["holds"]:
        op.create_table(
            "repeats",
            sa.Column("key", sa.Text(), nullable=False),
            sa.Column("request", sa.Text(), nullable=False),
            sa.Column("status", sa.Integer(), nullable=False),
            sa.Column("media_type", sa.Text(), nullable=False),
            sa.Column("body", sa.LargeBinary(), nullable=False),
            sa.Column("location", sa.Text(), nullable=False),
            sa.Column("answered_at", Moment(), nullable=False),
            sa.PrimaryKeyConstraint("key", name=op.f("pk_repeats")),
        )
        op.create_index(op.f("ix_repeats_answered_at"), "repeats", ["answered_at"], unique=False)
