"""Rows of an import that are left out until somebody corrects them, and those that are no businesses."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None


def upgrade() -> None:
    listed = sa.JSON().with_variant(JSONB(), "postgresql")
    for name in ("left_out", "notes"):
        op.add_column("application_import", sa.Column(name, listed, nullable=False, server_default="[]"))


def downgrade() -> None:
    for name in ("notes", "left_out"):
        op.drop_column("application_import", name)
