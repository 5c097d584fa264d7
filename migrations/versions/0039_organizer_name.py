"""An edition names its organizer, who is the controller of visitors' data."""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exhibition", sa.Column("organizer_name", sa.String(160), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("exhibition", "organizer_name")
