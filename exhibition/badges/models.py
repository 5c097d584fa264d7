"""Badges. Whether one opens a gate also depends on the exhibitor's allocation, which is checked at every scan."""

import enum
from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from exhibition.core import clock
from exhibition.core.db import Base, Moment, choice
from exhibition.venue.rules.edition import LARGEST_STAFF
from exhibition.visitors.rules import LAST_GENERATION


class BadgeState(enum.StrEnum):
    VALID = "valid"
    REVOKED = "revoked"
    """By the exhibitor or an organizer; the number is free for somebody else."""


class Badge(Base):
    """The badge of one of an exhibitor's staff. ``inside`` is 1 while the holder is in the hall, which may be many
    times a day.
    """

    __tablename__ = "badge"
    __table_args__ = (
        CheckConstraint("inside BETWEEN 0 AND 1", name="inside"),
        CheckConstraint(f"number BETWEEN 1 AND allowed AND allowed <= {LARGEST_STAFF}", name="number"),
        CheckConstraint(f"generation BETWEEN 0 AND {LAST_GENERATION}", name="generation"),
        Index(
            "uq_badge_number",
            "exhibition_id",
            "exhibitor_id",
            "number",
            unique=True,
            sqlite_where=text("state = 'valid'"),
            postgresql_where=text("state = 'valid'"),
        ),
        Index("ix_badge_exhibitor", "exhibitor_id"),
    )

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    """Random, 63 bits; the token's eight bytes."""
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"))
    number: Mapped[int]
    """1 for the first of the staff; no two valid badges of an exhibitor share one."""
    allowed: Mapped[int]
    """How many badges the edition allowed a booth at the time of issue: ``number`` is at most this."""
    name: Mapped[str] = mapped_column(String(120))
    """Empty once erased after the fair."""
    code: Mapped[str] = mapped_column(String(8), unique=True)
    generation: Mapped[int] = mapped_column(default=0)
    state: Mapped[BadgeState] = mapped_column(choice(BadgeState), default=BadgeState.VALID)
    inside: Mapped[int] = mapped_column(default=0)
    moved_at: Mapped[datetime | None] = mapped_column(Moment)
    """The last entry or exit that counts."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)
