"""Imports of listings: where they come from, runs and their rows; moderation, reports, and checks of links."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

JSON = sa.JSON().with_variant(JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)


def choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def grow_listing() -> None:
    """Add columns to ``listing``. Existing listings were typed by hand, in rupiah, and stay shown or hidden as they
    were.
    """
    with op.batch_alter_table("listing") as batch:
        batch.add_column(
            sa.Column("source", choice("listingsource", "manual", "import"), nullable=False, server_default="manual")
        )
        batch.add_column(sa.Column("external_id", sa.String(200), nullable=True))
        batch.add_column(sa.Column("currency", sa.String(3), nullable=False, server_default="IDR"))
        batch.add_column(sa.Column("sale_price", sa.BigInteger(), nullable=True))
        batch.add_column(sa.Column("price_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("picture_address", sa.String(1000), nullable=False, server_default=""))
        batch.add_column(sa.Column("picture_tries", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(
            sa.Column(
                "review",
                choice("review", "approved", "waiting", "refused"),
                nullable=False,
                server_default="approved",
            )
        )
        batch.add_column(sa.Column("review_note", sa.String(200), nullable=False, server_default=""))
        batch.add_column(sa.Column("edited", sa.Boolean(), nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("gone_at", MOMENT, nullable=True))
        batch.add_column(sa.Column("imported", JSON, nullable=True))
    op.execute("UPDATE listing SET price_at = updated_at")
    op.execute("UPDATE listing SET review = 'waiting' WHERE NOT published")
    with op.batch_alter_table("listing") as batch:
        batch.alter_column("price_at", existing_type=MOMENT, nullable=False)
        batch.create_check_constraint("sale_price", "sale_price IS NULL OR (sale_price >= 0 AND sale_price <= price)")
        batch.create_check_constraint("published", "NOT published OR review = 'approved'")
    op.create_index("ix_listing_review", "listing", ["review"])
    op.create_index(
        "uq_listing_external",
        "listing",
        ["exhibitor_id", "external_id"],
        unique=True,
        sqlite_where=sa.text("external_id IS NOT NULL"),
        postgresql_where=sa.text("external_id IS NOT NULL"),
    )


def create_runs() -> None:
    op.create_table(
        "import_source",
        sa.Column("exhibitor_id", sa.Integer(), sa.ForeignKey("exhibitor.id"), primary_key=True),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("etag", sa.String(500), nullable=True),
        sa.Column("last_modified", sa.String(100), nullable=True),
        sa.Column("declined", JSON, nullable=False),
        sa.Column("products", sa.Integer(), nullable=False),
        sa.Column("read_at", MOMENT, nullable=False),
        sa.Column("next_at", MOMENT, nullable=False),
    )
    op.create_index("ix_import_source_next_at", "import_source", ["next_at"])
    op.create_table(
        "import_run",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("exhibitor_id", sa.Integer(), sa.ForeignKey("exhibitor.id"), nullable=False),
        sa.Column(
            "state",
            choice("runstate", "waiting", "reading", "preview", "published", "unchanged", "failed", "cancelled"),
            nullable=False,
        ),
        sa.Column("origin", choice("runorigin", "person", "schedule", "command"), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("file_name", sa.String(120), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("counts", JSON, nullable=False),
        sa.Column("problems", JSON, nullable=False),
        sa.Column("failure", sa.String(32), nullable=False),
        sa.Column("etag", sa.String(500), nullable=True),
        sa.Column("last_modified", sa.String(100), nullable=True),
        sa.Column("started_by_id", sa.Integer(), sa.ForeignKey("user_account.id", ondelete="SET NULL"), nullable=True),
        sa.Column("started_by_name", sa.String(120), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("touched_at", MOMENT, nullable=False),
        sa.Column("finished_at", MOMENT, nullable=True),
        sa.CheckConstraint("done >= 0 AND done <= total", name="progress"),
    )
    live = sa.text("state IN ('waiting', 'reading')")
    op.create_index(
        "uq_import_run_live", "import_run", ["exhibitor_id"], unique=True, sqlite_where=live, postgresql_where=live
    )
    op.create_index("ix_import_run_exhibitor", "import_run", ["exhibitor_id", "id"])
    op.create_table(
        "import_row",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("run_id", sa.Integer(), sa.ForeignKey("import_run.id", ondelete="CASCADE"), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("change", choice("change", "new", "changed", "gone", "kept", "same"), nullable=False),
        sa.Column("listing_id", sa.Integer(), sa.ForeignKey("listing.id", ondelete="SET NULL"), nullable=True),
        sa.Column("before", JSON, nullable=True),
        sa.Column("after", JSON, nullable=True),
        sa.UniqueConstraint("run_id", "position", name="uq_import_row_run_id_position"),
    )
    op.create_index("ix_import_row_listing_id", "import_row", ["listing_id"])


def create_link_checks() -> None:
    op.create_table(
        "link_check",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("exhibitor_id", sa.Integer(), sa.ForeignKey("exhibitor.id"), nullable=False),
        sa.Column("address", sa.String(500), nullable=False),
        sa.Column("host", sa.String(255), nullable=False),
        sa.Column("state", choice("linkstate", "unknown", "alive", "failing", "broken"), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("failing_since", MOMENT, nullable=True),
        sa.Column("checked_at", MOMENT, nullable=True),
        sa.Column("next_at", MOMENT, nullable=False),
        sa.Column("leased_until", MOMENT, nullable=True),
        sa.Column("told_at", MOMENT, nullable=True),
        sa.CheckConstraint("failures >= 0", name="failures"),
        sa.UniqueConstraint("exhibitor_id", "address", name="uq_link_check_exhibitor_id_address"),
    )
    op.create_index("ix_link_check_next", "link_check", ["next_at"])
    op.create_index("ix_link_check_host", "link_check", ["host"])
    op.create_table(
        "dead_host",
        sa.Column("host", sa.String(255), primary_key=True),
        sa.Column("marked_by", sa.String(120), nullable=False),
        sa.Column("marked_at", MOMENT, nullable=False),
    )
    op.create_table(
        "listing_report",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("listing_id", sa.Integer(), sa.ForeignKey("listing.id", ondelete="CASCADE"), nullable=False),
        sa.Column(
            "reason",
            choice("reportreason", "wrong_price", "not_sold", "forbidden", "somebody_elses", "other"),
            nullable=False,
        ),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("closed_at", MOMENT, nullable=True),
        sa.Column("closed_by", sa.String(120), nullable=False),
    )
    op.create_index("ix_listing_report_listing_id", "listing_report", ["listing_id"])
    op.create_index("ix_listing_report_open", "listing_report", ["closed_at"])


def upgrade() -> None:
    grow_listing()
    create_runs()
    create_link_checks()
    # Exhibitors already in the fair were admitted by the organizers, and their listings were shown at once.
    op.add_column("exhibitor", sa.Column("trusted", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute("UPDATE exhibitor SET trusted = true")
    op.add_column("exhibition", sa.Column("forbidden_words", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("exhibition", "forbidden_words")
    op.drop_column("exhibitor", "trusted")
    for table in ("listing_report", "dead_host", "link_check", "import_row", "import_run", "import_source"):
        op.drop_table(table)
    op.drop_index("uq_listing_external", "listing")
    op.drop_index("ix_listing_review", "listing")
    with op.batch_alter_table("listing") as batch:
        for name in ("sale_price", "published"):
            batch.drop_constraint(op.f(f"ck_listing_{name}"), type_="check")
        for name in ("listingsource", "review"):
            batch.drop_constraint(op.f(f"ck_listing_{name}"), type_="check")
        for name in (
            "imported",
            "gone_at",
            "edited",
            "review_note",
            "review",
            "picture_tries",
            "picture_address",
            "price_at",
            "sale_price",
            "currency",
            "external_id",
            "source",
        ):
            batch.drop_column(name)
