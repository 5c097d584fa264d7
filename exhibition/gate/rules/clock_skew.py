"""How far a device's clock is off, and when its scans happened by ours."""

from dataclasses import dataclass
from datetime import datetime, timedelta

CLOCK_DRIFT = timedelta(minutes=2)
"""A device whose clock differs by more is shown as wrong."""
UNNOTICED = timedelta(seconds=5)
"""The time a message may take: a smaller difference says nothing about the clock."""


def measured(device_clock: datetime, now: datetime) -> timedelta:
    """How far the device's clock is ahead, by what it said a moment ago; nothing where it may be right."""
    skew = device_clock - now
    return skew if abs(skew) > UNNOTICED else timedelta()


@dataclass(frozen=True)
class HappenedAt:
    """When a scan happened by our clock."""

    at: datetime
    skew: timedelta
    """What was taken off the device's time."""
    sure: bool
    """False: the device's time cannot be right, and nobody knows by how much, so nothing is judged by it."""


def happened_at(
    device_at: datetime, skew: timedelta | None, now: datetime, enrolled_at: datetime, drift: timedelta = CLOCK_DRIFT
) -> HappenedAt:
    """The moment of a scan that the device dates ``device_at``; ``skew`` is how far its clock is ahead, None: unknown.

    A scan of the future, or from before the device was enrolled, is not dated rightly.
    """
    off = skew or timedelta()
    at = device_at - off
    if not enrolled_at - drift <= at <= now + drift:
        return HappenedAt(device_at, timedelta(), sure=False)
    return HappenedAt(min(at, now) if off else at, off, sure=True)
