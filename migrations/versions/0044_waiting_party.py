"""Waiting lists of sessions."""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None

STATES = ("waiting", "offered", "taken", "left", "lapsed")


def upgrade() -> None:
    op.add_column("exhibition", sa.Column("waiting_minutes", sa.Integer(), server_default="120", nullable=False))
    op.create_table(
        "waiting_party",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(length=40), nullable=False),
        sa.Column("form_key", sa.String(length=80), nullable=True),
        sa.Column("party_size", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=True),
        sa.Column("email", sa.String(length=254), nullable=True),
        sa.Column("phone", sa.String(length=20), nullable=True),
        sa.Column("locale", sa.String(length=8), nullable=False),
        sa.Column("consent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("consent_notice", sa.String(length=20), nullable=False),
        sa.Column("origin", sa.String(length=16), nullable=True),
        sa.Column(
            "state",
            sa.Enum(*STATES, name="waitingstate", native_enum=False, create_constraint=True, length=32),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("told_by", sa.String(length=160), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("party_size BETWEEN 1 AND 10", name=op.f("ck_waiting_party_party_size")),
        sa.CheckConstraint("state <> 'offered' OR expires_at IS NOT NULL", name=op.f("ck_waiting_party_offer")),
        sa.CheckConstraint("(state = 'taken') = (registration_id IS NOT NULL)", name=op.f("ck_waiting_party_taken")),
        sa.ForeignKeyConstraint(
            ["exhibition_id"], ["exhibition.id"], name=op.f("fk_waiting_party_exhibition_id_exhibition")
        ),
        sa.ForeignKeyConstraint(["slot_id"], ["time_slot.id"], name=op.f("fk_waiting_party_slot_id_time_slot")),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_waiting_party_registration_id_registration")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_party")),
        sa.UniqueConstraint("key", name=op.f("uq_waiting_party_key")),
        sa.UniqueConstraint("form_key", name=op.f("uq_waiting_party_form_key")),
    )
    op.create_index(
        "ix_waiting_party_line",
        "waiting_party",
        ["slot_id", "id"],
        sqlite_where=sa.text("state = 'waiting'"),
        postgresql_where=sa.text("state = 'waiting'"),
    )
    op.create_index(
        "ix_waiting_party_offers",
        "waiting_party",
        ["expires_at"],
        sqlite_where=sa.text("state = 'offered'"),
        postgresql_where=sa.text("state = 'offered'"),
    )
    op.create_index("ix_waiting_party_exhibition_id", "waiting_party", ["exhibition_id"])


def downgrade() -> None:
    op.drop_table("waiting_party")
    op.drop_column("exhibition", "waiting_minutes")
