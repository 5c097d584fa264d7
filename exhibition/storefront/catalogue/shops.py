"""Every exhibitor with something to sell online, of whatever fair."""

from dataclasses import dataclass

from sqlalchemy import func, or_, select

from exhibition.core.db import db
from exhibition.core.sql.paging import Page
from exhibition.core.sql.words import has_words
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.models import Listing, Storefront

PAGE_SIZE = 60


@dataclass(frozen=True)
class ShopLine:
    slug: str
    name: str
    product_group: str
    district: str
    products: int
    """Those that visitors see."""


def find(words: str, number: int) -> Page[ShopLine]:
    """One page of the shops by name: all, or those with every word in their name, kind of products or district."""
    products = (
        select(func.count())
        .where(Listing.exhibitor_id == Exhibitor.id, Listing.published)
        .correlate(Exhibitor)
        .scalar_subquery()
    )
    statement = (
        select(Exhibitor.slug, Exhibitor.name, Exhibitor.product_group, Exhibitor.district, products.label("products"))
        .outerjoin(Storefront, Storefront.exhibitor_id == Exhibitor.id)
        .where(or_(products > 0, Storefront.url != "", Storefront.whatsapp != ""))
        .order_by(func.lower(Exhibitor.name), Exhibitor.id)
    )
    if words:
        statement = statement.where(has_words(words, Exhibitor.name, Exhibitor.product_group, Exhibitor.district))
    rows = db.session.execute(statement.limit(PAGE_SIZE + 1).offset((number - 1) * PAGE_SIZE)).all()
    return Page([ShopLine(*row) for row in rows[:PAGE_SIZE]], number, len(rows) > PAGE_SIZE)
