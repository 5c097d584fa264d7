"""Loading the demo edition into an empty database, in one transaction."""

from datetime import date, datetime, timedelta

from sqlalchemy import exists, select

from exhibition.allocation.models import Allocation, AllocationDay, AllocationState
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import Refused
from exhibition.demo import applications, data, fair, listings
from exhibition.exhibitors import participants
from exhibition.exhibitors.models import Cluster, Exhibitor
from exhibition.storefront.models import Listing, Platform, Review, Storefront
from exhibition.venue.models import Booth, Exhibition
from exhibition.venue.rules.edition_states import EditionState

FRIDAY = 4


@transaction
def load(*, open_now: bool = False) -> Exhibition:
    """Write the demo edition. ``open_now`` makes one slot contain the present moment, whatever the hour.

    Raises Refused ``not_empty`` when there already is an edition.
    """
    if db.session.scalar(select(exists().where(Exhibition.id.is_not(None)))):
        raise Refused("not_empty", "The database holds an edition already; the demo goes into an empty one.")
    now = clock.now()
    first = first_day(now.astimezone(fair.TIMEZONE).date(), open_now=open_now)
    exhibition = fair.edition(f"umkm-{first.year}", first, state=EditionState.PUBLISHED)
    booths = _hall(exhibition)
    exhibitors = _exhibitors()
    participants.take_in(exhibition.id, [one.id for one in exhibitors])
    allocations = _allocations(exhibition, booths, exhibitors, now)
    applications.add(exhibition, exhibitors, allocations, now)
    _shops(exhibitors)
    fair.slots(exhibition, now, open_now=open_now)
    fair.gates(exhibition)
    return exhibition


def first_day(today: date, *, open_now: bool) -> date:
    """The Friday of the fair that holds today or comes next; today itself when the fair must be open now."""
    if open_now:
        return today
    since_friday = (today.weekday() - FRIDAY) % 7
    if since_friday < fair.FAIR_DAYS:
        return today - timedelta(days=since_friday)
    return today + timedelta(days=7 - since_friday)


def _hall(exhibition: Exhibition) -> list[Booth]:
    """The hundred booths, of which 38 are opened, none beside or behind another."""
    layout, booths = fair.hall(exhibition, "38 stan berjarak")
    apart = [booth for n, booth in enumerate(booths) if (n // data.GRID + n % data.GRID) % 2 == 0]
    step = len(apart) / data.OPEN_BOOTHS
    opened = [apart[int(n * step)] for n in range(data.OPEN_BOOTHS)]
    fair.open_booths(layout, opened)
    return opened


def _exhibitors() -> list[Exhibitor]:
    clusters = {slug: Cluster(slug=slug, name=name) for slug, name in data.CLUSTERS}
    exhibitors = [fair.exhibitor(row, clusters) for row in (*data.GOVERNMENT, *data.BUSINESSES)]
    db.session.add_all([*clusters.values(), *exhibitors])
    db.session.flush()
    return exhibitors


def _allocations(
    exhibition: Exhibition, booths: list[Booth], exhibitors: list[Exhibitor], now: datetime
) -> list[Allocation]:
    states = (
        [AllocationState.CONFIRMED] * data.CONFIRMED
        + [AllocationState.OFFERED] * data.OFFERED
        + [AllocationState.HELD] * data.HELD
    )
    allocations = []
    for booth, exhibitor, state in zip(booths, exhibitors, states, strict=False):
        allocation = Allocation(
            exhibition_id=exhibition.id,
            booth_id=booth.id,
            exhibitor_id=exhibitor.id,
            state=state,
            expires_at=None if state is AllocationState.CONFIRMED else now + timedelta(hours=exhibition.hold_hours),
        )
        allocation.days = [
            AllocationDay(day=day.day, exhibition_id=exhibition.id, booth_id=booth.id, exhibitor_id=exhibitor.id)
            for day in exhibition.days
        ]
        allocations.append(allocation)
    db.session.add_all(allocations)
    return allocations


def _shops(exhibitors: list[Exhibitor]) -> None:
    """A sample shop with sample products for every invented business."""
    for exhibitor in exhibitors:
        items = listings.LISTINGS.get(exhibitor.slug, ())
        if items:
            url = f"{listings.SHOP}/{exhibitor.slug}"
            db.session.add(Storefront(exhibitor_id=exhibitor.id, platform=Platform.WARUNG_SERASI, url=url))
        db.session.add_all(
            Listing(
                exhibitor_id=exhibitor.id,
                position=position,
                title=item.title,
                price=item.price,
                description=item.description,
                availability=item.availability,
                link=f"{listings.SHOP}/{exhibitor.slug}/{position + 1}",
                **_shown(exhibitor, last=position == len(items) - 1),
            )
            for position, item in enumerate(items)
        )


def _shown(exhibitor: Exhibitor, *, last: bool) -> dict[str, object]:
    """Whether the listing is shown: a newcomer's latest one waits for the organizer."""
    waits = last and not exhibitor.trusted
    return {"published": not waits, "review": Review.WAITING if waits else Review.APPROVED}
