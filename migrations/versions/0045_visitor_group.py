"""Groups with a code of their own, and closing online registration without closing the gate."""

import sqlalchemy as sa
from alembic import op

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "exhibition", sa.Column("online_registration", sa.Boolean(), server_default=sa.true(), nullable=False)
    )
    op.create_table(
        "visitor_group",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=16), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("contact_name", sa.String(length=120), nullable=False),
        sa.Column("contact_phone", sa.String(length=20), nullable=True),
        sa.Column("most_people", sa.Integer(), nullable=False),
        sa.Column("is_open", sa.Boolean(), server_default=sa.true(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(length=160), nullable=False),
        sa.CheckConstraint("most_people BETWEEN 1 AND 2000", name=op.f("ck_visitor_group_most_people")),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_visitor_group_exhibition_id_exhibition")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitor_group")),
        sa.UniqueConstraint("code", name=op.f("uq_visitor_group_code")),
    )
    op.create_index("ix_visitor_group_exhibition_id", "visitor_group", ["exhibition_id"])
    op.create_table(
        "group_pass",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"],
            ["registration.id"],
            name=op.f("fk_group_pass_registration_id_registration"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["group_id"], ["visitor_group.id"], name=op.f("fk_group_pass_group_id_visitor_group")),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_group_pass")),
    )
    op.create_index("ix_group_pass_group_id", "group_pass", ["group_id"])


def downgrade() -> None:
    op.drop_table("group_pass")
    op.drop_table("visitor_group")
    op.drop_column("exhibition", "online_registration")
