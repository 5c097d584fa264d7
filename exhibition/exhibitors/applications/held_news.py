"""News to applicants that wait a while: the step that they tell may still be taken back, or something newer told."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select, update

from exhibition.core.db import db
from exhibition.core.outbox import MailState, OutboxMail, ended

NEWS = "application.news"
"""The kind of mail; its ``about_id`` is the application's id."""
SUPERSEDED = "the application has moved on meanwhile"
_UNSENT = OutboxMail.state == MailState.QUEUED, OutboxMail.attempts == 0


@dataclass(frozen=True)
class HeldNews:
    until: datetime
    """Nobody sends it before."""
    key: str
    """By which it is found."""


def drop(application_id: int) -> None:
    """Do not tell what waits, in the open transaction: the application has moved on."""
    held = (
        OutboxMail.kind == NEWS,
        OutboxMail.about_id == application_id,
        OutboxMail.next_try_at > OutboxMail.created_at,
    )
    values = ended(MailState.DROPPED, SUPERSEDED)
    db.session.execute(update(OutboxMail).where(*held, *_UNSENT).values(values))


def withhold(application_id: int, key: str) -> bool:
    """Take news back that nobody has begun to send; whether the applicant was told where it stood before them."""
    gone = delete(OutboxMail).where(OutboxMail.dedupe_key == key, *_UNSENT).returning(OutboxMail.id)
    if db.session.execute(gone).first() is None:
        return False
    of_application = OutboxMail.kind == NEWS, OutboxMail.about_id == application_id
    before = select(OutboxMail.state).where(*of_application).order_by(OutboxMail.id.desc()).limit(1)
    return db.session.scalar(before) is not MailState.DROPPED
