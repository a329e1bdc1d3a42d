"""Long work that outlives a process."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "operations" in context.config.attributes["holds"]:
        op.create_table(
            "operations",
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("what", sa.Text(), nullable=False),
            sa.Column("asked", sa.Text(), nullable=False),
            sa.Column("state", sa.Text(), nullable=False),
            sa.Column("done", sa.Integer(), nullable=False),
            sa.Column("total", sa.Integer(), nullable=False),
            sa.Column("result", sa.Text(), nullable=True),
            sa.Column("changed_at", Moment(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_operations")),
        )
        op.create_index(op.f("ix_operations_state"), "operations", ["state"], unique=False)
