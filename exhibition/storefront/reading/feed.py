"""Product feeds: RSS 2.0, RSS 1.0 and Atom, with Google Merchant's ``g:`` tags. One listing an item.

A document's own entities are never expanded: expat refuses their declaration, and the document type is cut out. XML
that is not well-formed is repaired where the meaning is plain (bare ``&``, stray ``<``, control characters); if that is
not enough, each item is read by itself, so that only broken ones are lost.
"""

import html
import re
from collections.abc import Collection
from dataclasses import dataclass, field
from html.entities import html5
from itertools import islice
from xml.parsers import expat

from exhibition.storefront.reading import availability, price
from exhibition.storefront.reading.intake import Intake, Raw, parsed_sale, refused
from exhibition.storefront.reading.listing import Code, ShopReading, SourceKind
from exhibition.storefront.reading.price import Price

MOST_ITEMS = 2000
"""The most items that are read one by one when the document as a whole is broken."""
DEEPEST = 100
DEEPEST_TEXT = 8
"""How deep markup inside an item's text (XHTML in Atom) may be nested."""
GOOGLE = "http://base.google.com/ns/1.0"
_ROOTS = {"rss": SourceKind.RSS, "rdf:RDF": SourceKind.RSS, "RDF": SourceKind.RSS, "feed": SourceKind.ATOM}
_ITEMS = frozenset({"item", "entry"})
_ROOT = re.compile(r"<([A-Za-z_][\w.:-]*)")
_DOCTYPE = re.compile(r"<!DOCTYPE[^>\[]*(?:>|\[.*?(?:\]\s*>|\Z)|\Z)", re.DOTALL | re.IGNORECASE)
_ASIDE = re.compile(r"<!--.*?(?:-->|\Z)|<\?.*?(?:\?>|\Z)", re.DOTALL)
_CDATA = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
_CONTROL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ENTITY = re.compile(r"&(#\d{1,7};|#x[0-9a-fA-F]{1,6};|[A-Za-z][A-Za-z0-9]{1,31};)?")
_STRAY = re.compile(r"<(?![A-Za-z_/!?])")
_ONE_ITEM = re.compile(r"<(item|entry)(?=[\s>/]).*?(?:</\1\s*>|(?=<\1[\s>])|\Z)", re.DOTALL)


@dataclass
class FeedElement:
    name: str
    attributes: dict[str, str]
    children: list["FeedElement"] = field(default_factory=list["FeedElement"])
    pieces: list[str] = field(default_factory=list[str])

    @property
    def text(self) -> str:
        return "".join(self.pieces).strip()


class _TooDeep(Exception):
    """The document is nested deeper than any feed."""


class _EntityDeclared(Exception):
    """The document declares entities of its own."""


@dataclass
class Document:
    items: list[FeedElement] = field(default_factory=list[FeedElement])
    base: str | None = None
    """The shop's own address, which completes relative links."""
    prefixes: frozenset[str] = frozenset({"g"})
    """What stands for Google's names in it; a document may bind several."""


def root_of(text: str) -> str:
    """The name of the outermost element, without parsing; empty when there is none."""
    start = _DOCTYPE.sub("", _ASIDE.sub("", text[:20_000]))
    found = _ROOT.search(start)
    return found.group(1) if found else ""


def is_feed(root: str) -> bool:
    return root in _ROOTS


def read(text: str, intake: Intake, *, currency: str | None = None) -> ShopReading:
    kind = _ROOTS.get(root_of(text), SourceKind.UNKNOWN)
    if kind is SourceKind.UNKNOWN:
        return refused(kind, Code.UNKNOWN_XML, root_of(text))
    try:
        document, broken = _understand(text, intake)
    except _TooDeep:
        return refused(kind, Code.UNKNOWN_XML, "nested too deeply")
    intake.base = intake.base or document.base
    products = [_tags(item, document.prefixes) for item in document.items]
    if products and not any("title" in tags for tags in products):
        return refused(kind, Code.NO_TITLES)
    for where, said in broken:
        intake.report(where, Code.XML_BROKEN, said)
    if not any({"price", "sale_price", GOOGLE} & tags.keys() for tags in products):
        intake.report("file", Code.NO_PRODUCTS)
        return intake.reading(kind)
    for number, tags in enumerate(products, 1):
        intake.add(_raw(f"item {number}", tags, currency))
    return intake.reading(kind)


def _understand(text: str, intake: Intake) -> tuple[Document, list[tuple[str, str]]]:
    text = text[text.index("<") :]
    try:
        return _parse(text), []
    except _EntityDeclared:
        intake.report("file", Code.XML_DOCTYPE)
    except expat.ExpatError as error:
        intake.report(f"line {error.lineno}", Code.XML_REPAIRED, expat.ErrorString(error.code))
    text = _repair(text)
    try:
        return _parse(text), []
    except (expat.ExpatError, _EntityDeclared):
        return _item_by_item(text)


def _repair(text: str) -> str:
    text = _CONTROL.sub("", _DOCTYPE.sub("", text))
    parts = _CDATA.split(text)
    for place in range(0, len(parts), 2):
        parts[place] = _STRAY.sub("&lt;", _ENTITY.sub(_entity, parts[place]))
    return "".join(parts)


