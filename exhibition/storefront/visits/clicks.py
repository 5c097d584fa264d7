"""Visitors leaving for a shop: where each stored address leads, and the count of how many left from where."""

import enum
from dataclasses import dataclass

from flask_babel import gettext as _
from sqlalchemy import and_, select

from exhibition.core.contacts import whatsapp_link
from exhibition.core.db import db
from exhibition.core.errors import NotFound
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.catalogue import booths as stands
from exhibition.storefront.models import ClickSource, LinkCheck, Listing, OutboundClick, Storefront
from exhibition.storefront.rules import seller_input
from exhibition.storefront.rules.states import LinkState
from exhibition.storefront.visits import counting
from exhibition.storefront.visits.counting import PageVisit


class WayToShop(enum.StrEnum):
    """The kinds of links that lead out of the fair, as named in their addresses."""

    SHOP = "toko"
    WHATSAPP = "wa"
    LISTING = "produk"


@dataclass(frozen=True)
class Target:
    """A stored address a visitor may be sent to; ``listing_id`` 0 is the shop itself."""

    address: str
    exhibitor_id: int
    listing_id: int = 0


def _greeting(exhibitor: Exhibitor, product: str = "") -> str:
    fair = stands.edition_of(exhibitor.slug).name
    if product:
        return _(
            "Hello %(name)s, I saw %(product)s at %(fair)s. Is it still available?",
            name=exhibitor.name,
            product=product,
            fair=fair,
        )
    return _("Hello %(name)s, I saw your products at %(fair)s.", name=exhibitor.name, fair=fair)


def target(way: str, id: int) -> Target:  # noqa: A002 the id of the address, whichever table it names
    """Where a link leads: the shop or the WhatsApp chat of an exhibitor, or a listing's own page.

    A listing without a page of its own, or whose page is broken, leads to the chat, then to the shop.
    Raises NotFound when there is no such link or nothing is stored behind it.
    """
    if way == WayToShop.LISTING:
        return _listing_target(id)
    row = db.session.execute(
        select(Exhibitor, Storefront)
        .join(Storefront, Storefront.exhibitor_id == Exhibitor.id)
        .where(Exhibitor.id == id)
    ).first()
    if row is None or way not in set(WayToShop):
        raise NotFound
    exhibitor, storefront = row
    if way == WayToShop.SHOP:
        return _safe(storefront.url, exhibitor.id)
    if not storefront.whatsapp:
        raise NotFound
    return Target(whatsapp_link(storefront.whatsapp, _greeting(exhibitor)), exhibitor.id)


def _listing_target(listing_id: int) -> Target:
    row = db.session.execute(
        select(Listing, Exhibitor, Storefront, LinkCheck.id)
        .join(Exhibitor, Exhibitor.id == Listing.exhibitor_id)
        .outerjoin(Storefront, Storefront.exhibitor_id == Exhibitor.id)
        .outerjoin(
            LinkCheck,
            and_(
                LinkCheck.exhibitor_id == Listing.exhibitor_id,
                LinkCheck.address == Listing.link,
                LinkCheck.state == LinkState.BROKEN,
            ),
        )
        .where(Listing.id == listing_id, Listing.published)
    ).first()
    if row is None:
        raise NotFound
    listing, exhibitor, storefront, broken = row
    link = "" if broken else listing.link
    if not link and storefront is not None and storefront.whatsapp:
        address = whatsapp_link(storefront.whatsapp, _greeting(exhibitor, listing.title))
        return Target(address, exhibitor.id, listing.id)
    return _safe(link or (storefront.url if storefront else ""), exhibitor.id, listing.id)


def _safe(address: str, exhibitor_id: int, listing_id: int = 0) -> Target:
    """Check a stored address against the rule once more, so that imports and old rows cannot lead elsewhere either."""
    try:
        address = seller_input.web_address(address)
    except seller_input.Unreadable:
        address = ""
    if not address:
        raise NotFound
    return Target(address, exhibitor_id, listing_id)


def follow(target: Target, visit: PageVisit) -> None:
    """Count one visitor leaving, unless it is a robot, a prefetch or a double click; never raises."""
    counting.once(visit, target.address, lambda: _count(target, visit.source))


def _count(target: Target, source: ClickSource) -> None:
    counting.add_one(
        OutboundClick.clicks, exhibitor_id=target.exhibitor_id, listing_id=target.listing_id, source=source
    )
