"""Which booth somebody who is signed in looks at, for the others who work on the plan."""

import sqlalchemy as sa
from alembic import op

revision = "0050"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("looks_at", sa.String(length=60), nullable=False, server_default=""))
    op.add_column("sign_in", sa.Column("looked_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    op.drop_column("sign_in", "looked_at")
    op.drop_column("sign_in", "looks_at")
