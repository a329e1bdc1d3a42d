"""Public resources, by digest."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "resources" in context.config.attributes["holds"]:
        op.create_table(
            "resources",
            sa.Column("digest", sa.Text(), nullable=False),
            sa.Column("body", sa.LargeBinary(), nullable=False),
            sa.Column("stored_at", Moment(), nullable=False),
            sa.PrimaryKeyConstraint("digest", name=op.f("pk_resources")),
        )
