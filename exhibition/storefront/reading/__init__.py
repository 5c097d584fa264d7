"""Reading shops: bytes in, listings and problems out. No network, no database, no Flask.

``detect.read`` recognises the kind; each kind has its adapter: ``table`` (CSV, TSV, XLSX), ``feed`` (RSS, Atom),
``woocommerce``, ``shopify``, ``page`` (``jsonld`` and Open Graph), ``platform`` (link only). They pass raw values to
``intake``, where the rules are the same for all: ``price``, ``address``, ``availability``, ``text``.
"""

from exhibition.storefront.reading.detect import link_only, read
from exhibition.storefront.reading.listing import (
    Code,
    ReadingProblem,
    ShopListing,
    ShopReading,
    SourceKind,
    StatedAvailability,
)
from exhibition.storefront.reading.price import amount_text

__all__ = [
    "Code",
    "ReadingProblem",
    "ShopListing",
    "ShopReading",
    "SourceKind",
    "StatedAvailability",
    "amount_text",
    "link_only",
    "read",
]
