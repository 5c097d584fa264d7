"""The editable floor plan: turned landmarks, doors and aisles, areas of zones, a background, versions."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
BEFORE = ("entrance", "exit", "stage", "wall", "hand_washing", "information")


def set_landmark_kinds(*kinds: str) -> None:
    """Allow only these kinds of landmarks."""
    listed = ", ".join(f"'{kind}'" for kind in kinds)
    with op.batch_alter_table("landmark") as batch:
        batch.drop_constraint(op.f("ck_landmark_landmarkkind"), type_="check")
        batch.create_check_constraint(op.f("ck_landmark_landmarkkind"), f"kind IN ({listed})")


def upgrade() -> None:
    set_landmark_kinds(*BEFORE, "door", "aisle")
    op.add_column("landmark", sa.Column("rotation", sa.Double(), server_default="0", nullable=False))
    for name in ("x", "y", "width", "depth"):
        op.add_column("zone", sa.Column(name, sa.Double(), nullable=True))
    op.create_table(
        "plan_picture",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("exhibition_id", sa.Integer(), sa.ForeignKey("exhibition.id"), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("pixel_width", sa.Integer(), nullable=False),
        sa.Column("pixel_height", sa.Integer(), nullable=False),
        sa.UniqueConstraint("exhibition_id", "digest", name="uq_plan_picture_exhibition_id_digest"),
    )
    op.create_table(
        "plan_background",
        sa.Column("exhibition_id", sa.Integer(), sa.ForeignKey("exhibition.id"), primary_key=True),
        sa.Column("picture_id", sa.Integer(), sa.ForeignKey("plan_picture.id"), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("width", sa.Double(), nullable=False),
        sa.Column("depth", sa.Double(), nullable=False),
        sa.Column("opacity", sa.Double(), nullable=False),
        sa.CheckConstraint("width > 0 AND depth > 0 AND opacity BETWEEN 0 AND 1", name="size"),
    )
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("exhibition_id", sa.Integer(), sa.ForeignKey("exhibition.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("mark", sa.String(24), nullable=False),
        sa.Column("note", sa.String(300), nullable=False),
        sa.Column("problems", sa.Integer(), nullable=False),
        sa.Column("created_by", sa.String(254), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("exhibition_id", "number", name="uq_plan_version_exhibition_id_number"),
    )
    op.create_table(
        "plan_import",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("exhibition_id", sa.Integer(), sa.ForeignKey("exhibition.id"), nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("created_by", sa.String(254), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_plan_import_created_at", "plan_import", ["created_at"])


def downgrade() -> None:
    for table in ("plan_import", "plan_version", "plan_background", "plan_picture"):
        op.drop_table(table)
    for name in ("depth", "width", "y", "x"):
        op.drop_column("zone", name)
    op.drop_column("landmark", "rotation")
    op.execute("DELETE FROM landmark WHERE kind IN ('door', 'aisle')")
    set_landmark_kinds(*BEFORE)
