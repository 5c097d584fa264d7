"""Badges of the exhibitors' staff, and how many of them a booth has."""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exhibition", sa.Column("badges_per_booth", sa.Integer(), nullable=False, server_default="4"))
    op.create_table(
        "badge",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("exhibitor_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("allowed", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("code", sa.String(length=8), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("valid", "revoked", name="badgestate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("inside", sa.Integer(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("inside BETWEEN 0 AND 1", name=op.f("ck_badge_inside")),
        sa.CheckConstraint("number BETWEEN 1 AND allowed AND allowed <= 20", name=op.f("ck_badge_number")),
        sa.CheckConstraint("generation BETWEEN 0 AND 255", name=op.f("ck_badge_generation")),
        sa.ForeignKeyConstraint(["exhibition_id"], ["exhibition.id"], name=op.f("fk_badge_exhibition_id_exhibition")),
        sa.ForeignKeyConstraint(["exhibitor_id"], ["exhibitor.id"], name=op.f("fk_badge_exhibitor_id_exhibitor")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_badge")),
        sa.UniqueConstraint("code", name=op.f("uq_badge_code")),
    )
    op.create_index(
        "uq_badge_number",
        "badge",
        ["exhibition_id", "exhibitor_id", "number"],
        unique=True,
        sqlite_where=sa.text("state = 'valid'"),
        postgresql_where=sa.text("state = 'valid'"),
    )
    op.create_index("ix_badge_exhibitor", "badge", ["exhibitor_id"])


def downgrade() -> None:
    op.drop_table("badge")
    op.drop_column("exhibition", "badges_per_booth")
