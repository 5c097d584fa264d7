"""What exhibitors told of their takings, by day, with the keys of its entries; and their QRIS codes."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, Date, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exhibition.core import clock
from exhibition.core.db import Base, Moment, choice
from exhibition.takings.rules.qris import LONGEST, QrisAnswer
from exhibition.takings.rules.telling import MOST, MOST_PIECES, TakingsSource


class Takings(Base):
    """The takings of one exhibitor on one day, in whole rupiah; a correction replaces them."""

    __tablename__ = "takings"
    __table_args__ = (
        UniqueConstraint("exhibition_id", "exhibitor_id", "day"),
        CheckConstraint(
            f"cash BETWEEN 0 AND {MOST} AND qris BETWEEN 0 AND {MOST} AND orders BETWEEN 0 AND {MOST}", name="amounts"
        ),
        CheckConstraint(f"pieces IS NULL OR pieces BETWEEN 0 AND {MOST_PIECES}", name="pieces"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id", ondelete="CASCADE"), index=True)
    day: Mapped[date] = mapped_column(Date)
    cash: Mapped[int] = mapped_column(BigInteger)
    qris: Mapped[int] = mapped_column(BigInteger)
    orders: Mapped[int] = mapped_column(BigInteger)
    pieces: Mapped[int | None]
    source: Mapped[TakingsSource] = mapped_column(choice(TakingsSource))
    told_by: Mapped[str] = mapped_column(String(254), default="")
    """The actor's name, as in the audit trail."""
    entered_at: Mapped[datetime] = mapped_column(Moment)
    """When it was entered, which without a network is earlier than when it came here."""
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)


class TakingsEntry(Base):
    """An entry that was taken, by the key that the phone gave it: sent again, it changes nothing."""

    __tablename__ = "takings_entry"

    takings_id: Mapped[int] = mapped_column(ForeignKey("takings.id", ondelete="CASCADE"), primary_key=True)
    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class QrisCode(Base):
    """The static QRIS at which visitors pay an exhibitor, as the exhibitor registered it."""

    __tablename__ = "qris_code"

    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id", ondelete="CASCADE"), primary_key=True)
    payload: Mapped[str] = mapped_column(String(LONGEST))
    """The text in the code; all else is read from it."""
    registered_by: Mapped[str] = mapped_column(String(254), default="")
    registered_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    checked_at: Mapped[datetime | None] = mapped_column(Moment)
    """When somebody last held it against the code at the booth."""
    checked_as: Mapped[QrisAnswer | None] = mapped_column(choice(QrisAnswer))
