"""Links of applications that act for their exhibitor."""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("application", sa.Column("acting", sa.Boolean(), server_default=sa.false(), nullable=False))
    # Of those that are there: lists and invitations of the organizers, and whoever became an exhibitor by it.
    op.execute(
        "UPDATE application SET acting = true WHERE exhibitor_id IS NOT NULL AND (import_key IS NOT NULL OR"
        " (created_at <= (SELECT created_at FROM exhibitor WHERE exhibitor.id = application.exhibitor_id)"
        " AND NOT EXISTS (SELECT 1 FROM application AS other WHERE other.exhibitor_id = application.exhibitor_id"
        " AND other.id <> application.id)))"
    )


def downgrade() -> None:
    op.drop_column("application", "acting")
