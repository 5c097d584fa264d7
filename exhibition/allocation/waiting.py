"""The waiting list: who is next when a booth becomes free. Everybody on it can see their place."""

from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select, update

from exhibition.accounts.audit import Actor, record
from exhibition.allocation.conditions import live_at
from exhibition.allocation.models import Allocation, AllocationWaiting
from exhibition.allocation.rules import Turn, WaitingPlace, turn
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.ids import LARGEST_ID
from exhibition.exhibitors import participants
from exhibition.exhibitors.models import Exhibitor
from exhibition.exhibitors.rules.application_steps import ApplicationState
from exhibition.venue.models import Exhibition


@dataclass(frozen=True)
class WaitingLine:
    """One exhibitor on the waiting list; ``place`` counts from 1, which is next."""

    place: int
    exhibitor_id: int
    name: str
    slug: str
    product_group: str
    wish: str


def waiting(exhibition: Exhibition) -> list[WaitingLine]:
    """The waiting list, the next first, without exhibitors who now have a booth; these keep their place for later."""
    placed = select(Allocation.exhibitor_id).where(Allocation.exhibition_id == exhibition.id, live_at(clock.now()))
    statement = (
        select(Exhibitor.id, Exhibitor.name, Exhibitor.slug, Exhibitor.product_group, AllocationWaiting.wish)
        .join(AllocationWaiting, AllocationWaiting.exhibitor_id == Exhibitor.id)
        .where(AllocationWaiting.exhibition_id == exhibition.id, Exhibitor.id.not_in(placed))
        .order_by(AllocationWaiting.position, AllocationWaiting.added_at)
    )
    return [WaitingLine(place, *row) for place, row in enumerate(db.session.execute(statement), start=1)]


def place_of(exhibition: Exhibition, exhibitor_id: int) -> tuple[int, int] | None:
    """An exhibitor's place and the length of the list; None for one who is not waiting."""
    lines = waiting(exhibition)
    place = next((line.place for line in lines if line.exhibitor_id == exhibitor_id), None)
    return None if place is None else (place, len(lines))


def _own(exhibition: Exhibition, exhibitor_id: int) -> tuple[int, int]:
    return exhibition.id, exhibitor_id


def _exhibitor(exhibitor_id: int) -> Exhibitor | None:
    return db.session.get(Exhibitor, exhibitor_id) if exhibitor_id <= LARGEST_ID else None


def waits(exhibition: Exhibition, exhibitor_id: int) -> bool:
    """Whether an exhibitor is on the list, even while they have a booth."""
    return db.session.get(AllocationWaiting, _own(exhibition, exhibitor_id)) is not None


@transaction
def add(actor: Actor, exhibition: Exhibition, exhibitor_id: int) -> None:
    """Put an exhibitor at the end. Raises Refused ``exhibitor_unknown`` (422) and ``waiting_already`` (409)."""
    exhibitor = _exhibitor(exhibitor_id)
    if exhibitor is None or not participants.takes_part(exhibition.id, exhibitor_id):
        message = _l("Choose an exhibitor from the list.")
        raise Refused("exhibitor_unknown", message, status=422, field="exhibitor_id")
    if waits(exhibition, exhibitor_id):
        message = _l("%(exhibitor)s is on the waiting list already.", exhibitor=exhibitor.name)
        raise Refused("waiting_already", message, field="exhibitor_id")
    put_last(actor, exhibition, exhibitor_id)


def _put(
    actor: Actor, exhibition: Exhibition, exhibitor_id: int, position: int, action: str, wish: str | None = None
) -> WaitingPlace:
    """Write the position, and the wish unless None; returns the place before. Raises NotFound."""
    exhibitor = _exhibitor(exhibitor_id)
    if exhibitor is None:
        raise NotFound
    row = db.session.get(AllocationWaiting, _own(exhibition, exhibitor_id))
    before = WaitingPlace(None) if row is None else WaitingPlace(row.position, row.wish)
    if row is None:
        participants.take_in(exhibition.id, [exhibitor_id])
        row = AllocationWaiting(exhibition_id=exhibition.id, exhibitor_id=exhibitor_id)
        db.session.add(row)
    row.position, row.wish = position, before.wish if wish is None else wish
    after = {"position": position} | ({"wish": row.wish} if row.wish else {})
    record(actor, action, "exhibitor", exhibitor_id, name=exhibitor.name, after=after)
    db.session.flush()
    return before


@transaction
def put_last(actor: Actor, exhibition: Exhibition, exhibitor_id: int) -> WaitingPlace:
    """Make an exhibitor the last in line, also one who was not on the list.

    Returns the earlier place, as do all functions that change one. Raises NotFound.
    """
    last = select(func.max(AllocationWaiting.position)).where(AllocationWaiting.exhibition_id == exhibition.id)
    return _put(actor, exhibition, exhibitor_id, (db.session.scalar(last) or 0) + 1, "waiting.add")


@transaction
def put_first(actor: Actor, exhibition: Exhibition, exhibitor_id: int, wish: str = "") -> WaitingPlace:
    """Make an exhibitor the next, also one who was not on the list, with what they asked for. Raises NotFound."""
    first = select(func.min(AllocationWaiting.position)).where(AllocationWaiting.exhibition_id == exhibition.id)
    position = (db.session.scalar(first) or 1) - 1
    return _put(actor, exhibition, exhibitor_id, position, "waiting.put_first", wish or None)


@transaction
def put_back(actor: Actor, exhibition: Exhibition, exhibitor_id: int, place: WaitingPlace) -> WaitingPlace | None:
    """Give an exhibitor a place that they had before, be it none."""
    if place.position is None:
        return remove(actor, exhibition, exhibitor_id)
    return _put(actor, exhibition, exhibitor_id, place.position, "waiting.put_back", place.wish)


@transaction
def remove(actor: Actor, exhibition: Exhibition, exhibitor_id: int) -> WaitingPlace | None:
    """Take an exhibitor off the list; returns the place they had, None for one who is not on it, which is no fault."""
    row = db.session.get(AllocationWaiting, _own(exhibition, exhibitor_id))
    if row is None:
        return None
    db.session.delete(row)
    record(actor, "waiting.remove", "exhibitor", exhibitor_id)
    db.session.flush()
    return WaitingPlace(row.position, row.wish)


def follow(
    actor: Actor,
    exhibition: Exhibition,
    exhibitor_id: int,
    before: ApplicationState | None,
    after: ApplicationState | None,
    *,
    lapsed: bool = False,
) -> WaitingPlace | None:
    """Do what a step of an exhibitor's application means for the list (``rules.turn``), in the open transaction.

    Returns the earlier place if it changed; None when it stays.
    """
    match turn(before, after, waits=waits(exhibition, exhibitor_id), lapsed=lapsed):
        case Turn.LAST:
            return put_last(actor, exhibition, exhibitor_id)
        case Turn.OFF:
            return remove(actor, exhibition, exhibitor_id)
        case None:
            return None


@transaction
def rules(actor: Actor, exhibition_id: int, *, by_itself: bool, hours: int) -> None:
    """Set whether booths are offered to the next automatically, and how many hours such an offer lasts."""
    exhibition = db.session.get_one(Exhibition, exhibition_id)
    before = {"offers_by_itself": exhibition.offers_by_itself, "offer_hours": exhibition.offer_hours}
    after = {"offers_by_itself": by_itself, "offer_hours": hours}
    db.session.execute(update(Exhibition).where(Exhibition.id == exhibition_id).values(after))
    record(actor, "waiting.rules", "exhibition", exhibition_id, name=exhibition.name, before=before, after=after)
