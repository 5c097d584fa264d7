"""Who is next in the line of a full session, until when an offer stands, and how likely one is; functions of values."""

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY_BEGINS, DAY_ENDS = time(7), time(21)
"""Only between these hours the time to answer runs: nobody loses a place by sleeping."""
FEWEST_ISSUED = 20
"""With fewer people who have registered for a session, nothing is said of the chances."""
LIKELY_TIMES = 2
"""An offer is likely if so many times as many places come back as are needed."""


@dataclass(frozen=True)
class InLine:
    """A party in the line, in its order."""

    id: int
    people: int


def next_offers(free: int, line: Sequence[InLine]) -> list[InLine]:
    """Who gets an offer when so many places are ``free``: each in turn for whom there is still room.

    A party that does not fit keeps its place in the line and holds nobody up.
    """
    offers: list[InLine] = []
    for party in line:
        if party.people <= free:
            offers.append(party)
            free -= party.people
    return offers


def may_take(free: int, people: int, line: Sequence[InLine]) -> bool:
    """Whether a party that has not waited may take places: there is room, and for nobody in the line.

    The same is decided by the guard of ``slots.TAKING``.
    """
    return people <= free and all(party.people > free for party in line)


def offer_until(now: datetime, minutes: int, starts_at: datetime, timezone: str) -> datetime:
    """When an offer made ``now`` ends: after so many minutes of the day, and not after the session has begun."""
    zone = ZoneInfo(timezone)
    left = timedelta(minutes=minutes)
    at = now
    while at < starts_at:
        local = at.astimezone(zone)
        begins = datetime.combine(local.date(), DAY_BEGINS, zone)
        ends = datetime.combine(local.date(), DAY_ENDS, zone)
        if at >= ends:
            at = datetime.combine(local.date() + timedelta(days=1), DAY_BEGINS, zone)
            continue
        at = max(at, begins)
        if at + left <= ends:
            return min(at + left, starts_at)
        left -= ends - at
        at = ends
    return starts_at


class Chance(enum.StrEnum):
    LIKELY = "likely"
    POSSIBLE = "possible"
    UNLIKELY = "unlikely"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PlacesBack:
    """What has come back of a session until now."""

    issued: int
    """People who have registered for it, also those who have cancelled."""
    back: int
    """Of them, those whose places came back."""
    since: datetime | None
    """When the first of them registered."""


def chance(so_far: PlacesBack, needed: int, starts_at: datetime, now: datetime) -> Chance:
    """How likely an offer is to a party when ``needed`` places must come back, its own included.

    It is assumed that places go on coming back as often as they have until now.
    """
    if so_far.since is None or so_far.issued < FEWEST_ISSUED or so_far.since >= now:
        return Chance.UNKNOWN
    expected = so_far.back * ((starts_at - now) / (now - so_far.since))
    if expected >= LIKELY_TIMES * needed:
        return Chance.LIKELY
    return Chance.POSSIBLE if expected >= needed else Chance.UNLIKELY
