"""Visitors leaving for a shop: where each stored address leads, and the count of who left from where.

Nothing is kept about who clicked. Counting is one short write that gives up rather than let a visitor wait.
"""

import enum
import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime

from flask_babel import gettext as _
from limits import RateLimitItemPerSecond
from sqlalchemy import and_, select
from sqlalchemy.dialects import postgresql, sqlite

from exhibition.core import clock
from exhibition.core.db import db, patience, transaction
from exhibition.core.errors import NotFound
from exhibition.core.extensions import limiter
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront import rules
from exhibition.storefront.models import ClickSource, LinkCheck, LinkState, Listing, OutboundClick, Storefront
from exhibition.venue import service as venue

log = logging.getLogger(__name__)

WAIT_MS = 250
"""How long a visitor waits for the database to count."""
DOUBLE_CLICK_S = 10
"""The same visitor on the same link counts once within so many seconds."""
_DOUBLE_CLICK = RateLimitItemPerSecond(1, DOUBLE_CLICK_S, namespace="outbound")


class Way(enum.StrEnum):
    """The kinds of links that lead out of the fair, as they stand in their addresses."""

    SHOP = "toko"
    WHATSAPP = "wa"
    LISTING = "produk"


@dataclass(frozen=True)
class Target:
    """A stored address a visitor may be sent to; ``listing_id`` 0 is the shop itself."""

    address: str
    exhibitor_id: int
    listing_id: int = 0


@dataclass(frozen=True)
class Visit:
    """What the request tells: the source named in the link, and texts to know a robot or a double click by."""

    source: ClickSource
    address: str
    user_agent: str
    prefetch: bool = False


def source_of(text: str) -> ClickSource:
    """The source a link names; ``qr`` is short for the booth's QR, anything else is the booth page."""
    if text == "qr":
        return ClickSource.BOOTH_QR
    return ClickSource(text) if text in set(ClickSource) else ClickSource.BOOTH_PAGE


def _greeting(exhibitor: Exhibitor, product: str = "") -> str:
    fair = venue.current_exhibition().name
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
    if way == Way.LISTING:
        return _listing_target(id)
    row = db.session.execute(
        select(Exhibitor, Storefront)
        .join(Storefront, Storefront.exhibitor_id == Exhibitor.id)
        .where(Exhibitor.id == id)
    ).first()
    if row is None or way not in set(Way):
        raise NotFound
    exhibitor, storefront = row
    if way == Way.SHOP:
        return _safe(storefront.url, exhibitor.id)
    if not storefront.whatsapp:
        raise NotFound
    return Target(rules.whatsapp_link(storefront.whatsapp, _greeting(exhibitor)), exhibitor.id)


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
        address = rules.whatsapp_link(storefront.whatsapp, _greeting(exhibitor, listing.title))
        return Target(address, exhibitor.id, listing.id)
    return _safe(link or (storefront.url if storefront else ""), exhibitor.id, listing.id)


def _safe(address: str, exhibitor_id: int, listing_id: int = 0) -> Target:
    """Hold what is stored against the rule once more: imports and old rows lead nowhere else either."""
    try:
        address = rules.web_address(address)
    except rules.Unreadable:
        address = ""
    if not address:
        raise NotFound
    return Target(address, exhibitor_id, listing_id)


def follow(target: Target, visit: Visit) -> None:
    """Count one visitor leaving, unless a robot, a prefetch or a double click; never raises."""
    try:
        if not visit.prefetch and not rules.is_robot(visit.user_agent) and _first(target, visit):
            with patience(WAIT_MS):
                _count(target, visit.source, clock.now())
    except Exception:  # the visitor goes to the shop, counted or not
        log.exception("outbound click not counted")


def _first(target: Target, visit: Visit) -> bool:
    """Whether this is no repetition; a digest stands for the visitor and is forgotten after seconds."""
    if not limiter.enabled:
        return True
    text = "\0".join((visit.address, visit.user_agent, target.address))
    return limiter.limiter.hit(_DOUBLE_CLICK, hashlib.sha256(text.encode()).hexdigest())


@transaction
def _count(target: Target, source: ClickSource, now: datetime) -> None:
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    statement = insert(OutboundClick).values(
        exhibitor_id=target.exhibitor_id,
        listing_id=target.listing_id,
        source=source,
        hour=now.replace(minute=0, second=0, microsecond=0),
        clicks=1,
    )
    db.session.execute(
        statement.on_conflict_do_update(
            index_elements=["exhibitor_id", "listing_id", "source", "hour"],
            set_={"clicks": OutboundClick.clicks + 1},
        )
    )
