"""A fair's own colour and logo."""

import sqlalchemy as sa
from alembic import op

revision = "0056"
down_revision = "0049"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "logo",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_logo")),
    )
    with op.batch_alter_table("exhibition") as batch:
        batch.add_column(sa.Column("colour", sa.String(length=6), server_default="", nullable=False))
        batch.add_column(sa.Column("logo_digest", sa.String(length=64), nullable=True))
        batch.create_foreign_key(op.f("fk_exhibition_logo_digest_logo"), "logo", ["logo_digest"], ["digest"])


def downgrade() -> None:
    with op.batch_alter_table("exhibition") as batch:
        batch.drop_constraint(op.f("fk_exhibition_logo_digest_logo"), type_="foreignkey")
        batch.drop_column("logo_digest")
        batch.drop_column("colour")
    op.drop_table("logo")
