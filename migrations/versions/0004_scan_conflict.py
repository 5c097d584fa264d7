"""The offline gate: conflicts of scans, reports of devices about themselves, keys published ahead, the edition's
patience.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "scan_conflict",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "double_entry",
                "over_cap",
                "unknown_pass",
                "clock_drift",
                "differs",
                name="conflictkind",
                native_enum=False,
                create_constraint=True,
                length=32,
            ),
            nullable=False,
        ),
        sa.Column("scan_id", sa.Integer(), nullable=False),
        sa.Column("other_scan_id", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by", sa.String(length=120), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_scan_conflict_exhibition_id_exhibition")
        ),
        sa.ForeignKeyConstraint(["scan_id"], ["scan.id"], name=op.f("fk_scan_conflict_scan_id_scan")),
        sa.ForeignKeyConstraint(["other_scan_id"], ["scan.id"], name=op.f("fk_scan_conflict_other_scan_id_scan")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_scan_conflict")),
        sa.UniqueConstraint("scan_id", "kind", name=op.f("uq_scan_conflict_scan_id_kind")),
    )
    op.create_index("ix_scan_conflict_other", "scan_conflict", ["other_scan_id"])
    op.create_index("ix_scan_conflict_closed", "scan_conflict", ["exhibition_id", "closed_at"])
    op.add_column("device", sa.Column("unsent", sa.Integer(), nullable=True))
    op.add_column("device", sa.Column("bundle_version", sa.BigInteger(), nullable=True))
    op.add_column("device", sa.Column("bundle_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("device", sa.Column("app_version", sa.String(length=40), nullable=True))
    op.add_column(
        "pass_key",
        sa.Column("signs_from", sa.DateTime(timezone=True), nullable=False, server_default="2020-01-01 00:00:00"),
    )
    for name, default in (("offline_after_ms", "1200"), ("amber_minutes", "5"), ("red_minutes", "30")):
        op.add_column("exhibition", sa.Column(name, sa.Integer(), nullable=False, server_default=default))


def downgrade() -> None:
    for name in ("red_minutes", "amber_minutes", "offline_after_ms"):
        op.drop_column("exhibition", name)
    op.drop_column("pass_key", "signs_from")
    for name in ("app_version", "bundle_at", "bundle_version", "unsent"):
        op.drop_column("device", name)
    op.drop_table("scan_conflict")
