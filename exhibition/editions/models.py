"""What was done when days, hours, place or sessions of a fair changed, kept so that it can be undone."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, false
from sqlalchemy.orm import Mapped, mapped_column

from exhibition.core import clock
from exhibition.core.db import Base, Json, Moment, choice
from exhibition.editions.rules.consequences import Done


class EditionChange(Base):
    """One change of an edition's days, hours, place or sessions with all that followed; an undo is a change too."""

    __tablename__ = "edition_change"

    id: Mapped[int] = mapped_column(primary_key=True)
    exhibition_id: Mapped[int] = mapped_column(ForeignKey("exhibition.id"), index=True)
    done: Mapped[Done] = mapped_column(choice(Done))
    hours_before: Mapped[dict[str, Any]] = mapped_column(Json)
    """``{timezone, hours: {day: [opens, closes]}}``."""
    hours_after: Mapped[dict[str, Any]] = mapped_column(Json)
    rows: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    """``[{table, id, before, after}]``; one of the last two is null for a row that was taken away or came back."""
    days: Mapped[dict[str, list[str]]] = mapped_column(Json)
    """The days that a claim had before, by the allocation's id, where it has other ones now."""
    counts: Mapped[dict[str, int]] = mapped_column(Json)
    """``{sessions, people, rounds, caps, offers, badges}``."""
    quiet: Mapped[bool] = mapped_column(default=False, server_default=false())
    """Nobody was to be told of the new place."""
    actor_id: Mapped[int | None] = mapped_column(ForeignKey("user_account.id"))
    actor_name: Mapped[str] = mapped_column(String(120))
    at: Mapped[datetime] = mapped_column(Moment, default=clock.now)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
