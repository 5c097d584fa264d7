"""Runs of the spacing planner with their results."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATES = ("waiting", "running", "done", "failed")


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    op.create_table(
        "spacing_run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="spacingstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("question", json, nullable=False),
        sa.Column("answer", json, nullable=True),
        sa.Column("created_by", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_spacing_run_exhibition_id_exhibition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spacing_run")),
    )
    op.create_index(op.f("ix_spacing_run_exhibition_id"), "spacing_run", ["exhibition_id"])


def downgrade() -> None:
    op.drop_table("spacing_run")
