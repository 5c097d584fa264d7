"""Messages and whom they go to. A recipient is a reference, never an address."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exhibition.core import clock
from exhibition.core.db import Base, Json, Moment, choice
from exhibition.messages.rules.audiences import AudienceJson, WayToReach
from exhibition.messages.rules.states import MessageState, RecipientState
from exhibition.venue.models import LONGEST_SUBJECT

MAIL_KIND = "message.mail"
"""The kind of the mails in the outbox; their ``about_id`` is the recipient's id."""


class Message(Base):
    """A text in one or two languages for an audience of one edition.

    Its recipients are written when sending begins, so a scheduled message goes to those whom it concerns by then.
    """

    __tablename__ = "message"
    __table_args__ = (
        CheckConstraint(
            "(subject_indonesian <> '' AND text_indonesian <> '') OR (subject_english <> '' AND text_english <> '')",
            name="words",
        ),
        CheckConstraint("state <> 'scheduled' OR scheduled_at IS NOT NULL", name="moment"),
        CheckConstraint("(state = 'draft') = (confirmed_at IS NULL)", name="confirmed"),
        CheckConstraint("(state IN ('sent', 'stopped')) = (ended_at IS NOT NULL)", name="ended"),
        Index("ix_message_state", "state", "scheduled_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), index=True)
    form_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Key of the form that began it: a form sent twice begins one message."""
    audience: Mapped[AudienceJson] = mapped_column(Json)
    subject_indonesian: Mapped[str] = mapped_column(String(LONGEST_SUBJECT), default="")
    text_indonesian: Mapped[str] = mapped_column(Text, default="")
    subject_english: Mapped[str] = mapped_column(String(LONGEST_SUBJECT), default="")
    text_english: Mapped[str] = mapped_column(Text, default="")
    state: Mapped[MessageState] = mapped_column(choice(MessageState), default=MessageState.DRAFT)
    scheduled_at: Mapped[datetime | None] = mapped_column(Moment)
    created_by: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    confirmed_by: Mapped[str] = mapped_column(String(254), default="")
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    beat_at: Mapped[datetime | None] = mapped_column(Moment)
    """When a job last worked on it."""
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    """When everything was sent or given up, or it was stopped."""


class MessageRecipient(Base):
    """Somebody a message goes to, once. All three references are empty when what they named was erased."""

    __tablename__ = "message_recipient"
    __table_args__ = (
        UniqueConstraint("message_id", "registration_id"),
        UniqueConstraint("message_id", "exhibitor_id"),
        UniqueConstraint("message_id", "application_id"),
        CheckConstraint(
            "(registration_id IS NULL AND exhibitor_id IS NULL)"
            " OR (registration_id IS NULL AND application_id IS NULL)"
            " OR (exhibitor_id IS NULL AND application_id IS NULL)",
            name="one",
        ),
        CheckConstraint("(state = 'ticked') = (ticked_at IS NOT NULL)", name="ticked"),
        Index("ix_message_recipient_state", "message_id", "state"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id", ondelete="CASCADE"))
    registration_id: Mapped[int | None] = mapped_column(ForeignKey("registration.id", ondelete="SET NULL"), index=True)
    exhibitor_id: Mapped[int | None] = mapped_column(ForeignKey("exhibitor.id", ondelete="SET NULL"))
    application_id: Mapped[int | None] = mapped_column(ForeignKey("application.id", ondelete="SET NULL"), index=True)
    way: Mapped[WayToReach] = mapped_column(choice(WayToReach))
    state: Mapped[RecipientState] = mapped_column(choice(RecipientState))
    ticked_by: Mapped[str] = mapped_column(String(254), default="")
    ticked_at: Mapped[datetime | None] = mapped_column(Moment)
