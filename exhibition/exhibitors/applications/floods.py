"""A flood: many undecided applications that one sender or machine has made."""

from sqlalchemy import ColumnElement, func, select

from exhibition.core.db import db
from exhibition.core.sql.narrowing import Narrowing, conditions
from exhibition.exhibitors.models import Application
from exhibition.exhibitors.rules.application_steps import EDITABLE
from exhibition.venue.models import Exhibition


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


def ids(exhibition: Exhibition, narrowing: Narrowing) -> list[int]:
    """Those that would be withdrawn, ascending."""
    return list(
        db.session.scalars(select(Application.id).where(*_withdrawable(exhibition, narrowing)).order_by(Application.id))
    )


def newest(exhibition: Exhibition, narrowing: Narrowing, number: int) -> list[Application]:
    """Some of those that would be withdrawn, the newest first."""
    found = select(Application).where(*_withdrawable(exhibition, narrowing)).order_by(Application.id.desc())
    return list(db.session.scalars(found.limit(number)))
