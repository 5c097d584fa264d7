"""Several halls in one edition."""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "exhibition_hall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(16), nullable=False),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("width", sa.Double(), nullable=False),
        sa.Column("depth", sa.Double(), nullable=False),
        sa.CheckConstraint("x >= 0 AND y >= 0 AND width > 0 AND depth > 0", name=op.f("ck_exhibition_hall_area")),
        sa.CheckConstraint("code <> '' AND name <> ''", name=op.f("ck_exhibition_hall_named")),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_exhibition_hall_exhibition_id_exhibition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_exhibition_hall")),
        sa.UniqueConstraint("exhibition_id", "code", name=op.f("uq_exhibition_hall_exhibition_id_code")),
    )


def downgrade() -> None:
    op.drop_table("exhibition_hall")
