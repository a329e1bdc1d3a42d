"""Credentials, by id, kind, subject and digest."""

import sqlalchemy as sa
from alembic import context, op

from perseus.storage.schema import Moment

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Build the tables that this party holds."""
    if "credentials" in context.config.attributes["holds"]:
        op.create_table(
            "credentials",
            sa.Column("id", sa.Text(), nullable=False),
            sa.Column("issuer", sa.Text(), nullable=False),
            sa.Column("kind", sa.Text(), nullable=False),
            sa.Column("about", sa.Text(), nullable=False),
            sa.Column("digest", sa.Text(), nullable=False),
            sa.Column("secured", sa.LargeBinary(), nullable=False),
            sa.Column("stored_at", Moment(), nullable=False),
            sa.PrimaryKeyConstraint("id", name=op.f("pk_credentials")),
            sa.UniqueConstraint("digest", name=op.f("uq_credentials_digest")),
        )
        op.create_index(op.f("ix_credentials_about"), "credentials", ["about"], unique=False)
        op.create_index(op.f("ix_credentials_kind"), "credentials", ["kind"], unique=False)
