"""Finding registrations at the desk, by details that people remember or read out.

With a million of them every page stays quick: ids are found along an index, and only the rows that are shown are read
whole. Orders without an index are offered while few enough match.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select, union
from sqlalchemy.sql.elements import SQLColumnExpression

from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.outbox import OutboxMail
from exhibition.core.sql.list_parameters import among
from exhibition.core.sql.narrowing import conditions as matches
from exhibition.core.sql.paging import PAGE_SIZE, READ_AT_ONCE, BoundedCount, Page, count_matches
from exhibition.core.sql.words import has_digits, has_words_in_two_ways
from exhibition.venue.models import Exhibition
from exhibition.visitors.listing.sought import EVERY_REGISTRATION, RegistrationNarrowing, RegistrationSearch
from exhibition.visitors.models import (
    GroupPass,
    MessageKind,
    PassState,
    Registration,
    TimeSlot,
    VisitorContact,
    VisitorPass,
)
from exhibition.visitors.rules import REFERENCE_ALPHABET, REFERENCE_PREFIX


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
    walk_in: bool
    locale: str
    created_at: datetime
    name: str | None
    email: str | None
    phone: str | None


_ID = VisitorPass.registration_id
COLUMNS = (
    Registration.id,
    Registration.reference,
    VisitorPass.code,
    VisitorPass.party_size,
    VisitorPass.admitted,
    VisitorPass.state,
    TimeSlot.starts_at,
    TimeSlot.ends_at,
    Registration.walk_in,
    Registration.locale,
    Registration.created_at,
    VisitorContact.name,
    VisitorContact.email,
    VisitorContact.phone,
)


def _matches(exhibition: Exhibition, words: str, newest: int | None) -> ColumnElement[bool]:
    """The one whose whole reference or code this is, found along an index; else those with the words, all or so many of
    the newest. Contacts and references are read by themselves, because joined rows cost ten times as much.
    """
    code = words.replace(" ", "").replace("-", "").upper()
    by_code = select(_ID).where(VisitorPass.exhibition_id == exhibition.id, VisitorPass.code == code)
    of_edition = Registration.exhibition_id == exhibition.id
    by_reference = select(Registration.id).where(of_edition, Registration.reference == words.upper())
    if found := list(db.session.scalars(by_code.union_all(by_reference))):
        return _ID.in_(found)
    contact = VisitorContact.registration_id
    numbers = has_digits(words, VisitorContact.phone)
    named = [VisitorContact.email] if numbers else [VisitorContact.name, VisitorContact.email]  # no name is a number
    plain, accented = has_words_in_two_ways(words, *named)
    contacts = select(contact).join(Registration, Registration.id == contact).where(of_edition)
    contacts = contacts.order_by(contact.desc()).limit(newest)
    ways = [contacts.where(or_(plain, *numbers)), contacts.where(accented)]
    if set(words.upper()) <= _IN_REFERENCES:
        part = Registration.reference.contains(words.upper(), autoescape=True)
        ways.append(select(Registration.id).where(of_edition, part).order_by(Registration.id.desc()).limit(newest))
    return _ID.in_(union(*(way.subquery().select() for way in ways)))


_IN_REFERENCES = frozenset(REFERENCE_PREFIX + REFERENCE_ALPHABET)


def _conditions(exhibition: Exhibition, narrowing: RegistrationNarrowing) -> list[ColumnElement[bool]]:
    """What holds for the registrations of the edition that match; ``VisitorContact`` is joined."""
    holding = matches(
        narrowing,
        origin=Registration.origin,
        created_at=Registration.created_at,
        email=VisitorContact.email,
        phone=VisitorContact.phone,
    )
    holds = [Registration.exhibition_id == exhibition.id, *holding]
    if narrowing.group:
        in_group = select(GroupPass.registration_id).where(GroupPass.group_id == narrowing.group)
        holds.append(Registration.id.in_(in_group))
    return holds


def origin_of(registration_id: int) -> str:
    """The origin of a registration; empty when it is not known."""
    return db.session.scalar(select(Registration.origin).where(Registration.id == registration_id)) or ""


NEWEST, REFERENCE, SESSION, NAME, PEOPLE, STATE = "newest", "reference", "session", "name", "people", "state"
_CAME = case((VisitorPass.admitted > 0, 1), else_=0)
_PLACE_OF_STATE = case({state: place for place, state in enumerate(PassState)}, value=VisitorPass.state)
_ORDERS = {
    NEWEST: (),
    REFERENCE: (Registration.reference,),
    SESSION: (TimeSlot.starts_at,),
    NAME: (case((VisitorContact.name.is_(None), 1), else_=0), func.lower(VisitorContact.name)),
    PEOPLE: (VisitorPass.party_size,),
    STATE: (_PLACE_OF_STATE, _CAME),
}
ORDERS = tuple(_ORDERS)
FOR_MANY = (NEWEST, REFERENCE)
"""Orders that an index holds, for any number of registrations."""


@dataclass(frozen=True)
class RegistrationOrder:
    """One of ``ORDERS``; registrations that are equal in it follow with the newest first."""

    column: str = NEWEST
    backwards: bool = False

    def applied(
        self, statement: Select[*tuple[Any, ...]], by_id: SQLColumnExpression[int] = _ID
    ) -> Select[*tuple[Any, ...]]:
        """The statement, of passes with what the order needs joined, in this order; ``by_id`` writes the id."""
        by = [(one.desc() if self.backwards else one) for one in _ORDERS[self.column]]
        return statement.order_by(*by, by_id if self.backwards and not by else by_id.desc())


@dataclass(frozen=True)
class RegistrationList:
    """A page of those that match, how many do, and the order that they are in."""

    page: Page[FoundRegistration]
    found: BoundedCount
    order: RegistrationOrder
    orders: tuple[str, ...]
    """Those that are in reach."""


def matching(
    exhibition: Exhibition,
    sought: RegistrationSearch,
    order: str = NEWEST,
    at: datetime | None = None,
    newest: int | None = None,
) -> Select[*tuple[int]]:
    """The ids of those that match, now or at another moment; only what is asked about or sorted by is joined.

    ``newest``: so many are enough, the newest of all. Those with the words are then not looked for any further.
    """
    about_contact = bool(sought.narrowing.contact)
    statement = select(_ID).where(VisitorPass.exhibition_id == exhibition.id)
    if sought.narrowing or sought.wanted.walk_in is not None or order == REFERENCE:
        statement = statement.join(Registration, Registration.id == _ID)
    if about_contact or order == NAME:
        statement = statement.outerjoin(VisitorContact, VisitorContact.registration_id == _ID)
    if order == SESSION:
        statement = statement.join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
    if sought.narrowing:
        statement = statement.where(*_conditions(exhibition, sought.narrowing))
    if sought.words:
        only_words = sought == RegistrationSearch(sought.words) and order == NEWEST
        statement = statement.where(_matches(exhibition, sought.words, newest if only_words else None))
    return statement.where(*sought.wanted.conditions(exhibition, at or clock.now()))


def _whole() -> Select[*tuple[Any, ...]]:
    return (
        select(*COLUMNS)
        .select_from(VisitorPass)
        .join(Registration, Registration.id == _ID)
        .join(TimeSlot, TimeSlot.id == VisitorPass.slot_id)
        .outerjoin(VisitorContact, VisitorContact.registration_id == _ID)
    )


def _quick_id(exhibition: Exhibition, sought: RegistrationSearch) -> SQLColumnExpression[int]:
    """The id written so that the database takes the quickest way to the newest of those that match.

    When so few can match that all are found and sorted, it is no column that an index could be walked along.
    """
    if sought.words or sought.wanted.of_few(exhibition):
        return _ID + 0
    return _ID if sought.wanted.walk_in is None else Registration.id


def _too_many_for_words(exhibition: Exhibition, sought: RegistrationSearch) -> bool:
    """Whether counting those with the words would read a large edition whole, because no index knows words."""
    return bool(sought.words) and count_matches(matching(exhibition, EVERY_REGISTRATION)).more


def _in_reach(exhibition: Exhibition, sought: RegistrationSearch, order: RegistrationOrder) -> RegistrationOrder:
    """The order, or newest first when sorting by it would take too long."""
    if order.column in FOR_MANY:
        return order
    many = _too_many_for_words(exhibition, sought) or count_matches(matching(exhibition, sought)).more
    return RegistrationOrder() if many else order


def registrations(
    exhibition: Exhibition,
    sought: RegistrationSearch = EVERY_REGISTRATION,
    number: int = 1,
    order: RegistrationOrder = RegistrationOrder(),
) -> RegistrationList:
    """One page of the edition's registrations that match, newest first if too many match for the wanted order."""
    order = _in_reach(exhibition, sought, order)
    first = (number - 1) * PAGE_SIZE
    newest = None if order.backwards else first + PAGE_SIZE + 1
    found = matching(exhibition, sought, order.column, newest=newest)
    ids = order.applied(found, _quick_id(exhibition, sought))
    ids = ids.limit(PAGE_SIZE + 1).offset(first)
    wanted = list(db.session.scalars(ids))
    shown, has_next = wanted[:PAGE_SIZE], len(wanted) > PAGE_SIZE
    rows = db.session.execute(_whole().where(among(Registration.id, "ids")), {"ids": shown})
    by_id = {row[0]: FoundRegistration(*row) for row in rows}
    page = Page([by_id[id_] for id_ in shown if id_ in by_id], number, has_next)
    uncounted = _too_many_for_words(exhibition, sought)
    if uncounted or (not has_next and (shown or number == 1)):
        number_found = BoundedCount(first + len(shown), more=has_next)
    else:
        number_found = count_matches(matching(exhibition, sought))
    return RegistrationList(page, number_found, order, FOR_MANY if uncounted or number_found.more else ORDERS)


def lines(exhibition: Exhibition, sought: RegistrationSearch, order: RegistrationOrder) -> Iterator[FoundRegistration]:
    """All that match, read bit by bit, in the order in which the pages show them."""
    order = _in_reach(exhibition, sought, order)
    found = matching(exhibition, sought).subquery()
    statement = order.applied(_whole().where(_ID.in_(select(found.c.registration_id))))
    for row in db.session.execute(statement.execution_options(yield_per=READ_AT_ONCE)):
        yield FoundRegistration(*row)


def mails(registration_id: int) -> list[OutboxMail]:
    """The mails of a registration, newest first."""
    statement = select(OutboxMail).where(OutboxMail.about_id == registration_id, OutboxMail.kind.in_(list(MessageKind)))
    return list(db.session.scalars(statement.order_by(OutboxMail.id.desc())))
