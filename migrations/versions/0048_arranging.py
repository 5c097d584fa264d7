"""Steps that arrange several exhibitors at once, and steps that do an undone one again."""

from alembic import op

revision = "0048"
down_revision = "0047"
branch_labels = None
depends_on = None

STEPS = ("hold", "offer", "confirm", "release", "move", "swap", "accept", "decline", "undo", "publish")


def _steps(kinds: tuple[str, ...]) -> None:
    """Allow only these values in ``allocation_step.kind``."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("allocation_step") as table:
        table.drop_constraint(op.f("ck_allocation_step_stepkind"), type_="check")
        table.create_check_constraint(op.f("ck_allocation_step_stepkind"), f"kind IN ({listed})")


def upgrade() -> None:
    _steps((*STEPS, "arrange", "redo"))


def downgrade() -> None:
    op.execute("UPDATE allocation_step SET kind = 'publish' WHERE kind = 'arrange'")
    op.execute("UPDATE allocation_step SET kind = 'undo' WHERE kind = 'redo'")
    _steps(STEPS)
