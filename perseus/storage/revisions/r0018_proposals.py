"""Proposals that wait for officers' signatures."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "proposals" in context.config.attributes["holds"]:
        op.create_table(
            "proposals",
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("draft", sa.LargeBinary(), nullable=False),
            sa.Column("proposed_at", Moment(), nullable=False),
            sa.Column("signed_at", Moment(), nullable=False),
            sa.Column("entry", sa.Integer(), nullable=True),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
        )
