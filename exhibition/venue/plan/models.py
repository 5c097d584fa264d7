"""The versions of a floor plan, and files that wait to become one."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from exhibition.core import clock
from exhibition.core.db import Base, Json, Moment


class PlanVersion(Base):
    """The floor plan as it was saved at one time; never changed afterwards."""

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("exhibition_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    number: Mapped[int]
    document: Mapped[dict[str, Any]] = mapped_column(Json, deferred=True)
    """The document of docs/plan.md, with the booths' ids."""
    mark: Mapped[str] = mapped_column(String(24))
    note: Mapped[str] = mapped_column(String(300), default="")
    problems: Mapped[int] = mapped_column(default=0)
    """How many problems the plan had when it was saved nevertheless."""
    created_by: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)


class PlanImport(Base):
    """A file from which somebody wants to import a plan, until it is confirmed or cancelled.

    An id is never used again, because a page that is still open must not confirm another file.
    """

    __tablename__ = "plan_import"
    __table_args__ = ({"sqlite_autoincrement": True},)

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"))
    name: Mapped[str] = mapped_column(String(120))
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    created_by: Mapped[str] = mapped_column(String(254), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now, index=True)
