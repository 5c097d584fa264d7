"""Which exhibitor has which booth on which days."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, Date, ForeignKey, Index, String, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from exhibition.allocation.rules import AllocationState, ChangeJson, ProposalState, StepKind
from exhibition.core import clock
from exhibition.core.db import Base, Json, Moment, choice


class Allocation(Base):
    """One exhibitor's claim on one booth.

    A hold or offer whose ``expires_at`` has passed counts as released everywhere at once, without waiting for a job.
    """

    __tablename__ = "allocation"
    __table_args__ = (CheckConstraint("state NOT IN ('held', 'offered') OR expires_at IS NOT NULL", name="expiry"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), index=True)
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"))
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"), index=True)
    state: Mapped[AllocationState] = mapped_column(choice(AllocationState))
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    shares: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Whether it was put beside others in the booth: they have it together on the days they have in common."""
    note: Mapped[str] = mapped_column(String(300), default="")
    changed_by: Mapped[str] = mapped_column(String(254), default="")
    """The name of the actor of the last change, as in the audit trail; ``updated_at`` says when."""
    asked_by: Mapped[str] = mapped_column(String(254), default="", server_default="")
    """Who asked the exhibitor by phone to answer the offer until ``asked_until``, its deadline then."""
    asked_at: Mapped[datetime | None] = mapped_column(Moment)
    asked_until: Mapped[datetime | None] = mapped_column(Moment)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    updated_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, onupdate=clock.now)

    days: Mapped[list["AllocationDay"]] = relationship(order_by="AllocationDay.day")


class AllocationDay(Base):
    """One day of an allocation. While ``live``, nobody else has the booth that day but those who ``shares`` it, and
    the exhibitor has no other at this edition.
    """

    __tablename__ = "allocation_day"
    __table_args__ = (
        Index(
            "uq_allocation_day_booth",
            "booth_id",
            "day",
            unique=True,
            sqlite_where=text("live AND NOT shares"),
            postgresql_where=text("live AND NOT shares"),
        ),
        Index(
            "uq_allocation_day_exhibitor",
            "exhibition_id",
            "exhibitor_id",
            "day",
            unique=True,
            sqlite_where=text("live"),
            postgresql_where=text("live"),
        ),
    )

    allocation_id: Mapped[int] = mapped_column(ForeignKey("allocation.id"), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"))
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"))
    live: Mapped[bool] = mapped_column(default=True)
    shares: Mapped[bool] = mapped_column(default=False, server_default=false())
    """That of the allocation."""


class AllocationStep(Base):
    """One act (hold, offer, confirm, release, move, swap …), stored as the changes it made so that it can be undone."""

    __tablename__ = "allocation_step"

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), index=True)
    kind: Mapped[StepKind] = mapped_column(choice(StepKind))
    changes: Mapped[list[ChangeJson]] = mapped_column(Json)
    """``[{allocation_id, before: {booth_id, state, expires_at}, after: {…}, application: {id, state}, waiting:
    {position, wish}}]``; the last two are the application that followed, with its earlier state, and the earlier place
    on the waiting list, each only if it changed."""
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(254), default="")
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)


class AllocationPin(Base):
    """The organizer's decision that every proposal must give an exhibitor this booth."""

    __tablename__ = "allocation_pin"
    __table_args__ = (UniqueConstraint("exhibition_id", "booth_id"),)

    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"), primary_key=True)
    booth_id: Mapped[int] = mapped_column(ForeignKey("booth.id"))


class AllocationWaiting(Base):
    """An exhibitor on the waiting list; the smallest ``position`` is next."""

    __tablename__ = "allocation_waiting"

    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"), primary_key=True)
    position: Mapped[int]
    wish: Mapped[str] = mapped_column(String(300), default="")
    """The exhibitor's wish, written when they gave back another booth."""
    added_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class AllocationProposal(Base):
    """One run of the solver: the problem, the progress, and the plan it found."""

    __tablename__ = "allocation_proposal"

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), index=True)
    state: Mapped[ProposalState] = mapped_column(choice(ProposalState), default=ProposalState.WAITING)
    problem: Mapped[dict[str, Any]] = mapped_column(Json)
    """The problem document of docs/allocation.md; applications have the exhibitors' names as ids. Beside it
    ``keep_holds`` tells how it was asked."""
    exhibitors: Mapped[dict[str, int]] = mapped_column(Json)
    """The exhibitor's id, by application of the problem."""
    seen: Mapped[dict[str, str]] = mapped_column(Json)
    """The mark of each claim at the time of the request, by the exhibitor's id."""
    stage: Mapped[str] = mapped_column(String(40), default="")
    objective: Mapped[float] = mapped_column(default=0.0)
    bound: Mapped[float] = mapped_column(default=0.0)
    stop: Mapped[bool] = mapped_column(default=False)
    """Whether somebody wants it to end with the best plan so far."""
    plan: Mapped[dict[str, Any] | None] = mapped_column(Json)
    reasons: Mapped[dict[str, Any] | None] = mapped_column(Json)
    """For each application ``[[code, template, values], …]``, so that pages can show it in the reader's language."""
    created_by: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    step_id: Mapped[int | None] = mapped_column(ForeignKey("allocation_step.id"))
    """The step that published it."""


class PublishedSelection(Base):
    """The published result of an edition's selection: kept as it was then, shown until it is withdrawn."""

    __tablename__ = "published_selection"

    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id", ondelete="CASCADE"), primary_key=True)
    document: Mapped[dict[str, Any]] = mapped_column(Json)
    """As docs/selection.md describes it."""
    published_at: Mapped[datetime] = mapped_column(Moment)
    published_by: Mapped[str] = mapped_column(String(254), default="")
