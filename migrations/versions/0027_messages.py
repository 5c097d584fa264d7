"""Messages from the desk, and whom each goes to."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _message()
    _recipient()


def _message() -> None:
    op.create_table(
        "message",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("exhibition_id", sa.Integer(), nullable=False),
        sa.Column("form_key", sa.String(length=64), nullable=True),
        sa.Column("audience", sa.JSON().with_variant(postgresql.JSONB(), "postgresql"), nullable=False),
        sa.Column("subject_indonesian", sa.String(length=150), nullable=False),
        sa.Column("text_indonesian", sa.Text(), nullable=False),
        sa.Column("subject_english", sa.String(length=150), nullable=False),
        sa.Column("text_english", sa.Text(), nullable=False),
        sa.Column(
            "state",
            _choice("messagestate", "draft", "scheduled", "sending", "paused", "sent", "stopped"),
            nullable=False,
        ),
        sa.Column("scheduled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_by", sa.String(length=254), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirmed_by", sa.String(length=254), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("beat_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(subject_indonesian <> '' AND text_indonesian <> '') OR (subject_english <> '' AND text_english <> '')",
            name=op.f("ck_message_words"),
        ),
        sa.CheckConstraint("state <> 'scheduled' OR scheduled_at IS NOT NULL", name=op.f("ck_message_moment")),
        sa.CheckConstraint("(state = 'draft') = (confirmed_at IS NULL)", name=op.f("ck_message_confirmed")),
        sa.CheckConstraint("(state IN ('sent', 'stopped')) = (ended_at IS NOT NULL)", name=op.f("ck_message_ended")),
        sa.ForeignKeyConstraint(["exhibition_id"], ["exhibition.id"], name=op.f("fk_message_exhibition_id_exhibition")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
        sa.UniqueConstraint("form_key", name=op.f("uq_message_form_key")),
    )
    op.create_index(op.f("ix_message_exhibition_id"), "message", ["exhibition_id"])
    op.create_index("ix_message_state", "message", ["state", "scheduled_at"])


def _recipient() -> None:
    op.create_table(
        "message_recipient",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("message_id", sa.Integer(), nullable=False),
        sa.Column("registration_id", sa.Integer(), nullable=True),
        sa.Column("exhibitor_id", sa.Integer(), nullable=True),
        sa.Column("application_id", sa.Integer(), nullable=True),
        sa.Column("way", _choice("waytoreach", "mail", "phone", "nothing"), nullable=False),
        sa.Column(
            "state",
            _choice(
                "recipientstate",
                "waiting",
                "posted",
                "sent",
                "failed",
                "dropped",
                "same",
                "open",
                "ticked",
                "unreachable",
                "withheld",
            ),
            nullable=False,
        ),
        sa.Column("ticked_by", sa.String(length=254), nullable=False),
        sa.Column("ticked_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(registration_id IS NULL AND exhibitor_id IS NULL)"
            " OR (registration_id IS NULL AND application_id IS NULL)"
            " OR (exhibitor_id IS NULL AND application_id IS NULL)",
            name=op.f("ck_message_recipient_one"),
        ),
        sa.CheckConstraint("(state = 'ticked') = (ticked_at IS NOT NULL)", name=op.f("ck_message_recipient_ticked")),
        _reference("message", "CASCADE"),
        _reference("registration", "SET NULL"),
        _reference("exhibitor", "SET NULL"),
        _reference("application", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message_recipient")),
        *(_once(column) for column in ("registration_id", "exhibitor_id", "application_id")),
    )
    op.create_index(op.f("ix_message_recipient_registration_id"), "message_recipient", ["registration_id"])
    op.create_index(op.f("ix_message_recipient_application_id"), "message_recipient", ["application_id"])
    op.create_index("ix_message_recipient_state", "message_recipient", ["message_id", "state"])


def _reference(table: str, when_deleted: str) -> sa.ForeignKeyConstraint:
    name = op.f(f"fk_message_recipient_{table}_id_{table}")
    return sa.ForeignKeyConstraint([f"{table}_id"], [f"{table}.id"], name=name, ondelete=when_deleted)


def _once(column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("message_id", column, name=op.f(f"uq_message_recipient_message_id_{column}"))


def _choice(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=32)


def downgrade() -> None:
    """Messages and their log are deleted; mails already in the outbox have no composer in earlier versions."""
    op.execute("DELETE FROM outbox_mail WHERE kind = 'message.mail'")
    op.drop_table("message_recipient")
    op.drop_table("message")
