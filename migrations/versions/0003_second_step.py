"""The second step at sign-in: recovery codes, and the last code used so that none works twice."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    codes = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.add_column("user_account", sa.Column("totp_counter", sa.BigInteger(), nullable=True))
    op.add_column("user_account", sa.Column("mf_recovery_codes", codes, nullable=True))


def downgrade() -> None:
    op.drop_column("user_account", "mf_recovery_codes")
    op.drop_column("user_account", "totp_counter")
