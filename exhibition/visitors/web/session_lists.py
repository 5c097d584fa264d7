"""Sessions as lists for people: to look at, and to choose one from."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from exhibition.visitors.rules import SlotStatus, is_scarce
from exhibition.visitors.slots import DaySlots, Slot


@dataclass(frozen=True)
class SessionChoice:
    """A session in a list; ``free``: it can be chosen, because it has room for the whole party."""

    slot: Slot
    status: SlotStatus
    free: bool
    few: bool
    chosen: bool


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
