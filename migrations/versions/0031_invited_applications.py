"""Invitations to apply again are ticked off when their link was sent by phone."""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("application", sa.Column("invited_by_phone", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("application", "invited_by_phone")
