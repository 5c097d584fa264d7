"""Rehearsal: what a test pass stands for. The rule of admission decides on it as on any pass, and nothing is kept.

The scanner has the same situations (``gate/offline/rehearsal.js``); both run ``tests/vectors/rehearsal.json``.
"""

import enum
from datetime import datetime, timedelta

from exhibition.gate.rules.admission import (
    AdmissionSlot,
    Attempt,
    Decision,
    Direction,
    Edition,
    PassFacts,
    PeopleInside,
    Presented,
    admit,
)

PARTY = 4
CAPACITY = 100
MINUTE = timedelta(minutes=1)
A_DAY = timedelta(days=1)


class Situation(enum.IntEnum):
    """What a test pass shows, by the number in its text."""

    COMES = 1
    INSIDE = 2
    """All of the party are in."""
    WENT_OUT = 3
    """All of the party were in and went out."""
    TOO_EARLY = 4
    TOO_LATE = 5
    CANCELLED = 6
    OLD_QR = 7
    FULL = 8
    """Nobody more may be inside."""


def facts_of(situation: Situation, exhibition: str, now: datetime) -> PassFacts:
    """The pass of a family of four whose session began ten minutes ago, unless the situation says otherwise."""
    later = {Situation.TOO_EARLY: A_DAY, Situation.TOO_LATE: -A_DAY}.get(situation, timedelta())
    starts_at = now + later - 10 * MINUTE
    return PassFacts(
        exhibition=exhibition,
        state="cancelled" if situation is Situation.CANCELLED else "valid",
        generation=int(situation is Situation.OLD_QR),
        party_size=PARTY,
        inside=PARTY if situation is Situation.INSIDE else 0,
        admitted=PARTY if situation in (Situation.INSIDE, Situation.WENT_OUT) else 0,
        slot=AdmissionSlot(starts_at, starts_at + 60 * MINUTE, closed=False),
        left_at=now - 5 * MINUTE if situation is Situation.WENT_OUT else None,
    )


def rehearse(
    situation: Situation, edition: Edition, direction: Direction, now: datetime, people: int | None = None
) -> Decision:
    """Decide on the test pass; ``people`` as in an attempt."""
    inside = CAPACITY if situation is Situation.FULL else 0
    attempt = Attempt(Presented.TOKEN, direction, "rehearsal", now, 0, people)
    facts = facts_of(situation, edition.exhibition, now)
    return admit(attempt, edition, PeopleInside(inside, CAPACITY), facts, None)
