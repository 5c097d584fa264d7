"""WooCommerce: the Store API (amounts in minor units), and the administration's API, v3 and the one before it (decimal
texts, no currency).
"""

import re
from collections.abc import Sequence
from decimal import Decimal

from exhibition.core.tables import JsonValue
from exhibition.storefront.reading import availability, price
from exhibition.storefront.reading.intake import Intake, Raw
from exhibition.storefront.reading.jsontext import member, objects, words
from exhibition.storefront.reading.listing import Code, ShopReading, SourceKind, StatedAvailability
from exhibition.storefront.reading.price import Price

Product = dict[str, JsonValue]

MOST_MINOR_DIGITS = 4


def is_store(products: Sequence[Product]) -> bool:
    return any(isinstance(one.get("prices"), dict) and "permalink" in one for one in products)


def is_rest(products: Sequence[Product]) -> bool:
    return any(
        {"permalink", "regular_price"} <= one.keys() and {"stock_status", "in_stock"} & one.keys() for one in products
    )


def read_store(products: Sequence[Product], intake: Intake) -> ShopReading:
    """Store API. A variable product is one listing at the lowest of its prices."""
    for number, one in enumerate(products, 1):
        if intake.full:
            intake.leave_out(len(products) - number + 1)
            break
        prices = one.get("prices")
        span = member(prices, "price_range")
        least, most = _minor(prices, member(span, "min_amount")), _minor(prices, member(span, "max_amount"))
        current = price.lowest([least, most]) if span else _minor(prices, member(prices, "price"))
        regular = current if span else _minor(prices, member(prices, "regular_price"))
        stated = regular if regular.amount is not None else current
        intake.add(
            Raw(
                where=f"item {number}",
                id=words(one.get("id")),
                title=words(one.get("name")),
                description=words(one.get("description")) or words(one.get("short_description")),
                link=words(one.get("permalink")),
                image=_image(one),
                price=stated if stated.said else Price(problems=(Code.PRICE_MISSING,)),
                sale_price=current,
                availability=_store_availability(one),
            )
        )
    return intake.reading(SourceKind.WOOCOMMERCE)


def _minor(prices: JsonValue, amount: JsonValue) -> Price:
    """``"350"`` with ``currency_minor_unit`` 2 is 3.50; anything else than whole digits contradicts the API."""
    said = words(amount).strip()
    currency, _ = price.currency_of(words(member(prices, "currency_code")))
    if not said:
        return Price(currency=currency)
    minor = words(member(prices, "currency_minor_unit"))
    if not re.fullmatch(r"[0-9]{1,15}", said) or not re.fullmatch(r"[0-9]", minor) or int(minor) > MOST_MINOR_DIGITS:
        return Price(None, currency, (Code.PRICE_AMBIGUOUS,), said)
    return Price(Decimal(said).scaleb(-int(minor)), currency, (), said)


def _image(one: Product) -> str:
    return next((words(image.get("src")) for image in objects(one.get("images")) if image.get("src")), "")


def _store_availability(one: Product) -> StatedAvailability:
    if one.get("is_on_backorder") is True:
        return StatedAvailability.PREORDER
    return _is_in_stock(one.get("is_in_stock"))


def _is_in_stock(stated: JsonValue) -> StatedAvailability:
    match stated:
        case True:
            return StatedAvailability.IN_STOCK
        case False:
            return StatedAvailability.OUT_OF_STOCK
        case _:
            return StatedAvailability.UNKNOWN


def read_rest(products: Sequence[Product], intake: Intake, *, currency: str | None = None) -> ShopReading:
    """The administration's API: texts like ``"10.5"`` in the major unit, which are safe to read; only the currency is
    missing from the answer. Before v3 it said ``title``, ``in_stock`` and ``featured_src``.
    """
    if not currency:
        intake.report("file", Code.WRONG_API)
    for number, one in enumerate(products, 1):
        if intake.full:
            intake.leave_out(len(products) - number + 1)
            break
        current, regular, sale = (_major(one.get(name), currency) for name in ("price", "regular_price", "sale_price"))
        intake.add(
            Raw(
                where=f"item {number}",
                id=words(one.get("id")),
                title=words(one.get("name")) or words(one.get("title")),
                description=words(one.get("description")) or words(one.get("short_description")),
                link=words(one.get("permalink")),
                image=_image(one) or words(one.get("featured_src")),
                price=regular if regular.said else current,
                sale_price=sale if sale.said else Price(),
                availability=words(one.get("stock_status")) or _is_in_stock(one.get("in_stock")),
                withheld=_withheld(one),
            )
        )
    return intake.reading(SourceKind.WOOCOMMERCE_REST)


def _withheld(one: Product) -> str:
    """Its state or its visibility, if nobody but the shop sees the product."""
    said = (words(one.get(name)) for name in ("status", "catalog_visibility"))
    return next((word for word in said if availability.says_withheld(word)), "")


def _major(amount: JsonValue, currency: str | None) -> Price:
    if isinstance(amount, Decimal):
        return price.from_number(amount, currency=currency)
    said = words(amount).strip()
    return price.parse(said, default=currency, decimal_mark=".") if said else Price()
