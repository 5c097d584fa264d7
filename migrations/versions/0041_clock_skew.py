"""How far a device's clock is ahead of ours: as last measured, and as it was taken off the time of an offline scan."""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("device", sa.Column("clock_skew_s", sa.Integer(), nullable=True))
    op.add_column("scan", sa.Column("device_skew_s", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("scan", "device_skew_s")
    op.drop_column("device", "clock_skew_s")
