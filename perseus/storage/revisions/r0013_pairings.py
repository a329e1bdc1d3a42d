"""Which key belongs to which customer of the bank."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "customers" in context.config.attributes["holds"]:
        op.create_table(
            "customers",
            sa.Column("code", sa.Text(), nullable=False),
            sa.Column("reference", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("code", name=op.f("pk_customers")),
            sa.UniqueConstraint("reference", name=op.f("uq_customers_reference")),
        )
    if "pairings" in context.config.attributes["holds"]:
        op.create_table(
            "pairings",
            sa.Column("customer", sa.Text(), nullable=False),
            sa.Column("reference", sa.Text(), nullable=False),
            sa.Column("salt", sa.Text(), nullable=False),
            sa.Column("holder", sa.Text(), nullable=False),
            sa.Column("document", sa.Text(), nullable=False),
            sa.Column("paired_at", Moment(), nullable=False),
            sa.PrimaryKeyConstraint("customer", name=op.f("pk_pairings")),
        )
        op.create_index(op.f("ix_pairings_holder"), "pairings", ["holder"], unique=False)
