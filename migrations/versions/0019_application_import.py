"""The row of headings is no longer stored with an imported list: it is found in the list each time."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("application_import", "heading_row")


def downgrade() -> None:
    op.add_column("application_import", sa.Column("heading_row", sa.Integer(), nullable=False, server_default="0"))
