"""What was done when a fair's days changed, to undo it; sessions may be kept for those who have a place."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

DONE = sa.Enum(
    "move", "close", "leave", "nothing", "undo", name="done", native_enum=False, create_constraint=True, length=32
)


def upgrade() -> None:
    op.create_table(
        "edition_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("done", DONE, nullable=False),
        sa.Column("hours_before", _json(), nullable=False),
        sa.Column("hours_after", _json(), nullable=False),
        sa.Column("rows", _json(), nullable=False),
        sa.Column("days", _json(), nullable=False),
        sa.Column("counts", _json(), nullable=False),
        sa.Column("actor_id", sa.Integer(), nullable=True),
        sa.Column("actor_name", sa.String(length=120), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["user_account.id"], name=op.f("fk_edition_change_actor_id_user_account")
        ),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_edition_change_exhibition_id_exhibition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_change")),
    )
    op.create_index(op.f("ix_edition_change_exhibition_id"), "edition_change", ["exhibition_id"])
    op.add_column("time_slot", sa.Column("reserved", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    op.drop_column("time_slot", "reserved")
    op.drop_table("edition_change")


def _json() -> sa.JSON:
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
