"""Finding booths, exhibitors, applications and visitors of an edition by one line of words, a few of each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, SQLColumnExpression, and_, func, or_, select, union

from exhibition.allocation import service as allocation
from exhibition.allocation.planned import PlannedBooth
from exhibition.core.contacts import phone_e164
from exhibition.core.db import db
from exhibition.core.sql.words import fold, has_digits, has_words
from exhibition.desk.rules import HoldCommand, as_code, hold_command
from exhibition.exhibitors import participants
from exhibition.exhibitors.models import Application, Exhibitor
from exhibition.exhibitors.rules.application_steps import ApplicationState
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition
from exhibition.visitors.models import Registration, TimeSlot, VisitorContact, VisitorPass
from exhibition.visitors.rules import REFERENCE_PREFIX

MOST = 6
"""So many of each kind are shown."""
FEWEST_LETTERS = 3
"""Visitors are looked for from so many characters on."""
NEWEST = 20_000
"""Names and last digits of visitors are looked for among so many of the newest registrations: no index helps there.
The list of registrations searches all of them."""
LAST = "z" * 40
"""No reference or address that begins with some characters comes after them and these, in the order of any language."""


@dataclass(frozen=True)
class FoundVisitor:
    registration_id: int
    reference: str
    name: str | None
    starts_at: datetime
    party_size: int


@dataclass(frozen=True)
class Found:
    hold: HoldCommand | None
    booths: Sequence[PlannedBooth]
    exhibitors: Sequence[Exhibitor]
    applications: Sequence[Application]
    visitors: Sequence[FoundVisitor]


def find(exhibition: Exhibition, words: str) -> Found:
    """What fits the words. For the command to hold a booth, that booth and whom it may be for."""
    hold = hold_command(words)
    if hold is not None:
        booths = [one for one in _plan(exhibition) if one.code.upper() == hold.code]
        named = _exhibitors(exhibition, hold.words) if hold.words else []
        return Found(hold, booths, named, [], [])
    return Found(
        None,
        list(_booths(exhibition, words))[:MOST],
        _exhibitors(exhibition, words),
        _applications(exhibition, words),
        _visitors(exhibition, words) if len(words) >= FEWEST_LETTERS else [],
    )


def _plan(exhibition: Exhibition) -> list[PlannedBooth]:
    return allocation.plan(exhibition, venue.hall(exhibition))


def _booths(exhibition: Exhibition, words: str) -> Iterator[PlannedBooth]:
    """Booths whose code begins with the words, then those of exhibitors with these words in their name."""
    plan, code, parts = _plan(exhibition), as_code(words), (fold(words) or "").split()
    yield from (one for one in plan if one.code.upper().startswith(code))
    for one in plan:
        name = fold(one.exhibitor) or ""
        if name and not one.code.upper().startswith(code) and all(part in name for part in parts):
            yield one


def _exhibitors(exhibition: Exhibition, words: str) -> Sequence[Exhibitor]:
    fits = or_(
        has_words(words, Exhibitor.name, Exhibitor.product_group, Exhibitor.contact_name),
        *has_digits(words, Exhibitor.phone),
    )
    statement = select(Exhibitor).where(Exhibitor.id.in_(participants.ids_of(exhibition.id)), fits)
    return db.session.scalars(statement.order_by(Exhibitor.name, Exhibitor.id).limit(MOST)).all()


def _applications(exhibition: Exhibition, words: str) -> Sequence[Application]:
    fits = or_(
        has_words(words, Application.name, Application.contact_name, Application.reference),
        *has_digits(words, Application.phone),
    )
    statement = select(Application).where(
        Application.exhibition_id == exhibition.id, Application.state != ApplicationState.DRAFT, fits
    )
    return db.session.scalars(statement.order_by(Application.name, Application.id).limit(MOST)).all()


def _begins(column: SQLColumnExpression[str], start: str) -> ColumnElement[bool]:
    """As a span, which an index of the column serves on both databases, and then exactly."""
    return and_(column.between(start, start + LAST), column.startswith(start, autoescape=True))


def _visitors(exhibition: Exhibition, words: str) -> Sequence[FoundVisitor]:
    """By the beginning of reference, e-mail address or phone number and by the pass's code, which have indexes; by
    name and last digits among the newest registrations.
    """
    oldest = (
        select(Registration.id)
        .where(Registration.exhibition_id == exhibition.id)
        .order_by(Registration.id.desc())
        .offset(NEWEST - 1)
        .limit(1)
        .scalar_subquery()
    )
    remembered = or_(has_words(words, VisitorContact.name), *has_digits(words, VisitorContact.phone))
    code, contact = as_code(words), VisitorContact.registration_id
    reference = REFERENCE_PREFIX + code.removeprefix(as_code(REFERENCE_PREFIX))
    ways = [
        select(Registration.id).where(_begins(Registration.reference, reference)).limit(MOST),
        select(VisitorPass.registration_id).where(VisitorPass.code == code),
        select(contact).where(_begins(func.lower(VisitorContact.email), words.lower())).limit(MOST),
        select(contact).where(contact >= func.coalesce(oldest, 0), remembered).order_by(contact.desc()).limit(MOST),
    ]
    if number := phone_e164(words):
        ways.append(select(contact).where(VisitorContact.phone == number).limit(MOST))
    ids = union(*(way.subquery().select() for way in ways))
    statement = (
        select(Registration.id, Registration.reference, VisitorContact.name, TimeSlot.starts_at, VisitorPass.party_size)
        .join(VisitorPass, VisitorPass.registration_id == Registration.id)
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .outerjoin(VisitorContact, VisitorContact.registration_id == Registration.id)
        .where(Registration.exhibition_id == exhibition.id, Registration.id.in_(ids))
        .order_by(Registration.id.desc())
        .limit(MOST)
    )
    return [FoundVisitor(*row) for row in db.session.execute(statement)]
