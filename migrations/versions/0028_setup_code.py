"""The one-time code that makes the first administrator of a fresh installation; only its hash is kept."""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "setup_code",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_setup_code_only")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_setup_code")),
    )


def downgrade() -> None:
    op.drop_table("setup_code")
