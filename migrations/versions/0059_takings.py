"""What exhibitors take at the fair, by day."""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

SOURCES = sa.Enum(
    "exhibitor", "badge", "desk", name="takingssource", native_enum=False, create_constraint=True, length=32
)
MOST = 999_999_999


def upgrade() -> None:
    op.create_table(
        "takings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("exhibitor_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("cash", sa.BigInteger(), nullable=False),
        sa.Column("qris", sa.BigInteger(), nullable=False),
        sa.Column("orders", sa.BigInteger(), nullable=False),
        sa.Column("pieces", sa.Integer(), nullable=True),
        sa.Column("source", SOURCES, nullable=False),
        sa.Column("told_by", sa.String(254), nullable=False),
        sa.Column("entered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            f"cash BETWEEN 0 AND {MOST} AND qris BETWEEN 0 AND {MOST} AND orders BETWEEN 0 AND {MOST}",
            name=op.f("ck_takings_amounts"),
        ),
        sa.CheckConstraint("pieces IS NULL OR pieces BETWEEN 0 AND 99999", name=op.f("ck_takings_pieces")),
        sa.ForeignKeyConstraint(["exhibition_id"], ["exhibition.id"], name=op.f("fk_takings_exhibition_id_exhibition")),
        sa.ForeignKeyConstraint(
            ["exhibitor_id"], ["exhibitor.id"], name=op.f("fk_takings_exhibitor_id_exhibitor"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_takings")),
        sa.UniqueConstraint(
            "exhibition_id", "exhibitor_id", "day", name=op.f("uq_takings_exhibition_id_exhibitor_id_day")
        ),
    )
    op.create_index(op.f("ix_takings_exhibitor_id"), "takings", ["exhibitor_id"])
    op.create_table(
        "takings_entry",
        sa.Column("takings_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["takings_id"], ["takings.id"], name=op.f("fk_takings_entry_takings_id_takings"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("takings_id", "key", name=op.f("pk_takings_entry")),
    )


def downgrade() -> None:
    op.drop_table("takings_entry")
    op.drop_table("takings")
