"""People for each contact and day: the edition's limit, turns of contacts, notices to phones."""

import sqlalchemy as sa
from alembic import op

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("exhibition", sa.Column("people_each_contact", sa.Integer(), server_default="10", nullable=False))
    op.create_table(
        "contact_turn",
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("contact", sa.String(length=32), nullable=False),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_contact_turn_exhibition_id_exhibition")
        ),
        sa.PrimaryKeyConstraint("exhibition_id", "contact", name=op.f("pk_contact_turn")),
    )
    op.create_table(
        "phone_notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("done_by", sa.String(length=160), server_default="", nullable=False),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_phone_notice_exhibition_id_exhibition")
        ),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_phone_notice_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_phone_notice")),
    )
    op.create_index("ix_phone_notice_exhibition_id_done_at", "phone_notice", ["exhibition_id", "done_at"])
    op.create_index(
        "uq_phone_notice_registration",
        "phone_notice",
        ["registration_id"],
        unique=True,
        sqlite_where=sa.text("done_at IS NULL"),
        postgresql_where=sa.text("done_at IS NULL"),
    )
    op.drop_index("ix_visitor_contact_email", "visitor_contact")
    op.create_index("ix_visitor_contact_lower_email", "visitor_contact", [sa.text("lower(email)")])


def downgrade() -> None:
    op.drop_index("ix_visitor_contact_lower_email", "visitor_contact")
    op.create_index("ix_visitor_contact_email", "visitor_contact", ["email"])
    op.drop_table("phone_notice")
    op.drop_table("contact_turn")
    op.drop_column("exhibition", "people_each_contact")
