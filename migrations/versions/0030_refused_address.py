"""The outbox keeps which address the receiving server refused for good."""

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("outbox_mail", sa.Column("refused_address", sa.String(254), nullable=True))
    op.create_index(
        "ix_outbox_mail_refused_address",
        "outbox_mail",
        ["refused_address"],
        sqlite_where=sa.text("refused_address IS NOT NULL"),
        postgresql_where=sa.text("refused_address IS NOT NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_outbox_mail_refused_address", "outbox_mail")
    op.drop_column("outbox_mail", "refused_address")
