"""Finding an edition by its slug, and taking it from one state to another."""

from typing import Any

from blinker import Signal
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from exhibition.accounts.audit import Actor, record
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.edition_states import STEPS, EditionState

STATE_NAMES: dict[EditionState, Any] = {
    EditionState.DRAFT: _l("a draft"),
    EditionState.PUBLISHED: _l("published"),
    EditionState.ARCHIVED: _l("archived"),
    EditionState.POSTPONED: _l("postponed"),
    EditionState.CALLED_OFF: _l("called off"),
}
changed = Signal()
"""Sent with the exhibition and the state that visitors knew ``before``, inside the transaction that takes the step."""
ACTIONS = {
    EditionState.PUBLISHED: "exhibition.publish",
    EditionState.ARCHIVED: "exhibition.archive",
    EditionState.POSTPONED: "exhibition.postpone",
    EditionState.CALLED_OFF: "exhibition.call_off",
}
"""What the audit trail calls a step, by where it leads."""


def every() -> list[Exhibition]:
    """All editions, by their dates."""
    return list(db.session.scalars(select(Exhibition).order_by(Exhibition.starts_on, Exhibition.id)))


def by_id(exhibition_id: int) -> Exhibition:
    """An edition that is known to exist."""
    return db.session.get_one(Exhibition, exhibition_id)


def by_slug(slug: str, *, lock: bool = False) -> Exhibition:
    """Raises NotFound."""
    statement = select(Exhibition).where(Exhibition.slug == slug)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    exhibition = db.session.scalar(statement) if slug.isprintable() else None  # PostgreSQL refuses a NUL
    if exhibition is None:
        raise NotFound(_l("There is no edition %(slug)s.", slug=slug[:64]))
    return exhibition


@transaction
def change_state(actor: Actor, slug: str, target: EditionState) -> Exhibition:
    """Take one of the allowed steps. Raises NotFound and Refused ``edition_step`` (409)."""
    exhibition = by_slug(slug, lock=True)
    before, told = exhibition.state, exhibition.told_state
    if target not in STEPS[before]:
        message = _l(
            "Edition %(slug)s is %(state)s; from there it cannot be %(target)s.",
            slug=slug,
            state=STATE_NAMES[before],
            target=STATE_NAMES[target],
        )
        raise Refused("edition_step", message)
    exhibition.state = target
    exhibition.was_called_off = (before, target) == (EditionState.CALLED_OFF, EditionState.ARCHIVED)
    record(
        actor,
        ACTIONS[target],
        "exhibition",
        exhibition.id,
        name=exhibition.name,
        before={"state": before},
        after={"state": target},
    )
    changed.send(exhibition, before=told)
    return exhibition
