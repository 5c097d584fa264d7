"""Finding registrations at the desk, by details that people remember or read out."""

import enum
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, or_, select

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.outbox import OutboxMail
from exhibition.core.sql.narrowing import Narrowing
from exhibition.core.sql.narrowing import conditions as matches
from exhibition.core.sql.paging import PAGE_SIZE, Page
from exhibition.core.sql.words import has_digits, has_words
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import (
    GroupPass,
    MessageKind,
    PassState,
    Registration,
    TimeSlot,
    VisitorContact,
    VisitorPass,
)

LONGEST_WORDS = 120


@dataclass(frozen=True)
class FoundRegistration:
    """A registration of the current edition as the list shows it; without name and address once they are erased."""

    registration_id: int
    reference: str
    code: str
    party_size: int
    admitted: int
    state: PassState
    starts_at: datetime
    ends_at: datetime
    name: str | None
    email: str | None
    phone: str | None


@dataclass(frozen=True)
class RegistrationNarrowing(Narrowing):
    """What the list of registrations is narrowed to; false when to nothing."""

    group: int = 0
    """The id of a group; 0: of none in particular."""

    def __bool__(self) -> bool:
        return bool(self.group) or super().__bool__()

    def as_json(self) -> dict[str, str]:
        return super().as_json() | ({"group": str(self.group)} if self.group else {})


EVERYBODY = RegistrationNarrowing()


class Attending(enum.StrEnum):
    """What became of a registration."""

    EXPECTED = "expected"
    """Valid, nobody has come yet, and the session is not over."""
    CAME = "came"
    MISSED = "missed"
    """Valid, and nobody came to the session, which is over."""
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

    def conditions(self, timezone: str, now: datetime) -> list[ColumnElement[bool]]:
        """What holds for those that are shown, of joined registrations, passes and sessions."""
        holds: list[ColumnElement[bool]] = []
        if self.day is not None:
            start = datetime.combine(self.day, time(), ZoneInfo(timezone))
            end = datetime.combine(self.day + timedelta(days=1), time(), ZoneInfo(timezone))
            holds += [TimeSlot.starts_at >= start, TimeSlot.starts_at < end]
        if self.slot_id:
            holds.append(VisitorPass.slot_id == self.slot_id)
        if self.walk_in is not None:
            holds.append(Registration.walk_in.is_(self.walk_in))
        valid, nobody = VisitorPass.state == PassState.VALID, VisitorPass.admitted == 0
        match self.attending:
            case None:
                pass
            case Attending.EXPECTED:
                holds += [valid, nobody, TimeSlot.ends_at > now]
            case Attending.MISSED:
                holds += [valid, nobody, TimeSlot.ends_at <= now]
            case Attending.CAME:
                holds.append(VisitorPass.admitted > 0)
            case _:
                holds.append(VisitorPass.state == PassState(self.attending.value))
        return holds


EVERY_VISITOR = VisitorFilter()


COLUMNS = (
    Registration.id,
    Registration.reference,
    VisitorPass.code,
    VisitorPass.party_size,
    VisitorPass.admitted,
    VisitorPass.state,
    TimeSlot.starts_at,
    TimeSlot.ends_at,
    VisitorContact.name,
    VisitorContact.email,
    VisitorContact.phone,
)


def tidy(words: str) -> str:
    """The words to search for: without control characters, limited in length."""
    return "".join(character for character in words if character.isprintable()).strip()[:LONGEST_WORDS]


def _matches(words: str) -> ColumnElement[bool]:
    joined = words.replace(" ", "").replace("-", "").upper()
    return or_(
        has_words(words, VisitorContact.name, VisitorContact.email, Registration.reference),
        VisitorPass.code == joined,
        *has_digits(words, VisitorContact.phone),
    )


def conditions(exhibition: Exhibition, narrowing: RegistrationNarrowing) -> list[ColumnElement[bool]]:
    """What holds for the registrations of the edition that match; ``VisitorContact`` is joined."""
    matching = matches(
        narrowing,
        origin=Registration.origin,
        created_at=Registration.created_at,
        email=VisitorContact.email,
        phone=VisitorContact.phone,
    )
    holds = [Registration.exhibition_id == exhibition.id, *matching]
    if narrowing.group:
        in_group = select(GroupPass.registration_id).where(GroupPass.group_id == narrowing.group)
        holds.append(Registration.id.in_(in_group))
    return holds


def origin_of(registration_id: int) -> str:
    """The origin of a registration; empty when it is not known."""
    return db.session.scalar(select(Registration.origin).where(Registration.id == registration_id)) or ""


def registrations(
    exhibition: Exhibition,
    words: str,
    number: int,
    narrowing: RegistrationNarrowing = EVERYBODY,
    wanted: VisitorFilter = EVERY_VISITOR,
) -> Page[FoundRegistration]:
    """One page of the edition's registrations, newest first: all, or those that match."""
    statement = (
        select(*COLUMNS)
        .select_from(Registration)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .outerjoin(VisitorContact, VisitorContact.registration_id == Registration.id)
        .where(*conditions(exhibition, narrowing), *wanted.conditions(exhibition.timezone, clock.now()))
        .order_by(Registration.id.desc())
    )
    if words:
        statement = statement.where(_matches(words))
    rows = db.session.execute(statement.limit(PAGE_SIZE + 1).offset((number - 1) * PAGE_SIZE)).all()
    return Page([FoundRegistration(*row) for row in rows[:PAGE_SIZE]], number, len(rows) > PAGE_SIZE)


def mails(registration_id: int) -> list[OutboxMail]:
    """The mails of a registration, newest first."""
    statement = select(OutboxMail).where(OutboxMail.about_id == registration_id, OutboxMail.kind.in_(list(MessageKind)))
    return list(db.session.scalars(statement.order_by(OutboxMail.id.desc())))
