"""Decisions about badges, as plain functions of values (docs/adr/0013-badges.md)."""

from collections.abc import Collection
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CODE_PREFIX = "B"
"""The first character of a badge's short code. No pass's code begins with it, nor with the 8 it may be misread as."""
AWAY_AFTER = timedelta(hours=8)
"""After this long without a movement the holder of a badge counts as outside: people go home without scanning."""


def window(starts_on: date, ends_on: date, timezone: str) -> tuple[datetime, datetime]:
    """The span in which badges of an edition open the gates: its days from midnight to midnight."""
    zone = ZoneInfo(timezone)
    return datetime.combine(starts_on, time(), zone), datetime.combine(ends_on + timedelta(days=1), time(), zone)


def free_number(taken: Collection[int], limit: int) -> int | None:
    """The lowest number free for a further badge of a booth; None when it has all its badges."""
    if len(taken) >= limit:
        return None
    return next(number for number in range(1, limit + 1) if number not in taken)
