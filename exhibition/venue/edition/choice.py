"""Which edition is meant when an address names none."""

from collections.abc import Sequence
from datetime import date
from http import HTTPStatus

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload

from exhibition.accounts.editions import EditionName
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import Refused
from exhibition.venue.models import Exhibition
from exhibition.venue.rules import edition_states
from exhibition.venue.rules.edition_states import ANNOUNCED, EditionPhase, EditionState
from exhibition.venue.service import local_day


class NoFair(Refused):
    """There is no edition that could be meant: ``no_exhibition`` (503)."""

    def __init__(self) -> None:
        super().__init__("no_exhibition", _l("There is no fair at this time."), status=HTTPStatus.SERVICE_UNAVAILABLE)


def today(exhibition: Exhibition) -> date:
    """This day in the edition's time zone."""
    return local_day(exhibition, clock.now())


def phase(exhibition: Exhibition) -> EditionPhase:
    """What the edition is to visitors now."""
    return edition_states.phase(exhibition.told_state, exhibition.starts_on, exhibition.ends_on, today(exhibition))


def takes_visitors(exhibition: Exhibition) -> bool:
    """Whether people can still register: it is published and not over."""
    return phase(exhibition) in (EditionPhase.UPCOMING, EditionPhase.RUNNING)


def _in_state(states: Sequence[EditionState]) -> list[Exhibition]:
    statement = select(Exhibition).where(Exhibition.state.in_(states)).order_by(Exhibition.starts_on, Exhibition.id)
    return list(db.session.scalars(statement.options(selectinload(Exhibition.days))))


def announced() -> list[Exhibition]:
    """The editions that visitors are told of, by their dates; archived ones are not among them."""
    return _in_state(sorted(ANNOUNCED))


def meant_by_visitors() -> list[Exhibition]:
    """Those of the announced editions that are not over, or all of them when all are over."""
    editions = announced()
    return [one for one in editions if not edition_states.over(one.state, one.ends_on, today(one))] or editions


def of_today(among: frozenset[int] | None = None) -> Exhibition | None:
    """The edition that staff mean: one that visitors know before a draft, a draft before an archived one.

    Among equals the one that runs, else the next, else the last. ``among`` has the ids that come into question.
    """
    return min(
        (one for one in _in_state(sorted(EditionState)) if among is None or one.id in among),
        key=lambda one: edition_states.nearness(one.state, one.starts_on, one.ends_on, today(one)),
        default=None,
    )


def seen_by_visitors() -> list[Exhibition]:
    """Every edition but the drafts, the nearest first."""
    editions = _in_state(sorted(ANNOUNCED | {EditionState.ARCHIVED}))
    return sorted(editions, key=lambda one: edition_states.nearness(one.state, one.starts_on, one.ends_on, today(one)))


def past() -> list[Exhibition]:
    """The editions that are over or archived, the latest first; one that is called off only once it is archived."""
    editions = _in_state([EditionState.ARCHIVED, EditionState.PUBLISHED])
    return [one for one in reversed(editions) if one.state is EditionState.ARCHIVED or phase(one) is EditionPhase.OVER]


def names() -> list[EditionName]:
    """Every edition, the latest first."""
    columns = Exhibition.id, Exhibition.slug, Exhibition.name, Exhibition.venue_name, Exhibition.address
    return [EditionName(*row) for row in db.session.execute(select(*columns).order_by(Exhibition.starts_on.desc()))]


def are_several() -> bool:
    """Whether the installation holds more than one edition, in whatever state."""
    return (db.session.scalar(select(func.count()).select_from(Exhibition)) or 0) > 1
