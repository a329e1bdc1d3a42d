"""The grid data provider's ledger."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "intensities" in context.config.attributes["holds"]:
        op.create_table(
            "intensities",
            sa.Column("region_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("kind", sa.Text(), nullable=False),
            sa.Column("month", Moment(), nullable=False),
            sa.Column("region_name", sa.Text(), nullable=False),
            sa.Column("values", sa.LargeBinary(), nullable=False),
            sa.Column("quality", sa.Text(), nullable=False),
            sa.Column("retrieved_at", Moment(), nullable=False),
            sa.Column("upstream", sa.Text(), nullable=False),
            sa.Column("upstream_digest", sa.Text(), nullable=False),
            sa.Column("upstream_type", sa.Text(), nullable=False),
            sa.Column("attribution", sa.Text(), nullable=False),
            sa.Column("licence", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("region_id", "kind", "month", name=op.f("pk_intensities")),
        )
