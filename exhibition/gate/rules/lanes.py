"""How many parties will come when, and whether the lanes that are open can take them.

A lane is a device that scans. Steps are ten minutes long.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import ceil

STEP = timedelta(minutes=10)
STEPS_AHEAD = 12
USUAL_SHARES: Mapping[int, float] = {-2: 0.05, -1: 0.25, 0: 0.4, 1: 0.15, 2: 0.1, 3: 0.05}
"""Which share of a session's parties comes in which step from its start on, until earlier days have shown better."""
ENOUGH_ARRIVALS = 50
"""So many parties must have come on earlier days before their pattern is believed."""
USUAL_RATE = 60
"""Parties that one lane takes in a step: one in ten seconds."""
LONGEST_WAIT = 0.5
"""The longest wait that is all right, in steps."""


@dataclass(frozen=True)
class ComingSession:
    """A session with the parties that have a pass for it and have not come yet."""

    starts_at: datetime
    ends_at: datetime
    parties: int


@dataclass(frozen=True)
class ExpectedStep:
    """How many parties are expected in the step that begins at ``at``, and how many lanes they need."""

    at: datetime
    parties: float
    lanes: int


@dataclass(frozen=True)
class LaneAdvice:
    """From ``at`` on so many lanes are needed."""

    at: datetime
    lanes: int


def shares_of(arrivals: Mapping[int, int]) -> Mapping[int, float]:
    """The shares by the arrivals of earlier days, by step from the session's start; too few: the usual ones."""
    total = sum(arrivals.values())
    if total < ENOUGH_ARRIVALS:
        return USUAL_SHARES
    return {step: number / total for step, number in arrivals.items()}


def step_of(moment: datetime) -> datetime:
    """When the step begins in which the moment lies: by the clock, also for a session that begins at a quarter past."""
    return moment - (moment - datetime(1970, 1, 1, tzinfo=UTC)) % STEP


def expected(
    sessions: Sequence[ComingSession], shares: Mapping[int, float], now: datetime, rate: float = USUAL_RATE
) -> list[ExpectedStep]:
    """The parties of the next two hours. Those who have not come in the steps before are spread over the rest; who has
    not come when nobody ever comes any more is not expected.
    """
    first = step_of(now)
    parties = [0.0] * STEPS_AHEAD
    for session in sessions:
        start = step_of(session.starts_at)
        coming = {
            step: share
            for step, share in shares.items()
            if first <= start + step * STEP < session.ends_at and share > 0
        }
        whole = sum(coming.values())
        for step, share in coming.items():
            place = (start + step * STEP - first) // STEP
            if place < STEPS_AHEAD:
                parties[place] += session.parties * share / whole
    return [ExpectedStep(first + n * STEP, number, ceil(number / rate)) for n, number in enumerate(parties)]


def advice(steps: Sequence[ExpectedStep], lanes: int, rate: float = USUAL_RATE) -> LaneAdvice | None:
    """When the first step begins in which people would wait too long at ``lanes`` lanes, and how many it takes; None:
    they are enough.
    """
    waiting = 0.0
    for step in steps:
        crowd = waiting + step.parties
        needed = ceil(crowd / (rate * (1 + LONGEST_WAIT)) - 1e-9)
        if needed > lanes:
            return LaneAdvice(step.at, needed)
        waiting = max(0.0, crowd - lanes * rate)
    return None
