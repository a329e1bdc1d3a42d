"""Under which weights commitments were opened."""

import sqlalchemy as sa
from alembic import context, op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "openings" in context.config.attributes["holds"]:
        op.create_table(
            "openings",
            sa.Column("commitments", sa.Text(), nullable=False),
            sa.Column("weights", sa.LargeBinary(), nullable=False),
            sa.Column("source", sa.Text(), nullable=False),
            sa.Column("month", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("commitments", name=op.f("pk_openings")),
        )
        op.create_index(op.f("ix_openings_source"), "openings", ["source"], unique=False)
