"""Presentations shown, and the reports on them."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "presentations" in context.config.attributes["holds"]:
        op.create_table(
            "presentations",
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("holder", sa.Text(), nullable=False),
            sa.Column("digest", sa.Text(), nullable=False),
            sa.Column("challenge", sa.Text(), nullable=False),
            sa.Column("received_at", Moment(), nullable=False),
            sa.Column("body", sa.LargeBinary(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_presentations")),
            sa.UniqueConstraint("challenge", name=op.f("uq_presentations_challenge")),
        )
    if "reports" in context.config.attributes["holds"]:
        op.create_table(
            "reports",
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("presentation", sa.Text(), nullable=True),
            sa.Column("evidence", sa.LargeBinary(), nullable=True),
            sa.Column("verdict", sa.LargeBinary(), nullable=False),
            sa.Column("overall", sa.Text(), nullable=False),
            sa.Column("made_at", Moment(), nullable=False),
            sa.ForeignKeyConstraint(
                ["presentation"], ["presentations.id"], name=op.f("fk_reports_presentation")
            ),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        )
        op.create_index(op.f("ix_reports_presentation"), "reports", ["presentation"], unique=False)
