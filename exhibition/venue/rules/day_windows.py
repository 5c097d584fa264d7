"""A day's opening hours cut into windows of the same length, with breaks left out."""

from collections.abc import Iterable
from datetime import time

Hours = tuple[time, time]
"""From, to: of one day."""


def windows(opens: time, closes: time, every_minutes: int, breaks: Iterable[Hours] = ()) -> list[Hours]:
    """Windows of ``every_minutes`` each, one after another from opening on.

    One that would reach into a break begins after it instead; what is left before closing and too short is left out.
    """
    left_out = sorted((_minutes(start), _minutes(end)) for start, end in breaks)
    found: list[Hours] = []
    begins, last = _minutes(opens), _minutes(closes)
    while begins + every_minutes <= last:
        ends = begins + every_minutes
        reached = next((pause for pause in left_out if pause[0] < ends and pause[1] > begins), None)
        if reached is not None:
            begins = reached[1]
            continue
        found.append((_time(begins), _time(ends)))
        begins = ends
    return found


def _minutes(moment: time) -> int:
    return moment.hour * 60 + moment.minute


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)