def _entity(found: re.Match[str]) -> str:
    name = found.group(1) or ""
    if name.startswith("#"):
        character = html.unescape(f"&{name}")
        return found.group() if len(character) == 1 and not _CONTROL.match(character) else ""
    if name in ("amp;", "lt;", "gt;", "quot;", "apos;"):
        return found.group()
    return html5.get(name) or f"&amp;{name}"


def _item_by_item(text: str) -> tuple[Document, list[tuple[str, str]]]:
    start = re.search(r"<(?:rss|rdf:RDF|RDF|feed)\b[^>]*>", text)
    opening = start.group().rstrip("/>") + ">" if start else "<rss>"
    root = _ROOT.match(opening)
    closing = f"</{root.group(1)}>" if root else "</rss>"
    document = Document()
    broken: list[tuple[str, str]] = []
    for number, found in enumerate(islice(_ONE_ITEM.finditer(text), MOST_ITEMS), 1):
        name, chunk = found.group(1), found.group()
        try:
            one = _parse(f"{opening}{chunk}{closing}")
        except expat.ExpatError as error:
            broken.append((f"item {number}", f"<{name}> {expat.ErrorString(error.code)}"))
            continue
        document.items += one.items
        document.prefixes |= one.prefixes
    if not document.items and not broken:
        broken.append(("file", "no item"))
    return document, broken


class _Builder:
    """Listens to expat and keeps the items with their children; everything else is dropped at once."""

    def __init__(self) -> None:
        self.document = Document()
        self._google: set[str] = set()
        self._path: list[FeedElement] = []
        self._item_at: int | None = None

    def start(self, name: str, attributes: dict[str, str]) -> None:
        for attribute, value in attributes.items():
            if value.rstrip("/") == GOOGLE and attribute.startswith("xmlns:"):
                self._google.add(attribute.removeprefix("xmlns:"))
                self.document.prefixes = frozenset(self._google)
        self._path.append(FeedElement(name, attributes))
        if len(self._path) > DEEPEST:
            raise _TooDeep
        if self._item_at is None and name.rpartition(":")[2] in _ITEMS:
            self._item_at = len(self._path)

    def end(self, _: str) -> None:
        element, depth = self._path.pop(), len(self._path) + 1
        if self._item_at == depth:
            self._item_at = None
            self.document.items.append(element)
        elif self._item_at is not None and depth - self._item_at <= DEEPEST_TEXT:
            self._path[-1].children.append(element)
            if depth - self._item_at > 1:
                self._path[-1].pieces.append(element.text)
        elif self._item_at is None and element.name == "link" and not self.document.base:
            address = element.text or element.attributes.get("href", "")
            self.document.base = address if address.startswith("http") else None

    def characters(self, data: str) -> None:
        if self._path:
            self._path[-1].pieces.append(data)


def _refuse_declaration(*_: object) -> None:
    raise _EntityDeclared


def _parse(text: str) -> Document:
    builder = _Builder()
    parser = expat.ParserCreate("utf-8")
    parser.buffer_text = True
    parser.EntityDeclHandler = _refuse_declaration
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.characters
    parser.Parse(text.encode("utf-8", "replace"), True)
    return builder.document


def _tags(item: FeedElement, prefixes: Collection[str]) -> dict[str, list[str]]:
    """The item's values, and ``GOOGLE`` where it uses those names. Only its direct children count: a price inside
    ``g:shipping`` is not the item's.
    """
    tags: dict[str, list[str]] = {}
    google: dict[str, list[str]] = {}
    for child in item.children:
        before, _, name = child.name.rpartition(":")
        value = child.text
        if before in prefixes:
            google.setdefault(name, []).append(value)
            tags[GOOGLE] = []
        elif name == "link" and child.attributes.get("rel", "alternate") == "alternate":
            tags.setdefault("link", []).append(value or child.attributes.get("href", ""))
        elif (
            name == "enclosure" and child.attributes.get("type", "image/").startswith("image/")
        ) or child.name == "media:content":
            tags.setdefault("image_link", []).append(child.attributes.get("url", ""))
        elif not before:
            tags.setdefault(name, []).append(value)
    return tags | {name: values for name, values in google.items() if any(values) or name not in tags}


def _raw(where: str, tags: dict[str, list[str]], currency: str | None) -> Raw:
    def first(*names: str) -> str:
        return next((value for name in names for value in tags.get(name, []) if value), "")

    asked = price.agreed(_prices(tags.get("price", []), currency))
    return Raw(
        where=where,
        id=first("id", "guid", "mpn"),
        title=first("title"),
        description=first("description", "summary", "content"),
        link=first("link"),
        image=first("image_link", "image"),
        price=asked,
        sale_price=parsed_sale(asked, _prices(tags.get("sale_price", []), asked.currency or currency)),
        sale_dates=first("sale_price_effective_date"),
        availability=first("availability"),
        withheld=next(
            (word for word in (first("status"), first("visibility")) if availability.says_withheld(word)), ""
        ),
    )


def _prices(values: list[str], currency: str | None) -> list[Price]:
    return [price.parse(value, default=currency, decimal_mark=".") for value in values]
