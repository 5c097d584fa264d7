"""schema.org products in JSON-LD: Product, ProductGroup, Offer, AggregateOffer, lists, catalogues and ``@graph``.

A product with variants is one listing at the lowest price. Products that a page only mentions (related ones, the
subject of a review) are not listings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from exhibition.core.tables import JsonValue
from exhibition.storefront.reading import price
from exhibition.storefront.reading.intake import Raw
from exhibition.storefront.reading.jsontext import member, words
from exhibition.storefront.reading.listing import Code
from exhibition.storefront.reading.price import Price

Node = dict[str, JsonValue]

PRODUCTS = frozenset(
    {
        "product",
        "productgroup",
        "individualproduct",
        "productmodel",
        "someproducts",
        "book",
        "vehicle",
        "car",
        "menuitem",
    }
)
OFFERS = frozenset({"offer", "aggregateoffer", "demand", "offerforpurchase"})
_MENTIONED = frozenset(
    [
        "isrelatedto",
        "issimilarto",
        "isaccessoryorsparepartfor",
        "isconsumablefor",
        "isvariantof",
        "itemreviewed",
        "review",
        "reviews",
        "aggregaterating",
        "predecessorof",
        "successorof",
    ]
)
MOST_NODES = 20_000


@dataclass
class FoundProduct:
    """A product, the block it stands in (from 1), and its number among the block's products."""

    block: int
    number: int
    node: Node
    offer: Node | None = None
    """The offer around the product, where the page nests them this way."""


@dataclass
class ProductPage:
    """All blocks of a page: they may refer to each other's nodes by ``@id``."""

    nodes: dict[str, Node] = field(default_factory=dict[str, Node])
    found: list[FoundProduct] = field(default_factory=list[FoundProduct])

    def add(self, block: int, data: JsonValue) -> None:
        """Index the block's nodes and find its products, without recursion and without going in circles."""
        plain = _lowered(data)
        for node in _all_nodes(plain):
            identity = words(node.get("@id"))
            if identity and len(node) > 1:
                self.nodes.setdefault(identity, node)
        first = len(self.found)
        waiting: list[tuple[JsonValue, Node | None]] = [(plain, None)]
        while waiting:
            value, offer = waiting.pop()
            if isinstance(value, list):
                waiting.extend((one, offer) for one in reversed(value))
            elif isinstance(value, dict):
                kinds = types(value)
                if kinds & PRODUCTS and (value.get("name") or value.get("offers") or value.get("hasvariant")):
                    self.found.append(FoundProduct(block, len(self.found) - first + 1, value, offer))
                    continue
                around = value if kinds & OFFERS else None
                waiting.extend((value[name], around) for name in reversed(value) if name not in _MENTIONED)

    def resolve(self, value: JsonValue) -> JsonValue:
        """The node that ``{"@id": …}`` stands for; everything else is itself."""
        if isinstance(value, dict) and set(value) <= {"@id", "@type"}:
            return self.nodes.get(words(value.get("@id")), value)
        return value

    def several(self, value: JsonValue) -> list[JsonValue]:
        return [self.resolve(one) for one in value] if isinstance(value, list) else [self.resolve(value)]

    def raw(self, found: FoundProduct, currency: str | None) -> Raw:
        """The product's values. A group without a value of its own takes its variants'."""
        node = found.node
        variants = [one for one in self.several(node.get("hasvariant")) if isinstance(one, dict)]
        offers = self._offers(node, found.offer)
        for variant in variants if not offers else []:
            offers += self._offers(variant, None)
        place = f"JSON-LD block {found.block}"
        return Raw(
            where=place if found.number == 1 and len(self.found) == 1 else f"{place}, product {found.number}",
            id=_first(node, "sku", "productid", "productgroupid", "mpn", "gtin13", "gtin") or words(node.get("@id")),
            title=_text(node.get("name")) or next((_text(one.get("name")) for one in variants), ""),
            description=_text(node.get("description")),
            link=self._link(node, offers),
            image=self._image(node) or next((shown for one in variants if (shown := self._image(one))), ""),
            price=price.lowest([self._price(offer, currency) for offer in offers]),
            availability=_availability(offers),
        )

    def _offers(self, node: Node, around: Node | None) -> list[Node]:
        offers: list[Node] = []
        for value in self.several(node.get("offers")):
            if isinstance(value, dict):
                inside = [one for one in self.several(value.get("offers")) if isinstance(one, dict)]
                whole = any(value.get(name) not in (None, "") for name in ("price", "lowprice", "pricespecification"))
                offers += [value] if whole or not inside else inside
        return offers or ([around] if around else [])

    def _price(self, offer: Node, currency: str | None) -> Price:
        """``lowPrice`` of an aggregate; ``price`` of an offer or of its specification, list prices left out."""
        stated = _text(offer.get("pricecurrency"))
        if offer.get("lowprice") not in (None, ""):
            low = _amount(offer.get("lowprice"), stated, currency)
            high = _amount(offer.get("highprice"), stated, currency)
            return price.lowest([low, high]) if high.amount is not None else low
        if offer.get("price") not in (None, ""):
            return _amount(offer.get("price"), stated, currency)
        specifications = self.several(offer.get("pricespecification"))
        return price.agreed(
            _amount(one.get("price"), words(one.get("pricecurrency")) or stated, currency)
            for one in specifications
            if isinstance(one, dict) and not _is_aside(one)
        )

    def _link(self, node: Node, offers: Sequence[Node]) -> str:
        for value in (node.get("url"), *(offer.get("url") for offer in offers)):
            for one in self.several(value):
                if address := words(one) or (words(one.get("@id")) if isinstance(one, dict) else ""):
                    return address
        return ""

    def _image(self, node: Node) -> str:
        for one in self.several(node.get("image")):
            if isinstance(one, dict):
                address = _first(one, "url", "contenturl", "@id")
                if not address:
                    address = next((words(inner) for inner in self.several(one.get("url")) if words(inner)), "")
            else:
                address = words(one)
            if address:
                return address
        return ""


