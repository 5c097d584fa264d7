"""The one place where raw values from an adapter become a listing; the rules are the same for every kind of shop."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from exhibition.storefront.reading import address, availability, price, text
from exhibition.storefront.reading.listing import (
    Code,
    ReadingProblem,
    ShopListing,
    ShopReading,
    SourceKind,
    StatedAvailability,
    problem,
)
from exhibition.storefront.reading.price import Price

MOST_LISTINGS = 500
MOST_PROBLEMS = 1000
MOST_NOTED = 20_000
"""The most problems collected before those that all products have in common are merged."""
_ROUNDED_BY_SPREADSHEET = re.compile(r"\d[.,]\d+E\+\d+")
_ONCE_FOR_ALL = frozenset(
    {
        *(Code.PRICE_MISSING, Code.CURRENCY_MISSING, Code.LINK_MISSING, Code.AVAILABILITY_UNKNOWN),
        *(Code.IMAGE_RELATIVE, Code.LINK_RELATIVE),
    }
)
"""Problems that concern the file, and are reported once, when every listing has them."""


@dataclass
class Raw:
    """A product as an adapter found it; a text is empty where the source has none."""

    where: str
    title: object = ""
    id: object = ""
    description: object = ""
    link: str = ""
    image: str = ""
    price: Price = field(default_factory=Price)
    sale_price: Price = field(default_factory=Price)
    sale_dates: str = ""
    availability: str | StatedAvailability = ""
    withheld: str = ""
    """The file's word for it, when the shop does not offer the product."""


