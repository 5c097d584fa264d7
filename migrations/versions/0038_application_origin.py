"""An application keeps the keyed digest of the network address that it was begun from, until applications are erased."""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("application", sa.Column("origin", sa.String(16)))
    op.create_index("ix_application_origin", "application", ["origin"])


def downgrade() -> None:
    op.drop_index("ix_application_origin", "application")
    op.drop_column("application", "origin")
