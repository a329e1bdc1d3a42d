"""Nonces given out, each for one use."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "challenges" in context.config.attributes["holds"]:
        op.create_table(
            "challenges",
            sa.Column("nonce", sa.Text(), nullable=False),
            sa.Column("expires", Moment(), nullable=False),
            sa.Column("spent_at", Moment(), nullable=True),
            sa.PrimaryKeyConstraint("nonce", name=op.f("pk_challenges")),
        )
        op.create_index(op.f("ix_challenges_expires"), "challenges", ["expires"], unique=False)
