"""Every mail is a row of the outbox; the visitors' mails move into it."""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ONE_OF_A_KIND = sa.text("dedupe_key IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "outbox_mail",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about_id", sa.Integer(), nullable=False),
        sa.Column("dedupe_key", sa.String(length=120), nullable=True),
        sa.Column("recipient", sa.String(length=254), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("html", sa.Text(), nullable=True),
        sa.Column("state", _choice("mailstate", "queued", "sent", "failed", "dropped"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state = 'queued' OR (text IS NULL AND html IS NULL)", name=op.f("ck_outbox_mail_erased")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox_mail")),
    )
    # Mails of people who are already erased are not moved.
    op.execute(
        "INSERT INTO outbox_mail"
        " (kind, about_id, dedupe_key, state, attempts, last_error, created_at, next_try_at, sent_at)"
        " SELECT 'visitor.' || kind, registration_id, 'round ' || round_id || ': registration ' || registration_id,"
        " CASE state WHEN 'waiting' THEN 'queued' ELSE state END,"
        " attempts, last_error, created_at, next_attempt_at, sent_at FROM visitor_message"
        " WHERE registration_id IN (SELECT registration_id FROM visitor_contact) ORDER BY id"
    )
    with op.batch_alter_table("outbox_mail") as batch:
        batch.create_index(op.f("ix_outbox_mail_about_id"), ["about_id"])
        batch.create_index("ix_outbox_mail_due", ["state", "next_try_at"])
        batch.create_index(
            "uq_outbox_mail_dedupe_key",
            ["dedupe_key"],
            unique=True,
            sqlite_where=ONE_OF_A_KIND,
            postgresql_where=ONE_OF_A_KIND,
        )
    op.drop_table("visitor_message")


def downgrade() -> None:
    """Mails to anyone but visitors are deleted; the round that a visitor's mail is about is lost."""
    op.create_table(
        "visitor_message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=False),
        sa.Column("kind", _choice("messagekind", "pass", "moved", "cancelled", "closed"), nullable=False),
        sa.Column("state", _choice("messagestate", "waiting", "sent", "failed"), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_attempt_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("round_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["registration_id"], ["registration.id"], name=op.f("fk_visitor_message_registration_id_registration")
        ),
        sa.ForeignKeyConstraint(
            ["round_id"],
            ["disinfection_round.id"],
            name=op.f("fk_visitor_message_round_id_disinfection_round"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visitor_message")),
    )
    op.execute(
        "INSERT INTO visitor_message"
        " (registration_id, kind, state, attempts, last_error, created_at, next_attempt_at, sent_at)"
        " SELECT about_id, substr(kind, 9),"
        " CASE state WHEN 'queued' THEN 'waiting' WHEN 'dropped' THEN 'failed' ELSE state END,"
        " attempts, last_error, created_at, next_try_at, sent_at FROM outbox_mail"
        " WHERE kind IN ('visitor.pass', 'visitor.moved', 'visitor.cancelled', 'visitor.closed') ORDER BY id"
    )
    with op.batch_alter_table("visitor_message") as batch:
        batch.create_index(op.f("ix_visitor_message_registration_id"), ["registration_id"])
        batch.create_index("ix_visitor_message_state", ["state", "next_attempt_at"])
        batch.create_index("uq_visitor_message_round", ["round_id", "registration_id"], unique=True)
    op.drop_table("outbox_mail")


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)
