"""From a shop's address to its products: which kind of shop it is, and all pages of its answer."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from exhibition.storefront.importing.reading_apart import read
from exhibition.storefront.reading import ShopReading, SourceKind, link_only
from exhibition.storefront.reading.intake import MOST_LISTINGS
from exhibition.storefront.reading.listing import Code, ReadingProblem, ShopListing, problem
from exhibition.storefront.reading.platform import recognise
from exhibition.storefront.rules.fetching import FetchFailed

if TYPE_CHECKING:
    from exhibition.storefront.fetching.fetcher import Fetcher

SHOPIFY = "/products.json"
WOOCOMMERCE = ("/wp-json/wc/store/v1/products", "/wp-json/wc/store/products")
PAGE_SIZES = {SHOPIFY: {"limit": "250"}} | {path: {"per_page": "100"} for path in WOOCOMMERCE}
MOST_PAGES = 10
OnPage = Callable[[int, int | None], None]
"""Called after each page with the number of listings so far, and the total where the shop says it."""


@dataclass(frozen=True)
class ShopVisit:
    """The result of a visit to a shop. ``etag`` and ``last_modified`` are for the next one."""

    reading: ShopReading | None
    """None when the shop answered that nothing has changed."""
    etag: str | None = None
    last_modified: str | None = None


def visit(
    address: str,
    fetcher: "Fetcher",
    *,
    currency: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
    on_page: OnPage = lambda _done, _total: None,
) -> ShopVisit:
    """Read the content at the address (a file, a feed, an API's answer, a product page), else the shop's own API.

    Platforms that cannot be read are recognised without a request. Where a shop consists of several answers, one
    unchanged answer proves nothing: then there is no ``etag``, and each visit reads everything. An exception from
    ``on_page`` ends the visit. Raises FetchFailed when the address itself cannot be fetched, and what ``confined``
    raises.
    """
    if platform := recognise(address):
        return ShopVisit(link_only(platform))
    if _interface(address):
        return ShopVisit(_all_pages(address, fetcher, currency, on_page))
    fetched = fetcher.get(address, etag=etag, last_modified=last_modified)
    if fetched.unchanged:
        return ShopVisit(None, etag, last_modified)
    reading = read(fetched.content, content_type=fetched.content_type, address=fetched.address, currency=currency)
    if not reading.listings and _is_page(fetched.content_type, fetched.content):
        return ShopVisit(_by_interface(fetched.address, fetcher, currency, on_page) or reading)
    return ShopVisit(reading, fetched.etag, fetched.last_modified)


def read_address(address: str, fetcher: "Fetcher", *, currency: str | None = None) -> ShopReading:
    """The reading of a first visit."""
    reading = visit(address, fetcher, currency=currency).reading
    assert reading is not None  # without an etag no server may answer "unchanged"
    return reading


def _by_interface(address: str, fetcher: "Fetcher", currency: str | None, on_page: OnPage) -> ShopReading | None:
    for path in PAGE_SIZES:
        try:
            found = _all_pages(urljoin(address, path), fetcher, currency, on_page)
        except FetchFailed:
            continue
        if found.listings:
            return found
    return None


def _is_page(content_type: str, content: bytes) -> bool:
    return "html" in content_type.casefold() or b"<html" in content[:2000].lower()


def _interface(address: str) -> str | None:
    path = urlsplit(address).path.rstrip("/")
    return next((known for known in PAGE_SIZES if path.endswith(known)), None)


def _pages(address: str, size: dict[str, str]) -> Iterator[str]:
    parts = urlsplit(address)
    query = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    if "page" in query:
        yield address
        return
    for number in range(1, MOST_PAGES + 1):
        asked = size | query | ({"page": str(number)} if number > 1 else {})
        yield parts._replace(query=urlencode(asked)).geturl()


def _all_pages(address: str, fetcher: "Fetcher", currency: str | None, on_page: OnPage) -> ShopReading:
    """Every page until one brings nothing new; pages after the first that fail are reported, not fatal."""
    listings: dict[ShopListing, None] = {}
    problems: dict[ReadingProblem, None] = {}
    kind = SourceKind.UNKNOWN
    for number, page in enumerate(_pages(address, PAGE_SIZES[_interface(address) or SHOPIFY]), 1):
        try:
            fetched = fetcher.get(page)
        except FetchFailed as failed:
            if number == 1:
                raise
            problems[ReadingProblem(f"page {number}", Code.JSON_BROKEN, failed.message)] = None
            break
        found = read(fetched.content, content_type=fetched.content_type, address=fetched.address, currency=currency)
        new = [one for one in found.listings if one not in listings]
        if number > 1 and not new:
            break
        kind = found.kind if number == 1 else kind
        listings |= dict.fromkeys(new)
        on_page(len(listings), None if fetched.products is None else min(fetched.products, MOST_LISTINGS))
        for one in found.problems:
            where = one.where if number == 1 or one.where == "file" else f"page {number}, {one.where}"
            problems[replace(one, where=where)] = None
        if len(listings) > MOST_LISTINGS:
            problems[problem("file", Code.TOO_MANY, f"{MOST_LISTINGS} kept")] = None
            break
    return ShopReading(kind, tuple(listings)[:MOST_LISTINGS], tuple(problems))
