"""Proposals of the solver, the organizer's pins, and the step that publishes a proposal."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

STEPS = ("hold", "offer", "confirm", "release", "move", "swap", "accept", "decline", "undo")
PROPOSAL_STATES = ("waiting", "running", "done", "failed", "published")


def _steps(kinds: tuple[str, ...]) -> None:
    """Allow only these values in ``allocation_step.kind``."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("allocation_step") as table:
        table.drop_constraint(op.f("ck_allocation_step_stepkind"), type_="check")
        table.create_check_constraint(op.f("ck_allocation_step_stepkind"), f"kind IN ({listed})")


def upgrade() -> None:
    json = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
    _steps((*STEPS, "publish"))
    op.create_table(
        "allocation_pin",
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("exhibitor_id", sa.Integer(), nullable=False),
        sa.Column("booth_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["booth_id"], ["booth.id"], name=op.f("fk_allocation_pin_booth_id_booth")),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_allocation_pin_exhibition_id_exhibition")
        ),
        sa.ForeignKeyConstraint(
            ["exhibitor_id"], ["exhibitor.id"], name=op.f("fk_allocation_pin_exhibitor_id_exhibitor")
        ),
        sa.PrimaryKeyConstraint("exhibition_id", "exhibitor_id", name=op.f("pk_allocation_pin")),
        sa.UniqueConstraint("exhibition_id", "booth_id", name=op.f("uq_allocation_pin_exhibition_id_booth_id")),
    )
    op.create_table(
        "allocation_proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(*PROPOSAL_STATES, name="proposalstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("problem", json, nullable=False),
        sa.Column("exhibitors", json, nullable=False),
        sa.Column("seen", json, nullable=False),
        sa.Column("stage", sa.String(length=40), nullable=False),
        sa.Column("objective", sa.Double(), nullable=False),
        sa.Column("bound", sa.Double(), nullable=False),
        sa.Column("stop", sa.Boolean(), nullable=False),
        sa.Column("plan", json, nullable=True),
        sa.Column("reasons", json, nullable=True),
        sa.Column("created_by", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("step_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_allocation_proposal_exhibition_id_exhibition")
        ),
        sa.ForeignKeyConstraint(
            ["step_id"], ["allocation_step.id"], name=op.f("fk_allocation_proposal_step_id_allocation_step")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_allocation_proposal")),
    )
    op.create_index(op.f("ix_allocation_proposal_exhibition_id"), "allocation_proposal", ["exhibition_id"])


def downgrade() -> None:
    op.drop_table("allocation_proposal")
    op.drop_table("allocation_pin")
    op.execute("DELETE FROM allocation_step WHERE kind = 'publish'")
    _steps(STEPS)
