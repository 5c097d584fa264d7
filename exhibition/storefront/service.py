"""Shops and listings as their exhibitors and the organizers edit them.

Callers pass the typed text; ``seller_fields`` checks it against the rules and names the field that does not fit. The
visitors' view is read in ``catalogue.booths``.
"""

from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import func, or_, select, update
from sqlalchemy.orm import Session

from exhibition.accounts.audit import record
from exhibition.allocation.arranging import readiness
from exhibition.core import clock
from exhibition.core.db import db, transaction
from exhibition.core.errors import NotFound, Refused
from exhibition.core.sql.words import has_words
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront import moderation, pictures
from exhibition.storefront.editors import Editor, exhibitor_for
from exhibition.storefront.importing import publishing
from exhibition.storefront.models import Listing, Platform, Storefront
from exhibition.storefront.rules import seller_input
from exhibition.storefront.rules.states import Availability
from exhibition.storefront.seller_fields import availability, checked, description, link, price, shop_url, title
from exhibition.venue.models import Exhibition


@dataclass(frozen=True)
class ListingText:
    """A listing as typed, with the content of an uploaded picture."""

    title: str
    price: str = ""
    availability: str = Availability.IN_STOCK
    link: str = ""
    description: str = ""
    picture: bytes | None = None
    remove_picture: bool = False


def storefront_of(exhibitor: Exhibitor) -> Storefront | None:
    return db.session.scalar(select(Storefront).where(Storefront.exhibitor_id == exhibitor.id))


def listings_of(exhibitor: Exhibitor) -> list[Listing]:
    """All listings, published or not, in the order visitors see them."""
    statement = select(Listing).where(Listing.exhibitor_id == exhibitor.id).order_by(Listing.position, Listing.id)
    return list(db.session.scalars(statement))


def listing_for(editor: Editor, slug: str, listing_id: int) -> tuple[Exhibitor, Listing]:
    """One listing of the exhibitor; raises NotFound when it is another's."""
    exhibitor = exhibitor_for(editor, slug)
    statement = select(Listing).where(Listing.id == listing_id, Listing.exhibitor_id == exhibitor.id)
    listing = db.session.scalar(statement)
    if listing is None:
        raise NotFound
    return exhibitor, listing


def _storefront_facts(storefront: Storefront) -> dict[str, Any]:
    return {"platform": storefront.platform, "url": storefront.url, "whatsapp": storefront.whatsapp}


def _listing_facts(listing: Listing) -> dict[str, Any]:
    return {
        "title": listing.title,
        "price": listing.price,
        "currency": listing.currency,
        "sale_price": listing.sale_price,
        "availability": listing.availability,
        "link": listing.link,
        "description": listing.description,
        "picture_key": listing.picture_key,
    }


@transaction
def save_storefront(editor: Editor, slug: str, *, url: str, whatsapp: str) -> Storefront | None:
    """Set where the exhibitor sells; the platform follows from the address. Both empty: there is no shop (None).

    Raises NotFound, and Refused (422) with ``url`` or ``whatsapp`` named.
    """
    url, number = shop_url(url), checked("whatsapp", lambda: seller_input.whatsapp_number(whatsapp))
    exhibitor = exhibitor_for(editor, slug)
    storefront = storefront_of(exhibitor)
    before = _storefront_facts(storefront) if storefront else None
    if not url and not number:
        if storefront is not None:
            db.session.delete(storefront)
            record(editor.actor, "storefront.delete", "exhibitor", exhibitor.id, name=exhibitor.name, before=before)
        return None
    platform = Platform(seller_input.platform_of(url)) if url else Platform.WHATSAPP
    if storefront is None:
        storefront = Storefront(exhibitor_id=exhibitor.id)
        db.session.add(storefront)
    storefront.platform, storefront.url, storefront.whatsapp = platform, url, number
    after = _storefront_facts(storefront)
    if after != before:
        record(
            editor.actor,
            "storefront.save",
            "exhibitor",
            exhibitor.id,
            name=exhibitor.name,
            before=before,
            after=after,
        )
    return storefront


def save_listing(editor: Editor, slug: str, listing_id: int | None, text: ListingText) -> Listing:
    """Add a listing (``listing_id`` None, at the end) or change one.

    Pictures are made and on disk before the transaction starts, so nobody waits for them.
    Raises NotFound, and Refused (422) with the field named, or ``too_many_listings`` (409).
    """
    facts = {
        "title": title(text.title),
        "price": price(text.price),
        "availability": availability(text.availability),
        "link": link(text.link),
        "description": description(text.description),
    }
    exhibitor_for(editor, slug)
    picture = pictures.prepare(text.picture) if text.picture else None
    with pictures.kept(picture):
        return _write_listing(editor, slug, listing_id, facts, picture, remove_picture=text.remove_picture)


