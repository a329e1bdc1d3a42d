"""What members commit to the evidence log, what the operator took, and when the register was seen."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """Build the tables that this party holds."""
    holds = context.config.attributes["holds"]
    if "evidence_leaves" in holds:
        op.create_table(
            "evidence_leaves",
            sa.Column("digest", sa.Text(), nullable=False),
            sa.Column("salt", sa.LargeBinary(), nullable=False),
            sa.Column("noted_at", Moment(), nullable=False),
            sa.Column("interval", sa.BigInteger(), nullable=True),
            sa.PrimaryKeyConstraint("digest", name=op.f("pk_evidence_leaves")),
        )
        op.create_index(op.f("ix_evidence_leaves_interval"), "evidence_leaves", ["interval"], unique=False)
    if "evidence_said" in holds:
        op.create_table(
            "evidence_said",
            sa.Column("list_url", sa.Text(), nullable=False),
            sa.Column("interval", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("entry", sa.LargeBinary(), nullable=False),
            sa.Column("filler", sa.LargeBinary(), nullable=True),
            sa.Column("listed", sa.LargeBinary(), nullable=True),
            sa.Column("digest", sa.Text(), nullable=True),
            sa.Column("place", sa.BigInteger(), nullable=True),
            sa.Column("inclusion", sa.Text(), nullable=True),
            sa.Column("refused", sa.Text(), nullable=True),
            sa.PrimaryKeyConstraint("list_url", "interval", name=op.f("pk_evidence_said")),
        )
        op.create_index(op.f("ix_evidence_said_digest"), "evidence_said", ["digest"], unique=False)
    if "register_sightings" in holds:
        op.create_table(
            "register_sightings",
            sa.Column("size", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("first", sa.Text(), nullable=False),
            sa.Column("last", sa.Text(), nullable=False),
            sa.Column("seen_at", Moment(), nullable=False),
            sa.PrimaryKeyConstraint("size", name=op.f("pk_register_sightings")),
        )
    if "evidence_gathered" in holds:
        op.create_table(
            "evidence_gathered",
            sa.Column("digest", sa.Text(), nullable=False),
            sa.Column("giver", sa.Text(), nullable=False),
            sa.Column("noted_at", Moment(), nullable=False),
            sa.Column("proof", sa.LargeBinary(), nullable=True),
            sa.PrimaryKeyConstraint("digest", name=op.f("pk_evidence_gathered")),
        )
    if "evidence_slots" in holds:
        op.create_table(
            "evidence_slots",
            sa.Column("member", sa.Text(), nullable=False),
            sa.Column("list_url", sa.Text(), nullable=False),
            sa.Column("interval", sa.BigInteger(), autoincrement=False, nullable=False),
            sa.Column("leaf", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("member", "list_url", "interval", name=op.f("pk_evidence_slots")),
        )
