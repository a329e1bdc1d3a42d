"""The evidence log and copies of its checkpoints, what the log keys signed, the lease of the one sequencer."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """Build the tables that this party holds."""
    holds = context.config.attributes["holds"]
    if "evidence_entries" in holds:
        op.create_table(
            "evidence_entries",
            sa.Column("index", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("entry", sa.LargeBinary(), nullable=False),
            sa.PrimaryKeyConstraint("index", name=op.f("pk_evidence_entries")),
        )
    if "evidence_checkpoints" in holds:
        op.create_table(
            "evidence_checkpoints",
            sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("note", sa.Text(), nullable=False),
            sa.Column("seen_at", Moment(), nullable=False),
            sa.PrimaryKeyConstraint("size", name=op.f("pk_evidence_checkpoints")),
        )
    if "log_heads" in holds:
        op.create_table(
            "log_heads",
            sa.Column("log", sa.Text(), nullable=False),
            sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("note", sa.Text(), nullable=False),
            sa.Column("signed_at", Moment(), nullable=False),
            sa.PrimaryKeyConstraint("log", "size", name=op.f("pk_log_heads")),
        )
    if "log_leases" in holds:
        op.create_table(
            "log_leases",
            sa.Column("name", sa.Text(), nullable=False),
            sa.Column("holder", sa.Text(), nullable=False),
            sa.Column("fence", sa.BigInteger(), nullable=False),
            sa.Column("until", sa.BigInteger(), nullable=False),
            sa.PrimaryKeyConstraint("name", name=op.f("pk_log_leases")),
        )
