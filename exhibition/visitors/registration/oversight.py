"""What the desk watches of online registration: who holds unusually many places, and whether it is open at all."""

from dataclasses import dataclass

from sqlalchemy import func, select, update
from sqlalchemy.sql.elements import SQLColumnExpression

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import db, transaction
from exhibition.venue.models import Exhibition
from exhibition.visitors import privacy
from exhibition.visitors.models import PassState, Registration, VisitorContact, VisitorPass

SHOWN = 20
"""Contacts, and networks, that are shown: those with the most people."""


@dataclass(frozen=True)
class LargestHolder:
    """A phone number, an e-mail address or a network with its valid passes."""

    value: str
    passes: int
    people: int


@dataclass(frozen=True)
class LargestHolders:
    phones: list[LargestHolder]
    emails: list[LargestHolder]
    networks: list[LargestHolder]


def _largest(exhibition: Exhibition, value: SQLColumnExpression[str | None]) -> list[LargestHolder]:
    people = func.sum(VisitorPass.party_size)
    statement = (
        select(value, func.count(), people)
        .select_from(VisitorPass)
        .join(Registration, Registration.id == VisitorPass.registration_id)
        .outerjoin(VisitorContact, VisitorContact.registration_id == Registration.id)
        .where(VisitorPass.exhibition_id == exhibition.id, VisitorPass.state == PassState.VALID, value.is_not(None))
        .group_by(value)
        .having(func.count() > 1)
        .order_by(people.desc(), value)
        .limit(SHOWN)
    )
    return [LargestHolder(*row) for row in db.session.execute(statement)]


def largest(exhibition: Exhibition) -> LargestHolders:
    """Who has more than one valid pass, those with the most people first."""
    return LargestHolders(
        _largest(exhibition, VisitorContact.phone),
        _largest(exhibition, func.lower(VisitorContact.email)),
        _largest(exhibition, Registration.origin),
    )


@transaction
def set_online(actor: Actor, exhibition: Exhibition, *, is_open: bool) -> None:
    """Close online registration and the waiting lists, or open them again; the gate goes on as before."""
    row = db.session.get_one(Exhibition, exhibition.id)
    before = {"online_registration": row.online_registration}
    row.online_registration = is_open
    after = {"online_registration": is_open}
    record(actor, "registration.online", "exhibition", row.id, name=row.name, before=before, after=after)


def _erase_origins(exhibition_id: int, *, dry_run: bool) -> int:
    """With the contacts goes where they came from; it is no name, so it counts as none."""
    if not dry_run:
        of_edition = Registration.exhibition_id == exhibition_id, Registration.origin.is_not(None)
        db.session.execute(update(Registration).where(*of_edition).values(origin=None))
    return 0


privacy.erasers.append(_erase_origins)
