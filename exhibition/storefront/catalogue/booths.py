"""The public view: which booth belongs to whom, and what is sold there. Reads only.

Only confirmed allocations are public; a hold or an offer is the organizers' and the exhibitor's business.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import defer, joinedload

from exhibition.allocation.claimed_days import days_of, names_days
from exhibition.allocation.conditions import confirmed_in
from exhibition.allocation.models import Allocation
from exhibition.allocation.rules import AllocationState
from exhibition.core import clock
from exhibition.core.db import db
from exhibition.core.errors import NotFound
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.links import checking as links
from exhibition.storefront.models import Listing, Storefront
from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition
from exhibition.venue.rules.halls import in_words
from exhibition.venue.service import Hall, PlacedBooth, local_day

ROWS_AT_ONCE = 500
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


@dataclass(frozen=True)
class StandHolder:
    """An exhibitor with a confirmed booth, and their days there; none are named when it is theirs on all."""

    exhibitor: Exhibitor
    days: tuple[date, ...]


@dataclass(frozen=True)
class Stand:
    """A booth with its exhibitor, shop and published listings; without an exhibitor the booth is free, without a booth
    the exhibitor has none now.
    """

    booth: PlacedBooth | None
    exhibitor: Exhibitor | None
    storefront: Storefront | None
    listings: Sequence[Listing]
    broken: frozenset[str] = frozenset()
    """Those of its addresses that do not open; read only for a single booth's page."""
    days: tuple[date, ...] = ()
    """The exhibitor's days there; none are named when it is theirs on all days of the fair."""
    shared: bool = False
    """Whether others have the booth too, together or on other days."""
    others: Sequence[StandHolder] = ()
    """These others; read only for a single booth's page."""

    @property
    def code(self) -> str:
        return self.booth.code if self.booth else ""

    @property
    def place(self) -> str:
        """The booth in words: its number, and its hall where there are several."""
        return in_words(self.booth.code, self.booth.hall) if self.booth else ""

    @property
    def zone(self) -> str:
        return self.booth.zone if self.booth else ""

    @property
    def address(self) -> dict[str, Any]:
        """What the address of the booth's page names: also the exhibitor of a booth that several have."""
        named = {"exhibitor": self.exhibitor.slug} if self.exhibitor and self.shared else {}
        return {"code": self.code} | named

    def leads_to(self, listing: Listing) -> str:
        """Where a listing's link takes a visitor: ``product``, ``whatsapp``, ``shop``, or nowhere (empty)."""
        if listing.link and listing.link not in self.broken:
            return "product"
        if self.storefront and self.storefront.whatsapp:
            return "whatsapp"
        return "shop" if self.storefront and self.storefront.url and self.storefront.url not in self.broken else ""


def _holders(exhibition: Exhibition) -> dict[int, list[StandHolder]]:
    """Who has which booth, those of a booth by their first day; one query, two when any name days."""
    statement = (
        select(Allocation.booth_id, Exhibitor, Allocation.id, names_days(exhibition.id).label("named"))
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .where(confirmed_in(exhibition.id))
        .order_by(Allocation.id)
        .options(joinedload(Exhibitor.cluster))
    )
    rows = db.session.execute(statement).all()
    days = days_of([row.id for row in rows if row.named])
    found: dict[int, list[StandHolder]] = defaultdict(list)
    for row in rows:
        found[row.booth_id].append(StandHolder(row.Exhibitor, days.get(row.id, ())))
    return {booth_id: sorted(holders, key=lambda one: one.days) for booth_id, holders in found.items()}


def edition_of(slug: str) -> Exhibition:
    """The nearest edition at which the exhibitor has a booth, else the nearest of all.

    Raises Refused ``no_exhibition`` (503).
    """
    editions = choice.seen_by_visitors()
    if not editions:
        raise choice.NoFair
    held = (
        select(Allocation.exhibition_id)
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .where(Exhibitor.slug == slug, Allocation.state == AllocationState.CONFIRMED)
    )
    theirs = set(db.session.scalars(held.distinct())) if _NAME.fullmatch(slug) else set[int]()
    return next((one for one in editions if one.id in theirs), editions[0])


def _storefronts(exhibitor_ids: Sequence[int]) -> dict[int, Storefront]:
    statement = select(Storefront).where(Storefront.exhibitor_id.in_(exhibitor_ids))
    return {storefront.exhibitor_id: storefront for storefront in db.session.scalars(statement)}


