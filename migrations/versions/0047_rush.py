"""The line in front of registration, when more ask for passes at once than can be written."""

import sqlalchemy as sa
from alembic import op

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rush_second",
        sa.Column("second", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("parties", sa.Integer(), nullable=False),
        sa.CheckConstraint("parties > 0", name=op.f("ck_rush_second_parties")),
        sa.PrimaryKeyConstraint("second", name=op.f("pk_rush_second")),
    )
    op.create_table(
        "rush_call",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("called_until", sa.Double(), nullable=False),
        sa.Column("moved_at", sa.Double(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_rush_call_only")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rush_call")),
    )


def downgrade() -> None:
    op.drop_table("rush_call")
    op.drop_table("rush_second")
