"""Sessions as lists for people: to look at, and to choose one from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from exhibition.visitors.models import LARGEST_PARTY
from exhibition.visitors.rules import SlotStatus, is_scarce
from exhibition.visitors.slots import DaySlots, Slot
from exhibition.visitors.waiting.chances import SessionLine


@dataclass(frozen=True)
class SessionChoice:
    """A session in a list; ``free``: it can be chosen, because it has room for the whole party, or a line to join."""

    slot: Slot
    status: SlotStatus
    free: bool
    few: bool
    chosen: bool
    line: SessionLine | None = None


@dataclass(frozen=True)
class SessionDay:
    """A day's sessions that are not over, unfolded or not; ``over`` are those that are."""

    date: date
    sessions: list[SessionChoice]
    over: list[SessionChoice]
    unfolded: bool

    @property
    def room(self) -> bool:
        """Whether one of them can be chosen."""
        return any(one.free for one in self.sessions)


def session_days(days: Iterable[DaySlots], now: datetime, people: int = 1, chosen: str | None = "") -> list[SessionDay]:
    """The days with their sessions; the first with room and that of the chosen session are unfolded."""
    made: list[SessionDay] = []
    for day in days:
        choices = [_choice(slot, now, people, chosen) for slot in day.slots]
        left = [one for one in choices if one.status is not SlotStatus.PAST]
        first = any(one.free for one in left) and not any(earlier.room for earlier in made)
        unfolded = first or any(str(one.slot.id) == chosen for one in left)
        made.append(SessionDay(day.date, left, [one for one in choices if one.status is SlotStatus.PAST], unfolded))
    return made


def _choice(slot: Slot, now: datetime, people: int, chosen: str | None) -> SessionChoice:
    status = slot.status(now)
    free = status is SlotStatus.OPEN and slot.remaining >= people
    few = status is SlotStatus.OPEN and is_scarce(slot.remaining, slot.capacity)
    return SessionChoice(slot, status, free, few, free and str(slot.id) == chosen)


def waiting_days(
    days: Iterable[DaySlots], now: datetime, lines: Mapping[int, SessionLine], chosen: str | None = ""
) -> list[SessionDay]:
    """The days with the sessions that one can wait for; the first and that of the chosen session are unfolded."""
    made: list[SessionDay] = []
    for day in days:
        left = [slot for slot in day.slots if can_wait_for(slot, now)]
        choices = [
            SessionChoice(slot, slot.status(now), True, False, str(slot.id) == chosen, lines.get(slot.id))
            for slot in left
        ]
        unfolded = any(one.chosen for one in choices) or not (made or chosen)
        if choices:
            made.append(SessionDay(day.date, choices, [], unfolded))
    return made


def can_wait_for(slot: Slot, now: datetime) -> bool:
    """Whether somebody may have to wait for a session: it has not begun, and has no room for the largest party."""
    status = slot.status(now)
    short = status is SlotStatus.FULL or (status is SlotStatus.OPEN and slot.remaining < LARGEST_PARTY)
    return short and slot.starts_at > now
