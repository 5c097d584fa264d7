"""Withdrawing a flood: many undecided applications at once that one sender or machine has made."""

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, func, select

from exhibition.accounts import audit
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.core.sql.narrowing import Narrowing, conditions
from exhibition.exhibitors.applications import service as applications
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import EDITABLE, Step, StepTaker
from exhibition.venue.models import Exhibition

PIECE = 100
"""Applications withdrawn in one transaction."""


def matching(narrowing: Narrowing) -> list[ColumnElement[bool]]:
    """What holds for the applications that the choice is about."""
    return conditions(
        narrowing,
        origin=Application.origin,
        created_at=Application.created_at,
        email=Application.email,
        phone=Application.phone,
    )


def _withdrawable(exhibition: Exhibition, narrowing: Narrowing) -> list[ColumnElement[bool]]:
    undecided = Application.exhibition_id == exhibition.id, Application.state.in_(list(EDITABLE))
    return [*matching(narrowing), *undecided]


def count(exhibition: Exhibition, narrowing: Narrowing) -> int:
    """How many applications would be withdrawn."""
    statement = select(func.count()).select_from(Application).where(*_withdrawable(exhibition, narrowing))
    return db.session.scalar(statement) or 0


def newest(exhibition: Exhibition, narrowing: Narrowing, number: int) -> list[Application]:
    """Some of those that would be withdrawn, the newest first."""
    found = select(Application).where(*_withdrawable(exhibition, narrowing)).order_by(Application.id.desc())
    return list(db.session.scalars(found.limit(number)))


def withdraw(actor: audit.Actor, exhibition: Exhibition, narrowing: Narrowing, seen: int) -> int:
    """Withdraw all that match and are not decided on; returns how many. Nobody gets a mail.

    ``seen`` is the count that was shown: if it is another by now, nothing is done. Raises Refused ``nothing_chosen``
    (422) without a narrowing and ``count_changed`` (409).
    """
    if not narrowing:
        raise Refused("nothing_chosen", _l("Choose whose applications are to be withdrawn."), status=422)
    last = _begin(actor, exhibition, narrowing, seen)
    withdrawn = 0
    while piece := _withdraw_piece(actor, exhibition, narrowing, last):
        withdrawn += piece
    return withdrawn


@transaction
def _begin(actor: audit.Actor, exhibition: Exhibition, narrowing: Narrowing, seen: int) -> int:
    """Record what is about to be withdrawn, and return the newest application that it concerns."""
    statement = select(func.coalesce(func.max(Application.id), 0), func.count()).select_from(Application)
    last, there = db.session.execute(statement.where(*_withdrawable(exhibition, narrowing))).one()
    if there != seen or not there:
        message = _l("There are %(count)s by now. Look at them again, and write that number.", count=there)
        raise Refused("count_changed", message, field="seen", count=there)
    after = narrowing.as_json() | {"applications": there}
    audit.record(actor, "application.withdraw_many", "exhibition", exhibition.id, name=exhibition.name, after=after)
    return last


@transaction
def _withdraw_piece(actor: audit.Actor, exhibition: Exhibition, narrowing: Narrowing, last: int) -> int:
    """Withdraw some of them; returns how many, 0 when there are no more. Those that have moved on meanwhile stay."""
    found = select(Application.id).where(*_withdrawable(exhibition, narrowing), Application.id <= last)
    ids = db.session.scalars(found.order_by(Application.id).limit(PIECE).with_for_update()).all()
    for id_ in ids:
        applications.take(actor, StepTaker.ORGANIZER, id_, Step.WITHDRAW)
    return len(ids)
