"""The health protocol: dated caps, mask and screening, who planned a round, entries during a round, retention."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = ("double_entry", "over_cap", "unknown_pass", "clock_drift", "differs")
ROUND = ("round_starts_at", "round_ends_at", "round_planned_at")


def set_conflict_kinds(*kinds: str) -> None:
    """Allow only these kinds of conflicts."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("scan_conflict") as batch:
        batch.drop_constraint(op.f("ck_scan_conflict_conflictkind"), type_="check")
        batch.create_check_constraint(op.f("ck_scan_conflict_conflictkind"), f"kind IN ({listed})")


def upgrade() -> None:
    set_conflict_kinds(*KINDS, "during_round")
    for name in ROUND:
        op.add_column("scan_conflict", sa.Column(name, MOMENT, nullable=True))
    op.add_column("disinfection_round", sa.Column("planned_at", MOMENT, nullable=True))
    op.add_column("disinfection_round", sa.Column("planned_by", sa.String(120), nullable=False, server_default=""))
    op.create_table(
        "hall_cap",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("exhibition_id", sa.Integer(), sa.ForeignKey("exhibition.id"), nullable=False),
        sa.Column("starts_at", MOMENT, nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(200), nullable=False),
        sa.Column("set_by", sa.String(120), nullable=False),
        sa.UniqueConstraint("exhibition_id", "starts_at", name="uq_hall_cap_exhibition_id_starts_at"),
        sa.CheckConstraint("capacity >= 0", name="capacity"),
    )
    op.add_column("exhibition", sa.Column("square_metres_each", sa.Double(), nullable=True))
    op.add_column("exhibition", sa.Column("mask_required", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("exhibition", sa.Column("screening_question", sa.String(200), nullable=False, server_default=""))
    op.add_column("exhibition", sa.Column("retention_days", sa.Integer(), nullable=False, server_default="30"))
    op.add_column("scan", sa.Column("mask_worn", sa.Boolean(), nullable=True))
    op.add_column("scan", sa.Column("screening_passed", sa.Boolean(), nullable=True))


def downgrade() -> None:
    op.drop_column("scan", "screening_passed")
    op.drop_column("scan", "mask_worn")
    for name in ("retention_days", "screening_question", "mask_required", "square_metres_each"):
        op.drop_column("exhibition", name)
    op.drop_table("hall_cap")
    op.drop_column("disinfection_round", "planned_by")
    op.drop_column("disinfection_round", "planned_at")
    for name in ROUND:
        op.drop_column("scan_conflict", name)
    op.execute("DELETE FROM scan_conflict WHERE kind = 'during_round'")
    set_conflict_kinds(*KINDS)
