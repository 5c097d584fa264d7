"""What an organizer says of a fair before it is made: plain values, not yet checked."""

import enum
from dataclasses import dataclass
from datetime import date, time

from exhibition.core.i18n import DEFAULT_TIMEZONE
from exhibition.venue.rules.day_windows import Hours
from exhibition.venue.rules.edition import Reentry
from exhibition.venue.rules.hall_grid import HallGrid


class Part(enum.StrEnum):
    """What a new fair may take over from an earlier one. Visitors, passes, scans and allocations never come along."""

    HALL = "hall"
    """With its zones, its picture and the published layout."""
    SESSIONS = "sessions"
    """And the disinfection rounds between them, moved to the new days."""
    GATES = "gates"
    """Without their devices."""
    CAPS = "caps"
    RULES = "rules"
    """All other settings and texts, and the points of the call for applications."""


EVERYTHING = frozenset(Part)


@dataclass(frozen=True)
class ContactPlan:
    """Who the organizer is and where people reach them, as typed; empty: not told, not that way."""

    organizer: str = ""
    email: str = ""
    phone: str = ""
    whatsapp: str = ""


@dataclass(frozen=True)
class SessionPlan:
    """Sessions for ``people`` each, one after another on every day, none in a break."""

    every_minutes: int
    people: int
    breaks: tuple[Hours, ...] = ()


@dataclass(frozen=True)
class GatePlan:
    code: str
    name: str


@dataclass(frozen=True)
class EditionPlan:
    """A fair to be made; only the first four are needed. Times are local, in ``timezone``."""

    slug: str
    name: str
    starts_on: date
    ends_on: date
    venue_name: str = ""
    address: str = ""
    timezone: str = DEFAULT_TIMEZONE
    opens: time = time(9)
    closes: time = time(17)
    contact: ContactPlan = ContactPlan()
    hall: HallGrid | None = None
    open_booths: int | tuple[str, ...] | None = None
    """How many, chosen as far apart as possible, or which; None: all of the hall."""
    sessions: SessionPlan | None = None
    inside_cap: int | None = None
    reentry: Reentry = Reentry.WITHIN_SESSION
    gates: tuple[GatePlan, ...] = ()
