"""Views, favourites, cluster contacts and orders, take-home sheets; clusters as a source of clicks."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
SOURCES = ("booth_page", "booth_qr", "catalogue", "pass_page", "front_page")


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def set_click_sources(*sources: str) -> None:
    """Allow only these sources of clicks."""
    listed = ", ".join(f"'{source}'" for source in sources)
    with op.batch_alter_table("outbound_click") as batch:
        batch.drop_constraint(op.f("ck_outbound_click_clicksource"), type_="check")
        batch.create_check_constraint(op.f("ck_outbound_click_clicksource"), f"source IN ({listed})")


def upgrade() -> None:
    set_click_sources(*SOURCES, "cluster_page")
    op.create_table(
        "page_view",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("exhibitor_id", sa.Integer(), sa.ForeignKey("exhibitor.id"), nullable=False),
        sa.Column("source", choice("clicksource", *SOURCES, "cluster_page"), nullable=False),
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.UniqueConstraint("exhibitor_id", "source", "hour", name="uq_page_view_exhibitor_id_source_hour"),
        sa.CheckConstraint("views > 0", name="views"),
    )
    op.create_index("ix_page_view_hour", "page_view", ["hour"])
    op.create_table(
        "favourite_mark",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("exhibitor_id", sa.Integer(), sa.ForeignKey("exhibitor.id"), nullable=False),
        sa.Column("listing_id", sa.Integer(), nullable=False),
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("marks", sa.Integer(), nullable=False),
        sa.UniqueConstraint(
            "exhibitor_id", "listing_id", "hour", name="uq_favourite_mark_exhibitor_id_listing_id_hour"
        ),
        sa.CheckConstraint("marks > 0", name="marks"),
    )
    op.create_index("ix_favourite_mark_hour", "favourite_mark", ["hour"])
    op.create_table(
        "cluster_contact",
        sa.Column("cluster_id", sa.Integer(), sa.ForeignKey("cluster.id"), primary_key=True),
        sa.Column("exhibitor_id", sa.Integer(), sa.ForeignKey("exhibitor.id"), nullable=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("whatsapp", sa.String(20), nullable=False),
        sa.CheckConstraint("(exhibitor_id IS NULL) = (whatsapp <> '')", name="one"),
    )
    op.create_table(
        "cluster_order",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("cluster_id", sa.Integer(), sa.ForeignKey("cluster.id"), nullable=False),
        sa.Column("hour", MOMENT, nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.UniqueConstraint("cluster_id", "hour", name="uq_cluster_order_cluster_id_hour"),
        sa.CheckConstraint("orders > 0", name="orders"),
    )
    op.create_table(
        "sheet_run",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("exhibition_id", sa.Integer(), sa.ForeignKey("exhibition.id"), nullable=False),
        sa.Column("state", choice("sheetstate", "waiting", "making", "done", "failed"), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("started_by", sa.String(120), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("touched_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.Column("together", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("done >= 0 AND done <= total", name="progress"),
    )
    live = sa.text("state IN ('waiting', 'making')")
    op.create_index(
        "uq_sheet_run_live", "sheet_run", ["exhibition_id"], unique=True, sqlite_where=live, postgresql_where=live
    )
    op.create_table(
        "sheet",
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("sheet_run.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("exhibitor_id", sa.Integer(), sa.ForeignKey("exhibitor.id"), primary_key=True),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
    )


def downgrade() -> None:
    for table in ("sheet", "sheet_run", "cluster_order", "cluster_contact", "favourite_mark", "page_view"):
        op.drop_table(table)
    op.execute("DELETE FROM outbound_click WHERE source = 'cluster_page'")
    set_click_sources(*SOURCES)
