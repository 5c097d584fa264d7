"""A fair's own colour and logo."""

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "logo",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_logo")),
    )
    op.add_column("exhibition", sa.Column("colour", sa.String(length=6), server_default="", nullable=False))
    # With its constraint in one statement: SQLite cannot add a constraint to a table that is there.
    op.execute(
        "ALTER TABLE exhibition ADD COLUMN logo_digest VARCHAR(64) CONSTRAINT fk_exhibition_logo_digest_logo"
        " REFERENCES logo (digest)"
    )


def downgrade() -> None:
    op.drop_column("exhibition", "logo_digest")
    op.drop_column("exhibition", "colour")
    op.drop_table("logo")
