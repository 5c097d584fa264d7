"""Who is signed in and looks at what just now, so that people who work on the same thing see each other.

It stands in the row of the sign-in, not in a process's memory, so that all servers know it; it is good for a minute.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection, or_, select, update
from sqlalchemy.exc import OperationalError

from exhibition.accounts.models import SignIn, User
from exhibition.accounts.sign_in.sign_ins import WAIT_MS
from exhibition.core import clock
from exhibition.core.db import Mode, db, patience, transaction

LASTS = timedelta(seconds=60)
RENEWED_AFTER = timedelta(seconds=20)
"""Somebody who goes on looking at the same is written down no more often than this."""
MOST = 20
"""So many others are told of."""


@dataclass(frozen=True)
class Looking:
    """A sign-in, its person's name, and what is looked at."""

    sign_in_id: int
    name: str
    at: str


def look(sign_in_id: int, topic: str, at: str) -> None:
    """Note what somebody looks at, ``at`` being empty when it is nothing; given up rather than waited for."""
    with suppress(OperationalError), patience(WAIT_MS):
        _write(sign_in_id, f"{topic}:{at}" if at else "")


@transaction(mode=Mode.CONNECTION)
def _write(connection: Connection, sign_in_id: int, place: str) -> None:
    now = clock.now()
    news = or_(SignIn.looks_at != place, SignIn.looked_at < now - RENEWED_AFTER)
    connection.execute(
        update(SignIn).where(SignIn.id == sign_in_id, news).values(looks_at=place, looked_at=now if place else None)
    )


def looking(topic: str) -> list[Looking]:
    """Who looks at something of a topic now, by the sign-in."""
    statement = (
        select(SignIn.id, User.name, SignIn.looks_at)
        .join(User, User.id == SignIn.user_id)
        .where(SignIn.looks_at.startswith(f"{topic}:", autoescape=True), SignIn.looked_at > clock.now() - LASTS)
        .order_by(SignIn.id)
        .limit(MOST)
    )
    rows = db.session.execute(statement)
    return [Looking(id_, name, place.removeprefix(f"{topic}:")) for id_, name, place in rows]
