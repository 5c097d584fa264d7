"""Which exhibitor has which booth on which days."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibition.allocation.rules import AllocationState, ChangeJson, StepKind
from exhibition.core import clock
from exhibition.core.db import Base, Json, Moment, choice


class Allocation(Base):
    """One exhibitor's claim on one booth.

    A hold or offer whose ``expires_at`` has passed counts as gone everywhere at once; nobody waits for a job.
    """

    __tablename__ = "allocation"
    __table_args__ = (CheckConstraint("state NOT IN ('held', 'offered') OR expires_at IS NOT NULL", name="expiry"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), index=True)
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"))
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"), index=True)
    state: Mapped[AllocationState] = mapped_column(choice(AllocationState))
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    note: Mapped[str] = mapped_column(String(300), default="")
    changed_by: Mapped[str] = mapped_column(String(254), default="")
    """Who made the last change, as the audit trail names them; ``updated_at`` says when."""
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)

    days: Mapped[list["AllocationDay"]] = relationship(order_by="AllocationDay.day")


class AllocationDay(Base):
    """One day of an allocation. While ``live``, nobody else has the booth that day, nor the exhibitor another."""

    __tablename__ = "allocation_day"
    __table_args__ = (
        Index(
            "uq_allocation_day_booth",
            "booth_id",
            "day",
            unique=True,
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
        Index(
            "uq_allocation_day_exhibitor",
            "exhibitor_id",
            "day",
            unique=True,
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
    )

    allocation_id: Mapped[int] = mapped_column(ForeignKey("allocation.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"))
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"))
    live: Mapped[bool] = mapped_column(default=True)


class AllocationStep(Base):
    """One act at the desk (hold, confirm, release, move, swap) as the changes it made, so that it can be undone."""

    __tablename__ = "allocation_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), index=True)
    kind: Mapped[StepKind] = mapped_column(choice(StepKind))
    changes: Mapped[list[ChangeJson]] = mapped_column(Json)
    """``[{allocation_id, before: {booth_id, state, expires_at}, after: {…}}]``."""
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(254), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
