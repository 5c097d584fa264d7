"""The changes that a reading of a shop would make: its products compared with the present listings. Plain functions.

A product is recognised by the shop's id, else by its link, else by its title, so reading twice never adds it twice. The
shop's values are compared with its previous ones, not with a person's changes since.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypedDict

from exhibition.storefront.reading import Code, ReadingProblem, ShopListing
from exhibition.storefront.reading.currencies import decimals_of
from exhibition.storefront.reading.listing import problem
from exhibition.storefront.rules import seller_input
from exhibition.storefront.rules.states import Availability, ListingChange

MAX_EXTERNAL_ID = 200
MAX_IMAGE = 1000
MAX_AMOUNT = 10**15
"""In the smallest unit; a price above it is a mistake; far below the database's limit."""


class Values(TypedDict):
    """A product's values from the shop, ready to store. Prices are whole numbers of the currency's smallest unit."""

    external_id: str | None
    title: str
    description: str
    price: int | None
    currency: str
    sale_price: int | None
    availability: str
    link: str
    image: str


def identity(values: Values) -> str:
    """A product's identity: the shop's id, else its link, else its title."""
    return values["external_id"] or values["link"] or values["title"].casefold()


@dataclass(frozen=True)
class Known:
    """A present listing. ``imported`` are the shop's latest values, ``shown`` the ones visitors see."""

    id: int
    shown: Values
    imported: Values | None
    edited: bool
    gone: bool


@dataclass(frozen=True)
class DifferenceRow:
    change: ListingChange
    listing_id: int | None
    before: Values | None
    after: Values | None


def compare(
    products: Sequence[ShopListing], listings: Sequence[Known]
) -> tuple[list[DifferenceRow], list[ReadingProblem]]:
    """A row for each product in the shop's order, then one for each listing that the shop no longer has.

    ``listings`` are all the exhibitor's, in their order. The problems name the parts of products that had to be left
    out to fit our limits.
    """
    values, problems = _values_of(products)
    return _rows(values, listings), problems


def _values_of(products: Sequence[ShopListing]) -> tuple[list[Values], list[ReadingProblem]]:
    """The products cut to our limits, and the problems with their parts that had to be left out."""
    kept: list[Values] = []
    problems: list[ReadingProblem] = []
    ids: set[str] = set()
    for number, product in enumerate(products, 1):
        where = f"item {number}"
        money, fault = _money(product)
        if fault:
            problems.append(problem(where, fault, product.title))
        link = _address(product.link)
        if product.link and not link:
            problems.append(problem(where, Code.LINK_REFUSED, product.link))
        identity = product.id if product.id and len(product.id) <= MAX_EXTERNAL_ID and product.id not in ids else None
        if identity:
            ids.add(identity)
        image = product.image or ""
        kept.append(
            Values(
                external_id=_clean(identity, MAX_EXTERNAL_ID) or None if identity else None,
                title=_clean(product.title, seller_input.MAX_TITLE) or "?",
                description=_clean(product.description, seller_input.MAX_DESCRIPTION, lines=True),
                price=money[0],
                currency=product.currency or "IDR",
                sale_price=money[1],
                availability=Availability(product.availability.value),
                link=link,
                image=image if len(image) <= MAX_IMAGE else "",
            )
        )
    return kept, problems


def _clean(text: str, limit: int, *, lines: bool = False) -> str:
    """Text without characters that cannot be shown, cut to the limit."""
    text = "".join(
        character
        for character in text
        if (character.isprintable() or character in "\n\t ") and character not in seller_input.OVERRIDES
    )
    try:
        text = seller_input.plain_text(text[: 2 * limit], 2 * limit, lines=lines)
    except seller_input.Unreadable:
        return ""
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _address(text: str | None) -> str:
    try:
        return seller_input.web_address(text or "")
    except seller_input.Unreadable:
        return ""


def _money(product: ShopListing) -> tuple[tuple[int | None, int | None], Code | None]:
    """Price and sale price in the smallest unit. A price without a currency counts as none: rupiah is never assumed.

    The reading has reported a missing currency already.
    """
    asked = product.price if product.price is not None else product.sale_price
    if asked is None:
        return (None, None), None
    decimals = decimals_of(product.currency) if product.currency else None
    if decimals is None:
        return (None, None), None
    amounts: list[int | None] = []
    for stated in (asked, product.sale_price):
        amount = None if stated is None else stated.scaleb(decimals)
        if amount is not None and (amount != int(amount) or amount > MAX_AMOUNT):
            return (None, None), Code.PRICE_UNREADABLE
        amounts.append(None if amount is None else int(amount))
    price, sale = amounts
    return (price, sale if sale is not None and price is not None and sale < price else None), None


def _rows(products: Sequence[Values], known: Sequence[Known]) -> list[DifferenceRow]:
    matched = _matched(products, known)
    rows = [_row(product, matched.get(number)) for number, product in enumerate(products)]
    found = {one.id for one in matched.values()}
    rows += [
        DifferenceRow(ListingChange.GONE, one.id, one.shown, None)
        for one in known
        if one.id not in found and one.imported is not None and not one.edited and not one.gone
    ]
    return rows


def _matched(products: Sequence[Values], known: Sequence[Known]) -> dict[int, Known]:
    """The listing of each product by its number, each listing at most once; matched by id first, then by link, then by
    title.
    """
    matched: dict[int, Known] = {}
    left = {one.id: one for one in known}
    identities: tuple[Callable[[Values], str | None], ...] = (
        lambda values: values["external_id"],
        lambda values: values["link"] or None,
        lambda values: values["title"].casefold(),
    )
    for identity_of in identities:
        by_identity = _by_identity(left.values(), identity_of)
        for number, product in enumerate(products):
            one = by_identity.get(identity_of(product) or "") if number not in matched else None
            if one is not None and one.id in left and not _contradict(product, one):
                matched[number] = left.pop(one.id)
    return matched


def _by_identity(known: Iterable[Known], identity_of: Callable[[Values], str | None]) -> dict[str, Known]:
    found: dict[str, Known] = {}
    for one in known:
        if key := identity_of(one.imported or one.shown):
            found.setdefault(key, one)
    return found


def _contradict(product: Values, one: Known) -> bool:
    """Whether the ids differ: then they are two products, however alike their titles and links are."""
    theirs = one.imported["external_id"] if one.imported else None
    return bool(product["external_id"] and theirs and product["external_id"] != theirs)


def _row(product: Values, one: Known | None) -> DifferenceRow:
    if one is None:
        return DifferenceRow(ListingChange.NEW, None, None, product)
    if one.imported == product and not one.gone:
        return DifferenceRow(ListingChange.SAME, one.id, one.shown, product)
    if one.edited or one.imported is None:
        same = {**one.shown, "image": "", "external_id": None} == {**product, "image": "", "external_id": None}
        return DifferenceRow(ListingChange.SAME if same else ListingChange.KEPT, one.id, one.shown, product)
    return DifferenceRow(ListingChange.CHANGED, one.id, one.shown, product)
