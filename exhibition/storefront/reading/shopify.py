"""Shopify's ``/products.json``: prices are decimal texts in the major unit, and the currency is not in the file.

A product with variants is one listing. Its price is the lowest of the variants', which is what the shop itself shows;
``compare_at_price`` is the price before the sale, as in Google's names.
"""

from collections.abc import Sequence
from decimal import Decimal
from urllib.parse import quote, urljoin, urlsplit

from exhibition.core.tables import JsonValue
from exhibition.storefront.reading import availability, price
from exhibition.storefront.reading.intake import Intake, Raw
from exhibition.storefront.reading.jsontext import member, objects, words
from exhibition.storefront.reading.listing import Code, ShopReading, SourceKind, StatedAvailability
from exhibition.storefront.reading.price import Price

Product = dict[str, JsonValue]


def is_shopify(products: Sequence[Product]) -> bool:
    return any(isinstance(one.get("variants"), list) and ("handle" in one or "body_html" in one) for one in products)


def read(products: Sequence[Product], intake: Intake, *, currency: str | None = None) -> ShopReading:
    shop = _shop(intake.base)
    for number, one in enumerate(products, 1):
        if intake.full:
            intake.leave_out(len(products) - number + 1)
            break
        variants = objects(one.get("variants"))
        asked, sale = price.of_variants(
            [
                (_amount(variant.get("price"), currency), _amount(variant.get("compare_at_price"), currency))
                for variant in variants
            ]
        )
        handle = words(one.get("handle"))
        intake.add(
            Raw(
                where=f"item {number}",
                id=words(one.get("id")) or handle,
                title=words(one.get("title")),
                description=words(one.get("body_html")),
                link=urljoin(shop, "/products/" + quote(handle, errors="replace")) if shop and handle else "",
                image=_image(one),
                price=asked,
                sale_price=sale,
                availability=_availability(variants),
                withheld=_withheld(one),
            )
        )
    return intake.reading(SourceKind.SHOPIFY)


def _shop(base: str | None) -> str | None:
    """The shop's address, unless the file is hosted by a service that stores other people's files."""
    try:
        parts = urlsplit(base or "")
    except ValueError:
        return None
    return base if parts.scheme in ("http", "https") and parts.netloc else None


def _amount(value: JsonValue, currency: str | None) -> Price:
    """Texts only: a whole number is how Shopify's other addresses write cents."""
    if isinstance(value, Decimal):
        if not str(value).partition(".")[2] and value != 0:
            return Price(None, currency, (Code.PRICE_AMBIGUOUS,), words(value))
        return price.from_number(value, currency=currency)
    said = words(value).strip()
    return price.parse(said, default=currency, decimal_mark=".") if said else Price()


def _image(one: Product) -> str:
    featured = member(one.get("image"), "src")
    pictures = [words(image.get("src")) for image in objects(one.get("images"))]
    listed = one.get("images")
    if isinstance(listed, list) and not pictures:
        pictures = [words(image) for image in listed]
    return words(featured) or next(filter(None, pictures), "")


def _withheld(one: Product) -> str:
    """The state of a product that is not published, as the administration's file says it."""
    state = words(one.get("status"))
    if availability.says_withheld(state):
        return state
    return "published_at: null" if "published_at" in one and one["published_at"] is None else ""


def _availability(variants: Sequence[Product]) -> StatedAvailability:
    known = [variant.get("available") for variant in variants if isinstance(variant.get("available"), bool)]
    if not known:
        return StatedAvailability.UNKNOWN
    return StatedAvailability.IN_STOCK if any(known) else StatedAvailability.OUT_OF_STOCK
