"""A consent keeps the version and language of the privacy notice that was shown."""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLES = ("registration", "application")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("consent_notice", sa.String(length=20), server_default="", nullable=False))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "consent_notice")
