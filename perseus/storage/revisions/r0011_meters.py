"""The energy data provider's ledger."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "meters" in context.config.attributes["holds"]:
        op.create_table(
            "meters",
            sa.Column("source", sa.Text(), nullable=False),
            sa.Column("account_code", sa.Text(), nullable=False),
            sa.Column("fuel", sa.Text(), nullable=False),
            sa.Column("outcode", sa.Text(), nullable=False),
            sa.Column("region_id", sa.Integer(), nullable=False),
            sa.Column("region_name", sa.Text(), nullable=False),
            sa.Column("unit_code", sa.Text(), nullable=False),
            sa.Column("exponent", sa.Integer(), nullable=False),
            sa.Column("made_up", sa.Boolean(), nullable=False),
            sa.PrimaryKeyConstraint("source", name=op.f("pk_meters")),
        )
        op.create_index(op.f("ix_meters_account_code"), "meters", ["account_code"], unique=False)
    if "measurements" in context.config.attributes["holds"]:
        op.create_table(
            "measurements",
            sa.Column("source", sa.Text(), nullable=False),
            sa.Column("month", Moment(), nullable=False),
            sa.Column("values", sa.LargeBinary(), nullable=False),
            sa.Column("quality", sa.Text(), nullable=False),
            sa.ForeignKeyConstraint(["source"], ["meters.source"], name=op.f("fk_measurements_source")),
            sa.PrimaryKeyConstraint("source", "month", name=op.f("pk_measurements")),
        )
