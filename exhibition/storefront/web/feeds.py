"""The whole fair's catalogue as one file for other shops: Google Merchant's columns, as RSS 2.0 and as CSV.

``storefront.reading`` reads both back to the same listings. Texts are plain. Where one looks like markup, an entity or
a formula, a zero-width space breaks it up, so that programs that strip markup keep it whole (ours drops the space).
"""

import csv
import html
import io
import re
from collections.abc import Iterable, Iterator
from xml.sax.saxutils import escape

from exhibition.core.errors import NotFound
from exhibition.core.tables import says_nothing
from exhibition.core.web.page_metadata import page_address
from exhibition.storefront.catalogue import booths
from exhibition.storefront.catalogue.booths import Stand
from exhibition.storefront.catalogue.structured_data import amount
from exhibition.storefront.models import Listing
from exhibition.storefront.rules.states import Availability
from exhibition.storefront.web.addresses import booth_path, picture_address
from exhibition.venue.models import Exhibition
from exhibition.venue.service import Hall

COLUMNS = (
    "id",
    "title",
    "description",
    "link",
    "image_link",
    "availability",
    "price",
    "sale_price",
    "condition",
    "brand",
    "product_type",
    "custom_label_0",
    "custom_label_1",
)
"""``brand`` is the exhibitor, ``product_type`` their product group, the labels are booth and cluster."""
GOOGLE = "http://base.google.com/ns/1.0"
_BREAK = "\u200b"
_MARKUP = re.compile(r"<(?=[/!?A-Za-z\[])")
_ENTITY = re.compile(r"&(?=[#A-Za-z])")
_FORMULA = ("=", "+", "-", "@")

Item = dict[str, str]


def items(exhibition: Exhibition, hall: Hall, slug: str = "") -> Iterator[Item]:
    """Every published listing of all exhibitors with a booth, or of the one with this slug; empty columns are left out.

    Raises NotFound when nobody at the fair has the slug.
    """
    at: dict[int, Stand] = {}
    for stand in booths.open_stands(exhibition, hall, shops=False):
        if stand.exhibitor and slug in ("", stand.exhibitor.slug):
            at.setdefault(stand.exhibitor.id, stand)
    if slug and not at:
        raise NotFound
    for listing in booths.published_listings(at):
        yield {name: value for name, value in _item(listing, at[listing.exhibitor_id]).items() if value}


def _item(listing: Listing, stand: Stand) -> Item:
    exhibitor = stand.exhibitor
    assert exhibitor is not None
    prices = {"price": listing.price, "sale_price": listing.sale_price}
    return {
        "id": str(listing.id),
        "title": unbroken(listing.title),
        "description": unbroken(listing.description),
        "link": listing.link or f"{page_address(booth_path(stand))}#produk-{listing.id}",
        "image_link": picture_address(listing.picture_key) if listing.picture_key else "",
        "availability": "" if listing.availability is Availability.UNKNOWN else listing.availability.value,
        **{
            name: "" if value is None else f"{amount(value, listing.currency)} {listing.currency}"
            for name, value in prices.items()
        },
        "condition": "new",
        "brand": unbroken(exhibitor.name),
        "product_type": unbroken(exhibitor.product_group),
        "custom_label_0": stand.code,
        "custom_label_1": unbroken(exhibitor.cluster.name) if exhibitor.cluster else "",
    }


def unbroken(text: str) -> str:
    """The text with nothing in it that could be taken for a tag or an entity."""
    text = _MARKUP.sub("<" + _BREAK, text)
    return text if html.unescape(text) == text else _ENTITY.sub("&" + _BREAK, text)


def as_rss(title: str, description: str, address: str, found: Iterable[Item]) -> bytes:
    """RSS 2.0 with Google's namespace."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        f'<rss version="2.0" xmlns:g="{GOOGLE}">',
        "<channel>",
        f"<title>{escape(title)}</title>",
        f"<link>{escape(address)}</link>",
        f"<description>{escape(description)}</description>",
    ]
    for item in found:
        tags = "".join(f"<g:{name}>{escape(value)}</g:{name}>" for name, value in item.items())
        lines.append(f"<item>{tags}</item>")
    lines += ["</channel>", "</rss>", ""]
    return "\n".join(lines).encode()


def as_csv(found: Iterable[Item]) -> bytes:
    """Comma-separated, UTF-8 with a byte order mark, by which spreadsheets recognise it; no cell can be a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    writer.writerows([_cell(item.get(name, "")) for name in COLUMNS] for item in found)
    return text.getvalue().encode("utf-8-sig")


def _cell(value: str) -> str:
    return _BREAK + value if value.startswith(_FORMULA) or (value and says_nothing(value)) else value
