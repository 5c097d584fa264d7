"""Pages of a shop: schema.org JSON-LD first, Open Graph product tags where there is none.

Where both name a price and disagree, JSON-LD's offer wins and the disagreement is reported.
"""

import re
from dataclasses import replace
from urllib.parse import urljoin, urlsplit

from selectolax.lexbor import LexborHTMLParser

from exhibition.core.tables import JsonValue
from exhibition.storefront.reading import jsonld, jsontext, price, text
from exhibition.storefront.reading.intake import Intake, Raw, parsed_sale
from exhibition.storefront.reading.listing import Code, ShopReading, SourceKind
from exhibition.storefront.reading.price import Price

Tags = dict[str, list[str]]

_OF_INTEREST = re.compile(
    r"""<!--.*?(?:-->|\Z)
    |(?P<ld><script\b[^>]*ld\+json[^>]*>.*?(?:</script\s*>|\Z))
    |<(?P<skip>script|style|textarea|template)\b.*?(?:</(?P=skip)\s*>|\Z)
    |(?P<title><title\b[^<>]*>[^<]*(?:</title>)?)
    |(?P<tag><(?:meta|link|base)\b(?:[^<>"']|"[^"]*(?:"|\Z)|'[^']*(?:'|\Z))*+>?)""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_PRICE = ("product:price:amount", "og:price:amount", "product:price")
_CURRENCY = ("product:price:currency", "og:price:currency", "product:currency")
_REGULAR = ("product:original_price:amount", "og:price:standard_amount", "og:original_price:amount")
_SALE = ("product:sale_price:amount", "og:sale_price:amount")
_SALE_CURRENCY = ("product:sale_price:currency", "og:sale_price:currency")


def read(content: str, intake: Intake, *, currency: str | None = None) -> ShopReading:
    tree = LexborHTMLParser(_essence(content))
    tags = _tags(tree)
    here = _address(tree, tags, intake.base)
    intake.base = _base(tree, here)
    page = _json_ld(tree, intake)
    if page.found:
        for raw in _merged([page.raw(found, currency) for found in page.found]):
            intake.add(_completed(raw, tags, here, intake, currency, alone=len(page.found) == 1))
        return intake.reading(SourceKind.JSONLD)
    if any("product" in kind.casefold() for kind in tags.get("og:type", [])) or any(name in tags for name in _PRICE):
        intake.add(_open_graph(tags, tree, here, currency))
        return intake.reading(SourceKind.OPENGRAPH)
    intake.report("file", Code.NO_PRODUCTS)
    return intake.reading(SourceKind.UNKNOWN)


def _essence(content: str) -> str:
    """The page without its visible content, which is not needed and, deeply nested, can cost a parser minutes."""
    found = _OF_INTEREST.finditer(content)
    return "\n".join(one["ld"] or one["title"] or one["tag"] for one in found if one.lastgroup not in (None, "skip"))


def _tags(tree: LexborHTMLParser) -> Tags:
    tags: Tags = {}
    for node in tree.css("meta"):
        name = node.attributes.get("property") or node.attributes.get("name") or ""
        value = (node.attributes.get("content") or "").strip()
        if ":" in name and value:
            tags.setdefault(name.strip().casefold(), []).append(value)
    return tags


def _first(tags: Tags, *names: str) -> str:
    return next((value for name in names for value in tags.get(name, [])), "")


def _all(tags: Tags, *names: str) -> list[str]:
    return next((tags[name] for name in names if name in tags), list[str]())


def _address(tree: LexborHTMLParser, tags: Tags, fetched_from: str | None) -> str | None:
    """The page's own address: canonical, else ``og:url``, else where it was fetched from."""
    canonical = tree.css_first('link[rel~="canonical"]')
    for value in ((canonical.attributes.get("href") or "") if canonical else "", _first(tags, "og:url")):
        try:
            address = urljoin(fetched_from or "", value.strip())
            if value.strip() and urlsplit(address).scheme in ("http", "https"):
                return address
        except ValueError:
            continue
    return fetched_from


def _base(tree: LexborHTMLParser, here: str | None) -> str | None:
    node = tree.css_first("base[href]")
    try:
        base = urljoin(here or "", (node.attributes.get("href") or "").strip()) if node else here
        return base if base and urlsplit(base).scheme in ("http", "https") else here
    except ValueError:
        return here


def _json_ld(tree: LexborHTMLParser, intake: Intake) -> jsonld.ProductPage:
    page = jsonld.ProductPage()
    blocks = [node for node in tree.css("script[type]") if "ld+json" in (node.attributes.get("type") or "").casefold()]
    for number, node in enumerate(blocks, 1):
        content = node.text()
        if not content.strip():
            continue
        try:
            data = _json(content, number, intake)
        except ValueError as error:
            intake.report(f"JSON-LD block {number}", Code.JSONLD_BROKEN, error)
            continue
        page.add(number, data)
    return page


def _json(content: str, number: int, intake: Intake) -> JsonValue:
    """Raises ValueError for what cannot be read even with its mistakes mended."""
    try:
        return jsontext.load(content)
    except ValueError as error:
        data = jsontext.repair(content)
        intake.report(f"JSON-LD block {number}", Code.JSONLD_REPAIRED, error)
        return data


def _merged(products: list[Raw]) -> list[Raw]:
    """One listing for a product that two plugins describe: the same name, and no link or id that tells them apart."""
    merged: dict[str, list[Raw]] = {}
    kept: list[Raw] = []
    for raw in products:
        same = merged.setdefault(text.line(raw.title).casefold(), [])
        twin = next((one for one in same if _same(one, raw)), None)
        if twin is None:
            same.append(raw)
            kept.append(raw)
            continue
        for name in ("id", "description", "link", "image", "availability"):
            setattr(twin, name, getattr(twin, name) or getattr(raw, name))
        if twin.price.amount is None:
            twin.price = raw.price
        elif raw.price.amount is not None and (raw.price.amount, raw.price.currency) != _money(twin.price):
            twin.price = Price(None, None, (Code.PRICE_DUPLICATE,), f"{twin.price.said}, {raw.price.said}")
    return kept


def _same(one: Raw, other: Raw) -> bool:
    links_differ = one.link and other.link and one.link.rstrip("/") != other.link.rstrip("/")
    return not links_differ and not (one.id and other.id and one.id != other.id)


def _money(stated: Price) -> tuple[object, object]:
    return stated.amount, stated.currency


def _completed(raw: Raw, tags: Tags, here: str | None, intake: Intake, currency: str | None, *, alone: bool) -> Raw:
    """The listing with gaps in JSON-LD filled from the page's own tags, if the page is about this one product."""
    raw.link = raw.link or here or ""
    if not alone:
        return raw
    raw.title = raw.title or _first(tags, "og:title")
    raw.description = raw.description or _first(tags, "og:description")
    raw.image = raw.image or _first(tags, "og:image:secure_url", "og:image")
    raw.availability = raw.availability or _first(tags, "product:availability", "og:availability")
    shown = _asked(tags, currency)
    if Code.PRICE_DUPLICATE in shown.problems:
        intake.report("Open Graph", Code.PRICE_DUPLICATE, shown.said)
    if raw.price.amount is None and not raw.price.said:
        raw.price = shown if Code.PRICE_DUPLICATE not in shown.problems else replace(shown, problems=())
        return raw
    ours = raw.price
    currencies = {ours.currency, shown.currency} - {None}
    if shown.amount is not None and ours.amount is not None and (shown.amount != ours.amount or len(currencies) > 1):
        said = f"{ours.said} {ours.currency or ''}, {shown.said} {shown.currency or ''}"
        intake.report("Open Graph", Code.PRICE_CONFLICT, said)
    elif Code.PRICE_DUPLICATE in shown.problems:
        intake.report("Open Graph", Code.PRICE_CONFLICT, f"{ours.said}, {shown.said}")
    return raw


def _asked(tags: Tags, currency: str | None) -> Price:
    """The present price, from its own tag. Pre-tax, standard and shipping amounts have other tags."""
    for name in _PRICE:
        if name in tags:
            return price.agreed(_prices(tags[name], _all(tags, *_CURRENCY), currency))
    return Price()


def _prices(values: list[str], stated: list[str], default: str | None) -> list[Price]:
    """Amounts with their currencies: either in pairs, or one currency for all."""
    named = [price.currency_of(one)[0] for one in stated] or [None]
    pairs = zip(values, named if len(named) == len(values) else [named[0]] * len(values), strict=True)
    return [price.parse(value, currency=one, default=default, decimal_mark=".") for value, one in pairs]


def _open_graph(tags: Tags, tree: LexborHTMLParser, here: str | None, currency: str | None) -> Raw:
    asked = _asked(tags, currency)
    if not asked.said:
        asked = Price(problems=(Code.PRICE_MISSING,))
    now: Price = Price()
    regular = _all(tags, *_REGULAR)
    before = price.agreed(_prices(regular, [asked.currency or ""], currency))
    sale = _all(tags, *_SALE)
    if sale:
        now = parsed_sale(asked, _prices(sale, _all(tags, *_SALE_CURRENCY) or [asked.currency or ""], currency))
    elif before.amount is not None and asked.amount is not None and before.amount > asked.amount:
        asked, now = before, asked
    title = tree.css_first("title")
    return Raw(
        where="Open Graph",
        id=_first(tags, "product:retailer_item_id", "product:sku"),
        title=_first(tags, "og:title") or (title.text() if title else ""),
        description=_first(tags, "og:description"),
        link=here or "",
        image=_first(tags, "og:image:secure_url", "og:image", "og:image:url"),
        price=asked,
        sale_price=now,
        availability=_first(tags, "product:availability", "og:availability"),
    )
