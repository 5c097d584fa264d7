"""The public view: which booth belongs to whom, and what is sold there. Reads only.

Only confirmed allocations are public; a hold or an offer is the organizers' and the exhibitor's business.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import defer, joinedload

from exhibition.allocation.conditions import confirmed_in
from exhibition.allocation.models import Allocation
from exhibition.allocation.rules import AllocationState
from exhibition.core.db import db
from exhibition.core.errors import NotFound
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.links import checking as links
from exhibition.storefront.models import Listing, Storefront
from exhibition.venue.edition import choice
from exhibition.venue.models import Exhibition
from exhibition.venue.service import Hall, PlacedBooth

ROWS_AT_ONCE = 500
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")


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

    @property
    def code(self) -> str:
        return self.booth.code if self.booth else ""

    @property
    def zone(self) -> str:
        return self.booth.zone if self.booth else ""

    def leads_to(self, listing: Listing) -> str:
        """Where a listing's link takes a visitor: ``product``, ``whatsapp``, ``shop``, or nowhere (empty)."""
        if listing.link and listing.link not in self.broken:
            return "product"
        if self.storefront and self.storefront.whatsapp:
            return "whatsapp"
        return "shop" if self.storefront and self.storefront.url and self.storefront.url not in self.broken else ""


def _exhibitors_by_booth(exhibition: Exhibition) -> dict[int, Exhibitor]:
    statement = (
        select(Allocation.booth_id, Exhibitor)
        .join(Exhibitor, Exhibitor.id == Allocation.exhibitor_id)
        .where(confirmed_in(exhibition.id))
        .options(joinedload(Exhibitor.cluster))
    )
    return {row.booth_id: row.Exhibitor for row in db.session.execute(statement)}


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
    """Every open booth with its exhibitor if any, in the order of the codes; three queries however many booths there
    are.

    Without ``shops`` it is one query, and shops and listings are left out.
    """
    exhibitors = _exhibitors_by_booth(exhibition)
    ids = sorted({exhibitor.id for exhibitor in exhibitors.values()}) if shops else []
    storefronts, listings = (_storefronts(ids), _listings(ids)) if shops else ({}, {})
    stands = []
    for booth in hall.booths:
        exhibitor = exhibitors.get(booth.id)
        if not booth.open and exhibitor is None:
            continue
        key = exhibitor.id if exhibitor else 0
        stands.append(Stand(booth, exhibitor, storefronts.get(key), listings.get(key, [])))
    return stands


def stand_at(exhibition: Exhibition, hall: Hall, code: str) -> Stand:
    """The booth with this code, open or not. Raises NotFound."""
    booth = next((booth for booth in hall.booths if booth.code.upper() == code.upper()), None)
    if booth is None:
        raise NotFound
    exhibitor = _exhibitors_by_booth(exhibition).get(booth.id)
    return _stand(booth, exhibitor)


def stand_of(exhibition: Exhibition, hall: Hall, slug: str) -> Stand:
    """The exhibitor with this slug, with its present booth if any. Raises NotFound."""
    statement = select(Exhibitor).where(Exhibitor.slug == slug).options(joinedload(Exhibitor.cluster))
    exhibitor = db.session.scalar(statement) if _NAME.fullmatch(slug) else None
    if exhibitor is None:
        raise NotFound
    booth_id = db.session.scalar(
        select(Allocation.booth_id)
        .where(confirmed_in(exhibition.id), Allocation.exhibitor_id == exhibitor.id)
        .order_by(Allocation.id.desc())
    )
    booth = next((booth for booth in hall.booths if booth.id == booth_id), None)
    return _stand(booth, exhibitor)


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
