"""What is sought among an edition's registrations: words, what they are narrowed to, and what became of them."""

import enum
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Integer, false, func, literal_column, select, true

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.sql.narrowing import Narrowing
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import PassState, Registration, TimeSlot, VisitorPass

LONGEST_WORDS = 120
FEW = 20_000
"""Places given out in sessions whose passes are all read."""


@dataclass(frozen=True)
class RegistrationNarrowing(Narrowing):
    """What the list of registrations is narrowed to; false when to nothing."""

    group: int = 0
    """The id of a group; 0: of none in particular."""

    def __bool__(self) -> bool:
        return bool(self.group) or super().__bool__()

    def as_json(self) -> dict[str, str]:
        return super().as_json() | ({"group": str(self.group)} if self.group else {})

    def stored(self) -> dict[str, Any]:
        return super().stored() | {"group": self.group}


EVERYBODY = RegistrationNarrowing()


class Attending(enum.StrEnum):
    """What became of a registration."""

    EXPECTED = "expected"
    """Valid, nobody has come yet, and the session is not over."""
    CAME = "came"
    SHORT = "short"
    """Some of the party came, others did not, and the session is over."""
    LATE = "late"
    """Valid, nobody has come yet, and the session is going on."""
    MISSED = "missed"
    """A no-show: valid, and nobody came to the session, which is over."""
    CANCELLED = "cancelled"
    REVOKED = "revoked"


@dataclass(frozen=True)
class VisitorFilter:
    """Which registrations the list shows."""

    day: date | None = None
    """In the time zone of the edition."""
    slot_id: int = 0
    attending: Attending | None = None
    walk_in: bool | None = None

    @property
    def narrows(self) -> bool:
        """Whether anybody is left out."""
        return self != VisitorFilter()

    def conditions(self, exhibition: Exhibition, now: datetime) -> list[ColumnElement[bool]]:
        """What holds for those that are shown, of passes and, for ``walk_in``, joined registrations."""
        holds: list[ColumnElement[bool]] = []
        if self.day is not None:
            start = datetime.combine(self.day, time(), ZoneInfo(exhibition.timezone))
            end = datetime.combine(self.day + timedelta(days=1), time(), ZoneInfo(exhibition.timezone))
            holds.append(_in_sessions(exhibition, TimeSlot.starts_at >= start, TimeSlot.starts_at < end))
        if self.slot_id:
            holds.append(VisitorPass.slot_id == self.slot_id)
        if self.walk_in is not None:
            holds.append(Registration.exhibition_id == exhibition.id)
            holds.append(Registration.walk_in == (true() if self.walk_in else false()))
        return holds + self._attending(exhibition, now)

    def of_few(self, exhibition: Exhibition) -> bool:
        """Whether the sessions asked for have few passes altogether, so that these are quicker found by session."""
        holds = _SESSIONS.get(self.attending, lambda _now: ())(clock.now())
        if not holds and not self.slot_id:
            return False
        if self.slot_id:
            holds = (*holds, TimeSlot.id == self.slot_id)
        people = select(func.coalesce(func.sum(TimeSlot.issued), 0))
        return (db.session.scalar(people.where(TimeSlot.exhibition_id == exhibition.id, *holds)) or 0) <= FEW

    def _attending(self, exhibition: Exhibition, now: datetime) -> list[ColumnElement[bool]]:
        valid, nobody = VisitorPass.state == PassState.VALID, VisitorPass.admitted == 0
        passes: dict[Attending | None, tuple[ColumnElement[bool], ...]] = {
            None: (),
            Attending.CAME: (VisitorPass.admitted > 0,),
            Attending.SHORT: (VisitorPass.admitted > _NONE, VisitorPass.admitted < VisitorPass.party_size),
            Attending.CANCELLED: (VisitorPass.state == PassState.CANCELLED, VisitorPass.state != _VALID),
            Attending.REVOKED: (VisitorPass.state == PassState.REVOKED, VisitorPass.state != _VALID),
        }
        holds = [*passes.get(self.attending, (valid, nobody))]
        if self.attending in _SESSIONS:
            holds.append(_in_sessions(exhibition, *_SESSIONS[self.attending](now)))
        return holds


_NONE, _VALID = literal_column("0", Integer), literal_column("'valid'", VisitorPass.state.type)
"""Written out, because a partial index is taken only for its own condition, word for word."""
_SESSIONS: dict[Attending | None, Callable[[datetime], tuple[ColumnElement[bool], ...]]] = {
    Attending.EXPECTED: lambda now: (TimeSlot.ends_at > now,),
    Attending.LATE: lambda now: (TimeSlot.starts_at <= now, TimeSlot.ends_at > now),
    Attending.SHORT: lambda now: (TimeSlot.ends_at <= now,),
    Attending.MISSED: lambda now: (TimeSlot.ends_at <= now,),
}
"""Which sessions somebody must have registered for."""


def _in_sessions(exhibition: Exhibition, *holds: ColumnElement[bool]) -> ColumnElement[bool]:
    """That a pass is for one of these sessions; they are read before, so that without any no pass is looked at."""
    ids = db.session.scalars(select(TimeSlot.id).where(TimeSlot.exhibition_id == exhibition.id, *holds))
    return VisitorPass.slot_id.in_(list(ids))


EVERY_VISITOR = VisitorFilter()


def tidy(words: str) -> str:
    """The words to search for: without control characters, limited in length."""
    return "".join(character for character in words if character.isprintable()).strip()[:LONGEST_WORDS]


@dataclass(frozen=True)
class RegistrationSearch:
    """Which registrations of an edition are looked for."""

    words: str = ""
    """As ``tidy`` leaves them."""
    narrowing: RegistrationNarrowing = EVERYBODY
    wanted: VisitorFilter = EVERY_VISITOR

    @property
    def narrows(self) -> bool:
        """Whether anybody is left out."""
        return self != EVERY_REGISTRATION

    def stored(self) -> dict[str, Any]:
        """Whole, for a row that is erased when it is done with."""
        wanted = self.wanted
        return {
            "words": self.words,
            "narrowing": self.narrowing.stored(),
            "day": wanted.day.isoformat() if wanted.day else "",
            "slot_id": wanted.slot_id,
            "attending": wanted.attending,
            "walk_in": wanted.walk_in,
        }

    @classmethod
    def restored(cls, kept: Mapping[str, Any]) -> Self:
        """What was ``stored``."""
        wanted = VisitorFilter(
            date.fromisoformat(kept["day"]) if kept["day"] else None,
            kept["slot_id"],
            Attending(kept["attending"]) if kept["attending"] else None,
            kept["walk_in"],
        )
        return cls(kept["words"], RegistrationNarrowing.restored(kept["narrowing"]), wanted)


EVERY_REGISTRATION = RegistrationSearch()
