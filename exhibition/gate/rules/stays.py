"""From when to when a party was inside, by its scans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import NamedTuple


@dataclass(frozen=True)
class Stay:
    """From when to when somebody of a party was inside; ``left_at`` None: the last of them left without a scan."""

    came_at: datetime
    left_at: datetime | None
    people: int

    def overlaps(self, starts_at: datetime, ends_at: datetime, zone: tzinfo) -> bool:
        """Whether the stay overlaps the span; without a scan people are gone by midnight."""
        midnight = self.came_at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
        left_at = self.left_at or midnight + timedelta(days=1)
        return self.came_at < ends_at and left_at > starts_at


class StayMove(NamedTuple):
    """A movement of a pass; of the people of an entry ``returned`` had been in before."""

    at: datetime
    entry: bool
    people: int
    returned: int = 0


def stay_of(moves: Sequence[StayMove]) -> Stay | None:
    """The stay that a pass's movements, in order, add up to; None without a movement. Who was out for a while counts as
    there all the time, and once.
    """
    came_at: datetime | None = None
    left_at: datetime | None = None
    inside = people = 0
    for at, entry, number, returned in moves:
        if entry:
            came_at = came_at or at
            inside, people, left_at = inside + number, people + number - returned, None
        else:
            inside = max(0, inside - number)
            left_at = at if inside == 0 and came_at is not None else left_at
    return None if came_at is None else Stay(came_at, left_at, people)
