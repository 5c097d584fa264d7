"""What the fair offers visitors at a moment, for the first lines of the front page and the form; a pure function."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exhibition.visitors.rules import SlotStatus


class Room(enum.StrEnum):
    """Whether there is a session to register for; the sentences are in ``visitors/web/fair_texts.py``."""

    NOT_ANNOUNCED = "not_announced"
    """There is no session yet."""
    NOW = "now"
    """In a session that runs."""
    LATER = "later"
    FULL = "full"
    """Every session that is to come or runs is full, or closed besides full ones."""
    CLOSED = "closed"
    """Every session that is to come or runs is closed."""
    NO_MORE = "no_more"
    """All sessions are over."""


@dataclass(frozen=True)
class OfferedSession:
    """A session as visitors see it; ``remaining`` in people."""

    status: SlotStatus
    starts_at: datetime
    ends_at: datetime
    remaining: int


@dataclass(frozen=True)
class FairNow:
    """Where there is room first (``session``, for NOW and LATER), and until when the hall is disinfected."""

    room: Room
    session: OfferedSession | None = None
    sprayed_until: datetime | None = None


def fair_now(sessions: Sequence[OfferedSession], rounds: Sequence[tuple[datetime, datetime]], now: datetime) -> FairNow:
    """``sessions`` in order of time; ``rounds`` are the beginning and end of each disinfection round."""
    sprayed_until = next((ends_at for starts_at, ends_at in rounds if starts_at <= now < ends_at), None)
    free = next((one for one in sessions if one.status is SlotStatus.OPEN), None)
    if free is not None:
        return FairNow(Room.NOW if free.starts_at <= now else Room.LATER, free, sprayed_until)
    left = {one.status for one in sessions} - {SlotStatus.PAST}
    if not sessions:
        room = Room.NOT_ANNOUNCED
    elif not left:
        room = Room.NO_MORE
    else:
        room = Room.FULL if SlotStatus.FULL in left else Room.CLOSED
    return FairNow(room, None, sprayed_until)
