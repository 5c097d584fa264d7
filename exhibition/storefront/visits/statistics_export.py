"""An exhibitor's statistics as a table: a row for each day, hour, source and product, safe to open in a spreadsheet."""

from flask_babel import LazyString
from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from exhibition.core.db import db
from exhibition.core.files.spreadsheets import Table
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.models import ClickSource, Listing, OutboundClick
from exhibition.storefront.visits.models import FavouriteMark, PageView
from exhibition.storefront.visits.statistics import Period

SOURCES = {
    ClickSource.BOOTH_QR: _l("QR code at the booth"),
    ClickSource.BOOTH_PAGE: _l("Booth page, opened directly"),
    ClickSource.CATALOGUE: _l("Catalogue"),
    ClickSource.PASS_PAGE: _l("Pass page"),
    ClickSource.FRONT_PAGE: _l("Front page"),
    ClickSource.CLUSTER_PAGE: _l("Cluster page"),
}
COLUMNS = (_l("Day"), _l("Hour"), _l("What"), _l("From where"), _l("Product"), _l("Number"))
VIEW, CLICK, FAVOURITE = _l("View"), _l("Click to the shop"), _l("Favourite")
SHOP, GONE = _l("The shop itself"), _l("A product that was deleted")

Row = list[str | float]


def table(exhibitor: Exhibitor, during: Period) -> Table:
    """All counts of the exhibitor in the period, in order of time."""
    statement = select(Listing.id, Listing.title).where(Listing.exhibitor_id == exhibitor.id)
    titles = {id_: title for id_, title in db.session.execute(statement)}  # noqa: C416 rows are no tuples to the type checker
    views = select(PageView).where(PageView.exhibitor_id == exhibitor.id, during.holds(PageView.hour))
    clicks = select(OutboundClick).where(OutboundClick.exhibitor_id == exhibitor.id, during.holds(OutboundClick.hour))
    marks = select(FavouriteMark).where(FavouriteMark.exhibitor_id == exhibitor.id, during.holds(FavouriteMark.hour))

    def product(listing_id: int) -> str:
        return titles.get(listing_id) or str(GONE if listing_id else SHOP)

    def row(hour_of: PageView | OutboundClick | FavouriteMark, *rest: str | float | LazyString) -> Row:
        local = during.local(hour_of.hour)
        return [f"{local:%Y-%m-%d}", f"{local:%H}:00", *(str(x) if isinstance(x, LazyString) else x for x in rest)]

    rows = [row(view, VIEW, SOURCES[view.source], "", view.views) for view in db.session.scalars(views)]
    rows += [
        row(click, CLICK, SOURCES[click.source], product(click.listing_id), click.clicks)
        for click in db.session.scalars(clicks)
    ]
    rows += [row(mark, FAVOURITE, "", product(mark.listing_id), mark.marks) for mark in db.session.scalars(marks)]
    return Table(exhibitor.name, COLUMNS, sorted(rows, key=lambda cells: (cells[0], cells[1])))
