"""Recognises the kind of shop from the bytes; names and content types are only believed for HTML."""

import re

from exhibition.core.tables import JsonValue, workbook
from exhibition.core.tables.decoding import decode
from exhibition.core.tables.reading import is_binary
from exhibition.core.tables.workbook import COMPOUND, ZIP
from exhibition.storefront.reading import feed, jsonld, jsontext, page, platform, shopify, table, woocommerce
from exhibition.storefront.reading.intake import Intake, refused
from exhibition.storefront.reading.listing import Code, ReadingProblem, ShopReading, SourceKind
from exhibition.storefront.reading.price import currency_of

_HTML = re.compile(r"<(?:!doctype\s+html|html|head|body|meta|script|title|div|link)\b", re.IGNORECASE)
_LISTS = ("products", "product", "items", "produk", "data", "listings", "result", "results")


def read(
    content: bytes, *, content_type: str = "", address: str | None = None, currency: str | None = None
) -> ShopReading:
    """Turn the bytes of any file, feed, answer or page into listings and problems.

    ``address`` is where it came from; it completes relative links. ``currency`` is the shop owner's choice for prices
    that name none; without it they stay without a currency.
    """
    default = currency_of(currency)[0] if currency else None
    intake = Intake(base=address)
    reading = _read(content, content_type, intake, default)
    if not reading.listings and reading.kind is SourceKind.UNKNOWN and (found := platform.recognise(address)):
        return link_only(found)
    if not reading.listings:
        before = (one for one in intake.problems if one not in reading.problems)
        return ShopReading(reading.kind, (), (*before, *reading.problems))
    return reading


def ready() -> None:
    """Read once, before there is a stranger's file, so that everything is loaded."""
    workbook.ready()
    read(b"title,price,link\nKopi,15000,https://example.com\n", currency="IDR")
    read(b'<html><meta property="og:title" content="Kopi"></html>')
    read(b"<rss><channel><item><title>Kopi</title><price>15000</price></item></channel></rss>")


def link_only(found: platform.ClosedPlatform) -> ShopReading:
    """The answer for a platform that cannot be read."""
    return ShopReading(
        SourceKind.LINK,
        (),
        (ReadingProblem("file", Code.LINK_ONLY, f"{found.name} does not let its shops be read. {found.note}"),),
    )


def _read(content: bytes, content_type: str, intake: Intake, currency: str | None) -> ShopReading:
    if not content.strip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0"):
        return refused(SourceKind.UNKNOWN, Code.EMPTY)
    if content.startswith((*ZIP, COMPOUND)):
        return table.read_workbook(content, intake, currency=currency)
    text, guessed = decode(content, content_type)
    if is_binary(content, text):
        return refused(SourceKind.UNKNOWN, Code.UNREADABLE)
    if guessed:
        intake.report("file", Code.ENCODING_GUESSED)
    text = text.lstrip("\ufeff\u200b \t\r\n")
    if text.startswith(("{", "[")):
        return _read_json(text, intake, currency)
    if text.startswith("<") or "html" in content_type.casefold() or re.search(r"<(?:rss|feed)[\s>]", text[:2000]):
        return _read_markup(text, content_type, intake, currency)
    return table.read_text(text, intake, currency=currency)


def _read_markup(text: str, content_type: str, intake: Intake, currency: str | None) -> ShopReading:
    root = feed.root_of(text)
    if feed.is_feed(root):
        return feed.read(text, intake, currency=currency)
    looks_like_page = "html" in content_type.casefold() or _HTML.search(text[:5000])
    if root.casefold() == "html" or (looks_like_page and not text.startswith("<?xml")):
        return page.read(text, intake, currency=currency)
    return refused(SourceKind.UNKNOWN, Code.UNKNOWN_XML, f"<{root}>")


def _read_json(text: str, intake: Intake, currency: str | None) -> ShopReading:
    try:
        value = jsontext.load(text)
    except ValueError as error:
        value = jsontext.salvage(text)
        intake.report("file", Code.JSON_BROKEN, error)
    if _is_json_ld(value):
        found = jsonld.ProductPage()
        found.add(1, value)
        for product in found.found:
            intake.add(found.raw(product, currency))
        return intake.reading(SourceKind.JSONLD)
    products = _products(value)
    if woocommerce.is_store(products):
        return woocommerce.read_store(products, intake)
    if shopify.is_shopify(products):
        return shopify.read(products, intake, currency=currency)
    if woocommerce.is_rest(products):
        return woocommerce.read_rest(products, intake, currency=currency)
    if value in ([], {"products": []}) and not intake.problems:
        return refused(SourceKind.UNKNOWN, Code.NO_PRODUCTS)
    return table.read_objects(products, intake, currency=currency)


def _is_json_ld(value: JsonValue) -> bool:
    first = value[0] if isinstance(value, list) and value else value
    return isinstance(first, dict) and ("@context" in first or "@graph" in first or "@type" in first)


def _products(value: JsonValue) -> list[dict[str, JsonValue]]:
    """The list of products, bare or under one of the usual names; a single product is a list of one."""
    if isinstance(value, list):
        return jsontext.objects(value)
    if isinstance(value, dict):
        for name in _LISTS:
            inside = value.get(name)
            if found := jsontext.objects(inside):
                return found
            if isinstance(inside, dict):
                return [inside] if "title" in inside or "name" in inside else _products(inside)
        if "variants" in value or "prices" in value:
            return jsontext.objects([value])
    return []
