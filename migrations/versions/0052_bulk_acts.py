"""Acts upon all that match, with what they did to each."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

STATES = sa.Enum("running", "done", "failed", name="bulkactstate", native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    op.create_table(
        "bulk_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(32), nullable=False),
        sa.Column("act", sa.String(32), nullable=False),
        sa.Column("wanted", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("undoes_id", sa.Integer(), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("until_id", sa.Integer(), nullable=False),
        sa.Column("last_id", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("refused", sa.Integer(), nullable=False),
        sa.Column("state", STATES, nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("created_by", sa.String(160), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("0 <= done AND 0 <= refused", name=op.f("ck_bulk_act_counts")),
        sa.ForeignKeyConstraint(
            ["exhibition_id"],
            ["exhibition.id"],
            name=op.f("fk_bulk_act_exhibition_id_exhibition"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["undoes_id"], ["bulk_act.id"], name=op.f("fk_bulk_act_undoes_id_bulk_act"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_act")),
        sa.UniqueConstraint("undoes_id", name=op.f("uq_bulk_act_undoes_id")),
    )
    op.create_index("ix_bulk_act_exhibition_id", "bulk_act", ["exhibition_id"])
    op.create_table(
        "bulk_act_item",
        sa.Column("bulk_act_id", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.String(32), nullable=False),
        sa.ForeignKeyConstraint(
            ["bulk_act_id"], ["bulk_act.id"], name=op.f("fk_bulk_act_item_bulk_act_id_bulk_act"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("bulk_act_id", "item_id", name=op.f("pk_bulk_act_item")),
    )


def downgrade() -> None:
    op.drop_table("bulk_act_item")
    op.drop_table("bulk_act")
