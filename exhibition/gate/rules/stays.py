"""From when to when a party was inside, by its scans."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo


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


def stay_of(moves: Sequence[tuple[datetime, bool, int]]) -> Stay | None:
    """The stay that a pass's movements add up to, each a moment, whether it is an entry, and people, in order; None
    without a movement.
    """
    came_at: datetime | None = None
    left_at: datetime | None = None
    inside = people = 0
    for at, entry, number in moves:
        if entry:
            came_at = came_at or at
            inside, people, left_at = inside + number, people + number, None
        else:
            inside = max(0, inside - number)
            left_at = at if inside == 0 and came_at is not None else left_at
    return None if came_at is None else Stay(came_at, left_at, people)
