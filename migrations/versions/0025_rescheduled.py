"""A fair that was moved remembers the day that visitors were told of first; a mail knows where answers to it go."""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exhibition", sa.Column("rescheduled_from", sa.Date(), nullable=True))
    op.add_column("outbox_mail", sa.Column("reply_to", sa.String(254), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("outbox_mail", "reply_to")
    op.drop_column("exhibition", "rescheduled_from")
