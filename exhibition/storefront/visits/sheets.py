"""The page an exhibitor takes home: their figures from the fair, with the address where people can still buy.

Texts go to typst as data, never as markup. Always in Indonesian.
"""

from collections.abc import Sequence
from typing import Any

from flask_babel import force_locale, format_decimal
from flask_babel import gettext as _

from exhibition.core import qr
from exhibition.core.config import PROJECT, public_url
from exhibition.core.files.pdf import render
from exhibition.core.i18n import DEFAULT_LOCALE, long_date, short_date
from exhibition.exhibitors.models import Exhibitor
from exhibition.storefront.catalogue import booths
from exhibition.storefront.visits import statistics
from exhibition.storefront.visits.statistics import Figures, Period, ProductFigures, Statistics
from exhibition.storefront.visits.statistics_export import GONE, SHOP, SOURCES
from exhibition.venue import looks
from exhibition.venue import service as venue
from exhibition.venue.models import Exhibition

TEMPLATE = PROJECT / "templates" / "storefront" / "sheets.typ"
DAYS, PRODUCTS = 14, 8
"""The number of rows that fit on one page."""


def _number(count: float) -> str:
    return format_decimal(count)


def _compared(fair: float | None) -> str:
    return "" if fair is None else _("Median of the fair: %(count)s", count=_number(fair))


def _big(own: Figures, fair: Figures | None) -> list[dict[str, str]]:
    names = (_("views of your page"), _("clicks to your shop"), _("times saved as a favourite"))
    return [
        {"count": _number(count), "name": name, "fair": _compared(fair[place] if fair else None)}
        for place, (count, name) in enumerate(zip(own, names, strict=True))
    ]


def _days(found: Statistics) -> list[dict[str, Any]]:
    return [
        {"day": short_date(day), "views": figures.views, "clicks": figures.clicks}
        for day, figures in found.days[-DAYS:]
    ]


def _title(product: ProductFigures) -> str:
    return str(SHOP) if product.title is None else product.title or str(GONE)


def _sheet(place: str, exhibitor: Exhibitor, during: Period, found: Statistics) -> dict[str, Any]:
    address = f"{public_url()}/b/{exhibitor.slug}"
    return {
        "name": exhibitor.name,
        "place": _("Booth %(code)s", code=place) if place else "",
        "period": _("%(first)s to %(last)s", first=long_date(during.first), last=long_date(during.last)),
        "figures": _big(found.totals, found.fair),
        "days": _days(found),
        "products": [
            {"title": _title(one), "clicks": _number(one.clicks), "favourites": _number(one.favourites)}
            for one in found.products[:PRODUCTS]
        ],
        "origins": [
            {"name": str(SOURCES[one.source]), "views": _number(one.views), "clicks": _number(one.clicks)}
            for one in found.origins
        ],
        "address": address.split("://", 1)[1],
        "qr": qr.svg_file(address),
    }


def _texts(exhibition: Exhibition) -> dict[str, Any]:
    return looks.on_paper(exhibition, _("What the fair brought you")) | {
        "by_day": _("Day by day"),
        "views": _("Views"),
        "clicks": _("Clicks to the shop"),
        "favourites": _("Favourites"),
        "products": _("Your products"),
        "origins": _("Where people came from"),
        "nothing": _("Nobody has looked at your page yet. Show your QR code to people who ask about your products."),
        "stays": _("Your page stays open after the fair. Give this address to your customers."),
        "code": _("QR code to your page"),
        "how": _("Counted without cookies and without keeping who came. Robots and double clicks are left out."),
    }


def pdf(exhibition: Exhibition, exhibitors: Sequence[Exhibitor], *, system_fonts: bool = True) -> bytes:
    """One A4 page for each exhibitor, about everything so far."""
    during = statistics.period(exhibition)
    with force_locale(DEFAULT_LOCALE):
        hall = venue.hall(exhibition)
        places = {stand.exhibitor.id: stand.place for stand in booths.open_stands(exhibition, hall) if stand.exhibitor}
        data = _texts(exhibition) | {
            "sheets": [
                _sheet(places.get(one.id, ""), one, during, statistics.of(one, exhibition, during))
                for one in exhibitors
            ]
        }
    return render(TEMPLATE, data, system_fonts=system_fonts)
