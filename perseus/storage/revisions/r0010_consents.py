"""Consents acted upon, and requests for them."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "consents" in context.config.attributes["holds"]:
        op.create_table(
            "consents",
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("holder", sa.Text(), nullable=False),
            sa.Column("sender", sa.Text(), nullable=False),
            sa.Column("receiver", sa.Text(), nullable=False),
            sa.Column("data", sa.Text(), nullable=False),
            sa.Column("stored_at", Moment(), nullable=False),
            sa.Column("withdrawal", sa.Text(), nullable=True),
            sa.Column("withdrawn_at", Moment(), nullable=True),
            sa.ForeignKeyConstraint(["id"], ["credentials.id"], name=op.f("fk_consents_id")),
            sa.ForeignKeyConstraint(["withdrawal"], ["credentials.id"], name=op.f("fk_consents_withdrawal")),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_consents")),
        )
        op.create_index(op.f("ix_consents_holder"), "consents", ["holder"], unique=False)
    if "consent_requests" in context.config.attributes["holds"]:
        op.create_table(
            "consent_requests",
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("requester", sa.Text(), nullable=False),
            sa.Column("body", sa.Text(), nullable=False),
            sa.Column("received_at", Moment(), nullable=False),
            sa.Column("answer", sa.Text(), nullable=True),
            sa.Column("answered_at", Moment(), nullable=True),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_requests")),
        )
    if "paired_customers" in context.config.attributes["holds"]:
        op.create_table(
            "paired_customers",
            sa.Column("bank", sa.Text(), nullable=False),
            sa.Column("customer", sa.Text(), nullable=False),
            sa.PrimaryKeyConstraint("bank", name=op.f("pk_paired_customers")),
        )
