"""Visitors' views, favourites and orders, added up by the hour, and the sheets made from them; nothing is stored about
who they were.
"""

import enum
from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from exhibition.core import clock
from exhibition.core.db import Base, Moment, choice
from exhibition.storefront.models import ClickSource


class PageView(Base):
    """How often an exhibitor's booth page was opened, by hour and where the visitors came from."""

    __tablename__ = "page_view"
    __table_args__ = (
        UniqueConstraint("exhibitor_id", "source", "hour"),
        CheckConstraint("views > 0", name="views"),
        Index("ix_page_view_hour", "hour"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"))
    source: Mapped[ClickSource] = mapped_column(choice(ClickSource))
    hour: Mapped[datetime] = mapped_column(Moment)
    views: Mapped[int]


class FavouriteMark(Base):
    """How often a listing was saved as a favourite on some device, by hour; which devices is not stored.

    ``listing_id`` outlives the listing, as in ``OutboundClick``.
    """

    __tablename__ = "favourite_mark"
    __table_args__ = (
        UniqueConstraint("exhibitor_id", "listing_id", "hour"),
        CheckConstraint("marks > 0", name="marks"),
        Index("ix_favourite_mark_hour", "hour"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"))
    listing_id: Mapped[int]
    hour: Mapped[datetime] = mapped_column(Moment)
    marks: Mapped[int]


class ClusterContact(Base):
    """Who takes orders for a whole cluster: an exhibitor of it, by the number of their shop, or the organizer."""

    __tablename__ = "cluster_contact"
    __table_args__ = (CheckConstraint("(exhibitor_id IS NULL) = (whatsapp <> '')", name="one"),)

    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"), primary_key=True)
    exhibitor_id: Mapped[int | None] = mapped_column(ForeignKey("exhibitor.id"))
    name: Mapped[str] = mapped_column(String(120), default="")
    """The name beside the organizer's number, as visitors read it."""
    whatsapp: Mapped[str] = mapped_column(String(20), default="")
    """E.164."""


class ClusterOrder(Base):
    """How often visitors went on to a cluster's order contact, by hour."""

    __tablename__ = "cluster_order"
    __table_args__ = (UniqueConstraint("cluster_id", "hour"), CheckConstraint("orders > 0", name="orders"))

    id: Mapped[int] = mapped_column(primary_key=True)
    cluster_id: Mapped[int] = mapped_column(ForeignKey("cluster.id"))
    hour: Mapped[datetime] = mapped_column(Moment)
    orders: Mapped[int]


class SheetState(enum.StrEnum):
    WAITING = "waiting"
    MAKING = "making"
    DONE = "done"
    FAILED = "failed"


class SheetRun(Base):
    """One production of the take-home sheets of all exhibitors; the newest finished one is kept."""

    __tablename__ = "sheet_run"
    __table_args__ = (
        Index(
            "uq_sheet_run_live",
            "exhibition_id",
            unique=True,
            sqlite_where=text("state IN ('waiting', 'making')"),
            postgresql_where=text("state IN ('waiting', 'making')"),
        ),
        CheckConstraint("done >= 0 AND done <= total", name="progress"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    state: Mapped[SheetState] = mapped_column(choice(SheetState), default=SheetState.WAITING)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int]
    """How many exhibitors get a sheet."""
    started_by: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    touched_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When its job last recorded progress."""
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    together: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    """All sheets in one PDF, to print at once."""


class Sheet(Base):
    """One exhibitor's sheet of a run."""

    __tablename__ = "sheet"

    run_id: Mapped[int] = mapped_column(ForeignKey("sheet_run.id", ondelete="CASCADE"), primary_key=True)
    exhibitor_id: Mapped[int] = mapped_column(ForeignKey("exhibitor.id"), primary_key=True)
    pdf: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
