"""Supervisors' PINs and overrides, counted occupancy, longest stay, and places of people who did not come."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "supervisor_pin",
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_supervisor_pin_user_id_user_account"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_supervisor_pin")),
        sa.UniqueConstraint("digest", name=op.f("uq_supervisor_pin_digest")),
    )
    op.create_table(
        "scan_override",
        sa.Column("scan_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("by", sa.String(length=120), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_scan_override_scan_id_scan")),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["user_account.id"],
            name=op.f("fk_scan_override_user_id_user_account"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("scan_id", name=op.f("pk_scan_override")),
    )
    op.create_table(
        "occupancy_count",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Integer(), nullable=False),
        sa.Column("inside", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("by", sa.String(length=254), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("after_scan_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("inside >= 0", name=op.f("ck_occupancy_count_inside")),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_occupancy_count_exhibition_id_exhibition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_occupancy_count")),
    )
    op.create_index("ix_occupancy_count_exhibition", "occupancy_count", ["exhibition_id", "id"])
    op.add_column(
        "exhibition",
        sa.Column(
            "override_codes",
            sa.String(length=200),
            nullable=False,
            server_default="too_early too_late slot_closed venue_full protocol_refused",
        ),
    )
    op.add_column("exhibition", sa.Column("longest_stay_minutes", sa.Integer(), nullable=True))
    op.add_column("exhibition", sa.Column("no_show_minutes", sa.Integer(), nullable=True))
    op.add_column("visitor_pass", sa.Column("released", sa.Integer(), nullable=False, server_default="0"))


def downgrade() -> None:
    op.drop_column("visitor_pass", "released")
    for name in ("no_show_minutes", "longest_stay_minutes", "override_codes"):
        op.drop_column("exhibition", name)
    for table in ("occupancy_count", "scan_override", "supervisor_pin"):
        op.drop_table(table)
