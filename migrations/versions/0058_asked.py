"""Who was asked by phone to answer the offer of a booth."""

import sqlalchemy as sa
from alembic import op

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("allocation", sa.Column("asked_by", sa.String(254), nullable=False, server_default=""))
    op.add_column("allocation", sa.Column("asked_at", sa.DateTime(timezone=True)))
    op.add_column("allocation", sa.Column("asked_until", sa.DateTime(timezone=True)))


def downgrade() -> None:
    for name in ("asked_until", "asked_at", "asked_by"):
        op.drop_column("allocation", name)
