"""Status lists, and whose bit stands where."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "status_lists" in context.config.attributes["holds"]:
        op.create_table(
            "status_lists",
            sa.Column("url", sa.Text(), nullable=False),
            sa.Column("purpose", sa.Text(), nullable=False),
            sa.Column("given", sa.Integer(), nullable=False),
            sa.Column("stride", sa.Integer(), nullable=False),
            sa.Column("shift", sa.Integer(), nullable=False),
            sa.Column("sequence", sa.Integer(), nullable=False),
            sa.PrimaryKeyConstraint("url", name=op.f("pk_status_lists")),
        )
    if "status_entries" in context.config.attributes["holds"]:
        op.create_table(
            "status_entries",
            sa.Column("list_url", sa.Text(), nullable=False),
            sa.Column("index", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("credential", sa.Text(), nullable=False),
            sa.Column("holder", sa.Text(), nullable=False),
            sa.Column("set_at", Moment(), nullable=True),
            sa.ForeignKeyConstraint(
                ["list_url"], ["status_lists.url"], name=op.f("fk_status_entries_list_url")
            ),
            sa.PrimaryKeyConstraint("list_url", "index", name=op.f("pk_status_entries")),
            sa.UniqueConstraint("credential", name=op.f("uq_status_entries_credential")),
        )
        op.create_index(op.f("ix_status_entries_holder"), "status_entries", ["holder"], unique=False)
