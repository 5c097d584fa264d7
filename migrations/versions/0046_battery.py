"""What a device tells of its battery."""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "ALTER TABLE device ADD COLUMN battery_percent INTEGER CONSTRAINT ck_device_battery CHECK"
        " (battery_percent BETWEEN 0 AND 100)"
    )
    op.add_column("device", sa.Column("charging", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("device", "charging")
    op.drop_column("device", "battery_percent")