def _listings(exhibitor_ids: Sequence[int]) -> dict[int, list[Listing]]:
    statement = (
        select(Listing)
        .where(Listing.exhibitor_id.in_(exhibitor_ids), Listing.published)
        .order_by(Listing.exhibitor_id, Listing.position, Listing.id)
    )
    listings: dict[int, list[Listing]] = defaultdict(list)
    for listing in db.session.scalars(statement):
        listings[listing.exhibitor_id].append(listing)
    return listings


def open_stands(exhibition: Exhibition, hall: Hall, *, shops: bool = True) -> list[Stand]:
    """Every open booth with its exhibitor if any, in the order of the codes, once for each of several who have it;
    three queries however many booths there are, one more when any are shared out by days.

    Without ``shops`` it is one query, and shops and listings are left out.
    """
    held = _holders(exhibition)
    ids = sorted({one.exhibitor.id for holders in held.values() for one in holders}) if shops else []
    storefronts, listings = (_storefronts(ids), _listings(ids)) if shops else ({}, {})
    stands: list[Stand] = []
    for booth in hall.booths:
        holders = held.get(booth.id, [])
        for one in holders:
            key = one.exhibitor.id
            shop, shared = storefronts.get(key), len(holders) > 1
            stands.append(Stand(booth, one.exhibitor, shop, listings.get(key, []), days=one.days, shared=shared))
        if booth.open and not holders:
            stands.append(Stand(booth, None, None, []))
    return stands


def stand_at(exhibition: Exhibition, hall: Hall, code: str, slug: str = "") -> Stand:
    """The booth with this code, open or not. Raises NotFound.

    Of several who have it, it is that of the exhibitor with this slug, else of the first who has it today, else of the
    next.
    """
    booth = next((booth for booth in hall.booths if booth.code.upper() == code.upper()), None)
    if booth is None:
        raise NotFound
    holders = _holders(exhibition).get(booth.id, [])
    today = local_day(exhibition, clock.now())
    there = [one for one in holders if not one.days or today in one.days]
    coming = [one for one in holders if one.days and one.days[0] > today]
    named = [one for one in holders if one.exhibitor.slug == slug]
    shown = next(iter([*named, *there, *coming, *holders]), None)
    stand = _stand(booth, shown.exhibitor if shown else None)
    others = [one for one in holders if one is not shown]
    return replace(stand, days=shown.days, shared=bool(others), others=others) if shown else stand


def stand_of(exhibition: Exhibition, hall: Hall, slug: str) -> Stand:
    """The exhibitor with this slug, with its present booth if any. Raises NotFound."""
    statement = select(Exhibitor).where(Exhibitor.slug == slug).options(joinedload(Exhibitor.cluster))
    exhibitor = db.session.scalar(statement) if _NAME.fullmatch(slug) else None
    if exhibitor is None:
        raise NotFound
    held = _holders(exhibition)
    for booth in hall.booths:
        holders = held.get(booth.id, [])
        for own in holders:
            if own.exhibitor.id == exhibitor.id:
                return replace(_stand(booth, exhibitor), days=own.days, shared=len(holders) > 1)
    return _stand(None, exhibitor)


def published_listing(listing_id: int) -> tuple[Exhibitor, Listing]:
    """A listing that visitors see, with its exhibitor. Raises NotFound."""
    statement = select(Exhibitor, Listing).join(Listing, Listing.exhibitor_id == Exhibitor.id)
    row = db.session.execute(statement.where(Listing.id == listing_id, Listing.published)).first()
    if row is None:
        raise NotFound
    return row.Exhibitor, row.Listing


def _stand(booth: PlacedBooth | None, exhibitor: Exhibitor | None) -> Stand:
    if exhibitor is None:
        return Stand(booth, None, None, [])
    storefront = _storefronts([exhibitor.id]).get(exhibitor.id)
    listings = _listings([exhibitor.id]).get(exhibitor.id, [])
    return Stand(booth, exhibitor, storefront, listings, links.broken([exhibitor.id]))


def published_listings(exhibitor_ids: Collection[int]) -> Iterator[Listing]:
    """Every listing of these exhibitors that visitors see, one exhibitor after the other, in their shop's order."""
    statement = (
        select(Listing)
        .where(Listing.published, Listing.exhibitor_id.in_(exhibitor_ids))
        .options(defer(Listing.imported))
        .order_by(Listing.exhibitor_id, Listing.position, Listing.id)
        .execution_options(yield_per=ROWS_AT_ONCE)
    )
    yield from db.session.scalars(statement)


def listings_changed_at() -> dict[int, datetime]:
    """By exhibitor, when a listing that visitors see was changed last."""
    newest = select(Listing.exhibitor_id, func.max(Listing.updated_at)).where(Listing.published)
    return {row[0]: row[1] for row in db.session.execute(newest.group_by(Listing.exhibitor_id))}
