"""The waiting list, and the settings of automatic offers."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "allocation_waiting",
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("exhibitor_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("wish", sa.String(length=300), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_allocation_waiting_exhibition_id_exhibition")
        ),
        sa.ForeignKeyConstraint(
            ["exhibitor_id"], ["exhibitor.id"], name=op.f("fk_allocation_waiting_exhibitor_id_exhibitor")
        ),
        sa.PrimaryKeyConstraint("exhibition_id", "exhibitor_id", name=op.f("pk_allocation_waiting")),
    )
    op.add_column("exhibition", sa.Column("offer_hours", sa.Integer(), nullable=False, server_default="72"))
    op.add_column("exhibition", sa.Column("offers_by_itself", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("exhibition", "offers_by_itself")
    op.drop_column("exhibition", "offer_hours")
    op.drop_table("allocation_waiting")
