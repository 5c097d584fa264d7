"""An act upon many at once, and what it did to each."""

import enum
from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from exhibition.core import clock
from exhibition.core.db import Base, Json, Moment, choice


class BulkActState(enum.StrEnum):
    RUNNING = "running"
    """Asked for, and not at its end."""
    DONE = "done"
    FAILED = "failed"
    """A fault of ours stopped it; what was done stays."""


class BulkAct(Base):
    """One act upon all rows of a list that match a filter, up to the newest that there was when it was asked for."""

    __tablename__ = "bulk_act"
    __table_args__ = (
        CheckConstraint("0 <= done AND 0 <= refused", name="counts"),
        Index("ix_bulk_act_exhibition_id", "exhibition_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id", ondelete="CASCADE"))
    subject: Mapped[str] = mapped_column(String(32))
    """The list, one of ``acts.KINDS``."""
    act: Mapped[str] = mapped_column(String(32))
    wanted: Mapped[dict[str, Any]] = mapped_column(Json, default=dict)
    """What those are found by that matched; emptied at the end, because its words may name somebody."""
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("bulk_act.id", ondelete="CASCADE"), unique=True)
    """The act that this one takes back."""
    total: Mapped[int]
    """How many matched when it was asked for."""
    until_id: Mapped[int]
    """The newest of them; later ones stay as they are."""
    last_id: Mapped[int] = mapped_column(default=0)
    """All up to this one have had their turn."""
    done: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    """For which the act was not possible."""
    state: Mapped[BulkActState] = mapped_column(choice(BulkActState), default=BulkActState.RUNNING)
    actor_id: Mapped[int | None]
    created_by: Mapped[str] = mapped_column(String(160), default="")
    created_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    beat_at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    """When a piece was done last."""


class BulkActItem(Base):
    """One row that an act changed, and the state that it had before."""

    __tablename__ = "bulk_act_item"

    bulk_act_id: Mapped[int] = mapped_column(ForeignKey("bulk_act.id", ondelete="CASCADE"), primary_key=True)
    item_id: Mapped[int] = mapped_column(primary_key=True)
    before: Mapped[str] = mapped_column(String(32))
