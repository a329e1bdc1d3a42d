"""The half-hours that were opened to auditors."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "opened_slots" in context.config.attributes["holds"]:
        op.create_table(
            "opened_slots",
            sa.Column("source", sa.Text(), nullable=False),
            sa.Column("month", sa.Text(), nullable=False),
            sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("auditor", sa.Text(), nullable=False),
            sa.Column("opened_at", Moment(), nullable=False),
            sa.PrimaryKeyConstraint("source", "month", "slot", "auditor", name=op.f("pk_opened_slots")),
        )
