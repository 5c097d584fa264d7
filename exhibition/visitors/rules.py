"""Decisions about slots, contacts, names and erasure, as plain functions of values."""

import enum
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from exhibition.venue.rules.fair_hours import FairHours

CODE_ALPHABET = "34679ACDEFGHJKMNPQRTVWXY"
"""No look-alikes: neither 0 and O, 1 and I and L, 2 and Z, 5 and S, 8 and B, nor U beside V."""
CODE_LENGTH = 8
REFERENCE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
REFERENCE_LENGTH = 6
REFERENCE_PREFIX = "SMR-"

LONGEST_NAME = 120
JOINERS = frozenset("\u200c\u200d")
"""Formatting characters that some scripts and emoji need; all others are refused."""
REFUSED_CATEGORIES = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


LARGEST_CAPACITY = 100_000
"""People in one session."""
LARGEST_NUMBER = 65_535
"""What the two bytes of a slot number in a pass hold (docs/adr/0003-token.md)."""
LONGEST_NOTE = 120

LAST_GENERATION = 255
"""The largest value of the token's byte, and so the limit for moving a pass or reissuing a badge."""


class PassFault(enum.StrEnum):
    """Why a pass cannot be changed; the value is the refusal's code."""

    CANCELLED = "pass_cancelled"
    REVOKED = "pass_revoked"
    USED = "pass_used"
    MOVED_TOO_OFTEN = "moved_too_often"
    ADMITTED = "people_admitted"
    """More people were let in already than the party would have."""


def state_fault(state: str) -> PassFault | None:
    """Why a pass in this state can neither be moved nor cancelled nor revoked; None when it is valid."""
    match state:
        case "cancelled":
            return PassFault.CANCELLED
        case "revoked":
            return PassFault.REVOKED
        case _:
            return None


def cancel_fault(state: str, admitted: int) -> PassFault | None:
    """Why a pass with ``admitted`` people let in cannot be cancelled; None when it can."""
    return state_fault(state) or (PassFault.USED if admitted > 0 else None)


def move_fault(state: str, admitted: int, generation: int) -> PassFault | None:
    """Why a pass cannot be moved to another slot, which raises its generation; None when it can."""
    return cancel_fault(state, admitted) or (PassFault.MOVED_TOO_OFTEN if generation >= LAST_GENERATION else None)


def resize_fault(state: str, admitted: int, generation: int, people: int) -> PassFault | None:
    """Why a party cannot have ``people`` people from now on, which raises its pass's generation; None when it can."""
    if fault := state_fault(state):
        return fault
    if people < admitted:
        return PassFault.ADMITTED
    return PassFault.MOVED_TOO_OFTEN if generation >= LAST_GENERATION else None


@dataclass(frozen=True)
class Shrunk:
    """What follows when people leave a party: ``released`` are its places given to walk-ins, ``freed`` those that
    become free for others.
    """

    released: int
    freed: int


def shrink(released: int, people_less: int) -> Shrunk:
    """Who does not come any more has first lost the places that walk-ins got."""
    lost = min(released, people_less)
    return Shrunk(released - lost, people_less - lost)


@dataclass(frozen=True)
class SharedReleased:
    """The places given to walk-ins, when a party is parted in two."""

    staying: int
    leaving: int


def share_released(released: int, waiting: int) -> SharedReleased:
    """The loss falls first on those who stay and are still to come (``waiting`` people), then on those who leave."""
    staying = min(released, waiting)
    return SharedReleased(staying, released - staying)


class ContactFault(enum.StrEnum):
    """Why a phone number or e-mail address gets no further pass for a day; the value is the refusal's code."""

    HAS_PASS = "contact_has_pass"
    PEOPLE = "contact_people"


@dataclass(frozen=True)
class HeldPass:
    """A valid pass of a phone number or an e-mail address."""

    registration_id: int
    manage_key: str
    starts_at: datetime
    people: int


def on_the_day(held: Iterable[HeldPass], moment: datetime, timezone: str) -> list[HeldPass]:
    """Those of the passes that are for the day on which the moment lies in the edition's time zone."""
    zone = ZoneInfo(timezone)
    day = moment.astimezone(zone).date()
    return [one for one in held if one.starts_at.astimezone(zone).date() == day]


def contact_fault(of_day: Sequence[HeldPass], people: int, most: int, *, knows: str | None) -> ContactFault | None:
    """Why a contact with these passes ``of_day`` may not take places for more ``people``; None when it may.

    A contact has one pass for a day, so that nothing sent twice takes places twice. Who ``knows`` the manage key of one
    of them shows that it is theirs and may have another, as long as no more than ``most`` people come on that day.
    """
    if of_day and all(one.manage_key != knows for one in of_day):
        return ContactFault.HAS_PASS
    return ContactFault.PEOPLE if sum(one.people for one in of_day) + people > most else None


class SlotStatus(enum.StrEnum):
    OPEN = "open"
    FULL = "full"
    CLOSED = "closed"
    PAST = "past"


def slot_status(*, closed: bool, remaining: int, ends_at: datetime, now: datetime) -> SlotStatus:
    """The state of a slot for visitors. A slot that has begun can be booked until it ends."""
    if ends_at <= now:
        return SlotStatus.PAST
    if closed:
        return SlotStatus.CLOSED
    return SlotStatus.OPEN if remaining > 0 else SlotStatus.FULL


def is_scarce(remaining: int, capacity: int) -> bool:
    """Whether so few places are left that people should hurry: a fifth or less."""
    return remaining * 5 <= capacity


class WindowFault(enum.StrEnum):
    """Why a session may not be as it is, unless the organizer says that it is meant so; the value is the code."""

    OUTSIDE = "slot_outside"
    PAST = "slot_begun"


def window_fault(hours: FairHours, starts_at: datetime, ends_at: datetime, now: datetime) -> WindowFault | None:
    """What is odd about a new session: outside the opening hours, across midnight, or begun already."""
    if not hours.hold(starts_at, ends_at):
        return WindowFault.OUTSIDE
    return WindowFault.PAST if starts_at < now else None


class NameFault(enum.StrEnum):
    EMPTY = "empty"
    TOO_LONG = "too_long"
    CHARACTERS = "characters"
    """Control characters, marks that change the reading direction, halves of surrogate pairs."""
    NO_LETTER = "no_letter"


def tidy(text: str) -> str:
    """Without spaces around it and with single ones inside."""
    return " ".join(part for part in text.split(" ") if part)


def name_fault(name: str) -> NameFault | None:
    """What is wrong with a tidy name, or None. Any script and punctuation may be part of somebody's name."""
    if not name:
        return NameFault.EMPTY
    if len(name) > LONGEST_NAME:
        return NameFault.TOO_LONG
    if any(unicodedata.category(character) in REFUSED_CATEGORIES and character not in JOINERS for character in name):
        return NameFault.CHARACTERS
    if not any(character.isalpha() for character in name):
        return NameFault.NO_LETTER
    return None


def erase_from(ends_on: date, days: int) -> date:
    """The first day on which contacts kept for ``days`` after an edition's last day are to be erased."""
    return ends_on + timedelta(days=days + 1)
