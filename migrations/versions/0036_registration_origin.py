"""A registration keeps the keyed digest of the network address that it came from, until contacts are erased."""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("registration", sa.Column("origin", sa.String(16)))
    op.create_index("ix_registration_origin", "registration", ["origin"])


def downgrade() -> None:
    op.drop_index("ix_registration_origin", "registration")
    op.drop_column("registration", "origin")
