"""Quotas of an edition's call for applications."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    kept = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("application_call", sa.Column("quotas", kept, nullable=False, server_default="{}"))


def downgrade() -> None:
    op.drop_column("application_call", "quotas")
