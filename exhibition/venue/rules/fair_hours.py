"""When a fair is open, and what becomes of a window when that changes."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo


class Way(enum.StrEnum):
    """What becomes of everything that hangs on days and hours which are no longer the fair's."""

    MOVE = "move"
    """It moves by as many days as the first day does, to the same hour by the clock."""
    CLOSE = "close"
    """Sessions are closed and their people told."""
    LEAVE = "leave"
    """It stays as it is, but sessions take nobody new."""


@dataclass(frozen=True)
class FairHours:
    """Opening and closing time of each day of a fair, in its time zone. There is at least one day."""

    timezone: str
    days: Mapping[date, tuple[time, time]]

    @cached_property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.timezone)

    @property
    def first(self) -> date:
        return min(self.days)

    @property
    def last(self) -> date:
        return max(self.days)

    @property
    def ends_at(self) -> datetime:
        """When the fair closes for the last time."""
        return datetime.combine(self.last, self.days[self.last][1], self.zone)

    def hold(self, starts_at: datetime, ends_at: datetime) -> bool:
        """Whether a window lies within the opening hours of one day; one that crosses midnight never does."""
        start, end = starts_at.astimezone(self.zone), ends_at.astimezone(self.zone)
        hours = self.days.get(start.date())
        return hours is not None and start.date() == end.date() and hours[0] <= start.time() and end.time() <= hours[1]

    def have_day_of(self, moment: datetime) -> bool:
        """Whether the moment is on a day of the fair, at whatever hour."""
        return moment.astimezone(self.zone).date() in self.days

    def days_to(self, other: "FairHours") -> int:
        """By how many days the other's first day is later."""
        return (other.first - self.first).days

    def moved(self, days: int) -> "FairHours":
        """The same hours so many days later. Raises OverflowError beyond the calendar."""
        return FairHours(self.timezone, {day + timedelta(days=days): hours for day, hours in self.days.items()})

    def follow(self, moment: datetime, other: "FairHours") -> datetime:
        """Where a moment goes when the fair moves to other days, or to another zone: the same hour by the clock."""
        local = moment.astimezone(self.zone) + timedelta(days=self.days_to(other))
        return local.replace(tzinfo=other.zone)

    def as_json(self) -> dict[str, Any]:
        hours = {day.isoformat(): [f"{one:%H:%M:%S}" for one in self.days[day]] for day in sorted(self.days)}
        return {"timezone": self.timezone, "hours": hours}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "FairHours":
        days = {
            date.fromisoformat(day): (time.fromisoformat(opens), time.fromisoformat(closes))
            for day, (opens, closes) in value["hours"].items()
        }
        return cls(value["timezone"], days)