def types(node: Node) -> set[str]:
    """The node's types, without the vocabulary's address."""
    stated = node.get("@type")
    return {
        words(one).rpartition("/")[2].rpartition("#")[2].rpartition(":")[2].casefold()
        for one in (stated if isinstance(stated, list) else [stated])
    }


def _is_aside(specification: Node) -> bool:
    """Whether the price is not the product's present one: crossed out, or for delivery."""
    kind = words(specification.get("pricetype")).casefold()
    return "listprice" in kind or "strikethrough" in kind or "deliverychargespecification" in types(specification)


def _lowered(data: JsonValue) -> JsonValue:
    """Member names in lower case and without ``schema:``: pages write ``URL`` and ``schema:name`` too."""
    if isinstance(data, list):
        return [_lowered(one) for one in data]
    if not isinstance(data, dict):
        return data
    lowered: Node = {}
    for name, value in data.items():
        short = name.rpartition("/")[2].removeprefix("schema:").casefold() if not name.startswith("@") else name
        lowered.setdefault(short, _lowered(value))
    return lowered


def _all_nodes(data: JsonValue) -> Iterator[Node]:
    waiting, seen = [data], 0
    while waiting and seen < MOST_NODES:
        seen += 1
        value = waiting.pop()
        if isinstance(value, dict):
            yield value
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)


def _text(value: JsonValue) -> str:
    """A text, the first of several, or the one inside ``{"@value": …}``."""
    if isinstance(value, list):
        return next((said for one in value if (said := _text(one))), "")
    return _text(value.get("@value")) if isinstance(value, dict) else words(value)


def _first(node: Node, *names: str) -> str:
    return next((said for name in names if (said := words(node.get(name)).strip())), "")


def _amount(value: JsonValue, stated: str, default: str | None) -> Price:
    currency, doubt = price.currency_of(stated)
    if doubt:
        currency = default = None
    if isinstance(value, Decimal):
        return price.from_number(value, currency=currency or default)
    said = _text(value)
    if not said.strip():
        return Price()
    found = price.parse(said, currency=currency, default=default, decimal_mark=".")
    if doubt and found.currency is None and found.amount is not None and Code.CURRENCY_UNKNOWN not in found.problems:
        return Price(found.amount, None, (*found.problems, Code.CURRENCY_UNKNOWN), f"{said} {stated}")
    return found


def _availability(offers: Sequence[Node]) -> str:
    """Of several offers, the best: one in stock is enough."""
    stated = [_text(offer.get("availability")) or words(member(offer.get("availability"), "@id")) for offer in offers]
    return min(filter(None, stated), key=lambda one: "instock" not in one.replace(" ", "").casefold(), default="")