@transaction
def _write_listing(
    editor: Editor,
    slug: str,
    listing_id: int | None,
    facts: dict[str, Any],
    picture: pictures.PreparedPicture | None,
    *,
    remove_picture: bool,
) -> Listing:
    before = None
    if listing_id is None:
        exhibitor = exhibitor_for(editor, slug)
        listing = Listing(exhibitor_id=exhibitor.id, position=_next_position(exhibitor))
    else:
        exhibitor, listing = listing_for(editor, slug, listing_id)
        before = _listing_facts(listing)
    _fill(listing, facts)
    if picture is not None:
        listing.picture_key, listing.picture_address = pictures.remember(picture), ""
    elif remove_picture:
        listing.picture_key, listing.picture_address = None, ""
    after = _listing_facts(listing)
    if before is None or any(after[name] != before[name] for name in ("title", "description", "link", "picture_key")):
        moderation.judge_of(exhibitor).apply(listing, organizer=editor.organizer)
    db.session.add(listing)
    db.session.flush()
    if after != before:
        listing.edited = listing.imported is not None
        verb = "listing.add" if before is None else "listing.change"
        record(editor.actor, verb, "listing", listing.id, name=listing.title, before=before, after=after)
    return listing


def _fill(listing: Listing, facts: dict[str, Any]) -> None:
    """Set the typed values. A price left unchanged keeps its currency and its sale price."""
    new = listing.id is None
    if new or facts["price"] != seller_input.in_rupiah(listing.price, listing.currency):
        listing.currency, listing.sale_price, listing.price_at = "IDR", None, clock.now()
    else:
        facts = {name: value for name, value in facts.items() if name != "price"}
    for name, value in facts.items():
        setattr(listing, name, value)


def _next_position(exhibitor: Exhibitor) -> int:
    statement = select(func.count(), func.max(Listing.position)).where(Listing.exhibitor_id == exhibitor.id)
    count, last = db.session.execute(statement).one()
    if count >= seller_input.MAX_LISTINGS:
        message = _l("A shop shows at most %(limit)s products. Delete one first.", limit=seller_input.MAX_LISTINGS)
        raise Refused("too_many_listings", message)
    return 0 if last is None else last + 1


@transaction
def delete_listing(editor: Editor, slug: str, listing_id: int) -> str:
    """Delete a listing for good and return its title; no scheduled reading brings it back. Raises NotFound."""
    exhibitor, listing = listing_for(editor, slug, listing_id)
    record(editor.actor, "listing.delete", "listing", listing.id, name=listing.title, before=_listing_facts(listing))
    publishing.decline(exhibitor.id, listing)
    db.session.delete(listing)
    return listing.title


@transaction
def move_listing(editor: Editor, slug: str, listing_id: int, *, up: bool) -> Listing:
    """Swap the listing with the one before or after it; at the end of the list nothing changes. Raises NotFound."""
    exhibitor, listing = listing_for(editor, slug, listing_id)
    order = listings_of(exhibitor)
    old = order.index(listing)
    new = old - 1 if up else old + 1
    if 0 <= new < len(order):
        order[old], order[new] = order[new], order[old]
        for position, moved in enumerate(order):
            _place(db.session(), moved, position)
        record(
            editor.actor,
            "listing.move",
            "listing",
            listing.id,
            name=listing.title,
            before={"position": old},
            after={"position": new},
        )
    return listing


def _place(session: Session, listing: Listing, position: int) -> None:
    """Set only the position: the date beside the price must not change with the order."""
    if listing.position != position:
        statement = update(Listing).where(Listing.id == listing.id)
        session.execute(statement.values(position=position, updated_at=Listing.updated_at))


@dataclass(frozen=True)
class ShopSummary:
    """One line of the organizer's list of shops."""

    exhibitor: Exhibitor
    storefront: Storefront | None
    listings: int


def shops(search: str = "") -> list[ShopSummary]:
    """All exhibitors with their shops; ``search`` looks in names, product groups, districts and product titles."""
    counts = select(Listing.exhibitor_id, func.count().label("listings")).group_by(Listing.exhibitor_id).subquery()
    statement = (
        select(Exhibitor, Storefront, func.coalesce(counts.c.listings, 0))
        .outerjoin(Storefront, Storefront.exhibitor_id == Exhibitor.id)
        .outerjoin(counts, counts.c.exhibitor_id == Exhibitor.id)
        .order_by(Exhibitor.name)
    )
    for word in search.replace("\0", "").split()[:5]:
        sells = select(Listing.exhibitor_id).where(has_words(word, Listing.title))
        own = has_words(word, Exhibitor.name, Exhibitor.product_group, Exhibitor.district)
        statement = statement.where(or_(own, Exhibitor.id.in_(sells)))
    return [ShopSummary(*row) for row in db.session.execute(statement)]


def _with_shop(_exhibition: Exhibition) -> list[int]:
    reached = (Storefront.url != "") | (Storefront.whatsapp != "")
    return list(db.session.scalars(select(Storefront.exhibitor_id).where(reached)))


def _with_products(_exhibition: Exhibition) -> list[int]:
    return list(db.session.scalars(select(Listing.exhibitor_id).where(Listing.published).distinct()))


readiness.checks.append((_l("shop link"), _with_shop))
readiness.checks.append((_l("products"), _with_products))
