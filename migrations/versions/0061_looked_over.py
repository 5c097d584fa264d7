"""Imports that a person looks over: rows left out of a list of applicants, doubtful products and their prices."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None


def upgrade() -> None:
    listed = sa.JSON().with_variant(JSONB(), "postgresql")
    for name in ("left_out", "notes"):
        op.add_column("application_import", sa.Column(name, listed, nullable=False, server_default="[]"))
    op.add_column("import_row", sa.Column("doubts", listed, nullable=False, server_default="[]"))
    op.add_column("import_row", sa.Column("stated", sa.String(40), nullable=True))
    op.add_column("import_row", sa.Column("price", sa.BigInteger(), nullable=True))
    op.add_column("import_row", sa.Column("ticked", sa.Boolean(), nullable=True))


def downgrade() -> None:
    for name in ("ticked", "price", "stated", "doubts"):
        op.drop_column("import_row", name)
    for name in ("notes", "left_out"):
        op.drop_column("application_import", name)
