"""What a fair still needs before its doors open: worked out from what is there, never ticked by hand."""

import enum
from dataclasses import dataclass


class Need(enum.StrEnum):
    """In the order in which a fair is prepared."""

    PLACE = "place"
    CONTACT = "contact"
    HALL = "hall"
    LAYOUT = "layout"
    SESSIONS = "sessions"
    CAP = "cap"
    GATES = "gates"
    PHONES = "phones"
    TEAM = "team"
    EXHIBITORS = "exhibitors"


ESSENTIAL = frozenset({Need.SESSIONS, Need.CAP, Need.GATES, Need.PHONES})
"""Without one of these no visitor comes in. The others make a poorer fair."""


@dataclass(frozen=True)
class Readiness:
    """What is there for a fair, counted."""

    named_place: bool
    reachable: bool
    """Whether people find an address, a phone or WhatsApp of the organizer."""
    booths: int
    open_booths: int
    sessions: int
    """Those to come that take people."""
    places: int
    """People whom these sessions still hold."""
    inside_cap: int
    largest_session: int
    """People."""
    gates: int
    gates_without_phone: tuple[str, ...]
    """Their codes."""
    team: int
    """People who may sign in as organizers or gate staff."""
    takes_applications: bool
    exhibitors: int
    """Those with a confirmed booth."""


@dataclass(frozen=True)
class Point:
    need: Need
    ready: bool

    @property
    def essential(self) -> bool:
        return self.need in ESSENTIAL


def points(found: Readiness) -> list[Point]:
    """Every need, and whether it is met."""
    met = {
        Need.PLACE: found.named_place,
        Need.CONTACT: found.reachable,
        Need.HALL: found.booths > 0,
        Need.LAYOUT: found.open_booths > 0,
        Need.SESSIONS: found.sessions > 0,
        Need.CAP: found.inside_cap > 0 and found.inside_cap >= found.largest_session,
        Need.GATES: found.gates > 0,
        Need.PHONES: found.gates > 0 and not found.gates_without_phone,
        Need.TEAM: found.team > 1,
        Need.EXHIBITORS: found.exhibitors > 0 or found.takes_applications,
    }
    return [Point(need, met[need]) for need in Need]


def missing(found: Readiness) -> list[Point]:
    """The needs that are not met."""
    return [point for point in points(found) if not point.ready]