class Intake:
    """Collects the listings and problems of one reading. ``base`` completes relative addresses."""

    def __init__(self, *, base: str | None = None) -> None:
        self.base = base
        self.listings: list[ShopListing] = []
        self.problems: list[ReadingProblem] = []
        self._ids: set[str] = set()
        self._known: set[ShopListing] = set()
        self._left_out = 0

    @property
    def full(self) -> bool:
        """Whether further products would only be counted."""
        return len(self.listings) >= MOST_LISTINGS

    def leave_out(self, products: int) -> None:
        """Count products over the limit without looking at them."""
        self._left_out += products

    def report(self, where: str, code: Code, detail: object = "") -> None:
        if len(self.problems) < MOST_NOTED:
            self.problems.append(problem(where, code, detail))

    def add(self, raw: Raw) -> None:
        """Keep the product, or report why it cannot be kept."""
        if raw.withheld:
            self.report(raw.where, Code.NOT_FOR_SALE, f"{text.line(raw.title) or text.line(raw.id)} ({raw.withheld})")
            return
        if self.full:
            self.leave_out(1)
            return
        title, before = text.line(raw.title), len(self.problems)
        if not title:
            self.report(raw.where, Code.TITLE_MISSING, raw.id)
            return
        if not raw.price.said and raw.sale_price.amount is not None:
            raw = replace(raw, price=raw.sale_price, sale_price=Price(), sale_dates="")  # it is the only price there is
        listing = ShopListing(
            title=title,
            id=text.line(raw.id) or None,
            price=self._price(raw),
            currency=raw.price.currency,
            sale_price=self._sale_price(raw),
            availability=self._availability(raw),
            link=self._address(raw.where, raw.link, Code.LINK_REFUSED, Code.LINK_RELATIVE),
            image=self._address(raw.where, raw.image, Code.IMAGE_REFUSED, Code.IMAGE_RELATIVE),
            description=text.plain(raw.description),
        )
        if listing in self._known:
            self.report(raw.where, Code.ID_DUPLICATE, listing.id or listing.title)
            return
        self._check_identity(raw.where, listing)
        if not raw.link.strip():
            self.report(raw.where, Code.LINK_MISSING)
        elif address.is_image(listing.link) and listing.image and not address.is_image(listing.image):
            self.report(raw.where, Code.LINK_IS_IMAGE, listing.link)
        listing = replace(listing, problems=tuple(self.problems[before:]))
        self.listings.append(listing)
        self._known.add(listing)

    def reading(self, kind: SourceKind) -> ShopReading:
        """The result. Without a listing and without any problem, it says that there are no listings."""
        if self._left_out:
            self.problems.append(
                problem("file", Code.TOO_MANY, f"{len(self.listings)} kept, {self._left_out} left out")
            )
        if not self.listings and not self.problems:
            self.report("file", Code.NO_PRODUCTS)
        gathered = _gathered(self.problems, self.listings)
        return ShopReading(kind, tuple(self.listings), tuple(gathered[:MOST_PROBLEMS]))

    def _price(self, raw: Raw) -> Decimal | None:
        stated = raw.price
        for code in stated.problems or ([] if stated.amount is not None else [Code.PRICE_MISSING]):
            self.report(raw.where, code, stated.said)
        if stated.amount is None:
            return None
        if stated.amount == 0:
            self.report(raw.where, Code.PRICE_ZERO, stated.said)
            return None
        if stated.currency is None and Code.CURRENCY_UNKNOWN not in stated.problems:
            self.report(raw.where, Code.CURRENCY_MISSING)
        return stated.amount

    def _sale_price(self, raw: Raw) -> Decimal | None:
        sale, stated = raw.sale_price, raw.price
        if not sale.said or sale.amount == 0 or (stated.amount is not None and sale.amount == stated.amount):
            return None
        currencies_differ = sale.currency and stated.currency and sale.currency != stated.currency
        above = stated.amount is not None and sale.amount is not None and sale.amount > stated.amount
        if sale.amount is None or currencies_differ or above:
            self.report(raw.where, Code.SALE_PRICE_DROPPED, sale.said)
            return None
        if raw.sale_dates.strip():
            self.report(raw.where, Code.SALE_PRICE_DATED, raw.sale_dates)
        return sale.amount

    def _availability(self, raw: Raw) -> StatedAvailability:
        if isinstance(raw.availability, StatedAvailability):
            return raw.availability
        meaning = availability.parse(raw.availability)
        if meaning is None:
            self.report(raw.where, Code.AVAILABILITY_UNKNOWN, raw.availability)
            return StatedAvailability.UNKNOWN
        return meaning

    def _address(self, where: str, value: str, refused: Code, relative: Code) -> str | None:
        try:
            return address.complete(value, self.base)
        except address.Dropped as dropped:
            self.report(where, relative if dropped.relative else refused, value)
            return None

    def _check_identity(self, where: str, listing: ShopListing) -> None:
        if listing.id is None:
            return
        if _ROUNDED_BY_SPREADSHEET.fullmatch(listing.id):
            self.report(where, Code.ID_SPOILED, listing.id)
        if listing.id in self._ids:
            self.report(where, Code.ID_DUPLICATE, listing.id)
        self._ids.add(listing.id)


def refused(kind: SourceKind, code: Code, detail: object = "", where: str = "file") -> ShopReading:
    """A result without listings, for this reason."""
    return ShopReading(kind, (), (problem(where, code, detail),))


def parsed_sale(stated: Price, sale: Iterable[Price]) -> Price:
    """The sale price; its currency is the price's where it names none of its own."""
    found = price.agreed(sale)
    return found if found.currency or not found.said else replace(found, currency=stated.currency)


def _gathered(problems: list[ReadingProblem], listings: list[ShopListing]) -> list[ReadingProblem]:
    """Report a problem that all products have in common once."""
    concerned = dict.fromkeys(_ONCE_FOR_ALL, len(listings))
    concerned[Code.CURRENCY_MISSING] = sum(listing.price is not None for listing in listings)
    counts = Counter(one.code for one in problems)
    common = {code for code, number in concerned.items() if number > 1 and counts[code] >= number}
    said: set[Code] = set()
    gathered: list[ReadingProblem] = []
    for one in problems:
        if one.code in common:
            if one.code not in said:
                gathered.insert(len(said), problem("file", one.code, ""))
                said.add(one.code)
        else:
            gathered.append(one)
    return gathered
