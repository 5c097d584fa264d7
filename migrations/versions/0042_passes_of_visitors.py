"""Parties split into passes of their own, when a pass got another time, and requests for lost links."""

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("visitor_pass", sa.Column("moved_at", sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "party_split",
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("from_id", sa.Integer(), nullable=False),
        sa.Column("split_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_party_split_registration_id_registration")
        ),
        sa.ForeignKeyConstraint(["from_id"], ["registration.id"], name=op.f("fk_party_split_from_id_registration")),
        sa.CheckConstraint("registration_id <> from_id", name=op.f("ck_party_split_other")),
        sa.PrimaryKeyConstraint("registration_id", name=op.f("pk_party_split")),
    )
    op.create_index(op.f("ix_party_split_from_id"), "party_split", ["from_id"])
    op.create_table(
        "link_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("(email IS NULL) <> (phone IS NULL)", name=op.f("ck_link_request_contact")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_link_request")),
    )
    op.create_index(op.f("ix_link_request_asked_at"), "link_request", ["asked_at"])


def downgrade() -> None:
    op.drop_table("link_request")
    op.drop_table("party_split")
    op.drop_column("visitor_pass", "moved_at")
